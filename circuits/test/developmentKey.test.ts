import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltCircuit, buildCircuit } from '../build/build.ts'
import { locate } from '../build/compile.ts'
import * as DevelopmentKey from '../build/developmentKey.ts'
import * as R1cs from '../build/r1cs.ts'
import * as VerificationKey from '../build/verificationKey.ts'
import { endWorkers, type File, inputs, prove, snarkjs, writeSources } from './smallCircuit.ts'

const name = 'test-key'
let built: BuiltCircuit
let r1cs: R1cs.R1cs
let key: DevelopmentKey.DevelopmentKey

beforeAll(async () => {
  built = await buildCircuit(name, { source: writeSources('key') })
  r1cs = R1cs.read(built.r1cs)
  key = await DevelopmentKey.create(name, r1cs)
})
afterAll(endWorkers)

/** Sections of an iden3 file by type. */
function readSections(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sections = new Map<number, Uint8Array>()
  for (let at = 12; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at + 4, true))
    sections.set(view.getUint32(at, true), bytes.subarray(at + 12, at + 12 + length))
    at += 12 + length
  }
  return sections
}

describe('DevelopmentKey', () => {
  it('proves, and snarkjs accepts the proof', async () => {
    const { proof, publicSignals } = await prove(inputs, built.wasm, { type: 'mem', data: key.zkey })
    expect(publicSignals[0]).toBe('42')
    expect(publicSignals[2]).toBe('77')
    expect(await snarkjs.groth16.verify(key.verificationKey, publicSignals, proof)).toBe(true)
  })

  it('PUB-3 binds every public signal: changed by one, or exchanged, it is refused', async () => {
    const { proof, publicSignals } = await prove(inputs, built.wasm, { type: 'mem', data: key.zkey })
    const changed = publicSignals.flatMap((value, position) =>
      [1n, -1n].map((change) => publicSignals.with(position, String(BigInt(value) + change))),
    )
    for (const signals of [...changed, publicSignals.toReversed()]) {
      expect(await snarkjs.groth16.verify(key.verificationKey, signals, proof)).toBe(false)
    }
  })

  it('is the same, byte for byte, when made again', async () => {
    const again = await DevelopmentKey.create(name, r1cs)
    expect(Buffer.from(again.zkey).equals(Buffer.from(key.zkey))).toBe(true)
    expect(again.verificationKey).toEqual(key.verificationKey)
    expect(readFileSync(built.zkey).equals(Buffer.from(key.zkey))).toBe(true)
    expect(built.hashes.verificationKey).toBe(VerificationKey.hash(key.verificationKey))
  })

  it('belongs to its circuit: another name makes another key, under which the proof is refused', async () => {
    const other = await DevelopmentKey.create('another', r1cs)
    const { proof, publicSignals } = await prove(inputs, built.wasm, { type: 'mem', data: key.zkey })
    expect(await snarkjs.groth16.verify(other.verificationKey, publicSignals, proof)).toBe(false)
  })

  it('KEY-1 is never made with gamma = delta, or from secrets that are zero', async () => {
    const secrets = DevelopmentKey.deriveSecrets(name)
    expect(new Set(Object.values(secrets)).size).toBe(5)
    expect(key.verificationKey.vk_gamma_2).not.toEqual(key.verificationKey.vk_delta_2)
    for (const weak of [{ gamma: secrets.delta }, { delta: 0n }, { tau: 1n }]) {
      await expect(DevelopmentKey.create(name, r1cs, { ...secrets, ...weak })).rejects.toThrow(
        DevelopmentKey.WeakSecretsError,
      )
    }
  })

  it('holds the verification key that snarkjs reads out of it', async () => {
    const { vk_alphabeta_12: _, ...exported } = await snarkjs.zKey.exportVerificationKey({
      type: 'mem',
      data: key.zkey,
    })
    expect(exported).toEqual(key.verificationKey)
  })

  it('has the sections of a key made by snarkjs, and the same coefficients', async () => {
    const curve = await snarkjs.curves.getCurveFromName('bn128')
    const [fresh, contributed, prepared, zkey] = [0, 1, 2, 3].map((): File => ({ type: 'mem' })) as [
      File,
      File,
      File,
      File,
    ]
    await snarkjs.powersOfTau.newAccumulator(curve, key.domainLog2, fresh)
    await snarkjs.powersOfTau.contribute(fresh, contributed, 'test', 'entropy of a test')
    await snarkjs.powersOfTau.preparePhase2(contributed, prepared)
    await snarkjs.zKey.newZKey(built.r1cs, prepared, zkey)
    const theirs = readSections((zkey as { data: Uint8Array }).data)
    const ours = readSections(key.zkey)
    const lengths = (sections: ReadonlyMap<number, Uint8Array>) =>
      [...sections].map(([type, { length }]) => [type, length]).sort(([a = 0], [b = 0]) => a - b)
    expect(lengths(ours)).toEqual(lengths(theirs))
    expect(Buffer.from(ours.get(4) ?? []).equals(Buffer.from(theirs.get(4) ?? [1]))).toBe(true)
    expect(ours.get(2)?.slice(0, 84)).toEqual(theirs.get(2)?.slice(0, 84))
    // Where a wire is in no row of B there is the point at infinity, here and there.
    const infinite = (points: Uint8Array = new Uint8Array()) =>
      Array.from({ length: points.length / 64 }, (_, index) =>
        points.subarray(index * 64, index * 64 + 64).every((byte) => byte === 0),
      )
    for (const type of [3, 5, 6, 8]) expect(infinite(ours.get(type))).toEqual(infinite(theirs.get(type)))
  })
})

describe('Build', () => {
  it('serves two callers at once with one build', async () => {
    const source = writeSources('build')
    rmSync(locate('test-build', { source }).folder, { recursive: true, force: true })
    const phases: string[] = []
    const options = { source, onProgress: ({ phase }: { phase: string }) => void phases.push(phase) }
    const [one, other] = await Promise.all([buildCircuit('test-build', options), buildCircuit('test-build', options)])
    expect(one).toEqual(other)
    expect(phases).toEqual(['compiled', 'solved', 'key made', 'reused'])
  })

  it('takes over the lock of a process that is gone', async () => {
    const source = writeSources('abandoned')
    const { folder } = locate('test-abandoned', { source })
    rmSync(folder, { recursive: true, force: true })
    const { pid } = spawnSync(process.execPath, ['--version'])
    mkdirSync(dirname(folder), { recursive: true })
    writeFileSync(`${folder}.lock`, `${pid} 0`)
    expect(existsSync((await buildCircuit('test-abandoned', { source })).zkey)).toBe(true)
    expect(existsSync(`${folder}.lock`)).toBe(false)
  })
})
