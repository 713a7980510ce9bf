/** What the build finds in a circuit's constraints: every wire, by the rules of `solver.ts`, or that one does not follow. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { UnsatisfiedError } from '../../prover/src/engine/Engine.ts'
import * as Scalars from '../../prover/src/engine/Scalars.ts'
import * as SolverFile from '../../prover/src/engine/SolverFile.ts'
import * as Witness from '../../prover/src/engine/Witness.ts'
import type { CircuitInput } from '../../prover/src/protocol/Eligibility.ts'
import { buildCircuits } from '../build/build.ts'
import { compile, compilePlain } from '../build/compile.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as R1cs from '../build/r1cs.ts'
import * as Solver from '../build/solver.ts'
import { writeSources } from './smallCircuit.ts'
import * as Solving from './solving.ts'

const main = (body: string, includes: readonly string[] = [], inputs = 'signal input a; signal input b;') =>
  [
    'pragma circom 2.2.0;',
    ...includes.map((name) => `include "circomlib/circuits/${name}.circom";`),
    'template Small() {',
    inputs,
    body,
    '}',
    'component main = Small();',
  ].join('\n')

/** A small circuit's solver, and circom's calculator of it. */
async function build(name: string, text: string) {
  const options = { source: writeSources(`solver-${name}`, text) }
  const { r1cs: path, sym, wasm } = await compile(`test-solver-${name}`, options)
  const proven = { r1cs: R1cs.read(path), symbols: R1cs.readSymbols(sym) }
  const program = await compilePlain(`test-solver-${name}`, options, (plain) =>
    Solver.derive({ r1cs: R1cs.read(plain.r1cs), symbols: R1cs.readSymbols(plain.sym) }, proven),
  )
  const solve = await Solving.of(SolverFile.write(program))
  return {
    program,
    solve: (input: CircuitInput) => {
      const bytes = solve(input)
      return bytes && Scalars.fromBytes(bytes)
    },
    calculate: (input: CircuitInput) => calculate(readFileSync(wasm), input),
  }
}

async function calculate(wasm: Uint8Array, input: CircuitInput): Promise<readonly bigint[] | undefined> {
  try {
    return Scalars.fromBytes(await Witness.calculate('small', wasm, input))
  } catch (error) {
    if (error instanceof UnsatisfiedError) return undefined
    throw error
  }
}

const [p, edges] = [fieldOrder, [0n, 1n, 2n, 131n, 255n, 256n, fieldOrder - 1n, fieldOrder / 2n]]

describe('Solver', () => {
  it.each([
    ['products and sums', main('signal s <== a * b + 3; signal output o <== s * s - 5 * a + b;')],
    ['bits', main('signal bit[8] <== Num2Bits(8)(a); signal output o <== bit[7] * b;', ['bitify'])],
    [
      'all bits of a number',
      main('signal bit[254] <== Num2Bits_strict()(a); signal output o <== bit[253] * b;', ['bitify']),
    ],
    ['whether a number is 0', main('signal z <== IsZero()(a); signal output o <== z * b;', ['comparators'])],
    [
      'a number that must not be 0',
      main('signal z <== IsZero()(a); z === 0; signal output o <== a * b;', ['comparators']),
    ],
    ['a number that must be 0', main('signal z <== IsZero()(a); z === 1; signal output o <== a * b;', ['comparators'])],
    [
      'bits of which some are known',
      main('signal bit[8] <== Num2Bits(8)(a); bit[7] === 1; bit[2] === 0; signal output o <== bit[1] * b;', ['bitify']),
    ],
    ['whether one is less', main('signal output o <== LessThan(16)([a, b]);', ['comparators'])],
    ['a quotient', main('signal output q; q <-- a / b; q * b === a; signal s <== q * q;')],
    ['a quotient of sums', main('signal output q; q <-- (a + 1) / (b + 2) - a; (q + a) * (b + 2) === a + 1;')],
    [
      'a sum on the curve',
      main(
        'component add = BabyAdd(); add.x1 <== a; add.y1 <== b; add.x2 <== 1; add.y2 <== 2; signal output o <== add.xout * add.yout;',
        ['babyjub'],
      ),
    ],
    [
      'constants',
      main(
        'component d = MontgomeryDouble(); d.in[0] <== 7; d.in[1] <== 9; signal t <== d.out[0] * a; signal output o <== t + d.out[1] * b; signal output one <== d.out[0] * d.out[1];',
        ['montgomery'],
      ),
    ],
    ['an input that must be one number', main('a === 2; signal output o <== a * b;')],
    ['an input that is not used', main('signal output o <== b * b;')],
    [
      'signals of several dimensions',
      main(
        'signal t <== c[0][1] * c[1][0]; signal output o <== t + a * b - c[1][1];',
        [],
        'signal input a; signal input c[2][2]; signal input b;',
      ),
    ],
  ])('finds what circom calculates, and refuses what it refuses: %s', async (name, text) => {
    const { solve, calculate } = await build(name.replaceAll(' ', '-'), text)
    const more = text.includes('c[2][2]')
      ? {
          c: [
            [5n, p - 1n],
            [7n, 9n],
          ],
        }
      : {}
    let found = 0
    for (const a of edges) {
      for (const b of edges) {
        const [ours, theirs] = [solve({ a, b, ...more }), await calculate({ a, b, ...more })]
        expect([a, b, ours]).toEqual([a, b, theirs])
        if (ours) found++
      }
    }
    expect(found).toBeGreaterThan(0)
  })

  it.each([
    ['a signal that is only assigned', 'signal output o; o <-- a * b;', 'main.o'],
    ['a root, which has two values', 'signal s <== a * a; signal output o; o <-- a; o * o === s;', 'main.o'],
    [
      'bits that may be other than 0 or 1',
      'signal t[2]; t[0] <-- a & 1; t[1] <-- (a >> 1) & 1; t[0] + 2 * t[1] === a;',
      'main.t[0], main.t[1]',
    ],
    ['bits of nothing', 'signal t; t <-- a & 1; t * (t - 1) === 0;', 'main.t'],
    [
      'bits that overlap',
      'signal t[2]; t[0] <-- a & 1; t[1] <-- (a >> 1) & 1; for (var i = 0; i < 2; i++) t[i] * (t[i] - 1) === 0; t[0] + t[1] === a;',
      'main.t[0], main.t[1]',
    ],
    [
      'whether a number is 0, said by halves',
      'signal i; signal z; i <-- a != 0 ? 1 / a : 0; z <== 1 - a * i;',
      'main.i, main.z',
    ],
    ['a choice that may be none', 'signal o; o <-- a; (o - b) * a === 0;', 'main.o'],
  ])('names what no constraint determines: %s', async (name, body, signals) => {
    const error = await build(name.replaceAll(/\W+/g, '-'), main(body)).catch((error) => error)
    expect(error).toMatchObject({ name: 'Solver.UndeterminedError', message: `No constraint determines ${signals}.` })
  })

  it('needs every constraint of a circuit that has none to spare', async () => {
    const { enrolment } = await buildCircuits({ names: ['enrolment'] })
    const proven = { r1cs: R1cs.read(enrolment.r1cs), symbols: R1cs.readSymbols(enrolment.sym) }
    await compilePlain('enrolment', {}, (files) => {
      const plain = { r1cs: R1cs.read(files.r1cs), symbols: R1cs.readSymbols(files.sym) }
      expect(Solver.derive(plain, proven).checks).toBe(0)
      for (let row = 0; row < plain.r1cs.constraints; row += 7) {
        const r1cs = without(plain.r1cs, row)
        expect(() => Solver.derive({ ...plain, r1cs }, proven), `row ${row}`).toThrow(Solver.UndeterminedError)
      }
    })
  })

  it('adds up the terms of a wire that stands in a constraint twice', () => {
    // Wire 1, the output, is twice wire 2, the input: 0 = w2 + w2 - w1.
    const starts = Uint32Array.of(0, 3)
    const none = { starts: Uint32Array.of(0, 0), wire: new Uint32Array(0), coefficient: new Uint32Array(0) }
    const c = { starts, wire: Uint32Array.of(2, 1, 2), coefficient: Uint32Array.of(0, 1, 0) }
    const r1cs: R1cs.R1cs = {
      ...{ wires: 3, outputs: 1, publicInputs: 0, privateInputs: 1, constraints: 1, publicSignals: 1 },
      ...{ coefficients: [1n, p - 1n], a: none, b: none, c },
    }
    const symbols = new Map([
      ['main.o', 1],
      ['main.a', 2],
    ])
    const { steps, coefficients } = Solver.derive({ r1cs, symbols }, { r1cs, symbols })
    expect(steps).toEqual([{ kind: 'sum', a: [], b: [], c: [[0, 1]] }])
    expect(coefficients).toEqual([2n])
  })

  it('names no signal where a wire has none, and finds it all the same', () => {
    const empty = { starts: Uint32Array.of(0), wire: new Uint32Array(0), coefficient: new Uint32Array(0) }
    const r1cs: R1cs.R1cs = {
      ...{ wires: 3, outputs: 0, publicInputs: 0, privateInputs: 1, constraints: 0, publicSignals: 0 },
      ...{ coefficients: [], a: empty, b: empty, c: empty },
    }
    const plain = { r1cs, symbols: new Map([['main.a', 1]]) }
    expect(() => Solver.derive(plain, plain)).toThrow('No constraint determines a signal without a name.')
  })

  it('keeps constants out of the file that only lead to other constants', async () => {
    const doubled =
      'component d[9]; for (var i = 0; i < 9; i++) { d[i] = MontgomeryDouble(); for (var k = 0; k < 2; k++) { if (i == 0) { d[i].in[k] <== 3 + k; } else { d[i].in[k] <== d[i - 1].out[k]; } } } signal output o <== d[8].out[0] * a * 1 + b;'
    const { program } = await build('chain', main(doubled, ['montgomery']))
    expect(program.steps.filter(({ kind }) => kind === 'inverses')).toEqual([])
  })

  it('is the same file for the same circuit', async () => {
    const { enrolment } = await buildCircuits({ names: ['enrolment'] })
    const proven = { r1cs: R1cs.read(enrolment.r1cs), symbols: R1cs.readSymbols(enrolment.sym) }
    const bytes = await compilePlain('enrolment', {}, (files) =>
      SolverFile.write(Solver.derive({ r1cs: R1cs.read(files.r1cs), symbols: R1cs.readSymbols(files.sym) }, proven)),
    )
    expect(Buffer.from(bytes).equals(readFileSync(enrolment.solver))).toBe(true)
  })
})

/** The constraints without one of them: 0 = 0 in its place. */
function without(r1cs: R1cs.R1cs, row: number): R1cs.R1cs {
  const drop = ({ starts, wire, coefficient }: R1cs.Matrix): R1cs.Matrix => {
    const [from, until] = [starts[row] as number, starts[row + 1] as number]
    const cut = (list: Uint32Array) => Uint32Array.of(...list.subarray(0, from), ...list.subarray(until))
    return {
      starts: starts.map((start, i) => (i > row ? start - (until - from) : start)),
      wire: cut(wire),
      coefficient: cut(coefficient),
    }
  }
  return { ...r1cs, a: drop(r1cs.a), b: drop(r1cs.b), c: drop(r1cs.c) }
}
