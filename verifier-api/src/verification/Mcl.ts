import type * as Bn254 from '@medseal/prover/Bn254'
import mcl from 'mcl-wasm'

/** Where something lies in mcl's memory, in bytes. */
export type Pointer = number

/**
 * mcl's functions in C (its `bn.h`), on places in its memory. The package's own classes copy each operand in and out
 * again, and have no word for several Miller loops at once. Results go to the first pointer, which may be an operand's.
 */
export type Mcl = {
  readonly wasmMemory: { readonly buffer: ArrayBuffer }
  readonly _malloc: (bytes: number) => Pointer
  readonly _mclBnFr_setLittleEndian: (result: Pointer, bytes: Pointer, length: number) => number
  readonly _mclBnFp_setLittleEndian: (result: Pointer, bytes: Pointer, length: number) => number
  readonly _mclBnFp_setInt32: (result: Pointer, value: number) => void
  readonly _mclBnFp_neg: (result: Pointer, x: Pointer) => void
  readonly _mclBnFp2_mul: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnG1_clear: (result: Pointer) => void
  readonly _mclBnG1_isZero: (x: Pointer) => number
  readonly _mclBnG1_add: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnG1_sub: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnG1_mul: (result: Pointer, x: Pointer, scalar: Pointer) => void
  readonly _mclBnG1_mulVec: (result: Pointer, x: Pointer, scalars: Pointer, count: number) => void
  readonly _mclBnG1_normalizeVec: (results: Pointer, x: Pointer, count: number) => void
  readonly _mclBnG2_add: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnG2_sub: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnG2_dbl: (result: Pointer, x: Pointer) => void
  readonly _mclBnG2_isEqual: (x: Pointer, y: Pointer) => number
  readonly _mclBnGT_mul: (result: Pointer, x: Pointer, y: Pointer) => void
  readonly _mclBnGT_pow: (result: Pointer, x: Pointer, exponent: Pointer) => void
  readonly _mclBnGT_isEqual: (x: Pointer, y: Pointer) => number
  readonly _mclBn_pairing: (result: Pointer, g1: Pointer, g2: Pointer) => void
  readonly _mclBn_millerLoop: (result: Pointer, g1: Pointer, g2: Pointer) => void
  readonly _mclBn_millerLoopVec: (result: Pointer, g1: Pointer, g2: Pointer, count: number) => void
  readonly _mclBn_finalExp: (result: Pointer, x: Pointer) => void
  readonly _mclBn_getUint64NumToPrecompute: () => number
  readonly _mclBn_precomputeG2: (lines: Pointer, g2: Pointer) => void
  readonly _mclBn_precomputedMillerLoop2: (
    result: Pointer,
    g1: Pointer,
    lines: Pointer,
    otherG1: Pointer,
    otherLines: Pointer,
  ) => void
}

/** Bytes. This build of mcl has room for coordinates of 384 bits; points are Jacobian, [x, y, z]. */
export const sizes = { fr: 32, fp: 48, fp2: 96, g1: 144, g2: 288, gt: 576 } as const

let started: Promise<Mcl> | undefined

/** One for each thread, never ended: it has no handles. */
export function start(): Promise<Mcl> {
  started ??= mcl.init(mcl.BN_SNARK1).then(() => (mcl as unknown as { mod: Mcl }).mod)
  return started
}

/** @throws {OutOfMemoryError} */
export function allocate(m: Mcl, bytes: number): Pointer {
  const pointer = m._malloc(bytes)
  if (pointer === 0) throw new OutOfMemoryError()
  return pointer
}

/** @param value Below the field order. */
export function writeFr(m: Mcl, at: Pointer, value: bigint): void {
  writeBytes(m, at, value)
  m._mclBnFr_setLittleEndian(at, at, sizes.fr)
}

/** @param point Affine, on the curve. */
export function writeG1(m: Mcl, at: Pointer, [x, y]: Bn254.G1): void {
  writeFp(m, at, x)
  writeFp(m, at + sizes.fp, y)
  writeFp(m, at + 2 * sizes.fp, 1n)
}

/** @param point Affine, on the curve; in the subgroup or not. */
export function writeG2(m: Mcl, at: Pointer, [x, y]: Bn254.G2): void {
  writeFp2(m, at, x)
  writeFp2(m, at + sizes.fp2, y)
  writeFp2(m, at + 2 * sizes.fp2, [0n, 1n])
}

/** mcl keeps the real part first. */
export function writeFp2(m: Mcl, at: Pointer, [imaginary, real]: readonly [bigint, bigint]): void {
  writeFp(m, at, real)
  writeFp(m, at + sizes.fp, imaginary)
}

function writeFp(m: Mcl, at: Pointer, value: bigint): void {
  writeBytes(m, at, value)
  m._mclBnFp_setLittleEndian(at, at, 32)
}

/** 32 bytes, little-endian. */
export function writeBytes(m: Mcl, at: Pointer, value: bigint): void {
  // A new view each time: memory that has grown is another buffer.
  const view = new DataView(m.wasmMemory.buffer, at, 32)
  for (let word = 0; word < 4; word++) view.setBigUint64(8 * word, value >> BigInt(64 * word), true)
}

/** The worker's memory is full. */
export class OutOfMemoryError extends Error {
  override readonly name = 'Mcl.OutOfMemoryError'
  constructor() {
    super('No memory left for points of the curve.')
  }
}
