/** Additions of many pairs of points at once, and of groups of points as trees of such additions. */
import * as Element from './Element.ts'
import { type Add, type Allocate, elementBytes, type Kernel } from './Kernel.ts'
import * as Point from './Point.ts'

export type Curve = 'g1' | 'g2'

export const pointBytes = { g1: 2 * elementBytes, g2: 4 * elementBytes } as const

export const fields = { g1: Point.fp, g2: Point.fp2 } as unknown as { readonly [curve in Curve]: Point.Field<unknown> }

/** Where a thread may work: addresses. */
export type Desk = {
  readonly list: number
  readonly specials: number
  readonly scratch: number
  readonly sums: number
  /** The first address behind the sums. */
  readonly end: number
}

/** Pairs that share an inversion: what they need stays in a core's own cache. */
const pairsPerBatch = 4_096

/** A desk, and room for sums of so many bytes. */
export function layDesk(kernel: Pick<Kernel, 'vecBytes' | 'lanes'>, allocate: Allocate, sumBytes: number): Desk {
  const list = allocate(8 * pairsPerBatch)
  const specials = allocate(4 * pairsPerBatch)
  // Two vectors a group, those around them, and the powers an inversion takes.
  const scratch = allocate(((2 * pairsPerBatch) / kernel.lanes + 32) * kernel.vecBytes)
  const sums = allocate(sumBytes)
  return { list, specials, scratch, sums, end: sums + sumBytes }
}

export type Adder = {
  /** Each group's sum, 0 for infinity. Changes what it is given. */
  readonly sumGroups: (references: Uint32Array, counts: Uint32Array) => Uint32Array<ArrayBuffer>
}

/** Sums of groups of points of a curve; sums stay where they are until the next adder of this desk is created. */
export function create(kernel: Kernel, desk: Desk, curve: Curve): Adder {
  const run: Add = kernel.run[curve === 'g1' ? 'g1Add' : 'g2Add']
  const bytes = pointBytes[curve]
  const { lanes } = kernel
  const list = new Uint32Array(kernel.memory.buffer, desk.list, 2 * pairsPerBatch)
  const specials = new Uint32Array(kernel.memory.buffer, desk.specials, pairsPerBatch)
  let next = desk.sums
  /** Sums that came out as infinity. */
  const infinite = new Set<number>()

  function addPairs(pairs: number, out: number): void {
    if (out + (pairs + 1) * bytes > desk.end) throw new FullDeskError()
    // An odd one is added twice.
    if (pairs % lanes) list.copyWithin(2 * pairs, 2 * pairs - 2, 2 * pairs)
    const special = run(desk.list, Math.ceil(pairs / lanes), out, desk.scratch, desk.specials)
    for (let i = 0; i < special; i++) {
      for (let lane = 0; lane < lanes; lane++) {
        const pair = lanes * (specials[i] as number) + lane
        const at = out + pair * bytes
        if (!addExactly(kernel, curve, list[2 * pair] as number, list[2 * pair + 1] as number, at)) infinite.add(at)
      }
    }
  }

  function round(references: Uint32Array, counts: Uint32Array): boolean {
    let [read, written, pairs, most] = [0, 0, 0, 0]
    let out = next
    for (let group = 0; group < counts.length; group++) {
      const count = counts[group] as number
      if (count === 0) continue
      let k = 0
      for (; k + 1 < count; k += 2) {
        list[2 * pairs] = references[read + k] as number
        list[2 * pairs + 1] = references[read + k + 1] as number
        references[written++] = next
        next += bytes
        if (++pairs === pairsPerBatch) {
          addPairs(pairs, out)
          pairs = 0
          out = next
        }
      }
      if (k < count) references[written++] = references[read + k] as number
      read += count
      const left = (count + 1) >> 1
      counts[group] = left
      if (left > most) most = left
    }
    if (pairs) addPairs(pairs, out)
    // The odd one's second sum lies after the last.
    next += bytes
    if (infinite.size) dropInfinite(references, counts)
    return most > 1
  }

  function dropInfinite(references: Uint32Array, counts: Uint32Array): void {
    let [read, written] = [0, 0]
    for (let group = 0; group < counts.length; group++) {
      const count = counts[group] as number
      for (let k = 0; k < count; k++) {
        const reference = references[read++] as number
        if (infinite.has(reference)) (counts[group] as number)--
        else references[written++] = reference
      }
    }
    infinite.clear()
  }

  return {
    sumGroups(references, counts) {
      while (round(references, counts));
      let read = 0
      return counts.map((count) => (count ? (references[read++] as number) : 0)) as Uint32Array<ArrayBuffer>
    },
  }
}

/** Of a reference: negated where its lowest bit is set. */
export function readPoint(kernel: Kernel, curve: Curve, reference: number): Point.Affine<unknown> {
  const at = reference & ~1
  const sign = reference & 1
  const numbers = Array.from({ length: pointBytes[curve] / elementBytes }, (_, i) =>
    Element.read(kernel, at + i * elementBytes),
  ) as [bigint, bigint, bigint, bigint]
  if (curve === 'g1') return [numbers[0], sign ? Point.fp.sub(0n, numbers[1]) : numbers[1]]
  const y: Point.Complex = [numbers[2], numbers[3]]
  return [[numbers[0], numbers[1]], sign ? Point.fp2.sub(Point.fp2.zero, y) : y]
}

/** The sum of two points of one x, or nearly: false where it is infinity, and then nothing is written. */
function addExactly(kernel: Kernel, curve: Curve, first: number, second: number, at: number): boolean {
  const field = fields[curve]
  const [left, right] = [first, second].map((reference) =>
    Point.fromAffine(field, readPoint(kernel, curve, reference)),
  ) as [Point.Point<unknown>, Point.Point<unknown>]
  const sum = Point.toAffine(field, Point.add(field, left, right))
  if (!sum) return false
  for (const [i, value] of (sum.flat() as bigint[]).entries()) Element.write(kernel, at + i * elementBytes, value)
  return true
}

/** More sums than a desk has room for: the work was cut into too few parts. */
export class FullDeskError extends Error {
  override readonly name = 'Additions.FullDeskError'
  constructor() {
    super('The sums of a part do not fit into the memory set aside for them.')
  }
}
