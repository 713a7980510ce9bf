/**
 * Sums of scalar multiples: Pippenger's buckets with signed digits, in affine coordinates throughout.
 *
 * 1. Scalars are cut into windows of `width` bits. A constant added to all of them beforehand makes every digit of
 *    every window a signed one without a carry, so that windows are independent of each other.
 * 2. Within a window scalars are sorted by their digit's size, once for all queries that share them.
 * 3. Each bucket is summed as a tree, a round of all buckets at a time: additions come by the thousand and share an
 *    inversion.
 * 4. So are the buckets: a tree of sums, in which the right children of level j add up to what bit j of the digits
 *    contributes. That takes as many additions as running sums do, but in log many rounds instead of one after another.
 *
 * What is left are sums for each bit, which doublings bring together.
 *
 * Sources: N. Pippenger, "On the evaluation of powers and monomials", 1980; batches of affine additions as in
 * zcash/aztec's and gnark's, here with trees also over the buckets.
 */
import * as Additions from './Additions.ts'
import type { Kernel } from './Kernel.ts'
import * as Point from './Point.ts'

/** Points of one sort, a reference for each scalar: an address, or 0 where the point is infinity. */
export type Query = { readonly curve: Additions.Curve; readonly references: Uint32Array }

/** Scalars prepared for windows of a width: nine words each. */
export type Digits = { readonly words: Uint32Array; readonly width: number; readonly windows: number }

const wordsPerScalar = 9

/** @param scalars Eight words each, below 2^254. */
export function prepare(scalars: Uint32Array, width: number): Digits {
  const windows = Math.ceil(255 / width)
  const halves = Array.from({ length: windows }, (_, k) => 1n << BigInt(k * width + width - 1))
  const offset = halves.reduce((sum, half) => sum + half, 0n)
  const offsetWords = Array.from({ length: wordsPerScalar }, (_, i) => Number((offset >> BigInt(32 * i)) & 0xffffffffn))
  const count = scalars.length / 8
  const words = new Uint32Array(count * wordsPerScalar + 1)
  for (let scalar = 0; scalar < count; scalar++) {
    let carry = 0
    for (let i = 0; i < wordsPerScalar; i++) {
      const sum = (i < 8 ? (scalars[8 * scalar + i] as number) : 0) + (offsetWords[i] as number) + carry
      words[wordsPerScalar * scalar + i] = sum
      carry = sum >= 2 ** 32 ? 1 : 0
    }
  }
  return { words, width, windows }
}

/** For each query the sum over windows `from` up to `until`, times 2^-(from * width). */
export function sum(
  kernel: Kernel,
  desk: Additions.Desk,
  queries: readonly Query[],
  digits: Digits,
  range: { readonly from: number; readonly until: number },
): readonly Point.Point<unknown>[] {
  const results = new Array<Point.Point<unknown>>(queries.length)
  const orders = sortWindows(digits, range)
  for (const curve of ['g1', 'g2'] as const) {
    const places = queries.flatMap((query, i) => (query.curve === curve ? [i] : []))
    if (places.length === 0) continue
    const sets = places.map((i) => (queries[i] as Query).references)
    const sums = sumOfCurve(kernel, desk, curve, sets, orders, digits.width)
    for (const [k, i] of places.entries()) results[i] = sums[k] as Point.Point<unknown>
  }
  return results
}

function sumOfCurve(
  kernel: Kernel,
  desk: Additions.Desk,
  curve: Additions.Curve,
  sets: readonly Uint32Array[],
  orders: readonly Order[],
  width: number,
): readonly Point.Point<unknown>[] {
  const half = 2 ** (width - 1)
  const adder = Additions.create(kernel, desk, curve)
  const filled = fillBuckets(sets, orders, half + 1)
  const buckets = adder.sumGroups(filled.references, filled.counts)
  const bits = sumBits(adder, buckets, orders.length * sets.length, half)
  // Groups are ordered by window, set, bit.
  return sets.map((_, set) => {
    const field: Point.Field<unknown> = Additions.fields[curve]
    let total = Point.infinity(field)
    for (let k = orders.length - 1; k >= 0; k--) {
      for (let bit = width - 1; bit >= 0; bit--) {
        total = Point.double(field, total)
        const reference = bits[(k * sets.length + set) * width + bit] as number
        if (reference)
          total = Point.add(field, total, Point.fromAffine(field, Additions.readPoint(kernel, curve, reference)))
      }
    }
    return total
  })
}

/** A window's scalars by their digit's size, those of 0 left out, each with its sign in the lowest bit. */
type Order = {
  readonly entries: Uint32Array
  /** Where the scalars of each size end: from size 0, where the others begin, up to half. */
  readonly ends: Uint32Array
}

function sortWindows(
  { words, width }: Digits,
  { from, until }: { readonly from: number; readonly until: number },
): readonly Order[] {
  const count = (words.length - 1) / wordsPerScalar
  const half = 2 ** (width - 1)
  const values = new Int32Array(count)
  return Array.from({ length: until - from }, (_, i) => {
    const window = from + i
    // 1. Digits, and how many there are of each size.
    const [word, shift] = [(window * width) >>> 5, (window * width) & 31]
    const mask = 2 * half - 1
    const ends = new Uint32Array(half + 2)
    for (let scalar = 0, at = word; scalar < count; scalar++, at += wordsPerScalar) {
      const low = (words[at] as number) >>> shift
      const bits = shift + width > 32 ? low | ((words[at + 1] as number) << (32 - shift)) : low
      const digit = (bits & mask) - half
      values[scalar] = digit
      const after = (digit < 0 ? -digit : digit) + 1
      ends[after] = (ends[after] as number) + 1
    }
    // 2. Where each size begins; what is put there moves it on to where it ends.
    for (let size = 1; size < ends.length; size++) ends[size] = (ends[size] as number) + (ends[size - 1] as number)
    const zeros = ends[1] as number
    const entries = new Uint32Array(count)
    for (let scalar = 0; scalar < count; scalar++) {
      const digit = values[scalar] as number
      if (digit > 0) entries[(ends[digit] as number)++] = scalar << 1
      else if (digit < 0) entries[(ends[-digit] as number)++] = (scalar << 1) | 1
    }
    ends[0] = zeros
    return { entries, ends }
  })
}

/** References in groups, one for each window, set and size from 0 to half; the first is always empty. */
function fillBuckets(sets: readonly Uint32Array[], orders: readonly Order[], sizes: number) {
  const most = orders.reduce((sum, { entries }) => sum + entries.length, 0) * sets.length
  const references = new Uint32Array(most)
  const counts = new Uint32Array(orders.length * sets.length * sizes)
  let [written, group] = [0, 0]
  for (const { entries, ends } of orders) {
    for (const set of sets) {
      let at = ends[0] as number
      for (let size = 0; size < sizes; size++, group++) {
        const end = size === 0 ? at : (ends[size] as number)
        const first = written
        for (; at < end; at++) {
          const entry = entries[at] as number
          const reference = set[entry >>> 1] as number
          if (reference) references[written++] = reference | (entry & 1)
        }
        counts[group] = written - first
      }
    }
  }
  return { references: references.subarray(0, written), counts }
}

/** From each set's buckets of sizes 0 to half, the sums of those with bit 0, bit 1, ... set in their size. */
function sumBits(adder: Additions.Adder, buckets: Uint32Array, sets: number, half: number): Uint32Array {
  const width = Math.log2(half) + 1
  const perBit: number[][] = Array.from({ length: sets * width }, () => [])
  let nodes = new Uint32Array(sets * half)
  for (let set = 0; set < sets; set++) {
    const first = set * (half + 1)
    nodes.set(buckets.subarray(first, first + half), set * half)
    const last = buckets[first + half] as number
    if (last) perBit[set * width + width - 1]?.push(last)
  }
  for (let bit = 0, count = half; count > 1; bit++, count >>= 1) {
    for (let set = 0; set < sets; set++) {
      const group = perBit[set * width + bit] as number[]
      for (let i = 1; i < count; i += 2) {
        const reference = nodes[set * count + i] as number
        if (reference) group.push(reference)
      }
    }
    // Of the last two only the right one counts.
    if (count > 2) nodes = adder.sumGroups(...pairsOf(nodes))
  }
  return adder.sumGroups(
    Uint32Array.from(perBit.flat()),
    Uint32Array.from(perBit, ({ length }) => length),
  )
}

/** Two by two, without the empty ones. */
function pairsOf(nodes: Uint32Array): [references: Uint32Array, counts: Uint32Array] {
  const references = new Uint32Array(nodes.length)
  const counts = new Uint32Array(nodes.length / 2)
  let written = 0
  for (let i = 0; i < nodes.length; i++) {
    const reference = nodes[i] as number
    if (reference === 0) continue
    references[written++] = reference
    counts[i >> 1] = (counts[i >> 1] as number) + 1
  }
  return [references.subarray(0, written), counts]
}
