// Packages that carry no types where this project's module resolution looks for them.

declare module '@zk-kit/incremental-merkle-tree' {
  export class IncrementalMerkleTree {
    constructor(
      hash: (children: bigint[]) => bigint,
      depth: number,
      zeroValue: bigint,
      arity: number,
      leaves?: bigint[],
    )
    get root(): bigint
    get leaves(): bigint[]
    insert(leaf: bigint): void
    update(index: number, leaf: bigint): void
    createProof(index: number): { leaf: bigint; siblings: bigint[][]; pathIndices: number[] }
  }
}

/** The part of snarkjs 0.7.6 that the prover uses. */
declare module 'snarkjs' {
  export type SnarkjsProof = {
    readonly pi_a: readonly string[]
    readonly pi_b: readonly (readonly string[])[]
    readonly pi_c: readonly string[]
    readonly protocol: string
    readonly curve: string
  }
  /** A point as ffjavascript keeps it: Montgomery form, affine or Jacobian by its length. */
  export type CurvePoint = Uint8Array & { readonly curvePoint: never }
  export type CurveGroup = {
    /** Coordinates affine, the third 1; of G2 each [real, imaginary]. */
    fromObject(point: readonly unknown[]): CurvePoint
    add(left: CurvePoint, right: CurvePoint): CurvePoint
    timesScalar(point: CurvePoint, scalar: bigint): CurvePoint
    isZero(point: CurvePoint): boolean
    toAffine(point: CurvePoint): CurvePoint
    toObject(point: CurvePoint): readonly unknown[]
  }
  export type SnarkjsWorker = { terminate(): void; addEventListener(event: 'error', listener: () => void): void }
  export type SnarkjsCurve = {
    readonly G1: CurveGroup
    readonly G2: CurveGroup
    /** The scalar field; `e` brings a number into it. */
    readonly Fr: { e(number: bigint): Uint8Array; random(): Uint8Array }
    /** Whether the product of the pairings of (G1, G2), (G1, G2), ... is one. */
    pairingEq(...points: readonly CurvePoint[]): Promise<boolean>
    /** `workers`: only where the curve has some. */
    readonly tm: { readonly workers?: readonly SnarkjsWorker[] }
    terminate(): Promise<void>
  }
  export const curves: {
    /** Without `singleThread`: one for the whole realm, kept in `globalThis.curve_bn128`, with a worker for each core. */
    getCurveFromName(name: 'bn128', options?: { readonly singleThread: boolean }): Promise<SnarkjsCurve>
  }
  export const groth16: {
    /** Files in memory may be given as their bytes. */
    prove(
      zkey: Uint8Array,
      witness: Uint8Array,
      logger?: undefined,
      options?: { readonly singleThread: boolean },
    ): Promise<{ readonly proof: SnarkjsProof; readonly publicSignals: readonly string[] }>
    verify(key: object, publicSignals: readonly string[], proof: SnarkjsProof): Promise<boolean>
  }
}
