import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../circuits/build/build.ts'
import * as DevelopmentKey from '../../circuits/build/developmentKey.ts'
import * as R1cs from '../../circuits/build/r1cs.ts'
import * as BuiltKey from '../../circuits/build/verificationKey.ts'
import * as Artifacts from '../src/Artifacts.ts'
import * as Bn254 from '../src/Bn254.ts'
import { type CircuitName, circuits } from '../src/generated/circuits.ts'
import * as KeyCheck from '../src/KeyCheck.ts'
import * as VerificationKey from '../src/VerificationKey.ts'
import * as Zkey from '../src/Zkey.ts'

let built: Record<CircuitName, BuiltCircuit>
let zkey: Uint8Array
beforeAll(async () => {
  built = await buildCircuits()
  zkey = readFileSync(built.enrolment.zkey)
})

const key: VerificationKey.Snarkjs = circuits.enrolment.verificationKey
const check = (change: Partial<VerificationKey.Snarkjs>, options = {}) =>
  KeyCheck.check('enrolment', { ...key, ...change }, options)
const text1 = ([x, y]: Bn254.G1) => [String(x), String(y), '1']
const text2 = ([[xi, xr], [yi, yr]]: Bn254.G2) => [
  [String(xr), String(xi)],
  [String(yr), String(yi)],
  ['1', '0'],
]
const points = VerificationKey.fromSnarkjs(key)

/** On the curve of G2, in no subgroup that pairings know. */
const outside: Bn254.G2 = [
  [0n, 1n],
  [
    5912654199736721486680175016176231956195085055698687135131307249486702594212n,
    18278151005453108793778860132295291098363647455926340152056652516292830556603n,
  ],
]

describe('KeyCheck', () => {
  it('KEY-1 KEY-2 finds nothing wrong with the pinned keys and the zkeys of the build', async () => {
    for (const circuit of Object.keys(circuits) as CircuitName[]) {
      const findings = await KeyCheck.check(circuit, circuits[circuit].verificationKey, {
        zkey: readFileSync(built[circuit].zkey),
      })
      expect(findings).toEqual([])
      expect(KeyCheck.isSound(findings)).toBe(true)
    }
  })

  it('KEY-2 hashes a key as the build and the contracts do', () => {
    for (const circuit of Object.keys(circuits) as CircuitName[]) {
      const pinned = circuits[circuit]
      const built = JSON.parse(JSON.stringify(pinned.verificationKey)) as BuiltKey.VerificationKey
      const parsed = VerificationKey.fromSnarkjs(pinned.verificationKey)
      expect(VerificationKey.toWords(parsed)).toEqual(BuiltKey.toWords(built))
      expect(VerificationKey.hashOf(parsed)).toBe(pinned.hashes.verificationKey)
    }
  })

  it('KEY-1 finds gamma = delta, and gamma = -delta, under which anybody forges', async () => {
    for (const gamma of [points.delta, Bn254.negateG2(points.delta)]) {
      expect(await check({ vk_gamma_2: text2(gamma) })).toEqual([
        { kind: 'equal-points', points: ['gamma', 'delta'] },
        { kind: 'not-pinned', file: 'verification-key' },
        { kind: 'forgery-accepted' },
      ])
    }
  })

  it('KEY-1 finds the key of a second phase nobody took part in: gamma and delta are the generator', async () => {
    const generator = text2(Bn254.g2Generator)
    const findings = await check({ vk_gamma_2: generator, vk_delta_2: generator })
    expect(findings).toContainEqual({ kind: 'forgery-accepted' })
    expect(findings).toContainEqual({ kind: 'generator', point: 'delta' })
  })

  it('KEY-1 finds a generator, or its negative, where a contribution should be; gamma may be one', async () => {
    const negative = text2(Bn254.negateG2(Bn254.g2Generator))
    expect(await check({ vk_alpha_1: text1(Bn254.g1Generator) })).toContainEqual({ kind: 'generator', point: 'alpha' })
    expect(await check({ vk_beta_2: negative })).toContainEqual({ kind: 'generator', point: 'beta' })
    expect(await check({ vk_delta_2: negative })).toContainEqual({ kind: 'generator', point: 'delta' })
    expect(await check({ vk_gamma_2: text2(Bn254.g2Generator) })).toEqual([
      { kind: 'not-pinned', file: 'verification-key' },
    ])
  })

  it('KEY-2 finds points that are none', async () => {
    const { alpha, beta, ic } = points
    const q = Bn254.baseFieldOrder
    const bad1: readonly (readonly [readonly string[], 'off-curve' | 'infinity'])[] = [
      [['1', '1', '1'], 'off-curve'],
      [[String(alpha[0] + q), String(alpha[1]), '1'], 'off-curve'],
      [['0', '1', '0'], 'infinity'],
      [['0', '0', '1'], 'infinity'],
    ]
    for (const [point, kind] of bad1) {
      expect(await check({ vk_alpha_1: point })).toContainEqual({ kind, point: 'alpha' })
      expect(await check({ IC: key.IC.with(2, point) })).toContainEqual({ kind, point: 'IC[2]' })
    }
    for (const part of ['beta', 'gamma', 'delta'] as const) {
      const change = (point: readonly (readonly string[])[]) => check({ [`vk_${part}_2`]: point })
      expect(await change(text2(outside))).toContainEqual({ kind: 'outside-subgroup', point: part })
      expect(await change(text2([beta[1], beta[0]]))).toContainEqual({ kind: 'off-curve', point: part })
      const infinity = [
        ['0', '0'],
        ['1', '0'],
        ['0', '0'],
      ]
      expect(await change(infinity)).toContainEqual({ kind: 'infinity', point: part })
    }
    expect(ic.length).toBe(circuits.enrolment.publicSignals.length + 1)
  })

  it('KEY-2 finds points that are equal, or each other negated', async () => {
    const twice = key.IC.with(3, key.IC[1] as readonly string[])
    expect(await check({ IC: twice })).toContainEqual({ kind: 'equal-points', points: ['IC[1]', 'IC[3]'] })
    const negated = key.IC.with(3, text1(Bn254.negateG1(points.ic[1] as Bn254.G1)))
    expect(await check({ IC: negated })).toContainEqual({ kind: 'equal-points', points: ['IC[1]', 'IC[3]'] })
    expect(await check({ vk_beta_2: key.vk_gamma_2 })).toContainEqual({
      kind: 'equal-points',
      points: ['beta', 'gamma'],
    })
  })

  it('KEY-2 finds a key for another number of public signals, of another circuit, or none at all', async () => {
    const shorter = await check({ IC: key.IC.slice(0, -1), nPublic: 2 })
    expect(shorter).toContainEqual({ kind: 'wrong-ic-length', expected: 4, actual: 3 })
    const another = circuits['eligibility-s'].verificationKey
    const findings = await KeyCheck.check('eligibility-m', another, { zkey: readFileSync(built['eligibility-m'].zkey) })
    expect(findings).toContainEqual({ kind: 'not-pinned', file: 'verification-key' })
    for (const part of ['alpha', 'beta', 'gamma', 'delta', 'IC']) {
      expect(findings).toContainEqual({ kind: 'zkey-differs', part })
    }
    for (const junk of [
      { curve: 'bls12381' },
      { protocol: 'plonk' },
      { nPublic: 4 },
      { vk_alpha_1: ['1', '2', '3'] },
      { vk_alpha_1: ['one', '2', '1'] },
      { IC: null as unknown as [] },
    ]) {
      expect(await check(junk)).toEqual([{ kind: 'malformed', file: 'verification-key' }])
    }
  })

  it('KEY-1 counts contributions: none is for development keys known by hash', async () => {
    const production: KeyCheck.Pin = { ...circuits.enrolment, class: 'production' }
    expect(await check({}, { zkey, pin: production })).toEqual([
      { kind: 'too-few-contributions', expected: 10, actual: 0 },
      { kind: 'no-beacon' },
    ])
    // As good a key, of other secrets, to which nobody contributed: not the one that is known.
    const other = await DevelopmentKey.create('another', R1cs.read(built.enrolment.r1cs))
    expect(await KeyCheck.check('enrolment', other.verificationKey, { zkey: other.zkey })).toEqual([
      { kind: 'not-pinned', file: 'verification-key' },
      { kind: 'not-pinned', file: 'zkey' },
    ])
  })

  it('KEY-1 follows the contributions to the key they end in, and asks for a beacon', async () => {
    const delta1 = section(zkey, 2).slice(delta1At, delta1At + 64)
    const of = (contributions: readonly Uint8Array[]) => withContributions(zkey, contributions)
    const nine = Array.from({ length: 9 }, () => contribution(new Uint8Array(64), 0))
    const pinOf = async (file: Uint8Array): Promise<KeyCheck.Pin> => ({
      ...circuits.enrolment,
      class: 'production',
      hashes: { ...circuits.enrolment.hashes, zkey: await Artifacts.hashOf(file) },
    })
    const whole = of([...nine, contribution(delta1, 1)])
    expect(Zkey.parse(whole).contributions).toHaveLength(10)
    expect(await check({}, { zkey: whole, pin: await pinOf(whole) })).toEqual([])
    const broken = of([contribution(delta1, 0), ...nine])
    expect(await check({}, { zkey: broken, pin: await pinOf(broken) })).toEqual([
      { kind: 'no-beacon' },
      { kind: 'broken-contributions' },
    ])
    expect(await check({}, { zkey: whole.slice(0, -1) })).toEqual([{ kind: 'malformed', file: 'zkey' }])
  })

  it('KEY-2 finds a zkey whose delta in G1 is not its delta in G2, and files that are no zkey', async () => {
    const changed = zkey.slice()
    const header = section(changed, 2)
    // alpha in delta's place.
    header.set(header.slice(delta1At - 64 - 128 - 128 - 64 - 64, delta1At - 64 - 128 - 128 - 64), delta1At)
    expect(await check({}, { zkey: changed })).toContainEqual({ kind: 'zkey-differs', part: 'delta' })
    for (const junk of [
      new Uint8Array(),
      new Uint8Array(100),
      zkey.slice(0, 500),
      readFileSync(built.enrolment.wasm),
    ]) {
      expect(await check({}, { zkey: junk })).toEqual([{ kind: 'malformed', file: 'zkey' }])
    }
  })
})

/** Of delta in G1 within the header: after two fields, three counts, and alpha, beta, beta, gamma. */
const delta1At = 2 * 36 + 12 + 64 + 64 + 128 + 128

/** A section's content, as a view of the file. */
function section(file: Uint8Array, type: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 12; at < file.length; at += 12 + Number(view.getBigUint64(at + 4, true))) {
    const length = Number(view.getBigUint64(at + 4, true))
    if (view.getUint32(at, true) === type) return file.subarray(at + 12, at + 12 + length)
  }
  throw new Error(`no section ${type}`)
}

/** A contribution as snarkjs lays it out; only what is read is filled in. */
function contribution(deltaAfter: Uint8Array, type: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(64 + 64 + 64 + 128 + 64 + 4 + 4 + 3)
  const view = new DataView(bytes.buffer)
  bytes.set(deltaAfter)
  view.setUint32(384, type, true)
  view.setUint32(388, 3, true)
  bytes.set([1, 1, 65], 392)
  return bytes
}

function withContributions(file: Uint8Array, contributions: readonly Uint8Array[]): Uint8Array {
  const old = section(file, 10)
  const start = old.byteOffset - file.byteOffset
  const length = 68 + contributions.reduce((sum, each) => sum + each.length, 0)
  const changed = new Uint8Array(file.length - old.length + length)
  changed.set(file.subarray(0, start))
  const view = new DataView(changed.buffer)
  view.setBigUint64(start - 8, BigInt(length), true)
  view.setUint32(start + 64, contributions.length, true)
  let at = start + 68
  for (const each of contributions) {
    changed.set(each, at)
    at += each.length
  }
  changed.set(file.subarray(start + old.length), at)
  return changed
}
