/**
 * How a circuit's wires follow from its inputs, found in its constraints alone: what the prover solves for a witness
 * with, and at once that the circuit says what its wires are.
 *
 * A wire is known, one after another, by the first of these that finds one:
 *
 * 1. A constraint in which it is the only unknown, and stands in C alone: w = (A B - C') / c.
 * 2. A number's bits: a linear constraint whose unknowns have different powers of two as coefficients, and are 0 or 1
 *    by constraints of their own.
 * 3. Whether a number is 0: A inv = 1 - out and A out = 0.
 * 4. A quotient: a constraint in which it is the only unknown, and stands in A or B alone, C not being 0.
 *
 * So a wire that nothing determines is found at build time, as long as denominators (4) are not 0, numbers of 254 bits
 * (2) are the lower of two readings, and but for the inverse (3) of 0. An input that makes a denominator 0 is refused,
 * even where another constraint would have told the quotient. What these leave open is for the circuit's own
 * constraints, and its tests. Constraints that found nothing are checked after all that did; so are quotients', and
 * rules 2 and 3 hold by themselves.
 *
 * The constraints are those before any are simplified (--O0): theirs have the fewest terms, no input is left out, and
 * each signal has a wire. Elimination would leave Poseidon no wire that stands alone. Wires of one value share a place.
 *
 * Sources: F. Wang, "Ecne: automated verification of ZK circuits", 2022, for determination by such rules; gnark, whose
 * solver goes by constraints.
 */
import type * as SolverFile from '../../prover/src/engine/SolverFile.ts'
import type * as R1cs from './r1cs.ts'
import * as Rules from './solver/rules.ts'
import * as State from './solver/state.ts'

/** Raised whenever another file comes out for the same circuit: what was built before is built again. */
export const version = 3

export type Constraints = { readonly r1cs: R1cs.R1cs; readonly symbols: ReadonlyMap<string, number> }

/**
 * The solver of a circuit.
 * @param plain Its constraints at --O0.
 * @param proven Those that are proven, whose wires are asked for.
 * @throws {UndeterminedError} where a wire does not follow.
 */
export function derive(plain: Constraints, proven: Constraints): SolverFile.Program {
  const { r1cs, symbols } = plain
  const signals = signalsOf(plain)
  const knowledge = State.createKnowledge(r1cs)
  const list = State.createList(r1cs)
  const rules = Rules.create(r1cs, knowledge, list)
  knowledge.learn(0)
  for (let input = 0; input < r1cs.publicInputs + r1cs.privateInputs; input++) {
    const wire = 1 + r1cs.outputs + input
    list.put(wire)
    knowledge.learn(wire)
  }
  while (rules.sums() || rules.bits() || rules.zeros() || rules.quotients());
  for (let wire = 0; wire < r1cs.wires; wire++) if (!knowledge.knows(wire)) throw undetermined(symbols, knowledge.knows)
  // Before the checks, which come last: this puts constants on the list.
  const wires = wiresOf(plain, proven, list.placeOf)
  const checks = rules.checks()
  return { signals, ...list.finish(), checks, wires }
}

function undetermined(symbols: ReadonlyMap<string, number>, knows: (wire: number) => boolean): UndeterminedError {
  return new UndeterminedError([...symbols].filter(([, wire]) => !knows(wire)).map(([name]) => name))
}

/** Main's inputs in the order of their wires. */
function signalsOf({ r1cs, symbols }: Constraints): readonly SolverFile.Signal[] {
  const [first, end] = [1 + r1cs.outputs, 1 + r1cs.outputs + r1cs.publicInputs + r1cs.privateInputs]
  const names = new Map<number, string>()
  for (const [name, wire] of symbols) {
    const own = /^main\.([^.[]+)(\[\d+\])*$/.exec(name)?.[1]
    if (own !== undefined && wire >= first && wire < end && !names.has(wire)) names.set(wire, own)
  }
  const signals: { name: string; count: number }[] = []
  for (let wire = first; wire < end; wire++) {
    const name = names.get(wire)
    if (name === undefined) throw new NamelessInputError(wire)
    const last = signals.at(-1)
    if (last?.name === name) last.count++
    else signals.push({ name, count: 1 })
  }
  return signals
}

/** Of each wire that is proven, its place in the list. */
function wiresOf(plain: Constraints, proven: Constraints, placeOf: (wire: number) => number): readonly number[] {
  const places = new Array<number>(proven.r1cs.wires).fill(-1)
  places[0] = 0
  for (const [name, wire] of proven.symbols) {
    const found = plain.symbols.get(name)
    if (found !== undefined) places[wire] = placeOf(found)
  }
  if (places.includes(-1)) throw undetermined(proven.symbols, (wire) => places[wire] !== -1)
  return places
}

/** Signals that the circuit's constraints do not determine, or not by the rules there are. */
export class UndeterminedError extends Error {
  override readonly name = 'Solver.UndeterminedError'
  constructor(signals: readonly string[]) {
    const more = signals.length > 5 ? ` and ${signals.length - 5} more` : ''
    super(`No constraint determines ${signals.slice(0, 5).join(', ') || 'a signal without a name'}${more}.`)
  }
}

/** An input's wire has no name of main's own. */
export class NamelessInputError extends Error {
  override readonly name = 'Solver.NamelessInputError'
  constructor(wire: number) {
    super(`Wire ${wire}, an input, has no name.`)
  }
}
