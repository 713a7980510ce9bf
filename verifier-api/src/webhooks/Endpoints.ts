import type { z } from 'zod'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import * as Page from '../Page.ts'
import type * as Common from '../resources/Common.ts'
import type * as Webhook from '../resources/Webhook.ts'
import type { Db, Services } from '../Services.ts'
import * as Destination from './Destination.ts'
import * as Secret from './Secret.ts'

/** Endpoints a stakeholder may have at once. */
export const most = 20
/** How long the secret before a rotation signs as well. */
export const overlapMs = 24 * 60 * 60_000

type Row = {
  readonly id: string
  readonly url: string
  readonly events: string
  readonly disabled: boolean
  readonly created_at: Date
}

const columns = ['id', 'url', 'events', 'disabled', 'created_at'] as const

type WithSecret = Webhook.Endpoint & { readonly secret: string }

/** @throws {ApiError} invalid-field where messages must not go there. */
export async function checkUrl(
  { config }: Pick<Services, 'config'>,
  url: string,
  { resolve = Destination.resolveBySystem }: { resolve?: Destination.Resolve } = {},
): Promise<void> {
  const destination = await Destination.find(url, {
    isPrivateAllowed: Destination.isPrivateAllowed(config),
    resolve,
  })
  if (typeof destination === 'string') throw new ApiError('invalid-field', { field: 'url', detail: rules[destination] })
}

/** Of a URL that `checkUrl` has found good; each delivery checks it again. */
export async function create(
  services: Pick<Services, 'config' | 'transaction'>,
  stakeholderId: string,
  { url, events }: { url: string; events: readonly string[] },
): Promise<WithSecret> {
  const { config } = services
  const id = Id.create('webhookEndpoint')
  const secret = Secret.create()
  const row = { id, url, events: [...new Set(events)].join(' '), disabled: false, created_at: new Date() }
  await services.transaction(async (db) => {
    const { count } = await db
      .selectFrom('webhook_endpoints')
      .select((e) => e.fn.countAll().as('count'))
      .where('stakeholder_id', '=', stakeholderId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= most) throw new ApiError('conflict', { detail: `A stakeholder has at most ${most} webhooks.` })
    await db
      .insertInto('webhook_endpoints')
      .values({
        ...row,
        stakeholder_id: stakeholderId,
        secret: Secret.seal(config.webhookKey.reveal(), secret, id),
        previous_secret: null,
        previous_until: null,
      })
      .execute()
  })
  return { ...toResource(row), secret }
}

/** The youngest first. */
export async function list(
  db: Db,
  stakeholderId: string,
  page: z.infer<typeof Common.pageQuery>,
): Promise<ReturnType<typeof Page.of<Webhook.Endpoint>>> {
  return Page.read(Page.list('webhooks', stakeholderId), page, async ({ after, limit }) => {
    let query = db.selectFrom('webhook_endpoints').select(columns).where('stakeholder_id', '=', stakeholderId)
    if (after !== undefined) query = query.where('id', '<', after)
    const rows = await query.orderBy('id', 'desc').limit(limit).execute()
    return rows.map(toResource)
  })
}

/** @throws {ApiError} not-found, also where it is another stakeholder's. */
export async function find(db: Db, stakeholderId: string, id: string): Promise<Webhook.Endpoint> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .select(columns)
    .where('id', '=', id)
    .where('stakeholder_id', '=', stakeholderId)
    .executeTakeFirst()
  if (!row) throw new ApiError('not-found')
  return toResource(row)
}

/** With its messages: nothing is sent there any more. */
export async function remove(
  { transaction }: Pick<Services, 'transaction'>,
  stakeholderId: string,
  id: string,
): Promise<void> {
  await transaction(async (db) => {
    await find(db, stakeholderId, id)
    await db.deleteFrom('webhook_messages').where('endpoint_id', '=', id).execute()
    await db.deleteFrom('webhook_endpoints').where('id', '=', id).execute()
  })
}

/** A new secret. The one before it signs as well for a day, so that receivers change over without losing anything. */
export async function rotate(
  { config, transaction }: Pick<Services, 'config' | 'transaction'>,
  stakeholderId: string,
  id: string,
  { now = new Date() }: { now?: Date } = {},
): Promise<WithSecret> {
  const secret = Secret.create()
  const sealed = Secret.seal(config.webhookKey.reveal(), secret, id)
  return transaction(async (db) => {
    const row = await db
      .updateTable('webhook_endpoints')
      .set((e) => ({
        previous_secret: e.ref('secret'),
        previous_until: new Date(now.getTime() + overlapMs),
        secret: sealed,
      }))
      .where('id', '=', id)
      .where('stakeholder_id', '=', stakeholderId)
      .returning(columns)
      .executeTakeFirst()
    if (!row) throw new ApiError('not-found')
    return { ...toResource(row), secret }
  })
}

function toResource(row: Row): Webhook.Endpoint {
  return {
    id: row.id,
    object: 'webhook_endpoint',
    url: row.url,
    events: row.events.split(' '),
    disabled: row.disabled,
    createdAt: row.created_at.toISOString(),
  }
}

const rules = {
  'not-https': 'Only https is taken here.',
  credentials: 'A URL with a name or password is not taken.',
  'unknown-host': 'The host has no address.',
  'private-address': 'The host is not on the public internet.',
} as const satisfies Record<Destination.Objection, string>
