import { describe, expect, it } from 'vitest'
import { fieldOrder } from '../build/parameters.ts'
import type * as R1cs from '../build/r1cs.ts'
import * as Forge from './forge.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

/** Rows that a witness breaks, by big integers. */
function brokenByBigInt({ a, b, c, coefficients, constraints }: R1cs.R1cs, witness: readonly bigint[]): number[] {
  const sum = ({ starts, wire, coefficient }: R1cs.Matrix, row: number) => {
    let total = 0n
    for (let term = starts[row] as number; term < (starts[row + 1] as number); term++) {
      total += (coefficients[coefficient[term] as number] as bigint) * (witness[wire[term] as number] as bigint)
    }
    return total
  }
  const rows = Array.from({ length: constraints }, (_, row) => row)
  return rows.filter((row) => (sum(a, row) * sum(b, row) - sum(c, row)) % fieldOrder !== 0n)
}

const seed = 3
const policy = Subject.policy([Subject.predicate('ANY')])

describe('Constraints', () => {
  it.each([
    ['eligibility-s', 60],
    ['eligibility-l', 8],
  ] as const)(
    `of %s break by the prover's arithmetic where they do by big integers: %i witnesses (seed ${seed})`,
    (name, count) => {
      const circuit = Forge.open(name)
      const random = Verdict.seeded(seed)
      const input = Subject.toInput(Subject.scene({ policy, attributes: [Subject.attribute()] }), name)
      const honest = circuit.calculate(input)
      expect(brokenByBigInt(circuit.r1cs, honest)).toEqual([])
      expect(Forge.broken(circuit, honest)).toEqual([])
      expect(Forge.isObeyed(circuit, input)).toBe(true)
      const whole = () =>
        Array.from({ length: 8 }).reduce((sum: bigint) => (sum << 32n) | BigInt(Math.floor(random() * 2 ** 32)), 0n)
      const values = [
        0n,
        1n,
        fieldOrder - 1n,
        (fieldOrder - 1n) / 2n,
        (fieldOrder + 1n) / 2n,
        2n ** 51n,
        2n ** 204n - 1n,
      ]
      for (let i = 0; i < count; i++) {
        const changed = [...honest]
        for (let wires = 1 + Math.floor(random() * 3); wires > 0; wires--) {
          const wire = 1 + Math.floor(random() * (honest.length - 1))
          changed[wire] = Forge.modulo(values[Math.floor(random() * 2 * values.length)] ?? whole())
        }
        const expected = brokenByBigInt(circuit.r1cs, changed)
        const names = expected.map((row) => Forge.namesIn(circuit, row))
        expect(Forge.broken(circuit, changed), `witness ${i}`).toEqual(names)
      }
    },
  )

  it('are asked with a value for each wire', () => {
    const circuit = Forge.open('eligibility-s')
    expect(() => circuit.brokenRows(new Uint8Array(32))).toThrow('witness')
    expect(() => Forge.broken(circuit, [1n])).toThrow('witness')
    expect(Forge.broken(circuit, new Array(circuit.r1cs.wires).fill(0n))).toEqual([['one']])
  })
})
