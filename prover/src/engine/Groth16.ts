/**
 * A proof from an input, a laid solver and a laid key, its parts spread over a crew.
 *
 * A = alpha + sum w A + r delta, B = beta + sum w B + s delta, C = sum w C + sum h H + s A + r B - r s delta.
 * The blinders r and s are scalars of delta in the sums themselves. Source: J. Groth, "On the size of pairing-based
 * non-interactive arguments", 2016, section 3.2.
 */
import { fieldOrder } from '../generated/parameters.ts'
import type * as Proof from '../Proof.ts'
import type { Crew } from './Crew.ts'
import type * as Key from './Key.ts'
import * as Labour from './Labour.ts'
import * as Point from './Point.ts'
import * as Scalars from './Scalars.ts'

/** A key that every thread of a crew has open. */
export type Session = {
  readonly number: number
  readonly key: Key.Key
  /** Memory that the threads share with this one, where they do. */
  readonly memory: WebAssembly.Memory | undefined
}

/** Both below the field's order: new ones for each proof. */
export type Blinding = { readonly r: bigint; readonly s: bigint }

let proofs = 0

/**
 * Puts an input's witness where the threads have their scalars, and what blinds it.
 * @param input 32 bytes a value, little-endian, in the order of the solver's signals.
 * @returns The public signals, 32 bytes each; undefined where no witness satisfies the circuit.
 */
export async function solve(
  crew: Crew,
  session: Session,
  input: Uint8Array,
  blinding: Blinding,
): Promise<Uint8Array | undefined> {
  const read = !session.memory && crew.size > 1
  const order = { order: 'solve', session: session.number, input, blinders: blindersOf(blinding), read } as const
  const { isSatisfied, publicSignals, scalars } = await crew.ask(0, order)
  if (scalars && isSatisfied) await write(crew, session, 'scalars', scalars)
  return isSatisfied ? publicSignals : undefined
}

/** Of what was solved last, with the same blinding. */
export async function prove(crew: Crew, session: Session, blinding: Blinding): Promise<Proof.Proof> {
  const proof = ++proofs
  const ofWires = plan(crew, session, proof, 'scalars', ['a', 'b1', 'c', 'b2'])
  const ofQuotient = plan(crew, session, proof, 'quotient', ['h'])
  const sums = await carryOut(crew, session, ofWires, ofQuotient)
  const [a, b1, c, b2] = together(ofWires, sums) as [G1, G1, G1, G2]
  const [h] = together(ofQuotient, sums) as [G1]
  return assemble(session, { a, b1, b2, c, h }, blinding)
}

type G1 = Point.Point<bigint>
type G2 = Point.Point<Point.Complex>
type Sums = ReadonlyMap<Labour.Sum, readonly Point.Point<unknown>[]>

/** Each thread takes the next order as soon as it is free; the first finds the quotient before it takes any. */
async function carryOut(
  crew: Crew,
  session: Session,
  ofWires: readonly Labour.Sum[],
  ofQuotient: readonly Labour.Sum[],
): Promise<Sums> {
  const sums = new Map<Labour.Sum, readonly Point.Point<unknown>[]>()
  const take = async (orders: Labour.Sum[], place: number) => {
    for (let order = orders.shift(); order; order = orders.shift()) {
      const { points } = await crew.ask(place, order)
      sums.set(order, points)
    }
  }
  const findQuotient = async () => {
    const { bytes } = await crew.ask(0, { order: 'quotient', session: session.number, read: !session.memory })
    if (bytes) await write(crew, session, 'quotient', bytes)
  }
  const quotient = findQuotient()
  const [wiresLeft, quotientLeft] = [[...ofWires], [...ofQuotient]]
  const work = async (_: unknown, place: number) => {
    if (place === 0) await quotient
    await take(wiresLeft, place)
    await quotient
    await take(quotientLeft, place)
  }
  await Promise.all(Array.from({ length: crew.size }, work))
  return sums
}

async function write(
  crew: Crew,
  { number, key, memory }: Session,
  of: Labour.Scalars,
  bytes: Uint8Array,
): Promise<void> {
  if (memory) new Uint8Array(memory.buffer).set(bytes, key[of])
  else {
    const orders = Array.from({ length: crew.size }, (_, place) =>
      crew.ask(place, { order: 'write', session: number, of, bytes }),
    )
    await Promise.all(orders)
  }
}

/** r, s and -r s: the scalars that `Key` has places for behind the wires'. */
function blindersOf({ r, s }: Blinding): Uint8Array {
  return Scalars.toBytes([r, s, (fieldOrder - ((r * s) % fieldOrder)) % fieldOrder])
}

/** Orders that cover all windows. */
function plan(
  crew: Crew,
  { number, key }: Session,
  proof: number,
  of: Labour.Scalars,
  queries: readonly Labour.QueryName[],
) {
  const references = queries.reduce((sum, name) => sum + key.queries[name].length, 0)
  const width = bestWidth(references / queries.length)
  const windows = Math.ceil(255 / width)
  const most = Math.max(1, Math.floor(Labour.mostReferences / references))
  // A window's sums take as much memory as the points do. One thread alone has less of them, and fewer inversions.
  const each = crew.size === 1 ? Math.min(most, Math.ceil(windows / 8)) : 1
  const orders: Labour.Sum[] = []
  for (let from = 0; from < windows; from += each) {
    const until = Math.min(from + each, windows)
    orders.push({ order: 'sum', session: number, proof, of, queries, width, from, until })
  }
  return orders
}

/** The window that takes the fewest additions: one for each scalar that is not zero there, two for each bucket. */
function bestWidth(count: number): number {
  // About a fifth of a witness's values are small.
  const additions = (width: number) => Math.ceil(255 / width) * (0.8 * count + 2 ** width)
  const widths = Array.from({ length: 12 }, (_, i) => i + 4)
  return widths.reduce((best, width) => (additions(width) < additions(best) ? width : best))
}

/** Each query's sum over all orders, which are in the order of their windows. */
function together(orders: readonly Labour.Sum[], sums: Sums) {
  const [first] = orders
  if (!first) return []
  return first.queries.map((name, i) => {
    const field = (name === 'b2' ? Point.fp2 : Point.fp) as Point.Field<unknown>
    let total = Point.infinity(field)
    for (const order of orders.toReversed()) {
      for (let bit = order.from * order.width; bit < order.until * order.width; bit++)
        total = Point.double(field, total)
      total = Point.add(field, total, sums.get(order)?.[i] as Point.Point<unknown>)
    }
    return total
  })
}

function assemble(
  {
    key: {
      alpha,
      beta1,
      beta: [x, y],
    },
  }: Session,
  sums: { readonly [name in 'a' | 'b1' | 'c' | 'h']: G1 } & { readonly b2: G2 },
  { r, s }: Blinding,
): Proof.Proof {
  const { fp, fp2 } = Point
  const a = Point.add(fp, sums.a, Point.fromAffine(fp, alpha))
  const b1 = Point.add(fp, sums.b1, Point.fromAffine(fp, beta1))
  const b = Point.add(fp2, sums.b2, Point.fromAffine(fp2, [swap(x), swap(y)]))
  const blinded = Point.add(fp, Point.multiply(fp, a, s), Point.multiply(fp, b1, r))
  const c = Point.add(fp, Point.add(fp, sums.c, sums.h), blinded)
  const [proofA, proofB, proofC] = [Point.toAffine(fp, a), Point.toAffine(fp2, b), Point.toAffine(fp, c)]
  if (!proofA || !proofB || !proofC) throw new InfinityError()
  return { a: proofA, b: [swap(proofB[0]), swap(proofB[1])], c: proofC }
}

/** Between the order of `Bn254` (imaginary part first) and that of `Point`. */
function swap([first, second]: readonly [bigint, bigint]): readonly [bigint, bigint] {
  return [second, first]
}

/** A part of the proof is infinity, which no verifier takes. By chance this never happens. */
export class InfinityError extends Error {
  override readonly name = 'Engine.InfinityError'
  constructor() {
    super('A part of the proof is infinity.')
  }
}
