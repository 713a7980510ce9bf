import type { Body, Code, Local, Type } from './Assembler.ts'

/** Elements side by side, limb by limb, in a function's locals: as many as the field has lanes. */
export type Vec = readonly Local[]

/**
 * A prime field as kernels are written with it. Elements are in Montgomery form, and of one of three kinds:
 *
 * - normal: what `normal`, `mul` and `square` give. What lies in memory is normal.
 * - lazy: a sum or difference of at most four normal ones.
 * - wide: whatever else `normal` still takes.
 *
 * `mul` takes one lazy and one normal element, or two lazy ones of at most two terms each.
 */
export type Field = {
  readonly modulus: bigint
  readonly lanes: 1 | 2
  /** Of a vector's locals. */
  readonly types: readonly Type[]
  /** Of a vector in memory: its lanes are interleaved there. */
  readonly vecBytes: number
  /** 2^this is the factor of the Montgomery form. */
  readonly montgomeryBits: number
  readonly in: (body: Body) => Operations
  /** The same with products as calls: where speed matters less than a kernel's size. */
  readonly compactIn: (body: Body) => Operations
  /** Functions on vectors in memory. */
  readonly mul: (out: Code, left: Code, right: Code) => Code
  readonly square: (out: Code, value: Code) => Code
}

export type Operations = {
  readonly load: (address: Code, offset?: number) => Vec
  readonly store: (address: Code, vec: Vec, offset?: number) => void
  /** One element into every lane. */
  readonly splat: (address: Code, offset?: number) => Vec
  /** Elements from as many places as there are lanes. */
  readonly gather: (addresses: readonly Code[], offset?: number) => Vec
  readonly scatter: (addresses: readonly Code[], vec: Vec, offset?: number) => void
  readonly zero: () => Vec
  /** In Montgomery form. */
  readonly one: () => Vec
  /** The number 1 as it is. */
  readonly plainOne: () => Vec
  readonly add: (left: Vec, right: Vec) => Vec
  /** What is taken away is normal, or a product, or the negation of a normal one. */
  readonly sub: (left: Vec, right: Vec) => Vec
  /** Negated in the lanes whose flag, an i32, is 1 and not 0. */
  readonly negateWhere: (flags: readonly Code[], vec: Vec) => Vec
  /** Modulo the field's order, into the one range that equal elements are equal in. */
  readonly normal: (vec: Vec) => Vec
  /** Of normal vectors: an i32 with a bit for each lane in which they surely differ. Equal to 1 in 2^29 or rarer all the same. */
  readonly differ: (left: Vec, right: Vec) => Code
  /** The first where a lane's bit is set in `mask`, an i32; the second elsewhere. */
  readonly select: (mask: Code, left: Vec, right: Vec) => Vec
  /** All lanes' sum, in every lane. Lazy. */
  readonly sumOfLanes: (vec: Vec) => Vec
  readonly mul: (left: Vec, right: Vec) => Vec
  /** Of a normal vector. */
  readonly square: (vec: Vec) => Vec
  /** From 32 bytes, little-endian, below 2^255: not in Montgomery form, and lazy. */
  readonly unpack: (addresses: readonly Code[]) => Vec
  /** To 32 bytes, little-endian, at least 0 and below the modulus. Of a normal vector. */
  readonly pack: (addresses: readonly Code[], vec: Vec) => void
}

/** Bytes of an element by itself in memory, in every field: five doubles, or nine words and a gap. */
export const elementBytes = 40

export function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, ((value % modulus) + modulus) % modulus, 0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1]
  }
  return ((s0 % modulus) + modulus) % modulus
}
