/** The prover's own Poseidon is circomlib's: held equal to circomlibjs, which made the constants circuits use. */
import { createRequire } from 'node:module'
import { poseidon3 } from 'poseidon-lite/poseidon3'
import { poseidon4 } from 'poseidon-lite/poseidon4'
import { poseidon5 } from 'poseidon-lite/poseidon5'
import { poseidon7 } from 'poseidon-lite/poseidon7'
import { poseidon9 } from 'poseidon-lite/poseidon9'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { fieldOrder } from '../src/generated/parameters.ts'
import * as Poseidon from '../src/protocol/Poseidon.ts'
import * as Random from './random.ts'

type Circomlibjs = {
  buildPoseidon: () => Promise<{
    (inputs: readonly bigint[]): Uint8Array
    F: { toObject: (element: Uint8Array) => bigint }
  }>
}

const lite = { 3: poseidon3, 4: poseidon4, 5: poseidon5, 7: poseidon7, 9: poseidon9 } as const
const widths = [3, 4, 5, 7, 9] as const

let circomlib: (inputs: readonly bigint[]) => bigint
beforeAll(async () => {
  const circomlibjs: Circomlibjs = createRequire(import.meta.url)('circomlibjs')
  const poseidon = await circomlibjs.buildPoseidon()
  circomlib = (inputs) => poseidon.F.toObject(poseidon(inputs))
})

const kinds = ['fused', 'portable', 'integers'] as const
const ways = widths.flatMap((count) => kinds.map((kind) => [count, kind] as const))

describe.each(ways)('Poseidon of %i inputs, %s', (count, kind) => {
  const { one: poseidon, each } = Poseidon.ofInputs(count, { kind })

  it.each([
    ['zeroes', () => 0n],
    ['ones', () => 1n],
    ['places', (i: number) => BigInt(i + 1)],
    ['the greatest field elements', (i: number) => fieldOrder - 1n - BigInt(i)],
    ['2^253 and what follows', (i: number) => (1n << 253n) + BigInt(i)],
  ])('is circomlib of %s', (_, input) => {
    const inputs = Array.from({ length: count }, (_, i) => input(i))
    expect(poseidon(inputs)).toBe(circomlib(inputs))
    expect(poseidon(inputs)).toBe(lite[count](inputs))
  })

  it('is circomlib of random field elements', () => {
    const random = Random.seeded(`Poseidon of ${count} inputs, ${kind}`)
    const lists = Array.from({ length: Random.isFullDose ? 10_001 : 201 }, () =>
      Array.from({ length: count }, () => random.bits(300) % fieldOrder),
    )
    const digests = each(lists)
    expect(digests).toHaveLength(lists.length)
    for (const [i, inputs] of lists.entries()) {
      expect(digests[i]).toBe(circomlib(inputs))
      if (i % 10 === 0) expect(poseidon(inputs)).toBe(digests[i])
    }
    expect(each([])).toEqual([])
  })

  it('leaves its inputs as they were', () => {
    const inputs = Array.from({ length: count }, (_, i) => BigInt(i))
    poseidon(inputs)
    expect(inputs).toEqual(Array.from({ length: count }, (_, i) => BigInt(i)))
  })
})

it.each([0, 1, 2, 6, 8, 17])('has no Poseidon of %s inputs', (count) => {
  expect(() => Poseidon.ofInputs(count)).toThrow(RangeError)
})

it('is computed by integers where a page may not have WebAssembly', async () => {
  vi.resetModules()
  vi.stubGlobal('WebAssembly', undefined)
  const { ofInputs } = await import('../src/protocol/Poseidon.ts')
  const poseidon = ofInputs(4)
  vi.unstubAllGlobals()
  expect(poseidon.one([1n, 2n, 3n, 4n])).toBe(circomlib([1n, 2n, 3n, 4n]))
})

it('gives the published digest', () => {
  // circomlibjs, test/poseidon.js, and hadeshash, test_vectors.txt: poseidonperm_x5_254_5 of 0, 1, 2, 3, 4.
  const digest = 0x299c867db6c1fdd79dcefa40e4510b9837e60ebb1ce0663dbaa525df65250465n
  for (const kind of kinds) expect(Poseidon.ofInputs(4, { kind }).one([1n, 2n, 3n, 4n])).toBe(digest)
})
