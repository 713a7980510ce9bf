import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as Registry from '@medseal/prover/chain/Registry'
import { SiweMessage } from '@signinwithethereum/siwe'
import { expect } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import { createApp } from '../../src/app.ts'
import * as Authentication from '../../src/identity/Authentication.ts'
import type { Route } from '../../src/Route.ts'
import type * as Session from '../../src/resources/Session.ts'
import * as apiKeys from '../../src/routes/apiKeys.ts'
import * as sessions from '../../src/routes/sessions.ts'
import * as webhooks from '../../src/routes/webhooks.ts'
import type { Services } from '../../src/Services.ts'
import { testServices } from '../services.ts'

/** A served API with the rooms of identity and webhooks, on a real chain and a real database. */
export type Office = {
  readonly services: Services
  readonly town: Town.LocalTown
  readonly url: string
  /** Reads the stakeholders from the chain into the table, as the follower does. */
  readonly follow: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function open(
  overrides: Partial<Services> = {},
  { routesOf = ownRoutes }: { routesOf?: (services: Services) => readonly Route[] } = {},
): Promise<Office> {
  const town = await Town.found({ startsAt: new Date() })
  const services = await testServices({ network: town.network, ...overrides })
  const app = createApp(services, { authenticate: Authentication.authenticate(services), routes: routesOf(services) })
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  return {
    services,
    town,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    follow: () => follow(services),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await services.close()
      await town.chain.close()
    },
  }
}

function ownRoutes(services: Services): readonly Route[] {
  return [sessions, apiKeys, webhooks].flatMap((noun) => noun.routes(services))
}

async function follow({ network, transaction }: Services): Promise<void> {
  const { stakeholders } = await Registry.read(network)
  await transaction(async (db) => {
    await db.deleteFrom('stakeholders').execute()
    for (const [id, { key, roles, suspended }] of stakeholders) {
      const row = { id: id.toString(), key: key.toLowerCase(), roles, suspended, issuer_id: null }
      await db.insertInto('stakeholders').values(row).execute()
    }
  })
}

export type Reply = { readonly status: number; readonly json: Readonly<Record<string, unknown>>; readonly text: string }

export async function call(
  { url }: Pick<Office, 'url'>,
  method: string,
  path: string,
  { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? {} : JSON.parse(text), text }
}

export type Signer = Pick<Town.Account, 'address' | 'signMessage'>

/** A message over a fresh challenge, with fields changed, and its signature. */
export async function compose(
  office: Pick<Office, 'url'>,
  signer: Signer,
  changes: Partial<SiweMessage> = {},
): Promise<{ message: string; signature: string }> {
  const { json } = await call(office, 'POST', '/v1/sessions/challenge')
  const { nonce, domain, uri, chainId, issuedAt } = json as unknown as Record<string, string>
  const message = new SiweMessage({
    version: '1',
    address: signer.address,
    ...(nonce && { nonce }),
    ...(domain && { domain }),
    ...(uri && { uri }),
    ...(issuedAt && { issuedAt }),
    chainId: Number(chainId),
    ...changes,
  }).prepareMessage()
  return { message, signature: await signer.signMessage(message) }
}

/** Signs in and gives the token. */
export async function signIn(office: Pick<Office, 'url'>, signer: Signer): Promise<string> {
  const { status, json } = await call(office, 'POST', '/v1/sessions', { body: await compose(office, signer) })
  expect(status).toBe(201)
  return (json as unknown as Session.Session).token
}

/** Every row of every table, as text: to look for what must not be in there. */
export async function dump(services: Pick<Services, 'database'>): Promise<string> {
  return [...(await rowsByTable(services)).values()].join()
}

/** The queue's own tables included, which have its schema before their name. */
export async function rowsByTable({ database }: Pick<Services, 'database'>): Promise<ReadonlyMap<string, string>> {
  const tables = await database.introspection.getTables()
  const names = tables.map(({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`))
  const texts = names.map(async (name) => {
    const rows = await database
      .selectFrom(name as 'sessions')
      .selectAll()
      .execute()
    return [name, JSON.stringify(rows)] as const
  })
  return new Map(await Promise.all(texts))
}

/** Names of the tables that have that in one of their rows. */
export async function tablesWith(text: string, services: Pick<Services, 'database'>): Promise<readonly string[]> {
  return [...(await rowsByTable(services))].flatMap(([name, rows]) => (rows.includes(text) ? [name] : [])).sort()
}
