import type { Request } from 'express'
import { ApiError } from '../errors.ts'
import type { Principal } from '../Route.ts'
import { type Scope, scopes } from '../resources/ApiKey.ts'
import type { Services } from '../Services.ts'
import * as Standing from './Standing.ts'
import * as Token from './Token.ts'

type Needs = Pick<Services, 'database' | 'network'>

/** A credential as its row has it. */
type Credential = {
  readonly id: string
  readonly stakeholderId: string
  readonly scopes: readonly Scope[]
  /** The key that signed in. Undefined for API keys, which outlive a rotation. */
  readonly key: string | undefined
}

/**
 * Who calls, by `Authorization: Bearer mk_…` (an API key) or `ms_…` (a session); undefined where nobody says.
 * @throws {ApiError} where a credential is given and is not good: never half-way, also not on public routes.
 */
export function authenticate(services: Needs): (request: Request) => Promise<Principal | undefined> {
  return async (request) => {
    const token = bearerOf(request)
    if (token === undefined) return undefined
    const now = new Date()
    const credential =
      Token.kindOf(token) === 'apiKey' ? await findKey(services, token, now) : await findSession(services, token, now)
    if (!credential) throw refusal()
    const standing = await Standing.find(services, credential.stakeholderId)
    if (!standing) throw refusal()
    if (credential.key !== undefined && credential.key !== standing.key) throw refusal()
    if (standing.suspended) throw new ApiError('not-allowed', { detail: 'The stakeholder is suspended.' })
    return {
      stakeholderId: standing.stakeholderId,
      roles: standing.roles,
      scopes: credential.scopes,
      credential: credential.id,
    }
  }
}

/** The only credential there is. Node drops all but the first of a repeated header: the distinct ones tell. */
function bearerOf(request: Request): string | undefined {
  const given = request.headersDistinct.authorization
  if (given === undefined) return undefined
  const [, token] = /^Bearer +(\S+)$/i.exec(given[0] ?? '') ?? []
  if (given.length !== 1 || token === undefined || Token.kindOf(token) === undefined) throw refusal()
  return token
}

async function findKey({ database }: Needs, token: string, now: Date): Promise<Credential | undefined> {
  const row = await database
    .selectFrom('api_keys')
    .select(['id', 'stakeholder_id', 'scopes', 'expires_at', 'last_used_at'])
    .where('hash', '=', Token.hash(token))
    .executeTakeFirst()
  if (!row || (row.expires_at !== null && row.expires_at <= now)) return undefined
  const staleAt = new Date(now.getTime() - lastUsedGranularityMs)
  if (row.last_used_at === null || row.last_used_at <= staleAt) {
    await database
      .updateTable('api_keys')
      .set({ last_used_at: now })
      .where('id', '=', row.id)
      // Of many at once, one writes.
      .where((e) => e.or([e('last_used_at', 'is', null), e('last_used_at', '<=', staleAt)]))
      .execute()
  }
  const given = row.scopes.split(' ')
  return {
    id: row.id,
    stakeholderId: row.stakeholder_id,
    scopes: scopes.filter((scope) => given.includes(scope)),
    key: undefined,
  }
}

async function findSession({ database }: Needs, token: string, now: Date): Promise<Credential | undefined> {
  const hash = Token.hash(token)
  const row = await database
    .selectFrom('sessions')
    .select(['stakeholder_id', 'key', 'expires_at'])
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (!row || row.expires_at <= now) return undefined
  // The registrar is no stakeholder: it has nothing of its own here that a scope would open.
  const may = row.stakeholder_id === Standing.registrarId ? [] : scopes
  return { id: hash, stakeholderId: row.stakeholder_id, scopes: may, key: row.key }
}

function refusal(): ApiError {
  return new ApiError('unauthorized')
}

/** A key's last use is written at most so often: reading does not become writing. */
const lastUsedGranularityMs = 60_000
