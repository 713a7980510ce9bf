/** The rules that `../solver.ts` lists. Each takes all wires that it finds just then, and says whether there were any. */
import { fieldOrder } from '../parameters.ts'
import type * as R1cs from '../r1cs.ts'
import { added, constantOf, type Form, modulo, multiplied, none, scaled } from './form.ts'
import type { Knowledge, List } from './state.ts'

export function create(r1cs: R1cs.R1cs, knowledge: Knowledge, list: List) {
  /** Constraints that need no check: a wire was found by them, or a rule keeps them. */
  const kept = new Uint8Array(r1cs.constraints)
  const rows = Array.from({ length: r1cs.constraints }, (_, row) => row)
  const formsOf: FormsOf = (row) =>
    [r1cs.a, r1cs.b, r1cs.c].map((side) => list.folded(formOf(r1cs, side, row))) as [Form, Form, Form]
  const bools = findBools(r1cs, rows, formsOf)
  let decompositions = rows.filter((row) => isEmpty(r1cs.a, row) && isEmpty(r1cs.b, row) && hasBools(r1cs, row, bools))
  const zeros = findZeros(r1cs, rows, formsOf, knowledge)
  let quotients: number[] = []
  const isKnown = (form: Form) => [...form.keys()].every(knowledge.knows)

  /** Rule 1. Where the unknown is elsewhere, the constraint is kept for rule 4. */
  function findSums(): boolean {
    let any = false
    for (let row = knowledge.ripe.pop(); row !== undefined; row = knowledge.ripe.pop()) {
      const [wire] = knowledge.unknownsIn(row)
      if (wire === undefined) continue
      const [a, b, c] = formsOf(row)
      const coefficient = c.get(wire)
      if (a.has(wire) || b.has(wire)) {
        if (coefficient === undefined && a.has(wire) !== b.has(wire) && c.size > 0) quotients.push(row)
        continue
      }
      if (!coefficient) continue
      const factor = inverse(coefficient)
      const [fewer, more] = a.size < b.size ? [a, b] : [b, a]
      list.find(wire, scaled(fewer, factor), more, scaled(without(c, wire), -factor))
      kept[row] = 1
      knowledge.learn(wire)
      any = true
    }
    return any
  }

  /** Rule 2. */
  function findBits(): boolean {
    let any = false
    decompositions = decompositions.filter((row) => knowledge.hasUnknown(row))
    for (const row of decompositions) {
      const unknown = knowledge.unknownsIn(row)
      if (unknown.length === 0 || !unknown.every((wire) => bools.has(wire))) continue
      const [, , c] = formsOf(row)
      const found = bitsOf(unknown.map((wire) => [wire, c.get(wire) as bigint]))
      if (!found) continue
      const rest = unknown.reduce(without, c)
      list.sum(none, none, scaled(rest, -found.sign))
      list.bits(found.wires)
      // Where a bit has no wire, it must be 0: the constraint is left to be checked.
      kept[row] = found.wires.includes(undefined) ? 0 : 1
      for (const wire of unknown) {
        kept[bools.get(wire) as number] = 1
        knowledge.learn(wire)
      }
      any = true
    }
    return any
  }

  /** Rule 3: d = A beta / kappa, its inverse, and out = 1 - d inv. */
  function findZeroTests(): boolean {
    const ready = zeros.filter(({ tested, inv }) => !knowledge.knows(inv) && isKnown(tested))
    if (ready.length === 0) return false
    const places = ready.map(({ tested, factor }) => list.sum(none, none, list.folded(scaled(tested, factor))))
    list.inverses(ready.map(({ inv }) => inv))
    for (const [i, { rows, inv, out }] of ready.entries()) {
      knowledge.learn(inv)
      // Known from elsewhere, it is not found a second time: the two constraints are checked.
      if (knowledge.knows(out)) continue
      list.timesPlace(new Map([[inv, fieldOrder - 1n]]), places[i] as number, one, out)
      for (const row of rows) kept[row] = 1
      knowledge.learn(out)
    }
    return true
  }

  /** Rule 4: of S (T + t w) = C, d = S t, its inverse, and w = C / d - T / t. */
  function findQuotients(): boolean {
    const ready = new Map<number, Quotient>()
    for (const row of quotients) {
      const quotient = quotientIn(row)
      const constant = quotient && constantOf(quotient.divisor)
      if (!quotient || constant === 0n) continue
      // Of several for one wire, one that never divides by 0 is best.
      if (constant !== undefined || !ready.has(quotient.wire)) ready.set(quotient.wire, quotient)
    }
    quotients = []
    const divided = [...ready.values()].filter(({ divisor }) => constantOf(divisor) === undefined)
    for (const { divisor } of divided) list.sum(none, none, divisor)
    const first = divided.length > 0 ? list.inverses(divided.map(() => undefined)) : 0
    for (const [i, { wire, c, rest }] of divided.entries()) list.timesPlace(c, first + i, rest, wire)
    for (const { wire, divisor, c, rest } of ready.values()) {
      const constant = constantOf(divisor)
      if (constant) list.find(wire, none, none, added(scaled(c, inverse(constant)), rest))
      knowledge.learn(wire)
    }
    return ready.size > 0
  }

  /** d and -T / t of the one unknown. */
  function quotientIn(row: number): Quotient | undefined {
    const [wire] = knowledge.unknownsIn(row)
    if (wire === undefined) return undefined
    const [a, b, c] = formsOf(row)
    const [divisor, side] = a.has(wire) ? [b, a] : [a, b]
    const factor = side.get(wire)
    if (!factor) return undefined
    return { wire, c, divisor: scaled(divisor, factor), rest: scaled(without(side, wire), -inverse(factor)) }
  }

  /** A B - C of every constraint that nothing keeps; how many there are. */
  function check(): number {
    let count = 0
    for (const row of rows) {
      if (kept[row]) continue
      const [a, b, c] = formsOf(row)
      const [left, right, rest] = multiplied(a, b, scaled(c, -1n))
      if (left.size > 0 || constantOf(rest) !== 0n) {
        list.sum(left, right, rest)
        count++
      }
    }
    return count
  }

  return { sums: findSums, bits: findBits, zeros: findZeroTests, quotients: findQuotients, checks: check }
}

/** w = c / divisor + rest. */
type Quotient = { readonly wire: number; readonly c: Form; readonly divisor: Form; readonly rest: Form }

const one: Form = new Map([[0, 1n]])

type FormsOf = (row: number) => readonly [Form, Form, Form]

/** Wires w with a constraint w (w - 1) = 0, and which. */
function findBools(r1cs: R1cs.R1cs, rows: readonly number[], formsOf: FormsOf): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (const row of rows) {
    if (!isEmpty(r1cs.c, row) || isEmpty(r1cs.a, row)) continue
    const [a, b] = formsOf(row)
    for (const [side, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const wire = onlyWire(side)
      if (wire === undefined || other.size !== 2 || !other.has(0) || !other.has(wire)) continue
      if (modulo((other.get(0) as bigint) + (other.get(wire) as bigint)) === 0n) found.set(wire, row)
    }
  }
  return found
}

/** Whether a linear constraint has more of them than a copy has. */
function hasBools({ c }: R1cs.R1cs, row: number, bools: ReadonlyMap<number, number>): boolean {
  return c.wire.subarray(c.starts[row], c.starts[row + 1]).filter((wire) => bools.has(wire)).length > 1
}

/** `factor`: what the tested form is multiplied by so that `inv` is its inverse. */
type ZeroTest = {
  readonly tested: Form
  readonly factor: bigint
  readonly inv: number
  readonly out: number
  readonly rows: readonly [number, number]
}

/** Pairs of constraints F beta inv = kappa (1 - out) and F' out = 0, F' a multiple of F, with inv nowhere else. */
function findZeros(
  r1cs: R1cs.R1cs,
  rows: readonly number[],
  formsOf: FormsOf,
  knowledge: Knowledge,
): readonly ZeroTest[] {
  return rows.flatMap((row) => {
    if (isEmpty(r1cs.a, row) || termsIn(r1cs.c, row) !== 2) return []
    const [a, b, c] = formsOf(row)
    const [kappa, out] = [c.get(0), [...c.keys()].find((wire) => wire !== 0)]
    if (c.size !== 2 || kappa === undefined || out === undefined) return []
    if (modulo(kappa + (c.get(out) as bigint)) !== 0n) return []
    for (const [tested, side] of [
      [a, b],
      [b, a],
    ] as const) {
      const inv = onlyWire(side)
      if (inv === undefined || knowledge.rowsOf(inv).length !== 1) continue
      const other = knowledge.rowsOf(out).find((each) => isProductWith(formsOf(each), tested, out))
      const factor = modulo((side.get(inv) as bigint) * inverse(kappa))
      if (other !== undefined) return [{ tested, factor, inv, out, rows: [row, other] as const }]
    }
    return []
  })
}

/** Whether a constraint says that a multiple of a form, times a wire, is 0. */
function isProductWith([a, b, c]: readonly [Form, Form, Form], form: Form, wire: number): boolean {
  if (c.size > 0) return false
  return (onlyWire(a) === wire && areMultiples(b, form)) || (onlyWire(b) === wire && areMultiples(a, form))
}

function areMultiples(left: Form, right: Form): boolean {
  const [first] = right
  const own = first && left.get(first[0])
  if (!own || left.size !== right.size) return false
  const factor = own * inverse(first[1])
  return [...right].every(([wire, value]) => left.get(wire) === modulo(value * factor))
}

/** The one wire of a form that has no other, and no constant. */
function onlyWire(form: Form): number | undefined {
  const [wire] = form.keys()
  return form.size === 1 && wire !== 0 ? wire : undefined
}

/** Wires by bit where their coefficients are powers of two, or all of those are negative; undefined where they are not. */
function bitsOf(unknown: readonly (readonly [wire: number, coefficient: bigint])[]) {
  for (const sign of [1n, -1n]) {
    const wires: (number | undefined)[] = []
    for (const [wire, coefficient] of unknown) {
      const bit = powersOfTwo.get(modulo(sign * coefficient))
      if (bit === undefined) break
      while (wires.length <= bit) wires.push(undefined)
      wires[bit] = wire
    }
    if (wires.filter((wire) => wire !== undefined).length === unknown.length) return { sign, wires }
  }
  return undefined
}

const powersOfTwo = new Map(Array.from({ length: 254 }, (_, bit) => [2n ** BigInt(bit), bit]))

function formOf({ coefficients }: R1cs.R1cs, { starts, wire, coefficient }: R1cs.Matrix, row: number): Form {
  const form = new Map<number, bigint>()
  for (let term = starts[row] as number; term < (starts[row + 1] as number); term++) {
    const at = wire[term] as number
    form.set(at, modulo((form.get(at) ?? 0n) + (coefficients[coefficient[term] as number] as bigint)))
  }
  for (const [at, value] of form) if (value === 0n) form.delete(at)
  return form
}

function termsIn({ starts }: R1cs.Matrix, row: number): number {
  return (starts[row + 1] as number) - (starts[row] as number)
}

function isEmpty(side: R1cs.Matrix, row: number): boolean {
  return termsIn(side, row) === 0
}

function without(form: Form, wire: number): Form {
  return new Map([...form].filter(([each]) => each !== wire))
}

/** Of what is not 0, by Euclid's algorithm. */
function inverse(value: bigint): bigint {
  let [r0, r1, s0, s1] = [fieldOrder, modulo(value), 0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1]
  }
  return modulo(s0)
}
