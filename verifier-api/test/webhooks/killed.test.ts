import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Endpoints from '../../src/webhooks/Endpoints.ts'
import * as Messages from '../../src/webhooks/Messages.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { testConfig, testServices } from '../services.ts'
import { listen } from './receiver.ts'

const key = Buffer.alloc(32, 7)

async function openServices(folder: string) {
  const storage = await Storage.open(`pglite:${folder}`)
  const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
  const config = testConfig({ webhookKey: { reveal: () => key } })
  return testServices({ config, jobs, webhooks: Webhooks.create({ jobs }) }, { storage })
}

it('a worker killed between sending and writing it down has its message sent again, under the same id', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-webhooks-'))
  const receiver = await listen()
  const before = await openServices(folder)
  const { id, secret } = await Endpoints.create(before, '7', { url: receiver.url, events: ['*'] })
  await before.transaction((db) => before.webhooks.emit(db, '7', 'receipt.final', { id: 'rcp_1', object: 'receipt' }))
  await before.jobs.close()
  await before.close()

  const worker = spawn(process.execPath, [
    fileURLToPath(new URL('worker.ts', import.meta.url)),
    folder,
    key.toString('hex'),
  ])
  receiver.answer = () => worker.kill('SIGKILL')
  await once(worker, 'exit')
  expect(receiver.received).toHaveLength(1)

  const after = await openServices(folder)
  const answered = new Promise<void>((resolve) => {
    receiver.answer = (response) => {
      response.end()
      resolve()
    }
  })
  await Webhooks.work(after)
  await answered
  const state = async () => (await Messages.list(after.database, id, { limit: 1 })).data[0]?.state
  await expect.poll(state, { timeout: 10_000 }).toBe('delivered')
  const [first, second] = receiver.received
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  for (const { body, headers } of receiver.received) new Webhook(secret).verify(body, headers as Record<string, string>)
  await after.jobs.close()
  await after.close()
  await receiver.close()
  rmSync(folder, { recursive: true })
})
