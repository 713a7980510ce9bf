/**
 * A proving key laid out in a kernel's memory: points and coefficients in the kernel's own form, what is infinity left
 * out, and the tables that transforms need. Made once, in about as long as a hash of the file takes.
 */
import * as Bn254 from '../Bn254.ts'
import { fieldOrder } from '../generated/parameters.ts'
import { FormatError } from '../Zkey.ts'
import * as Additions from './Additions.ts'
import * as Element from './Element.ts'
import { elementBytes, type Kernel } from './Kernel.ts'
import { coefficientBytes, type ZkeySections } from './ZkeySections.ts'

/** Plain data: it goes to whoever shares the memory. All numbers but counts are addresses. */
export type Key = {
  readonly wires: number
  readonly publicSignals: number
  readonly domainSize: number
  /** Scalars: each wire's, then r, s and -r s. 32 bytes each. */
  readonly scalars: number
  readonly quotient: number
  readonly queries: { readonly [name in 'a' | 'b1' | 'b2' | 'c' | 'h']: Uint32Array }
  readonly rows: { readonly a: Rows; readonly b: Rows }
  readonly polynomials: Polynomials
  /** The first address that nothing lies at. */
  readonly end: number
}

export type Rows = { readonly entries: number; readonly ends: number }

export type Polynomials = {
  /** The wires' values as elements. */
  readonly wires: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly vectors: number
  /** Powers of a root of unity of the domain's order, and of its inverse: half as many as the domain has. */
  readonly roots: number
  readonly inverseRoots: number
  /** In bit-reversed order: powers of a root of twice the order, divided by the order. */
  readonly shift: number
}

/** Scalars behind the wires': r, s, -r s. */
export const blinders = 3

export function lay(kernel: Kernel, allocate: (bytes: number) => number, key: ZkeySections): Key {
  const { wires, publicSignals, domainSize } = key
  const points = pointLayer(kernel, allocate)
  const scalars = allocate(32 * (wires + blinders))
  const quotient = allocate(32 * domainSize)
  const none = new Uint8Array(128)
  const one = (length: 64 | 128) => none.subarray(0, length)
  const queries = {
    a: points('g1', [key.a, key.delta1, one(64), one(64)]),
    b1: points('g1', [key.b1, one(64), key.delta1, one(64)]),
    b2: points('g2', [key.b2, one(128), key.delta2, one(128)]),
    c: points('g1', [new Uint8Array((publicSignals + 1) * 64), key.c, one(64), one(64), key.delta1]),
    h: points('g1', [key.h]),
  }
  const tables = layTables(kernel, allocate, key)
  const element = () => allocate(elementBytes * domainSize)
  const polynomials = {
    ...tables.polynomials,
    a: element(),
    b: element(),
    c: element(),
    vectors: allocate(kernel.vecBytes * domainSize),
  }
  return {
    wires,
    publicSignals,
    domainSize,
    scalars,
    quotient,
    queries,
    rows: tables.rows,
    polynomials,
    end: allocate(0),
  }
}

/** Puts points that are not infinity into memory, and gives a reference for each. */
function pointLayer(kernel: Kernel, allocate: (bytes: number) => number) {
  const factor = allocate(elementBytes)
  const bits = BigInt(kernel.montgomeryBits)
  // x 2^256 times this, times 2^-bits, is x 2^bits.
  Element.writePlain(kernel, factor, power(2n, 2n * bits - 256n, Bn254.baseFieldOrder), Bn254.baseFieldOrder)
  return (curve: Additions.Curve, parts: readonly Uint8Array[]): Uint32Array => {
    const length = curve === 'g1' ? 64 : 128
    const count = parts.reduce((sum, part) => sum + part.byteLength / length, 0)
    const references = new Uint32Array(count)
    const packed = new Uint8Array(count * length + 64)
    let [index, used] = [0, 0]
    for (const part of parts) {
      // Run by run of points that are not infinity.
      for (let from = 0, at = 0; at <= part.byteLength; at += length) {
        if (at < part.byteLength && !isInfinity(part, at, length)) {
          references[index++] = 1 + used + (at - from) / length
          continue
        }
        packed.set(part.subarray(from, at), used * length)
        used += (at - from) / length
        if (at < part.byteLength) index++
        from = at + length
      }
    }
    const numbers = used * (length / 32)
    const first = allocate(numbers * elementBytes + kernel.vecBytes)
    unpack(kernel, 'fpUnpack', first, packed.subarray(0, numbers * 32), factor, allocate)
    return references.map((place) => (place ? first + (place - 1) * Additions.pointBytes[curve] : 0))
  }
}

function isInfinity(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) if (bytes[at] !== 0) return false
  return true
}

/** Numbers of 32 bytes through the kernel, by way of a little memory that is reused. */
function unpack(
  kernel: Kernel,
  name: 'fpUnpack' | 'frUnpack',
  out: number,
  bytes: Uint8Array,
  factor: number,
  allocate: (bytes: number) => number,
): void {
  const atOnce = 4_096
  const desk = allocate(32 * atOnce)
  for (let done = 0; done < bytes.byteLength / 32; done += atOnce) {
    const part = bytes.subarray(32 * done, 32 * (done + atOnce))
    new Uint8Array(kernel.memory.buffer).set(part, desk)
    kernel.run[name](out + done * elementBytes, desk, factor, Math.ceil(part.byteLength / 32 / kernel.lanes))
  }
}

function layTables(kernel: Kernel, allocate: (bytes: number) => number, key: ZkeySections) {
  const { wires, domainSize } = key
  const bits = BigInt(kernel.montgomeryBits)
  const wireElements = allocate((wires + 1) * elementBytes)
  const { entries, values } = sortCoefficients(key)
  // Coefficients c 2^512 become c 2^(2 bits), so that times a plain wire they give Montgomery form.
  const factor = allocate(elementBytes)
  Element.writePlain(kernel, factor, power(2n, 3n * bits - 512n + (fieldOrder - 1n), fieldOrder), fieldOrder)
  const coefficients = allocate((values.byteLength / 32 + 1) * elementBytes)
  unpack(kernel, 'frUnpack', coefficients, values, factor, allocate)
  const layRows = (matrix: 0 | 1): Rows => {
    const { list, ends } = padded(entries, matrix, domainSize, kernel.lanes)
    const at = allocate(list.byteLength)
    const addresses = new Uint32Array(kernel.memory.buffer, at, list.length)
    for (let i = 0; i < list.length; i += 2) {
      addresses[i] = coefficients + (list[i] as number) * elementBytes
      addresses[i + 1] = wireElements + (list[i + 1] as number) * elementBytes
    }
    const endsAt = allocate(ends.byteLength)
    new Uint32Array(kernel.memory.buffer, endsAt, ends.length).set(ends.map((end) => at + 8 * end))
    return { entries: at, ends: endsAt }
  }
  const rows = { a: layRows(0), b: layRows(1) }
  const root = rootOfUnity(domainSize)
  const levels = Math.log2(domainSize)
  const rising = Array.from({ length: levels - 1 }, (_, k) => 2n ** BigInt(k))
  const falling = Array.from({ length: levels }, (_, k) => 2n ** BigInt(levels - 1 - k))
  const table = (first: bigint, base: bigint, exponents: readonly bigint[]) =>
    layPowers(
      kernel,
      allocate,
      first,
      exponents.map((exponent) => power(base, exponent, fieldOrder)),
    )
  const polynomials = {
    wires: wireElements,
    roots: table(1n, root, rising),
    inverseRoots: table(1n, power(root, fieldOrder - 2n, fieldOrder), rising),
    shift: table(power(BigInt(domainSize), fieldOrder - 2n, fieldOrder), rootOfUnity(2 * domainSize), falling),
  }
  return { rows, polynomials }
}

/** A table that starts with one number and doubles with each multiplier: the second half is the first times it. */
function layPowers(
  kernel: Kernel,
  allocate: (bytes: number) => number,
  first: bigint,
  multipliers: readonly bigint[],
): number {
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

/**
 * Entries by matrix and row, and each different coefficient once, 32 bytes, the first of them 0.
 * @throws {FormatError} where an entry is outside of the matrices.
 */
function sortCoefficients({ coefficients, domainSize, wires }: ZkeySections) {
  const count = coefficients.byteLength / coefficientBytes
  // Where the section is not aligned to words, a copy is.
  const { buffer, byteOffset, byteLength } = coefficients
  const words =
    byteOffset % 4 === 0
      ? new Uint32Array(buffer, byteOffset, byteLength / 4)
      : new Uint32Array(coefficients.slice().buffer)
  const wordsPerEntry = coefficientBytes / 4
  const places = new Uint32Array(count)
  const starts = new Uint32Array(2 * domainSize + 1)
  for (let i = 0, at = 0; i < count; i++, at += wordsPerEntry) {
    const [matrix, row, wire] = [words[at] as number, words[at + 1] as number, words[at + 2] as number]
    if (matrix > 1 || row >= domainSize || wire >= wires) throw new FormatError()
    const place = matrix * domainSize + row
    places[i] = place
    starts[place + 1] = (starts[place + 1] as number) + 1
  }
  for (let i = 0; i < 2 * domainSize; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  const next = starts.slice()
  const list = new Uint32Array(2 * count)
  const dictionary = createDictionary(words)
  for (let i = 0; i < count; i++) {
    const place = places[i] as number
    const at = next[place] as number
    next[place] = at + 1
    list[2 * at] = dictionary.indexOf(i * wordsPerEntry + 3)
    list[2 * at + 1] = words[i * wordsPerEntry + 2] as number
  }
  return { entries: { list, starts }, values: dictionary.toBytes() }
}

/** Numbers of eight words, found where they stand; each different one has an index, from 1 on. Index 0 is the number 0. */
function createDictionary(words: Uint32Array) {
  /** Where each different number stood first. */
  const firsts: number[] = []
  // Open addressing: 0 for a free place, else an index. Grown before it is half full.
  let slots = new Uint32Array(1_024)
  const slotOf = (at: number) => {
    const mixed = Math.imul((words[at] as number) ^ Math.imul(words[at + 1] as number, 0x9e3779b1), 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & (slots.length - 1)
  }
  const isSame = (left: number, right: number) => {
    for (let k = 0; k < 8; k++) if (words[left + k] !== words[right + k]) return false
    return true
  }
  const put = (index: number) => {
    let slot = slotOf(firsts[index - 1] as number)
    while (slots[slot]) slot = (slot + 1) & (slots.length - 1)
    slots[slot] = index
  }
  return {
    indexOf(at: number): number {
      for (let slot = slotOf(at); slots[slot]; slot = (slot + 1) & (slots.length - 1)) {
        const index = slots[slot] as number
        if (isSame(firsts[index - 1] as number, at)) return index
      }
      const index = firsts.push(at)
      if (2 * index > slots.length) {
        slots = new Uint32Array(2 * slots.length)
        for (let known = 1; known <= index; known++) put(known)
      } else put(index)
      return index
    },
    toBytes(): Uint8Array {
      const numbers = new Uint32Array(8 * (firsts.length + 1))
      for (const [i, at] of firsts.entries()) numbers.set(words.subarray(at, at + 8), 8 * (i + 1))
      return new Uint8Array(numbers.buffer)
    },
  }
}

/** One matrix's entries, each row filled up to whole vectors with 0 times the first wire; where each row ends, in entries. */
function padded(
  { list, starts }: { readonly list: Uint32Array; readonly starts: Uint32Array },
  matrix: 0 | 1,
  rows: number,
  lanes: number,
) {
  const first = matrix * rows
  const total = (starts[first + rows] as number) - (starts[first] as number)
  const out = new Uint32Array(2 * (total + rows * (lanes - 1)))
  const ends = new Uint32Array(rows)
  let written = 0
  for (let row = 0; row < rows; row++) {
    const [from, until] = [starts[first + row] as number, starts[first + row + 1] as number]
    out.set(list.subarray(2 * from, 2 * until), 2 * written)
    written = Math.ceil((written + until - from) / lanes) * lanes
    ends[row] = written
  }
  return { list: out.subarray(0, 2 * written), ends }
}

/** Of a power of two up to 2^28: what snarkjs takes, a power of 5^((order - 1) / 2^28), which is not a square's. */
function rootOfUnity(order: number): bigint {
  return power(power(5n, (fieldOrder - 1n) >> 28n, fieldOrder), 2n ** 28n / BigInt(order), fieldOrder)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) result = (result * square) % modulus
  }
  return result
}
