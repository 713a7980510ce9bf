import type { Services, Webhooks } from '../Services.ts'
import * as Delivery from './Delivery.ts'
import * as Messages from './Messages.ts'

/** What other rooms see of webhooks. */
export function create({ jobs }: Pick<Services, 'jobs'>): Webhooks {
  return {
    emit: (db, stakeholderId, event, data) => Messages.emit({ jobs }, db, { stakeholderId, event, data }),
  }
}

/** Delivers what is queued, from this process, and cleans up every hour. */
export async function work(services: Services, options: Delivery.Options = {}): Promise<void> {
  const { jobs } = services
  await jobs.work('webhook', async ({ messageId }) => {
    if (messageId !== undefined) await Delivery.attempt(services, messageId, options)
  })
  await jobs.work('cleanup', async () => {
    await cleanUp(services)
    await jobs.send('cleanup', {}, { singletonKey: 'cleanup', afterSeconds: hour / 1000 })
  })
  await jobs.send('cleanup', {}, { singletonKey: 'cleanup' })
}

/** Forgets what has ended, and queues again the messages whose job was lost. */
export async function cleanUp(
  { database, jobs }: Pick<Services, 'database' | 'jobs'>,
  { now = Date.now() }: { now?: number } = {},
): Promise<void> {
  const ago = (milliseconds: number) => new Date(now - milliseconds)
  await database.deleteFrom('challenges').where('expires_at', '<', ago(0)).execute()
  await database.deleteFrom('sessions').where('expires_at', '<', ago(0)).execute()
  await database.deleteFrom('idempotency_keys').where('created_at', '<', ago(idempotencyMs)).execute()
  await database
    .updateTable('webhook_endpoints')
    .set({ previous_secret: null, previous_until: null })
    .where('previous_until', '<', ago(0))
    .execute()
  await database
    .deleteFrom('webhook_messages')
    .where('state', '!=', 'pending')
    .where('created_at', '<', ago(messagesMs))
    .execute()
  const overdue = await database
    .selectFrom('webhook_messages')
    .select('id')
    .where('state', '=', 'pending')
    .where('next_attempt_at', '<', ago(hour / 4))
    .limit(1000)
    .execute()
  for (const { id } of overdue) await jobs.send('webhook', { messageId: id }, { singletonKey: `overdue ${id}` })
}

const hour = 60 * 60_000
/** How long an idempotency key is remembered. */
const idempotencyMs = 24 * hour
/** How long messages that were sent or given up can be looked at and sent again. */
const messagesMs = 30 * 24 * hour
