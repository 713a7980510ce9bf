/** The project's own prover, held to snarkjs: in every way it may run, with every kernel. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { curves, groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { threads } from '#threads'
import { buildCircuits } from '../../../circuits/build/build.ts'
import type * as Artifacts from '../../src/Artifacts.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import * as Content from '../../src/engine/Content.ts'
import * as Crew from '../../src/engine/Crew.ts'
import { type Engine, fileNames } from '../../src/engine/Engine.ts'
import * as KernelCode from '../../src/engine/KernelCode.ts'
import * as SnarkjsEngine from '../../src/engine/snarkjsEngine.ts'
import type { Thread } from '../../src/engine/threads/Thread.ts'
import * as Witness from '../../src/engine/Witness.ts'
import * as WasmEngine from '../../src/engine/wasmEngine.ts'
import { circuits } from '../../src/generated/circuits.ts'
import * as Proof from '../../src/Proof.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import { verify } from '../../src/verify.ts'
import { clinic } from '../clinic.ts'
import { isFullDose } from '../random.ts'
import { inputOf, type Name, names } from './inputs.ts'

let artifacts: { readonly [name in Name]: Artifacts.Artifacts }
beforeAll(async () => {
  const source = ArtifactsNode.fromPaths(await buildCircuits({ names: [...names] }))
  const loaded = await Promise.all(names.map(async (name) => [name, await source(name, fileNames)] as const))
  artifacts = Object.fromEntries(loaded) as typeof artifacts
})

const enrolment = (holderSecret: bigint) => ({
  circuit: 'enrolment' as const,
  artifacts: artifacts.enrolment,
  input: { holderSecret, issuerId: 7n, context: 9n },
})

function jobOf(circuit: Name) {
  return { circuit, artifacts: artifacts[circuit], input: inputOf(circuit) }
}

const ways: readonly (readonly [string, WasmEngine.Options])[] = [
  ['two threads that share memory', { threads: 2, shared: true }],
  ['two threads with a memory each', { threads: 2, shared: false }],
  ['three threads', { threads: 3 }],
  ['the calling thread alone', { threads: 0 }],
  ['the portable kernel', { threads: 2, kind: 'portable' }],
  ['the portable kernel in the calling thread', { threads: 0, kind: 'portable' }],
]

describe('wasmEngine', () => {
  const engines: WasmEngine.WasmEngine[] = []
  const create = (options?: WasmEngine.Options) => {
    const engine = WasmEngine.create(options)
    engines.push(engine)
    return engine
  }
  afterAll(() => Promise.all(engines.map(({ close }) => close())))

  it.each(names)('makes proofs of %s that snarkjs takes', async (name) => {
    const { proof, publicSignals } = await create().prove(jobOf(name))
    const { verificationKey } = circuits[name]
    expect(await groth16.verify(verificationKey, publicSignals.map(String), Proof.toSnarkjs(proof))).toBe(true)
    expect(await verify(name, proof, publicSignals)).toMatchObject({ valid: true })
  })

  it.each(ways)('makes the same proof as snarkjs from the same r and s: %s', async (_, options) => {
    const { job, theirs } = await byTheReference()
    const bytes = [r, s]
    const source = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      const view = array as Uint8Array
      let rest = bytes.shift() ?? 0n
      for (let i = view.length - 1; i >= 0; i--, rest >>= 8n) view[i] = Number(rest & 0xffn)
      return array
    })
    const { proof, publicSignals } = await create(options).prove(job)
    source.mockRestore()
    expect(proof).toEqual(Proof.fromSnarkjs(theirs.proof))
    expect(publicSignals).toEqual(theirs.publicSignals.map(BigInt))
  })

  it.each(ways)('takes files as bytes, Blobs or paths: %s', async (_, options) => {
    const engine = create(options)
    const { solver, zkey } = artifacts.enrolment
    const bytes = { solver: await Content.bytesOf(solver), zkey: await Content.bytesOf(zkey) }
    const blobs = { solver: new Blob([bytes.solver.slice()]), zkey: new Blob([bytes.zkey.slice()]) }
    // Of memory that begins elsewhere, as pieces of a larger file are.
    const buffers = { solver: Buffer.from(bytes.solver), zkey: Buffer.concat([Buffer.of(1), bytes.zkey]).subarray(1) }
    for (const files of [{ solver, zkey }, bytes, blobs, buffers]) {
      const { proof, publicSignals } = await engine.prove({ ...enrolment(6n), artifacts: files })
      expect(await verify('enrolment', proof, publicSignals)).toMatchObject({ valid: true })
    }
  })

  it('says that a file is not there, and is usable afterwards', async () => {
    const engine = create()
    const { solver, zkey } = artifacts.enrolment
    const none = { path: join(import.meta.dirname, 'none') }
    for (const files of [
      { solver, zkey: none },
      { solver: none, zkey },
    ]) {
      const proof = engine.prove({ ...enrolment(1n), artifacts: files })
      await expect(proof).rejects.toMatchObject({ name: 'Content.UnreadableError' })
    }
    expect(await verify('enrolment', ...values(await engine.prove(enrolment(4n))))).toMatchObject({ valid: true })
  })

  it('refuses a solver that is cut off, or none, and is usable afterwards', async () => {
    const engine = create()
    const { zkey } = artifacts.enrolment
    const solver = await Content.bytesOf(artifacts.enrolment.solver)
    for (const wrong of [solver.slice(0, -1), solver.slice(0, 20), new Uint8Array(0)]) {
      const proof = engine.prove({ ...enrolment(1n), artifacts: { solver: wrong, zkey } })
      await expect(proof).rejects.toMatchObject({ name: 'SolverFile.FormatError' })
    }
    expect(await verify('enrolment', ...values(await engine.prove(enrolment(4n))))).toMatchObject({ valid: true })
  })

  it('makes different proofs of one statement: r and s are new each time', async () => {
    const engine = create()
    const [first, second] = [await engine.prove(enrolment(1n)), await engine.prove(enrolment(1n))]
    expect(first.publicSignals).toEqual(second.publicSignals)
    expect(first.proof).not.toEqual(second.proof)
  })

  it('makes proofs asked for at once, of several keys in one engine, each right', async () => {
    const engine = create()
    // More keys than stay open, in turn.
    const jobs = [1n, 2n].flatMap((secret) => [enrolment(secret), jobOf('eligibility-s'), jobOf('eligibility-m')])
    const proven = await Promise.all(jobs.map((job) => engine.prove(job)))
    for (const [i, { proof, publicSignals }] of proven.entries()) {
      expect(await verify(jobs[i]?.circuit as Name, proof, publicSignals)).toMatchObject({ valid: true })
    }
  })

  it('lets the process end by itself, whatever became of the proof', async () => {
    expect(await proveOnce('prove')).toBe('proven')
    expect(await proveOnce('two-at-once')).toBe('proven proven')
    expect(await proveOnce('unsatisfied')).toBe('Prove.UnsatisfiedError')
    expect(await proveOnce('cancel')).toBe('TimeoutError')
    expect(await proveOnce('single-thread')).toBe('proven')
  })

  it('cancels at once, in every phase, and is usable afterwards', async () => {
    const engine = create()
    for (const phase of ['witness', 'proving'] as const) {
      const controller = new AbortController()
      const proof = engine.prove({
        ...jobOf('eligibility-m'),
        signal: controller.signal,
        onPhase: (progress) => progress.phase === phase && controller.abort(),
      })
      await expect(proof).rejects.toMatchObject({ name: 'AbortError' })
    }
    const { proof, publicSignals } = await engine.prove(enrolment(3n))
    expect(await verify('enrolment', proof, publicSignals)).toMatchObject({ valid: true })
  })

  it('lets a proof under way end when it is closed, and is usable afterwards', async () => {
    const engine = create({ threads: 2 })
    await engine.prove(enrolment(1n))
    const proof = engine.prove(jobOf('eligibility-m'))
    const closed = engine.close()
    expect(await verify('eligibility-m', ...values(await proof))).toMatchObject({ valid: true })
    await closed
    expect(await verify('enrolment', ...values(await engine.prove(enrolment(2n))))).toMatchObject({ valid: true })
  })

  it('says that a thread died, to who waits for it and to who asks later', async () => {
    const begun: Thread[] = []
    const crew = Crew.ofThreads((listeners) => {
      const thread = threads.start(listeners)
      begun.push(thread)
      return thread
    }, 2)
    crew.hold(true)
    await crew.ask(0, { order: 'close', session: 0 })
    begun[0]?.end()
    const died = { name: 'Engine.WorkersError', message: "One of the prover's workers died." }
    await expect(crew.ask(0, { order: 'close', session: 0 })).rejects.toMatchObject(died)
    expect(crew.isLost()).toBe(true)
    await expect(crew.ask(1, { order: 'close', session: 0 })).rejects.toMatchObject(died)
  })

  it('says that an input does not satisfy a circuit, and no more', async () => {
    const engine = create()
    const job = enrolment(1n)
    for (const input of [
      { holderSecret: 1n, issuerId: 7n },
      { ...job.input, more: 1n },
      { ...job.input, context: -1n },
    ]) {
      await expect(engine.prove({ ...job, input })).rejects.toMatchObject({
        name: 'Prove.UnsatisfiedError',
        message: 'The input does not satisfy circuit "enrolment".',
      })
    }
    const { subject } = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
    const input = { ...Eligibility.toCircuitInput(subject, { circuit: 'eligibility-m' }), today: 1n }
    await expect(engine.prove({ ...jobOf('eligibility-m'), input })).rejects.toMatchObject({
      name: 'Prove.UnsatisfiedError',
    })
  })

  it('refuses a key that is cut off, has a part too long, or is of another circuit', async () => {
    const engine = create()
    const { solver } = artifacts.enrolment
    const zkey = await Content.bytesOf(artifacts.enrolment.zkey)
    const longer = zkey.slice()
    // The length of the first section that follows the head.
    new DataView(longer.buffer).setBigUint64(16, 2n ** 40n, true)
    for (const wrong of [zkey.slice(0, zkey.length - 1), zkey.slice(0, 10), longer, new Uint8Array(0)]) {
      const proof = engine.prove({ ...enrolment(1n), artifacts: { solver, zkey: wrong } })
      await expect(proof).rejects.toMatchObject({ name: 'Zkey.FormatError' })
    }
    const foreign = engine.prove({ ...enrolment(1n), artifacts: { solver, zkey: artifacts['eligibility-s'].zkey } })
    await expect(foreign).rejects.toMatchObject({ name: 'Prove.UnsatisfiedError' })
    expect(await verify('enrolment', ...values(await engine.prove(enrolment(4n))))).toMatchObject({ valid: true })
  })

  it(`makes ${isFullDose ? 1000 : 60} proofs in a row in the memory of the first few`, async () => {
    const engine = create()
    const many = isFullDose ? 1000 : 60
    let before = 0
    for (let i = 0; i < many; i++) {
      const { proof, publicSignals } = await engine.prove(enrolment(BigInt(i + 1)))
      if (i % 20 === 0) expect(await verify('enrolment', proof, publicSignals)).toMatchObject({ valid: true })
      if (i === many / 4) before = process.memoryUsage().rss
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20)
  })

  it('takes the portable kernel where the machine does not know the instructions of the other', async () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    expect(await KernelCode.fastest()).toBe('portable')
    validate.mockRestore()
  })

  it('proves beside snarkjs in one process', async () => {
    const both = await Promise.all([create().prove(enrolment(1n)), SnarkjsEngine.create().prove(enrolment(1n))])
    for (const each of both) expect(await verify('enrolment', ...values(each))).toMatchObject({ valid: true })
  })
})

const [r, s] = [0x1234567890abcdefn ** 3n, 0xfedcba0987654321n ** 3n]
let reference: ReturnType<typeof refer> | undefined

/** A job, whose record's salts are by chance, and snarkjs's proof of it from r and s. Made once. */
function byTheReference(): ReturnType<typeof refer> {
  reference ??= refer()
  return reference
}

async function refer() {
  const job = jobOf('eligibility-m')
  // snarkjs, its field's random numbers replaced.
  const { Fr } = await curves.getCurveFromName('bn128', { singleThread: true })
  const numbers = [r, s]
  const random = vi.spyOn(Object.getPrototypeOf(Fr), 'random').mockImplementation(() => Fr.e(numbers.shift() ?? 0n))
  const witness = await Witness.calculate(job.circuit, await Content.bytesOf(job.artifacts.wasm), job.input)
  const theirs = await groth16.prove(await Content.bytesOf(job.artifacts.zkey), Witness.toFile(witness), undefined, {
    singleThread: true,
  })
  random.mockRestore()
  return { job, theirs }
}

function values({ proof, publicSignals }: Awaited<ReturnType<Engine['prove']>>) {
  return [proof, publicSignals] as const
}

/** Runs `proveOnce.ts`; rejects unless it ends by itself, with nothing on standard error. */
async function proveOnce(task: string): Promise<string> {
  const path = join(import.meta.dirname, 'proveOnce.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path, 'medseal', task], { timeout: 120_000 })
  expect(stderr).toBe('')
  return stdout.trim()
}
