import type { z } from 'zod'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import * as Page from '../Page.ts'
import type { Principal } from '../Route.ts'
import * as ApiKey from '../resources/ApiKey.ts'
import type * as Common from '../resources/Common.ts'
import type { Db, Services } from '../Services.ts'
import * as Token from './Token.ts'

/** Keys a stakeholder may have at once. */
export const most = 100

type Row = {
  readonly id: string
  readonly name: string
  readonly scopes: string
  readonly expires_at: Date | null
  readonly last_used_at: Date | null
  readonly created_at: Date
}

const columns = ['id', 'name', 'scopes', 'expires_at', 'last_used_at', 'created_at'] as const

/** A new key of the principal's stakeholder, with no more scopes than the principal itself. */
export async function create(
  services: Pick<Services, 'transaction'>,
  principal: Principal,
  { name, scopes, expiresAt }: { name: string; scopes: readonly ApiKey.Scope[]; expiresAt?: string | undefined },
  { now = new Date() }: { now?: Date } = {},
): Promise<ApiKey.ApiKey & { readonly key: string }> {
  if (!scopes.every((scope) => principal.scopes.includes(scope))) {
    throw new ApiError('missing-scope', { field: 'scopes', detail: 'A key cannot have a scope its maker lacks.' })
  }
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()) {
    throw new ApiError('invalid-field', { field: 'expiresAt', detail: 'Not in the future.' })
  }
  const key = Token.create('apiKey')
  const row = {
    id: Id.create('apiKey', { now: now.getTime() }),
    name,
    scopes: [...new Set(scopes)].join(' '),
    expires_at: expiresAt === undefined ? null : new Date(expiresAt),
    last_used_at: null,
    created_at: now,
  }
  await services.transaction(async (db) => {
    const { count } = await db
      .selectFrom('api_keys')
      .select((e) => e.fn.countAll().as('count'))
      .where('stakeholder_id', '=', principal.stakeholderId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= most) throw new ApiError('conflict', { detail: `A stakeholder has at most ${most} keys.` })
    await db
      .insertInto('api_keys')
      .values({ ...row, stakeholder_id: principal.stakeholderId, hash: Token.hash(key) })
      .execute()
  })
  return { ...toResource(row), key }
}

/** The youngest first. */
export async function list(
  db: Db,
  stakeholderId: string,
  page: z.infer<typeof Common.pageQuery>,
): Promise<ReturnType<typeof Page.of<ApiKey.ApiKey>>> {
  return Page.read(Page.list('api-keys', stakeholderId), page, async ({ after, limit }) => {
    let query = db.selectFrom('api_keys').select(columns).where('stakeholder_id', '=', stakeholderId)
    if (after !== undefined) query = query.where('id', '<', after)
    const rows = await query.orderBy('id', 'desc').limit(limit).execute()
    return rows.map(toResource)
  })
}

export async function find(db: Db, stakeholderId: string, id: string): Promise<ApiKey.ApiKey> {
  const row = await db
    .selectFrom('api_keys')
    .select(columns)
    .where('id', '=', id)
    .where('stakeholder_id', '=', stakeholderId)
    .executeTakeFirst()
  if (!row) throw new ApiError('not-found')
  return toResource(row)
}

/** Revokes it at once: every call looks its row up. */
export async function remove(db: Db, stakeholderId: string, id: string): Promise<void> {
  const gone = await db
    .deleteFrom('api_keys')
    .where('id', '=', id)
    .where('stakeholder_id', '=', stakeholderId)
    .returning('id')
    .executeTakeFirst()
  if (!gone) throw new ApiError('not-found')
}

function toResource(row: Row): ApiKey.ApiKey {
  const given = row.scopes.split(' ')
  return {
    id: row.id,
    object: 'api_key',
    name: row.name,
    scopes: ApiKey.scopes.filter((scope) => given.includes(scope)),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}
