/**
 * A proving key laid out in a kernel's memory: points and coefficients in the kernel's own form, what is infinity left
 * out, and the tables that transforms need. Made once, in about as long as a hash of the file takes, and piece by piece:
 * the file is never in memory as a whole.
 */
import * as Bn254 from '../Bn254.ts'
import { fieldOrder } from '../generated/parameters.ts'
import type { Section } from '../Zkey.ts'
import * as Additions from './Additions.ts'
import * as Content from './Content.ts'
import * as Element from './Element.ts'
import { type Allocate, elementBytes, type Kernel } from './Kernel.ts'
import * as KeyRows from './KeyRows.ts'
import * as ZkeySections from './ZkeySections.ts'

/** Plain data: it goes to whoever shares the memory. All numbers but counts are addresses. */
export type Key = {
  readonly wires: number
  readonly publicSignals: number
  readonly domainSize: number
  /** Scalars: each wire's, then r, s and -r s. 32 bytes each. */
  readonly scalars: number
  readonly quotient: number
  readonly queries: { readonly [name in 'a' | 'b1' | 'b2' | 'c' | 'h']: Uint32Array }
  readonly rows: { readonly a: KeyRows.Rows; readonly b: KeyRows.Rows }
  readonly polynomials: Polynomials
  readonly alpha: Bn254.G1
  readonly beta1: Bn254.G1
  readonly beta: Bn254.G2
  /** The first address that nothing lies at. */
  readonly end: number
}

export type Polynomials = {
  /** The wires' values as elements. */
  readonly wires: number
  /** Powers of a root of unity of the domain's order, and of its inverse: half as many as the domain has. */
  readonly roots: number
  readonly inverseRoots: number
  /** In bit-reversed order: powers of a root of twice the order, divided by the order. */
  readonly shift: number
}

/** Read of the file at a time. */
const pieceBytes = 2 ** 17

/** Scalars behind the wires': r, s, -r s. */
export const blinders = 3

/** @throws {FormatError} */
export async function lay(kernel: Kernel, allocate: Allocate, file: Content.Reader): Promise<Key> {
  const key = await ZkeySections.read(file)
  const { wires, publicSignals, domainSize, alpha, beta1, beta } = key
  const points = pointLayer(kernel, allocate, file)
  const scalars = allocate(32 * (wires + blinders))
  const quotient = allocate(32 * domainSize)
  const none = new Uint8Array(128)
  const one = (length: 64 | 128) => none.subarray(0, length)
  const queries = {
    a: await points('g1', [key.a, key.delta1, one(64), one(64)]),
    b1: await points('g1', [key.b1, one(64), key.delta1, one(64)]),
    b2: await points('g2', [key.b2, one(128), key.delta2, one(128)]),
    c: await points('g1', [new Uint8Array((publicSignals + 1) * 64), key.c, one(64), one(64), key.delta1]),
    h: await points('g1', [key.h]),
  }
  const wireElements = allocate((wires + 1) * elementBytes)
  const rows = await KeyRows.lay(kernel, allocate, { key, file, wireElements })
  const polynomials = layPolynomials(kernel, allocate, wireElements, domainSize)
  return {
    wires,
    publicSignals,
    domainSize,
    scalars,
    quotient,
    queries,
    rows,
    polynomials,
    alpha,
    beta1,
    beta,
    end: allocate(0),
  }
}

/** Puts points that are not infinity into memory, and gives a reference for each. */
function pointLayer(kernel: Kernel, allocate: Allocate, file: Content.Reader) {
  const factor = allocate(elementBytes)
  const bits = BigInt(kernel.montgomeryBits)
  // x 2^256 times this, times 2^-bits, is x 2^bits.
  Element.writePlain(kernel, factor, Element.power(2n, 2n * bits - 256n, Bn254.baseFieldOrder), Bn254.baseFieldOrder)
  const desk = allocate(pieceBytes)
  return async (curve: Additions.Curve, parts: readonly (Section | Uint8Array)[]): Promise<Uint32Array> => {
    const length = curve === 'g1' ? 64 : 128
    const count = parts.reduce((sum, part) => sum + lengthOf(part) / length, 0)
    const references = new Uint32Array(count)
    // Room for all: what infinity would take is never touched.
    let next = allocate(count * Additions.pointBytes[curve] + kernel.vecBytes)
    let index = 0
    const put = (piece: Uint8Array) => {
      let used = 0
      const memory = new Uint8Array(kernel.memory.buffer)
      for (let at = 0; at < piece.byteLength; at += length, index++) {
        if (isInfinity(piece, at, length)) continue
        memory.set(piece.subarray(at, at + length), desk + used * length)
        references[index] = next + used++ * Additions.pointBytes[curve]
      }
      kernel.run.fpUnpack(next, desk, factor, (used * length) / 32 / kernel.lanes)
      next += used * Additions.pointBytes[curve]
    }
    for (const part of parts) {
      if (part instanceof Uint8Array) put(part)
      else await Content.readPieces(file, part, pieceBytes, put)
    }
    return references
  }
}

function lengthOf(part: Section | Uint8Array): number {
  return part instanceof Uint8Array ? part.byteLength : part.length
}

function isInfinity(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) if (bytes[at] !== 0) return false
  return true
}

function layPolynomials(kernel: Kernel, allocate: Allocate, wires: number, domainSize: number): Polynomials {
  const root = rootOfUnity(domainSize)
  const levels = Math.log2(domainSize)
  const rising = Array.from({ length: levels - 1 }, (_, k) => 2n ** BigInt(k))
  const falling = Array.from({ length: levels }, (_, k) => 2n ** BigInt(levels - 1 - k))
  const table = (first: bigint, base: bigint, exponents: readonly bigint[]) =>
    layPowers(
      kernel,
      allocate,
      first,
      exponents.map((exponent) => Element.power(base, exponent, fieldOrder)),
    )
  return {
    wires,
    roots: table(1n, root, rising),
    inverseRoots: table(1n, Element.power(root, fieldOrder - 2n, fieldOrder), rising),
    shift: table(Element.power(BigInt(domainSize), fieldOrder - 2n, fieldOrder), rootOfUnity(2 * domainSize), falling),
  }
}

/** A table that starts with one number and doubles with each multiplier: the second half is the first times it. */
function layPowers(kernel: Kernel, allocate: Allocate, first: bigint, multipliers: readonly bigint[]): number {
  const table = allocate((2 ** multipliers.length + kernel.lanes) * elementBytes)
  const factor = allocate(elementBytes)
  Element.write(kernel, table, first, fieldOrder)
  for (const [k, multiplier] of multipliers.entries()) {
    const size = 2 ** k
    Element.write(kernel, factor, multiplier, fieldOrder)
    if (size >= kernel.lanes) kernel.run.frTimes(table + size * elementBytes, table, factor, size / kernel.lanes)
    else {
      const product = (Element.read(kernel, table, fieldOrder) * multiplier) % fieldOrder
      Element.write(kernel, table + elementBytes, product, fieldOrder)
    }
  }
  return table
}

/** Of a power of two up to 2^28: what snarkjs takes, a power of 5^((order - 1) / 2^28), which is not a square's. */
function rootOfUnity(order: number): bigint {
  return Element.power(Element.power(5n, (fieldOrder - 1n) >> 28n, fieldOrder), 2n ** 28n / BigInt(order), fieldOrder)
}
