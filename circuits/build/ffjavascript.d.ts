/** The part of ffjavascript (no types of its own) that `curve.ts` uses. */
declare module 'ffjavascript' {
  /** @param singleThread true: starts no workers, so that the process can end by itself. */
  export function buildBn128(singleThread: true): Promise<{
    readonly tm: { readonly code: Uint8Array; readonly pG1gen: number; readonly pG2gen: number }
    /** `w[k]`: the primitive 2^k-th root of unity that snarkjs's transforms use. */
    readonly Fr: { readonly w: readonly Uint8Array[]; toObject(element: Uint8Array): bigint }
  }>
}
