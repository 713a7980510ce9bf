import { readFileSync, rmSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compilation, compile, FailedError, locate } from '../build/compile.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as R1cs from '../build/r1cs.ts'
import { calculateWitness, endWorkers, includedSource, inputs, source, writeSources } from './smallCircuit.ts'

let compilation: Compilation
let r1cs: R1cs.R1cs
let witness: bigint[]

beforeAll(async () => {
  compilation = await compile('test-r1cs', { source: writeSources('r1cs') })
  r1cs = R1cs.read(compilation.r1cs)
  witness = await calculateWitness(inputs, compilation.wasm)
})
afterAll(endWorkers)

describe('Compile', () => {
  it('finds an earlier compilation of the same sources', async () => {
    const { mtimeMs } = statSync(compilation.r1cs)
    expect(await compile('test-r1cs', { source: writeSources('r1cs') })).toEqual(compilation)
    expect(statSync(compilation.r1cs).mtimeMs).toBe(mtimeMs)
  })

  it('takes a changed include, and other flags, for another circuit', () => {
    const changed = writeSources('r1cs-changed', source, `${includedSource}// changed\n`)
    const folders = [
      compilation.folder,
      locate('test-r1cs', { source: changed }).folder,
      locate('test-r1cs', { source: writeSources('r1cs'), optimisation: 'O1' }).folder,
    ]
    expect(new Set(folders).size).toBe(3)
  })

  it('repeats what circom said about a broken circuit', async () => {
    const broken = writeSources('r1cs-broken', source.replace('Poseidon(2)', 'Poseidn(2)'))
    await expect(compile('test-broken', { source: broken })).rejects.toThrow(FailedError)
    await expect(compile('test-broken', { source: broken })).rejects.toThrow('Poseidn')
  })
})

describe('R1cs', () => {
  it('reads the sizes and the names of the public signals in their order', () => {
    expect(r1cs.outputs).toBe(2)
    expect(r1cs.publicInputs).toBe(1)
    expect(r1cs.wires).toBe(witness.length)
    expect(R1cs.namePublicSignals(r1cs, R1cs.readSymbols(compilation.sym))).toEqual(['product', 'mark', 'context'])
    expect(R1cs.readSymbols(compilation.sym).get('main.context')).toBe(3)
  })

  it('accepts the witness of honest inputs, at O1 too', async () => {
    expect(R1cs.check(r1cs, witness)).toEqual({ ok: true })
    const plain = await compile('test-r1cs', { source: writeSources('r1cs'), optimisation: 'O1' })
    const plainR1cs = R1cs.read(plain.r1cs)
    expect(plainR1cs.constraints).toBeGreaterThan(r1cs.constraints)
    expect(R1cs.check(plainR1cs, await calculateWitness(inputs, plain.wasm))).toEqual({ ok: true })
  })

  it('refuses the witness with any one wire changed, and names a constraint that holds that wire', () => {
    for (let wire = 0; wire < r1cs.wires; wire++) {
      for (const change of [1n, fieldOrder - 1n]) {
        const changed = witness.with(wire, ((witness[wire] as bigint) + change) % fieldOrder)
        const verdict = R1cs.check(r1cs, changed)
        expect(verdict.ok, `wire ${wire}`).toBe(false)
        if (verdict.ok) continue
        const wires = [r1cs.a, r1cs.b, r1cs.c].flatMap(({ starts, wire }) =>
          Array.from(wire.subarray(starts[verdict.constraint], starts[verdict.constraint + 1])),
        )
        expect(wires).toContain(wire)
      }
    }
  })

  it('refuses a witness of another length, and files that are no circuit', () => {
    expect(() => R1cs.check(r1cs, witness.slice(1))).toThrow(R1cs.WitnessLengthError)
    const bytes = readFileSync(compilation.r1cs)
    expect(() => R1cs.parse(bytes.subarray(0, bytes.length - 1))).toThrow(R1cs.FormatError)
    expect(() => R1cs.parse(new Uint8Array(bytes).fill(0, 0, 1))).toThrow(R1cs.FormatError)
    const otherField = new Uint8Array(bytes)
    const header = bytes.indexOf(Uint8Array.from([1, 0, 0, 240]))
    otherField[header] = 3
    expect(() => R1cs.parse(otherField)).toThrow(R1cs.FormatError)
  })

  it('is the same, byte for byte, when compiled again', async () => {
    const source = writeSources('r1cs')
    rmSync(locate('test-r1cs-again', { source }).folder, { recursive: true, force: true })
    const again = await compile('test-r1cs-again', { source })
    for (const file of ['r1cs', 'wasm', 'sym'] as const) {
      expect(readFileSync(again[file]).equals(readFileSync(compilation[file]))).toBe(true)
    }
  })
})
