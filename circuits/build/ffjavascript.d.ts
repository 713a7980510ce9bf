/** The part of ffjavascript (no types of its own) that `curve.ts` uses, and what the prover's bench measures. */
declare module 'ffjavascript' {
  /** @param singleThread true: starts no workers, so that the process can end by itself. */
  export function buildBn128(singleThread: true): Promise<{
    readonly tm: {
      readonly code: Uint8Array
      readonly pG1gen: number
      readonly pG2gen: number
      readonly instance: {
        readonly exports: { readonly f1m_mul: (left: number, right: number, out: number) => void }
      }
    }
    readonly G1: Group
    readonly G2: Group
    /** `w[k]`: the primitive 2^k-th root of unity that snarkjs's transforms use. */
    readonly Fr: {
      readonly w: readonly Uint8Array[]
      toObject(element: Uint8Array): bigint
      fft(values: Uint8Array): Promise<Uint8Array>
    }
    terminate(): Promise<void>
  }>

  /** Points as bytes, affine or Jacobian by their length. */
  type Group = {
    readonly g: Uint8Array
    add(left: Uint8Array, right: Uint8Array): Uint8Array
    double(point: Uint8Array): Uint8Array
    batchToAffine(jacobian: Uint8Array): Promise<Uint8Array>
    multiExpAffine(bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>
  }
}
