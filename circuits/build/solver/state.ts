/** What a solver's derivation goes by: the wires that are known so far, and the steps that gave them. */
import type * as SolverFile from '../../../prover/src/engine/SolverFile.ts'
import type * as R1cs from '../r1cs.ts'
import { constantOf, type Form, modulo, multiplied, none } from './form.ts'

export type Knowledge = ReturnType<typeof createKnowledge>

/** Which wires are known, and which constraints have one unknown left, or none. */
export function createKnowledge(r1cs: R1cs.R1cs) {
  const known = new Uint8Array(r1cs.wires)
  const unknowns = new Uint32Array(r1cs.constraints)
  const rowsOf: number[][] = Array.from({ length: r1cs.wires }, () => [])
  for (let row = 0; row < r1cs.constraints; row++) {
    for (const wire of wiresIn(r1cs, row)) {
      rowsOf[wire]?.push(row)
      unknowns[row] = (unknowns[row] as number) + 1
    }
  }
  /** Constraints with one unknown, or none; some may have lost it since. */
  const ripe: number[] = []
  for (let row = 0; row < r1cs.constraints; row++) if ((unknowns[row] as number) <= 1) ripe.push(row)
  return {
    ripe,
    rowsOf: (wire: number): readonly number[] => rowsOf[wire] as number[],
    knows: (wire: number) => known[wire] === 1,
    hasUnknown: (row: number) => (unknowns[row] as number) > 0,
    unknownsIn: (row: number) => [...wiresIn(r1cs, row)].filter((wire) => !known[wire]),
    learn(wire: number): void {
      if (known[wire]) return
      known[wire] = 1
      for (const row of rowsOf[wire] as number[]) {
        const left = (unknowns[row] as number) - 1
        unknowns[row] = left
        if (left === 1) ripe.push(row)
      }
    },
  }
}

function wiresIn({ a, b, c }: R1cs.R1cs, row: number): Set<number> {
  const wires = new Set<number>()
  for (const { starts, wire } of [a, b, c]) {
    for (let term = starts[row] as number; term < (starts[row + 1] as number); term++) wires.add(wire[term] as number)
  }
  return wires
}

export type List = ReturnType<typeof createList>

/** The list of numbers as it grows, by steps; what is constant is not on it until it is asked for. */
export function createList(r1cs: R1cs.R1cs) {
  const places = new Int32Array(r1cs.wires).fill(-1)
  places[0] = 0
  const constants = new Map<number, bigint>([[0, 1n]])
  const steps: SolverFile.Step[] = []
  const coefficients = new Map<bigint, number>()
  let length = 1
  const indexOf = (value: bigint) => {
    const found = coefficients.get(value)
    if (found !== undefined) return found
    coefficients.set(value, coefficients.size)
    return coefficients.size - 1
  }
  const termsOf = (form: Form): SolverFile.Term[] =>
    [...form].map(([wire, value]) => [indexOf(value), places[wire] as number])
  const place = (wire: number, at: number) => {
    // A second value would hide that the first may be another.
    if ((places[wire] as number) >= 0) throw new FoundTwiceError(wire)
    places[wire] = at
  }
  const append = (wires: readonly (number | undefined)[]) => {
    for (const wire of wires) {
      if (wire !== undefined) place(wire, length)
      length++
    }
  }
  const sum = (a: Form, b: Form, c: Form, wire?: number): number => {
    steps.push({ kind: 'sum', a: termsOf(a), b: termsOf(b), c: termsOf(c) })
    append([wire])
    return length - 1
  }
  return {
    /** The form, wires of a constant value merged with the constant. */
    folded(form: Form): Form {
      let rest = 0n
      const left = [...form].filter(([wire, value]) => {
        const constant = constants.get(wire)
        if (constant !== undefined) rest += value * constant
        return constant === undefined
      })
      const constant = modulo(rest)
      return new Map(constant === 0n ? left : [...left, [0, constant]])
    },
    /** An input. */
    put: (wire: number) => append([wire]),
    /** A wire that is a b + c. */
    find(wire: number, left: Form, right: Form, rest: Form): void {
      const [a, b, c] = multiplied(left, right, rest)
      const constant = a.size === 0 ? constantOf(c) : undefined
      const [same] = c
      if (constant !== undefined) constants.set(wire, constant)
      else if (a.size === 0 && c.size === 1 && same?.[1] === 1n) place(wire, places[same[0]] as number)
      else sum(a, b, c, wire)
    },
    /** a b + c; gives its place. */
    sum,
    /** a times the number at a place, plus c. */
    timesPlace(a: Form, place: number, c: Form, wire: number): void {
      steps.push({ kind: 'sum', a: termsOf(a), b: [[indexOf(1n), place]], c: termsOf(c) })
      append([wire])
    },
    /** Of the last numbers; gives the first one's place. */
    inverses(wires: readonly (number | undefined)[]): number {
      steps.push({ kind: 'inverses', count: wires.length })
      append(wires)
      return length - wires.length
    },
    /** Of the last number, lowest first. */
    bits(wires: readonly (number | undefined)[]): void {
      steps.push({ kind: 'bits', count: wires.length })
      append(wires)
    },
    placeOf(wire: number): number {
      if ((places[wire] as number) < 0) sum(none, none, new Map([[0, constants.get(wire) as bigint]]), wire)
      return places[wire] as number
    },
    finish: () => ({ steps, coefficients: [...coefficients.keys()] }),
  }
}

/** A rule has found a wire that another had found. */
export class FoundTwiceError extends Error {
  override readonly name = 'Solver.FoundTwiceError'
  constructor(wire: number) {
    super(`Wire ${wire} is found twice.`)
  }
}
