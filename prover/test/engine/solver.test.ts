/** The prover's solver, held to circom's calculator: on every circuit, with every kernel, whatever the input. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../../circuits/build/build.ts'
import * as Solving from '../../../circuits/test/solving.ts'
import { UnsatisfiedError } from '../../src/engine/Engine.ts'
import * as Solver from '../../src/engine/Solver.ts'
import * as SolverFile from '../../src/engine/SolverFile.ts'
import * as Witness from '../../src/engine/Witness.ts'
import { fieldOrder } from '../../src/generated/parameters.ts'
import type * as Eligibility from '../../src/protocol/Eligibility.ts'
import { isFullDose, type Random, seeded } from '../random.ts'
import { inputOf, type Name, names } from './inputs.ts'
import * as Machine from './machine.ts'

let built: Readonly<Record<Name, BuiltCircuit>>
beforeAll(async () => {
  built = await buildCircuits({ names: [...names] })
})

async function calculate(circuit: Name, wasm: Uint8Array, input: Eligibility.CircuitInput) {
  return Witness.calculate(circuit, wasm, input).catch((error) => {
    if (error instanceof UnsatisfiedError) return undefined
    throw error
  })
}

type Numbers = Eligibility.CircuitInput[string]

/** The input with one of its values another: near, far, of another signal, or none of the field. */
function changed(random: Random, input: Eligibility.CircuitInput): Eligibility.CircuitInput {
  const signal = random.pick(Object.keys(input))
  const change = (numbers: Numbers): Numbers => {
    if (typeof numbers !== 'bigint') return numbers.with(random.integer(numbers.length), change(random.pick(numbers)))
    const other = random.pick(Object.values(input))
    const more = [numbers + 1n, numbers - 1n, 0n, 1n, random.bits(20), random.bits(253), fieldOrder - 1n, fieldOrder]
    return random.pick(typeof other === 'bigint' ? [...more, other] : more)
  }
  return { ...input, [signal]: change(input[signal] as Numbers) }
}

describe.each(Machine.kinds)('Solver, with the %s kernel', (kind) => {
  it.each(names)("finds circom's witness of %s", async (name) => {
    const solve = await Solving.of(readFileSync(built[name].solver), kind)
    const input = inputOf(name)
    const theirs = await calculate(name, readFileSync(built[name].wasm), input)
    expect(Buffer.from(solve(input) ?? []).equals(theirs ?? Buffer.of(1))).toBe(true)
    // Nothing is left of an input that was refused, or of another.
    expect(solve({ ...input, context: fieldOrder })).toBeUndefined()
    expect(solve(inputOf(name))).toBeDefined()
    expect(Buffer.from(solve(input) ?? []).equals(theirs ?? Buffer.of(1))).toBe(true)
  })
})

describe('Solver', () => {
  const many = isFullDose ? 1_000 : 25

  it.each(names)(`says of ${many} changed inputs of %s what circom says, and finds its witness`, async (name) => {
    const random = seeded(`solver ${name}`)
    const solve = await Solving.of(readFileSync(built[name].solver))
    const wasm = readFileSync(built[name].wasm)
    for (let i = 0; i < many; i++) {
      const input = changed(random, changed(random, inputOf(name)))
      const [ours, theirs] = [solve(input), await calculate(name, wasm, input)]
      expect(ours === undefined).toBe(theirs === undefined)
      if (ours && theirs) expect(Buffer.from(ours).equals(theirs)).toBe(true)
    }
  })

  it('takes an input whose signals are all there, and no other', () => {
    const signals = [
      { name: 'one', count: 1 },
      { name: 'more', count: 3 },
    ]
    const encode = (input: Eligibility.CircuitInput) => Solver.encode(signals, input)
    const input = { more: [[1n, 2n], [3n]] as never, one: 4n }
    expect(encode(input)?.byteLength).toBe(4 * 32)
    expect([...(encode(input) ?? [])].filter((byte) => byte !== 0)).toEqual([4, 1, 2, 3])
    const wrong: Eligibility.CircuitInput[] = [
      { one: 4n },
      { ...input, two: 1n },
      { ...input, more: [1n, 2n] },
      { more: input.more, toString: 1n } as never,
    ]
    for (const each of wrong) expect(encode(each)).toBeUndefined()
    for (const value of [-1n, fieldOrder]) expect(encode({ ...input, one: value })).toBeUndefined()
  })
})

describe('SolverFile', () => {
  it('reads what it writes', () => {
    const program: SolverFile.Program = {
      signals: [{ name: 'ä', count: 200 }],
      coefficients: [1n, fieldOrder - 1n],
      steps: [
        { kind: 'sum', a: [[0, 1]], b: [[1, 200]], c: [] },
        { kind: 'inverses', count: 2 },
        { kind: 'bits', count: 254 },
        { kind: 'sum', a: [], b: [], c: [[1, 456]] },
        { kind: 'sum', a: [], b: [], c: [[0, 0]] },
      ],
      checks: 1,
      wires: [0, 1, 457],
    }
    const bytes = SolverFile.write(program)
    expect(SolverFile.readSignals(bytes)).toEqual(program.signals)
    const read = SolverFile.read(bytes)
    expect(read.runs).toEqual([
      { kind: 'sum', count: 1 },
      { kind: 'inverses', count: 2 },
      { kind: 'bits', count: 254 },
      { kind: 'sum', count: 2 },
    ])
    expect([...read.terms]).toEqual([0, 1, 1, 200, 1, 456, 0, 0])
    expect([...read.ends]).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 4])
    expect([read.length, read.checks, ...read.wires]).toEqual([460, 1, 0, 1, 457])
  })

  it('is refused when it is cut off anywhere, has more at its end, or is no solver', () => {
    const bytes = readFileSync(built.enrolment.solver)
    const random = seeded('solver cut off')
    for (let i = 0; i < 200; i++) {
      const length = i < 50 ? i : random.integer(bytes.length)
      expect(() => SolverFile.read(bytes.subarray(0, length))).toThrow(SolverFile.FormatError)
    }
    expect(() => SolverFile.read(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(SolverFile.FormatError)
    expect(() => SolverFile.readSignals(readFileSync(built.enrolment.wasm))).toThrow(SolverFile.FormatError)
  })

  it('never leads a kernel out of its memory, whatever its bytes: it is refused, or solves or refuses', async () => {
    const bytes = readFileSync(built['eligibility-s'].solver)
    const random = seeded('solver changed')
    const input = inputOf('eligibility-s')
    let refused = 0
    for (let i = 0; i < (isFullDose ? 1_000 : 40); i++) {
      const wrong = Uint8Array.from(bytes)
      for (let k = 0; k <= random.integer(3); k++) wrong[random.integer(bytes.length)] = random.integer(256)
      const solve = await Solving.of(wrong).catch((error) => {
        expect(error).toBeInstanceOf(SolverFile.FormatError)
      })
      if (solve) solve(input)
      else refused++
    }
    expect(refused).toBeGreaterThan(0)
  })
})
