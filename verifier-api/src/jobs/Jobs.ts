import { randomUUID } from 'node:crypto'
import { type ConstructorOptions, fromKysely, fromPglite, PgBoss } from 'pg-boss'
import type { Log } from '../Log.ts'
import type { Metrics } from '../Metrics.ts'
import type { Db, JobName, Jobs } from '../Services.ts'
import type { Storage } from '../storage/open.ts'
import { currentTransaction } from '../storage/transact.ts'

/**
 * Opens the queues on the same database. A job is done at least once: one whose worker died is handed to another when
 * its heartbeat, ten seconds, has run out and the next look (every five seconds) finds it.
 */
export async function open(
  storage: Storage,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<Jobs & { readonly isRunning: () => Promise<boolean> }> {
  const boss = new PgBoss({ ...connectionOf(storage), ...pace })
  boss.on('error', (cause) => log.error('The queue failed', { cause }))
  await boss.start()
  for (const name of names) {
    await boss.createQueue(name, queue)
    // Has it remember the queue: else the first to send within a transaction asks for it beside that transaction, and on
    // the embedded database's one connection waits for itself.
    await boss.findJobs(name, { key: '' })
  }
  return {
    send: async (name, payload, { db = currentTransaction(), afterSeconds, singletonKey = randomUUID() } = {}) => {
      await boss.send(name, payload, {
        singletonKey,
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
        ...(db === undefined ? {} : { db: fromKysely(asExecutor(db)) }),
      })
    },
    work: async (name, run) => {
      await boss.work<Readonly<Record<string, string>>>(
        name,
        { ...polling, localConcurrency: concurrency[name] },
        async ([job]) => {
          if (!job) return
          try {
            await run(job.data)
            metrics.jobs.inc({ name, outcome: 'done' })
          } catch (cause) {
            metrics.jobs.inc({ name, outcome: 'failed' })
            log.warn('A job failed and will be tried again', { job: name, cause })
            // What pg-boss keeps of an error must not hold its message, which may quote a value.
            throw new JobFailedError()
          }
        },
      )
    },
    isRunning: async () => (await boss.getQueue('verify')) !== null,
    close: () => boss.stop({ graceful: true, timeout: 10_000, close: true }),
  }
}

const names: readonly JobName[] = ['verify', 'relay', 'webhook', 'cleanup']

const concurrency = { verify: 32, relay: 1, webhook: 8, cleanup: 1 } as const satisfies Record<JobName, number>

/** short: of jobs with one singletonKey a single one waits; one that runs does not keep the next from being queued. */
const queue = {
  policy: 'short',
  heartbeatSeconds: 10,
  expireInSeconds: 120,
  retryLimit: 1000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  deleteAfterSeconds: 3600,
  notify: true,
} as const

const pace = { superviseIntervalSeconds: 5, monitorIntervalSeconds: 5, schedule: false, useListenNotify: true } as const

const polling = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 2, heartbeatRefreshSeconds: 3 } as const

function connectionOf({ engine }: Storage): ConstructorOptions {
  if (engine.kind === 'pglite') return { db: fromPglite(engine.pglite), backend: 'pglite' }
  return { connectionString: engine.url, backend: engine.kind, max: 6, application_name: 'medseal-jobs' }
}

type Executor = Parameters<typeof fromKysely>[0]

/** kysely's own type of a raw query is narrower than what it takes. */
function asExecutor(db: Db): Executor {
  return db as unknown as Executor
}

/** A job failed; the log says how. */
export class JobFailedError extends Error {
  override readonly name = 'Jobs.JobFailedError'
  constructor() {
    super('The job failed; the log says how.')
  }
}
