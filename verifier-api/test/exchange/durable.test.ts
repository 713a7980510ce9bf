import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import { afterAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import * as ValueSets from '../../src/exchange/ValueSets.ts'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import * as answers from '../../src/routes/answers.ts'
import { open } from '../../src/storage/open.ts'
import * as Postgres from '../Postgres.ts'
import { testServices } from '../services.ts'
import { call } from './desk.ts'
import * as Forged from './forged.ts'

const folder = mkdtempSync(join(tmpdir(), 'medseal-exchange-'))
afterAll(() => {
  for (const path of [folder, `${folder}.lock`]) rmSync(path, { recursive: true, force: true })
})

async function openServices(url: string) {
  const storage = await open(url)
  const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
  const services = await testServices({ jobs, valueSets: ValueSets.load() }, { storage })
  const close = async () => {
    await jobs.close()
    await services.close()
  }
  return { services, close }
}

it('has an answer and the job to check it, whenever it is killed after it has acknowledged', async () => {
  const before = await openServices(`pglite:${folder}`)
  const asked = await Forged.openRequest(before.services)
  await before.close()

  const server = spawn(process.execPath, [join(import.meta.dirname, 'serving.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const form = PresentationResponse.formOf(asked.object, [asked.answer])
  const path = `/v1/requests/${asked.id}/answer`
  const { json } = await call({ origin: line.toString().trim() }, 'POST', path, { form })
  server.kill('SIGKILL')
  await once(server, 'exit')

  const after = await openServices(`pglite:${folder}`)
  const rows = await after.services.database.selectFrom('proofs').select(['id', 'part', 'state']).execute()
  expect(rows).toEqual(json.proofs)
  const due: string[] = []
  await after.services.jobs.work('verify', async ({ proofId }) => void due.push(proofId ?? ''))
  await expect.poll(() => due, { timeout: 30_000 }).toEqual([rows[0]?.id])
  await after.close()
})

it.skipIf(!Postgres.programs && !Postgres.mustHave)(
  'writes one answer once where two processes of one PostgreSQL are sent it fifty times at once',
  async () => {
    const postgres = await Postgres.start()
    const url = await postgres.createDatabase()
    const both = [await openServices(url), await openServices(url)]
    const [first] = both
    if (!first) throw new Error('No services.')
    const asked = await Forged.openRequest(first.services)
    const servers = both.map(({ services }) =>
      createApp(services, { authenticate: async () => undefined, routes: answers.routes(services) }).listen(
        0,
        '127.0.0.1',
      ),
    )
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const origins = servers.map((server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`)
    const form = PresentationResponse.formOf(asked.object, [asked.answer])
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        call({ origin: origins[i % 2] ?? '' }, 'POST', `/v1/requests/${asked.id}/answer`, { form }),
      ),
    )
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(replies[0]?.status).toBe(200)
    expect(await first.services.database.selectFrom('proofs').select('id').execute()).toHaveLength(1)
    const jobs = first.services.database.selectFrom('pgboss.job' as never).selectAll()
    expect(await jobs.where('name' as never, '=', 'verify' as never).execute()).toHaveLength(1)
    for (const server of servers) server.close()
    for (const { close } of both) await close()
    await postgres.stop()
  },
)
