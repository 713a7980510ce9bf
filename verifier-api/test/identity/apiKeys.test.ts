import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as ApiKeys from '../../src/identity/ApiKeys.ts'
import * as Log from '../../src/Log.ts'
import { type Scope, scopes } from '../../src/resources/ApiKey.ts'
import { call, dump, type Office, open, signIn } from './office.ts'

let office: Office
let insurer: Town.Stakeholder
let other: Town.Stakeholder
let session: string
let logged = ''

beforeAll(async () => {
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      logged += chunk
      done()
    },
  })
  office = await open({ log: Log.create({ level: 'debug', to }) })
  insurer = await Town.verifyRecipient(office.town, { account: 3, roles: ['insurer'] })
  other = await Town.verifyRecipient(office.town, { account: 4, roles: ['insurer'] })
  await office.follow()
  session = await signIn(office, insurer.signer)
})
afterAll(() => office.close())
beforeEach(() => office.services.database.deleteFrom('api_keys').execute())

const make = async (fields: { scopes?: readonly Scope[]; expiresAt?: string } = {}) => {
  const body = { name: 'claims system', scopes: ['keys:read'], ...fields }
  const { status, json } = await call(office, 'POST', '/v1/api-keys', { token: session, body })
  expect(status).toBe(201)
  return json as { id: string; key: string }
}
const list = (token: string, query = '') => call(office, 'GET', `/v1/api-keys${query}`, { token })

describe('an API key', () => {
  it('is shown once, and kept as its hash alone', async () => {
    const { id, key } = await make()
    expect(key).toMatch(/^mk_[0-9a-f]{64}$/)
    const { status, json, text } = await list(key)
    expect(status).toBe(200)
    expect(json).toMatchObject({ data: [{ id, object: 'api_key', name: 'claims system' }], next: null })
    expect((await call(office, 'GET', `/v1/api-keys/${id}`, { token: key })).json).toMatchObject({ id })
    for (const text_ of [text, logged, await dump(office.services)]) {
      expect(text_).not.toContain(key.slice(3))
      expect(text_).not.toContain(session.slice(3))
    }
  })

  it('is not kept for a repetition either', async () => {
    const headers = { 'idempotency-key': 'once' }
    const body = { name: 'x', scopes: ['keys:read'] }
    const replies = [
      await call(office, 'POST', '/v1/api-keys', { token: session, body, headers }),
      await call(office, 'POST', '/v1/api-keys', { token: session, body, headers }),
    ]
    expect(replies[0]?.json.key).not.toBe(replies[1]?.json.key)
    expect(await office.services.database.selectFrom('idempotency_keys').selectAll().execute()).toEqual([])
  })

  it('does what its scopes say and no more', async () => {
    const { key } = await make({ scopes: ['webhooks:read'] })
    expect((await call(office, 'GET', '/v1/webhooks', { token: key })).status).toBe(200)
    expect(await list(key)).toMatchObject({ status: 403, json: { code: 'missing-scope' } })
  })

  it('makes and revokes no key, whatever its scopes', async () => {
    const { id, key } = await make({ scopes })
    const body = { name: 'x', scopes: ['keys:read'] }
    const replies = [
      await call(office, 'POST', '/v1/api-keys', { token: key, body }),
      await call(office, 'DELETE', `/v1/api-keys/${id}`, { token: key }),
      await call(office, 'GET', '/v1/sessions/current', { token: key }),
    ]
    for (const reply of replies) expect(reply).toMatchObject({ status: 403, json: { code: 'not-allowed' } })
  })

  it('has no scope that its maker lacks', async () => {
    const principal = { stakeholderId: '1', roles: [], scopes: ['keys:read' as const], credential: 'x' }
    const making = ApiKeys.create(office.services, principal, { name: 'x', scopes: ['keys:read', 'webhooks:write'] })
    await expect(making).rejects.toMatchObject({ code: 'missing-scope' })
  })

  it('ends when it is revoked, at once', async () => {
    const { id, key } = await make()
    expect((await call(office, 'DELETE', `/v1/api-keys/${id}`, { token: session })).status).toBe(204)
    expect((await list(key)).status).toBe(401)
    expect((await call(office, 'DELETE', `/v1/api-keys/${id}`, { token: session })).status).toBe(404)
  })

  it('ends when it expires', async () => {
    const { key } = await make({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
    expect((await list(key)).status).toBe(200)
    await office.services.database
      .updateTable('api_keys')
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute()
    expect((await list(key)).status).toBe(401)
    const body = { name: 'x', scopes: ['keys:read'], expiresAt: '2020-01-01T00:00:00.000Z' }
    const late = await call(office, 'POST', '/v1/api-keys', { token: session, body })
    expect(late.json).toMatchObject({ code: 'invalid-field', field: 'expiresAt' })
  })

  it('is seen and revoked by nobody else', async () => {
    const { id } = await make()
    const stranger = await signIn(office, other.signer)
    expect((await list(stranger)).json).toEqual({ data: [], next: null })
    for (const method of ['GET', 'DELETE']) {
      expect((await call(office, method, `/v1/api-keys/${id}`, { token: stranger })).status).toBe(404)
    }
  })

  it('tells when it was last used, written at most once a minute', async () => {
    const { key } = await make()
    const used = async () =>
      (await office.services.database.selectFrom('api_keys').select('last_used_at').executeTakeFirstOrThrow())
        .last_used_at
    await list(key)
    const first = await used()
    expect(first?.getTime()).toBeGreaterThan(Date.now() - 60_000)
    await list(key)
    expect(await used()).toEqual(first)
    const past = new Date(Date.now() - 61_000)
    await office.services.database.updateTable('api_keys').set({ last_used_at: past }).execute()
    await Promise.all([list(key), list(key), list(key)])
    expect((await used())?.getTime()).toBeGreaterThan(past.getTime())
  })

  it('is one of so many, listed by pages', async () => {
    for (let i = 0; i < 5; i++) await make()
    const first = await list(session, '?limit=3')
    const rest = await list(session, `?limit=3&cursor=${first.json.next}`)
    expect([first.json.data, rest.json.data]).toMatchObject([{ length: 3 }, { length: 2 }])
    expect(rest.json.next).toBeNull()
    const row = await office.services.database.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow()
    const many = Array.from({ length: ApiKeys.most }, (_, i) => ({ ...row, id: `key_${i}`, hash: `${i}` }))
    await office.services.database.insertInto('api_keys').values(many).execute()
    const body = { name: 'x', scopes: ['keys:read'] }
    expect((await call(office, 'POST', '/v1/api-keys', { token: session, body })).status).toBe(409)
  })

  it('ends with its stakeholder’s standing', async () => {
    const { key } = await make()
    const { database } = office.services
    await database.updateTable('stakeholders').set({ suspended: true }).execute()
    expect((await list(key)).json).toMatchObject({ code: 'not-allowed' })
    await database.deleteFrom('stakeholders').execute()
    expect((await list(key)).status).toBe(401)
    await office.follow()
    expect((await list(key)).status).toBe(200)
  })
})

describe('a credential is refused', () => {
  it.each([
    ['that is none', 'Bearer'],
    ['of another scheme', `Basic ${btoa('a:b')}`],
    ['of no known kind', `Bearer xx_${'0'.repeat(64)}`],
    ['that is too short', `Bearer mk_${'0'.repeat(63)}`],
    ['that is too long', `Bearer mk_${'0'.repeat(65)}`],
    ['in capitals', `Bearer mk_${'A'.repeat(64)}`],
    ['that nobody has', `Bearer mk_${'0'.repeat(64)}`],
    ['of a session that is none', `Bearer ms_${'0'.repeat(64)}`],
    ['that quotes SQL', "Bearer ' or '1'='1"],
    ['of 8 kB', `Bearer mk_${'0'.repeat(8000)}`],
  ])('%s', async (_, authorization) => {
    const reply = await call(office, 'GET', '/v1/webhooks', { headers: { authorization } })
    expect(reply).toMatchObject({ status: 401, json: { code: 'unauthorized' } })
  })

  it('beside another one, also a good one', async () => {
    const { key } = await make()
    expect((await list(`${key}, Bearer ${key}`)).status).toBe(401)
    const { default: http } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      const headers = ['authorization', `Bearer ${key}`, 'authorization', `Bearer ${session}`, 'host', 'localhost']
      const request = http.get(`${office.url}/v1/api-keys`, { headers, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.on('error', reject)
    })
    expect(status).toBe(401)
  })
})
