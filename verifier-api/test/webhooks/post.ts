import { afterAll, afterEach } from 'vitest'
import type { Services } from '../../src/Services.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { testServices } from '../services.ts'
import { listen, type Receiver } from './receiver.ts'

/** Jobs that are only written down: the test does them when it wants. */
export type Queue = Services['jobs'] & {
  readonly sent: {
    readonly name: string
    readonly payload: Readonly<Record<string, string>>
    readonly afterSeconds: number
  }[]
}

export function queue(): Queue {
  const sent: Queue['sent'] = []
  return {
    sent,
    send: async (name, payload, { afterSeconds = 0 } = {}) => void sent.push({ name, payload, afterSeconds }),
    work: async () => {},
    close: async () => {},
  }
}

export type PostRoom = { readonly services: Services; readonly jobs: Queue; readonly receiver: Receiver }

/** Services with a queue that waits, on one database that is empty in each test, and a receiver. */
export async function open(overrides: Partial<Services> = {}): Promise<PostRoom> {
  const jobs = queue()
  storage ??= await Storage.open('pglite:memory')
  const services = await testServices({ jobs, webhooks: Webhooks.create({ jobs }), ...overrides }, { storage })
  const receiver = await listen()
  receivers.push(receiver)
  return { services, jobs, receiver }
}

let storage: Storage.Storage | undefined
const receivers: Receiver[] = []
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close()
  await storage?.database.deleteFrom('webhook_messages').execute()
  await storage?.database.deleteFrom('webhook_endpoints').execute()
})
afterAll(() => storage?.close())
