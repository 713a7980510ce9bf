import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type * as Submission from '@medseal/prover/chain/Submission'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as Random from '../../../prover/test/random.ts'
import type { Verification as Service } from '../../src/Services.ts'
import * as Judgement from '../../src/verification/Judgement.ts'
import * as Suspicion from '../../src/verification/Suspicion.ts'
import * as Verification from '../../src/verification/Verification.ts'
import * as Workers from '../../src/verification/Workers.ts'
import * as Forge from './forge.ts'

const script = new URL('../../src/verification/worker.ts', import.meta.url)
const unavailable = { name: 'ApiError', code: 'unavailable' }

let good: readonly Submission.Submission[]
beforeAll(async () => {
  const random = Random.seeded('verification')
  good = await Promise.all(Array.from({ length: 70 }, () => Forge.submission(random)))
})

let service: Service | undefined
const open = (options: Parameters<typeof Verification.create>[0]) => {
  service = Verification.create(options)
  return service
}
afterEach(() => service?.close())

const first = () => good[0] as Submission.Submission
/** Answers to one request; the proofs do not hold. */
const bogus = (nonce: bigint, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const { request, ...rest } = first()
    return { ...rest, request: { ...request, nonce }, deadline: BigInt(i) }
  })

describe('Judgement', () => {
  it('recomputes the signals: a proof holds for its own request, part, deadline, day, root and nullifier alone', async () => {
    const changes: readonly ((submission: Submission.Submission) => object)[] = [
      () => ({}),
      ({ request }) => ({ request: { ...request, nonce: request.nonce + 1n } }),
      ({ request }) => ({ request: { ...request, policyHashes: [1n] } }),
      ({ request }) => ({ request: { ...request, chainId: 1n } }),
      ({ part }) => ({ part: part + 1 }),
      ({ deadline }) => ({ deadline: deadline + 1n }),
      ({ today }) => ({ today: today + 1 }),
      ({ issuersRoot }) => ({ issuersRoot: issuersRoot + 1n }),
      ({ nullifier }) => ({ nullifier: nullifier + 1n }),
      ({ verifierVersion }) => ({ verifierVersion: verifierVersion + 1 }),
    ]
    const changed = changes.map((change) => ({ ...first(), ...change(first()) }) as Submission.Submission)
    expect(await Judgement.judge(changed)).toEqual(changes.map((_, i) => i === 0))
  })

  it('answers, and does not throw, where a part is of no form; the others of the batch are not touched', async () => {
    const junk: readonly object[] = [
      { proof: undefined },
      { proof: { ...first().proof, a: [0n, 0n] } },
      { proof: { ...first().proof, c: [1n, 1n] } },
      { proof: { ...first().proof, d: 1n } },
      { nullifier: 1n << 256n },
      { nullifier: -1n },
      { issuersRoot: '5' },
      { request: undefined },
      { request: { ...first().request, policyHashes: undefined } },
      { deadline: 1n << 64n },
      { deadline: Number.NaN },
      { part: -1 },
    ]
    const spoiled = junk.map((part) => ({ ...first(), ...part }) as Submission.Submission)
    const mixed = spoiled.flatMap((each) => [each, first()])
    expect(await Judgement.judge(mixed)).toEqual(mixed.map((_, i) => i % 2 === 1))
    const circuit = 'enrolment' as Submission.Submission['circuit']
    for (const name of [circuit, '__proto__', 'toString', undefined] as readonly (typeof circuit)[]) {
      expect(await Judgement.judge([{ ...first(), circuit: name }])).toEqual([false])
    }
    expect(await Judgement.judge([])).toEqual([])
  })
})

describe('Verification', () => {
  it('answers each as it deserves, of every circuit, many at once', async () => {
    const random = Random.seeded('circuits')
    const { verify } = open({ threads: 2 })
    const others = await Promise.all(
      (['eligibility-m', 'eligibility-l'] as const).map((circuit) => Forge.submission(random, { circuit })),
    )
    const all = [...good, ...others].flatMap((each) => [each, Forge.spoil(each)])
    expect(await Promise.all(all.map(verify))).toEqual(all.map((_, i) => i % 2 === 0))
    // Whose proofs did not hold is suspected, and still answered rightly.
    expect(await Promise.all(good.slice(0, 4).map(verify))).toEqual([true, true, true, true])
  })

  it('a flood of bogus proofs does not stall good clients', async () => {
    const { verify } = open({ threads: 1, mostWaiting: 4_000 })
    let answered = 0
    const floods = [1n, 2n, 3n, 4n].flatMap((nonce) => bogus(nonce, 120))
    const flood = Promise.allSettled(
      floods.map(async (each) => {
        const valid = await verify(each)
        answered += 1
        return valid
      }),
    )
    const clients = good.slice(0, 20)
    expect(await Promise.all(clients.map(verify))).toEqual(clients.map(() => true))
    // The first batch knew nobody; from then on suspects are checked one at a time, every second turn.
    expect(answered).toBeLessThanOrEqual(2 * 64 + 20)
    // They go on coming and going while the flood lasts.
    for (const client of good.slice(20, 25)) {
      const before = answered
      expect(await verify(client)).toBe(true)
      expect(answered - before).toBeLessThanOrEqual(3)
    }
    await service?.close()
    expect((await flood).some((outcome) => outcome.status === 'fulfilled' && outcome.value)).toBe(false)
  })

  it('refuses what does not fit: of one request beyond its line, of all beyond the queue; others are served', async () => {
    const workers = held()
    const { verify } = open({ threads: 1, workers, mostWaiting: 20, mostOfSource: 8 })
    // One is at work, eight wait; of the others twelve find room.
    const ofOne = Promise.allSettled(bogus(1n, 12).map(verify))
    const others = Promise.allSettled(good.slice(0, 15).map(verify))
    workers.release()
    for (const [outcomes, served] of [
      [await ofOne, 9],
      [await others, 12],
    ] as const) {
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(outcomes.map((_, i) => i < served))
      for (const refused of outcomes.slice(served)) expect(refused).toMatchObject({ reason: unavailable })
    }
    expect(workers.tasks().flat()).toHaveLength(21)
    expect(await verify(first())).toBe(false)
  })

  it('takes turns: who waits with one proof is in the next batch, however long the line of another is', async () => {
    const workers = held({ says: true })
    const { verify } = open({ threads: 1, workers })
    const all = [...bogus(1n, 100), ...bogus(2n, 100), ...good.slice(0, 3)].map(verify)
    workers.release()
    await Promise.all(all)
    const [, batch] = workers.tasks()
    expect(batch).toHaveLength(64)
    for (const client of good.slice(0, 3)) expect(batch).toContain(client)
  })

  it('checks whose proof did not hold alone, and forgets it after a while', async () => {
    let now = 0
    const workers = held()
    const suspicion = Suspicion.create({ milliseconds: 1_000, now: () => now })
    const { verify } = open({ threads: 1, workers, suspicion })
    const round = async () => {
      const before = workers.tasks().length
      const answers = bogus(1n, 4).map(verify)
      workers.release()
      await Promise.all(answers)
      workers.hold()
      return workers
        .tasks()
        .slice(before)
        .map((task) => task.length)
    }
    expect(await round()).toEqual([1, 1, 1, 1])
    now = 999
    expect(await round()).toEqual([1, 1, 1, 1])
    now = 5_000
    const [, ...rest] = await round()
    expect(rest.every((length) => length === 1)).toBe(true)
  })

  it('answers also those whose thread was killed at work', async () => {
    const threads: Worker[] = []
    const start = () => {
      const worker = new Worker(script)
      threads.push(worker)
      return worker
    }
    const { verify } = open({ threads: 2, workers: Workers.create({ threads: 2, start }) })
    const answers = Promise.all(good.map(verify))
    expect(threads).toHaveLength(2)
    await Promise.all(threads.map((thread) => thread.terminate()))
    expect(await answers).toEqual(good.map(() => true))
    expect(threads.length).toBeGreaterThan(2)
  })

  it('gives up a proof that one thread after the other is lost over', async () => {
    const dies = () => new Worker('process.exit(1)', { eval: true })
    const { verify } = open({ threads: 1, workers: Workers.create({ threads: 1, start: dies }) })
    await expect(verify(first())).rejects.toMatchObject(unavailable)
  })

  it('refuses what waits when it is closed, and what comes later', async () => {
    const { verify, close } = open({ threads: 1 })
    const waiting = Promise.allSettled(good.map(verify))
    await close()
    for (const outcome of await waiting) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
    await expect(verify(first())).rejects.toMatchObject(unavailable)
  })

  it('leaves nothing behind: a process that verified ends by itself, closed or not', async () => {
    const run = promisify(execFile)
    const program = join(import.meta.dirname, 'verifyOnce.ts')
    const ended = ['close', 'leave'].map((task) => run(process.execPath, [program, task], { timeout: 120_000 }))
    for (const { stdout } of await Promise.all(ended)) expect(stdout).toBe('true false\n')
  })
})

/** Threads' stand-in: says the same to everything, when it is let. */
function held({ says = false }: { readonly says?: boolean } = {}) {
  const tasks: Workers.Task[] = []
  let busy = 0
  let gate = Promise.withResolvers<void>()
  return {
    idle: () => 1 - busy,
    run: async (task: Workers.Task) => {
      tasks.push(task)
      busy += 1
      await gate.promise
      busy -= 1
      return task.map(() => says)
    },
    close: async () => {},
    tasks: () => tasks,
    release: () => gate.resolve(),
    hold: () => {
      gate = Promise.withResolvers<void>()
    },
  }
}
