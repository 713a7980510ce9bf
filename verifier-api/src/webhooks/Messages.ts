import type { z } from 'zod'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import * as Page from '../Page.ts'
import type * as Common from '../resources/Common.ts'
import type * as Webhook from '../resources/Webhook.ts'
import type { Db, Services } from '../Services.ts'
import * as Endpoints from './Endpoints.ts'

/** Sent on demand, to see whether an endpoint works. No endpoint need ask for it. */
export const testEvent = 'webhook.test'

type Jobs = Pick<Services, 'jobs'>

type Row = {
  readonly id: string
  readonly event: string
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly attempts: number
  readonly last_status: number | null
  readonly created_at: Date
}

const columns = ['id', 'event', 'state', 'attempts', 'last_status', 'created_at'] as const

/** Queues an event for each endpoint of the stakeholder that asked for its kind, in the caller's transaction. */
export async function emit(
  services: Jobs,
  db: Db,
  { stakeholderId, event, data }: { stakeholderId: string; event: Webhook.Event; data: object },
): Promise<void> {
  const endpoints = await db
    .selectFrom('webhook_endpoints')
    .select(['id', 'events'])
    .where('stakeholder_id', '=', stakeholderId)
    .where('disabled', '=', false)
    .execute()
  for (const { id, events } of endpoints) {
    const wanted = events.split(' ')
    if (wanted.includes('*') || wanted.includes(event)) await queue(services, db, { endpointId: id, event, data })
  }
}

/** Queues a test message. One that arrives enables an endpoint that was disabled. */
export async function test(
  services: Pick<Services, 'jobs' | 'transaction'>,
  stakeholderId: string,
  endpointId: string,
): Promise<Webhook.Message> {
  return services.transaction(async (db) => {
    await Endpoints.find(db, stakeholderId, endpointId)
    return queue(services, db, { endpointId, event: testEvent, data: { id: endpointId, object: 'webhook_endpoint' } })
  })
}

/** The youngest first. */
export async function list(
  db: Db,
  endpointId: string,
  page: z.infer<typeof Common.pageQuery>,
): Promise<ReturnType<typeof Page.of<Webhook.Message>>> {
  return Page.read(Page.list('webhook-messages', endpointId), page, async ({ after, limit }) => {
    let query = db.selectFrom('webhook_messages').select(columns).where('endpoint_id', '=', endpointId)
    if (after !== undefined) query = query.where('id', '<', after)
    const rows = await query.orderBy('id', 'desc').limit(limit).execute()
    return rows.map(toResource)
  })
}

/** Sends a message once more, with its attempts anew and under the same id. */
export async function redeliver(
  services: Pick<Services, 'jobs' | 'transaction'>,
  stakeholderId: string,
  { endpointId, messageId }: { endpointId: string; messageId: string },
): Promise<Webhook.Message> {
  return services.transaction(async (db) => {
    const { disabled } = await Endpoints.find(db, stakeholderId, endpointId)
    const row = await db
      .updateTable('webhook_messages')
      .set({ state: 'pending', attempts: 0, next_attempt_at: new Date() })
      .where('id', '=', messageId)
      .where('endpoint_id', '=', endpointId)
      .returning(columns)
      .executeTakeFirst()
    if (!row) throw new ApiError('not-found')
    if (disabled && row.event !== testEvent) {
      throw new ApiError('conflict', { detail: 'The webhook is disabled. A test that arrives enables it.' })
    }
    await services.jobs.send('webhook', { messageId }, { db })
    return toResource(row)
  })
}

async function queue(
  { jobs }: Jobs,
  db: Db,
  { endpointId, event, data }: { endpointId: string; event: string; data: object },
): Promise<Webhook.Message> {
  const now = new Date()
  const row = {
    id: Id.create('webhookMessage', { now: now.getTime() }),
    event,
    state: 'pending',
    attempts: 0,
    last_status: null,
    created_at: now,
  } as const
  const body = JSON.stringify({ type: event, timestamp: now.toISOString(), data }, asDecimal)
  await db
    .insertInto('webhook_messages')
    .values({ ...row, endpoint_id: endpointId, body, next_attempt_at: now })
    .execute()
  await jobs.send('webhook', { messageId: row.id }, { db })
  return toResource(row)
}

function asDecimal(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function toResource(row: Row): Webhook.Message {
  return {
    id: row.id,
    object: 'webhook_message',
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    createdAt: row.created_at.toISOString(),
  }
}
