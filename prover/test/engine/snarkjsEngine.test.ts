import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { curves } from 'snarkjs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { buildCircuits } from '../../../circuits/build/build.ts'
import type * as Artifacts from '../../src/Artifacts.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import { fileNames } from '../../src/engine/Engine.ts'
import * as SnarkjsEngine from '../../src/engine/snarkjsEngine.ts'
import { fieldOrder } from '../../src/generated/parameters.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import { verify } from '../../src/verify.ts'
import { clinic } from '../clinic.ts'

let artifacts: Artifacts.Artifacts
let medium: Artifacts.Artifacts
beforeAll(async () => {
  const source = ArtifactsNode.fromPaths(await buildCircuits({ names: ['enrolment', 'eligibility-m'] }))
  artifacts = await source('enrolment', fileNames)
  medium = await source('eligibility-m', fileNames)
})

const inputOf = (holderSecret: bigint) => ({ holderSecret, issuerId: 7n, context: 9n })
const jobOf = (holderSecret: bigint) => ({ circuit: 'enrolment', artifacts, input: inputOf(holderSecret) })

/** Runs `proveOnce.ts`; rejects unless it ends by itself, with nothing on standard error. */
async function proveOnce(task: string): Promise<string> {
  const path = join(import.meta.dirname, 'proveOnce.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path, 'snarkjs', task], { timeout: 120_000 })
  expect(stderr).toBe('')
  return stdout.trim()
}

describe('snarkjsEngine', () => {
  it('lets the process end by itself, whatever became of the proof', async () => {
    expect(await proveOnce('prove')).toBe('proven')
    expect(await proveOnce('two-at-once')).toBe('proven proven')
    expect(await proveOnce('unsatisfied')).toBe('Prove.UnsatisfiedError')
    expect(await proveOnce('cancel')).toBe('TimeoutError')
    expect(await proveOnce('single-thread')).toBe('proven')
    expect(await proveOnce('warm')).toBe('proven')
  })

  it('makes several proofs at once, of several engines, each right', async () => {
    const engines = [SnarkjsEngine.create(), SnarkjsEngine.create({ keepWarm: true })]
    const secrets = [1n, 2n, 3n, 4n]
    const proven = await Promise.all(
      secrets.map((secret, i) => (engines[i % 2] as (typeof engines)[0]).prove(jobOf(secret))),
    )
    expect(new Set(proven.map(({ publicSignals }) => publicSignals[0])).size).toBe(secrets.length)
    for (const { proof, publicSignals } of proven) {
      expect(await verify('enrolment', proof, publicSignals)).toMatchObject({ valid: true })
    }
    for (const engine of engines) await engine.close()
    expect(globalThis).toMatchObject({ curve_bn128: null })
  })

  it('ends its workers when the last proof is done', async () => {
    await SnarkjsEngine.create().prove(jobOf(1n))
    expect(globalThis).toMatchObject({ curve_bn128: null })
  })

  it('cancels at once, in every phase, and is usable afterwards', async () => {
    const engine = SnarkjsEngine.create()
    const { subject } = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
    const job = { circuit: 'eligibility-m', artifacts: medium, input: Eligibility.toCircuitInput(subject) }
    for (const phase of ['witness', 'proving', 'later'] as const) {
      const controller = new AbortController()
      const abort = () => controller.abort()
      const proof = engine.prove({
        ...job,
        signal: controller.signal,
        onPhase: (progress) => {
          if (progress.phase === phase) abort()
          if (progress.phase === 'proving' && phase === 'later') setTimeout(abort, 100)
        },
      })
      await expect(proof).rejects.toMatchObject({ name: 'AbortError' })
    }
    const waiting = new AbortController()
    const [first, second] = [engine.prove(jobOf(1n)), engine.prove({ ...jobOf(2n), signal: waiting.signal })]
    waiting.abort(new Error('no longer wanted'))
    await expect(second).rejects.toThrow('no longer wanted')
    const { proof, publicSignals } = await first
    expect(await verify('enrolment', proof, publicSignals)).toMatchObject({ valid: true })
    // The cancelled one still had its turn, in which there was nothing to do.
    await vi.waitFor(() => expect(globalThis).toMatchObject({ curve_bn128: null }))
  })

  it('fails when a worker dies under it, instead of waiting for ever, and is usable afterwards', async () => {
    const engine = SnarkjsEngine.create({ keepWarm: true })
    await engine.prove(jobOf(1n))
    const { tm } = await curves.getCurveFromName('bn128')
    const [worker] = tm.workers ?? []
    const proof = engine.prove({
      ...jobOf(2n),
      // What a worker without memory does, as its owner sees it.
      onPhase: ({ phase }) => {
        if (phase === 'proving')
          (worker as unknown as { dispatchEvent(event: object): void }).dispatchEvent({ type: 'error' })
      },
    })
    await expect(proof).rejects.toThrow("One of the prover's workers died.")
    expect((await engine.prove(jobOf(3n))).publicSignals).toHaveLength(3)
    await engine.close()
  })

  it('reaches nothing that only Node has: a browser runs it as it is', () => {
    const entries = ['prove.ts', 'verify.ts', 'KeyCheck.ts', 'ArtifactsFetch.ts', 'engine/threads/browserEntry.ts']
    const pending = entries.map((file) => join(import.meta.dirname, '../../src', file))
    const seen = new Set(pending)
    for (const path of pending) {
      const text = readFileSync(path, 'utf8')
      expect(text, path).not.toMatch(/from 'node:|\bBuffer\.|\bprocess\./)
      for (const [, target = ''] of text.matchAll(/from '(\.[^']+|#threads|#files)'/g)) {
        const next = join(dirname(path), target.startsWith('#') ? `${target.slice(1)}/browser.ts` : target)
        if (!seen.has(next)) pending.push(next)
        seen.add(next)
      }
    }
    expect(seen.size).toBeGreaterThan(25)
  })

  it('refuses an input with a signal missing, unknown, too long or out of the field', async () => {
    const engine = SnarkjsEngine.create()
    const input = inputOf(1n)
    for (const wrong of [
      { holderSecret: 1n, issuerId: 7n },
      { ...input, more: 1n },
      { ...input, context: [1n, 2n] },
      { ...input, context: fieldOrder },
      { ...input, context: -1n },
    ]) {
      await expect(engine.prove({ ...jobOf(1n), input: wrong })).rejects.toMatchObject({
        name: 'Prove.UnsatisfiedError',
        message: 'The input does not satisfy circuit "enrolment".',
      })
    }
  })
})
