import { Webhook } from 'standardwebhooks'
import type { Db, Services } from '../Services.ts'
import * as Destination from './Destination.ts'
import * as Messages from './Messages.ts'
import * as Post from './Post.ts'
import * as Secret from './Secret.ts'

/** Seconds before each attempt (Standard Webhooks' example, carried on): two days in all. */
export const schedule: readonly number[] = [0, 5, 300, 1800, 7200, 18_000, 36_000, 36_000, 36_000, 36_000]
/** How long a worker has a message to itself: longer than an attempt takes, then somebody else tries. */
export const leaseMs = 30_000

/** Longer than anything is put off. */
const longestPauseMs = 2 * Math.max(...schedule) * 1000

type Needs = Pick<Services, 'config' | 'database' | 'jobs' | 'transaction'>

/** What a test brings of its own. */
export type Options = {
  readonly resolve?: Destination.Resolve
  readonly schedule?: readonly number[]
  readonly timeout?: number
  readonly lease?: number
  readonly now?: () => number
}

type Message = {
  readonly id: string
  readonly endpoint_id: string
  readonly event: string
  readonly body: string
  readonly attempts: number
}
type Endpoint = {
  readonly url: string
  readonly secret: string
  readonly previous_secret: string | null
  readonly previous_until: Date | null
  readonly disabled: boolean
}

/**
 * Makes one attempt, if one is due, and sees to the next. At least once: a worker that dies between sending and writing
 * it down leaves the message pending, and it is sent again under the same webhook-id.
 */
export async function attempt(services: Needs, messageId: string, options: Options = {}): Promise<void> {
  const { now = Date.now, lease = leaseMs } = options
  const message = await claim(services.database, messageId, { now: now(), lease })
  if (!message) return postpone(services, messageId, now())
  const endpoint = await services.database
    .selectFrom('webhook_endpoints')
    .select(['url', 'secret', 'previous_secret', 'previous_until', 'disabled'])
    .where('id', '=', message.endpoint_id)
    .executeTakeFirst()
  if (!endpoint) return
  if (endpoint.disabled && message.event !== Messages.testEvent) return fail(services.database, message, null)
  const status = await send(services, message, endpoint, options)
  await record(services, message, { status, schedule: options.schedule ?? schedule, now: now() })
}

/** Takes a due message for a while; of many workers one gets it. One due later than any can be is of a clock set back. */
async function claim(
  db: Db,
  messageId: string,
  { now, lease }: { now: number; lease: number },
): Promise<Message | undefined> {
  return db
    .updateTable('webhook_messages')
    .set({ next_attempt_at: new Date(now + lease) })
    .where('id', '=', messageId)
    .where('state', '=', 'pending')
    .where((message) =>
      message.or([
        message('next_attempt_at', '<=', new Date(now)),
        message('next_attempt_at', '>', new Date(now + longestPauseMs)),
      ]),
    )
    .returning(['id', 'endpoint_id', 'event', 'body', 'attempts'])
    .executeTakeFirst()
}

/** Comes back when a message that another has, or that is not due yet by this clock, is due. */
async function postpone({ database, jobs }: Needs, messageId: string, now: number): Promise<void> {
  const row = await database
    .selectFrom('webhook_messages')
    .select('next_attempt_at')
    .where('id', '=', messageId)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  if (!row) return
  const afterSeconds = Math.max(1, Math.ceil((row.next_attempt_at.getTime() - now) / 1000))
  await jobs.send('webhook', { messageId }, { afterSeconds })
}

/** The answer's status; undefined where there was none, or where nothing may be sent there (any more). */
async function send(
  { config }: Needs,
  { id, endpoint_id, body }: Message,
  endpoint: Endpoint,
  { resolve, timeout = Post.timeoutMs, now = Date.now }: Options,
): Promise<number | undefined> {
  const destination = await Destination.find(endpoint.url, {
    isPrivateAllowed: Destination.isPrivateAllowed(config),
    ...(resolve && { resolve }),
  })
  if (typeof destination === 'string') return undefined
  const at = new Date(now())
  const isPreviousGood = endpoint.previous_until !== null && endpoint.previous_until > at
  const sealed = [endpoint.secret, ...(isPreviousGood && endpoint.previous_secret ? [endpoint.previous_secret] : [])]
  const secrets = sealed.map((secret) => Secret.open(config.webhookKey.reveal(), secret, endpoint_id))
  return Post.post(destination, {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Medseal-Webhooks',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
    body,
    timeout,
  })
}

async function record(
  { transaction, jobs }: Needs,
  message: Message,
  { status, schedule, now }: { status: number | undefined; schedule: readonly number[]; now: number },
): Promise<void> {
  await transaction(async (db) => {
    const attempts = message.attempts + 1
    const lastStatus = status ?? null
    if (status !== undefined && status >= 200 && status < 300) return deliver(db, { ...message, attempts }, status)
    const pause = schedule[attempts]
    // 410: the receiver says that it is gone for good.
    if (status === 410 || pause === undefined) {
      await fail(db, { ...message, attempts }, lastStatus)
      if (status === 410 || !(await hasDeliveredSince(db, message))) await enable(db, message.endpoint_id, false)
      return
    }
    const afterSeconds = jittered(pause)
    const due = new Date(now + afterSeconds * 1000)
    const row = await db
      .updateTable('webhook_messages')
      .set({ attempts, last_status: lastStatus, next_attempt_at: due })
      .where('id', '=', message.id)
      .where('state', '=', 'pending')
      .returning('id')
      .executeTakeFirst()
    if (row) await jobs.send('webhook', { messageId: message.id }, { db, afterSeconds })
  })
}

async function deliver(db: Db, { id, endpoint_id, event, attempts }: Message, status: number): Promise<void> {
  await db
    .updateTable('webhook_messages')
    .set({ state: 'delivered', attempts, last_status: status })
    .where('id', '=', id)
    .execute()
  if (event === Messages.testEvent) await enable(db, endpoint_id, true)
}

async function fail(db: Db, { id, attempts }: Message, lastStatus: number | null): Promise<void> {
  await db
    .updateTable('webhook_messages')
    .set({ state: 'failed', attempts, last_status: lastStatus })
    .where('id', '=', id)
    .execute()
}

/** Whether anything younger has arrived there: then the endpoint is alive, and the message alone is at fault. */
async function hasDeliveredSince(db: Db, { id, endpoint_id }: Message): Promise<boolean> {
  const row = await db
    .selectFrom('webhook_messages')
    .select('id')
    .where('endpoint_id', '=', endpoint_id)
    .where('state', '=', 'delivered')
    .where('id', '>', id)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function enable(db: Db, endpointId: string, enabled: boolean): Promise<void> {
  await db.updateTable('webhook_endpoints').set({ disabled: !enabled }).where('id', '=', endpointId).execute()
}

/** Up to a fifth longer, so that receivers that come back do not get everything at one moment. Whole seconds. */
function jittered(seconds: number): number {
  return Math.ceil(seconds * (1 + Math.random() / 5))
}
