import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import { openMemory } from '../memory.ts'
import * as Postgres from '../Postgres.ts'

// jobs
// ├── one that was sent in a transaction is there exactly when what the transaction wrote is
// ├── one that fails is done again; its error's message is kept nowhere
// ├── of those with one singletonKey a single one waits
// └── processes share them, and a killed one's are done by another

type Open = Awaited<ReturnType<typeof Jobs.open>>
const options = () => ({ log: Log.silent, metrics: Metrics.create() })

describe('jobs on the embedded database', () => {
  let storage: Storage
  let jobs: Open
  const done: string[] = []
  let failures = 1
  beforeAll(async () => {
    storage = await openMemory()
    jobs = await Jobs.open(storage, options())
    await jobs.work('verify', async ({ proofId = '' }) => {
      if (proofId === 'failing' && failures-- > 0) throw new Error('value 6.5 of Jane')
      done.push(proofId)
    })
  })
  afterAll(async () => {
    await jobs.close()
    await storage.close()
  })

  it('are there exactly when what was written with them is', async () => {
    await storage
      .transaction(async (db) => {
        await jobs.send('verify', { proofId: 'explicit' }, { db })
        await jobs.send('verify', { proofId: 'implicit' })
        throw new Error('rolled back')
      })
      .catch(() => {})
    await storage.transaction(async () => {
      await jobs.send('verify', { proofId: 'kept' })
      await sleep(200)
      expect(done).toEqual([])
    })
    await until(() => done.includes('kept'))
    expect(done).toEqual(['kept'])
  })

  it('are done again when they fail, without a trace of why', async () => {
    await jobs.send('verify', { proofId: 'failing' })
    await until(() => done.includes('failing'))
    if (storage.engine.kind !== 'pglite') throw new Error('not embedded')
    const { rows } = await storage.engine.pglite.query('select * from pgboss.job')
    expect(JSON.stringify(rows)).not.toContain('Jane')
  })

  it('wait once where they have one key', async () => {
    for (let i = 0; i < 5; i++) await jobs.send('relay', {}, { singletonKey: 'one' })
    let runs = 0
    await jobs.work('relay', async () => {
      runs++
    })
    await until(() => runs > 0)
    await sleep(1500)
    expect(runs).toBe(1)
    expect(await jobs.isRunning()).toBe(true)
  })
})

describe.skipIf(!Postgres.programs)('jobs on one PostgreSQL', () => {
  let server: Postgres.Postgres
  beforeAll(async () => {
    server = await Postgres.start()
  })
  afterAll(() => server?.stop())

  it('are shared by processes, and those of a killed one are done by another', async () => {
    const url = await server.createDatabase()
    const storage = await open(url)
    const jobs = await Jobs.open(storage, options())
    const hanging = await startWorker(url, 'hang')
    await jobs.send('verify', { proofId: 'stuck' })
    await until(() => hanging.lines.includes('hang stuck'))

    const working = await startWorker(url, 'work')
    hanging.process.kill('SIGKILL')
    const killedAt = Date.now()
    const ids = Array.from({ length: 20 }, (_, i) => `job${i}`)
    for (const proofId of ids) await jobs.send('verify', { proofId })
    await until(() => ids.every((id) => working.lines.includes(`work ${id}`)))
    await until(() => working.lines.includes('work stuck'), 90_000)
    console.info(`A killed worker's job was done by another after ${((Date.now() - killedAt) / 1000).toFixed(0)} s`)

    working.process.kill('SIGKILL')
    await jobs.close()
    await storage.close()
  })
})

type Worker = { readonly process: ChildProcess; readonly lines: string[] }

async function startWorker(url: string, manner: 'hang' | 'work'): Promise<Worker> {
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'processes/worker.ts'), url, manner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: worker.stdout }).on('line', (line) => lines.push(line))
  await until(() => lines.includes('ready'))
  return { process: worker, lines }
}

async function until(holds: () => boolean, ms = 60_000): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > ms) throw new Error('It did not happen in time.')
    await sleep(20)
  }
}
