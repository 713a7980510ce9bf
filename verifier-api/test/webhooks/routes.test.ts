import { Writable } from 'node:stream'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isFullDose, type Random, seeded } from '../../../prover/test/random.ts'
import * as Town from '../../../samples/Town.ts'
import * as Log from '../../src/Log.ts'
import * as Delivery from '../../src/webhooks/Delivery.ts'
import * as Endpoints from '../../src/webhooks/Endpoints.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { call, dump, type Office, open, signIn } from '../identity/office.ts'
import { queue } from './post.ts'
import { listen, nothing, type Receiver } from './receiver.ts'

const jobs = queue()
let office: Office
let receiver: Receiver
let insurer: Town.Stakeholder
let token: string
let logged = ''

beforeAll(async () => {
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      logged += chunk
      done()
    },
  })
  office = await open({ jobs, webhooks: Webhooks.create({ jobs }), log: Log.create({ level: 'debug', to }) })
  receiver = await listen()
  insurer = await Town.verifyRecipient(office.town, { account: 3, roles: ['insurer'] })
  await office.follow()
  token = await signIn(office, insurer.signer)
})
afterAll(async () => {
  await receiver.close()
  await office.close()
})

const post = (path: string, body?: unknown, headers = {}) =>
  call(office, 'POST', path, { token, headers, ...(body === undefined ? {} : { body }) })
const get = (path: string) => call(office, 'GET', path, { token })
const deliver = async () => {
  for (const { payload } of jobs.sent.splice(0)) await Delivery.attempt(office.services, payload.messageId ?? '')
}

it('a webhook is registered, tested, told, rotated, looked at, told again and removed', async () => {
  const made = await post('/v1/webhooks', { url: receiver.url, events: ['receipt.final'] })
  expect(made).toMatchObject({ status: 201, json: { object: 'webhook_endpoint', disabled: false } })
  const { id, secret } = made.json as { id: string; secret: string }
  expect((await get('/v1/webhooks')).json).toMatchObject({ data: [{ id, url: receiver.url }], next: null })
  expect((await get(`/v1/webhooks/${id}`)).text).not.toContain('whsec_')

  expect(await post(`/v1/webhooks/${id}/test`)).toMatchObject({ status: 202, json: { event: 'webhook.test' } })
  await office.services.transaction((db) =>
    office.services.webhooks.emit(db, insurer.id.toString(), 'receipt.final', { id: 'rcp_1', object: 'receipt' }),
  )
  await deliver()
  expect(receiver.received).toHaveLength(2)

  const rotated = await post(`/v1/webhooks/${id}/rotation`)
  expect(rotated).toMatchObject({ status: 201, json: { id } })
  const first = await get(`/v1/webhooks/${id}/messages?limit=1`)
  const second = await get(`/v1/webhooks/${id}/messages?limit=1&cursor=${first.json.next}`)
  expect(first.json).toMatchObject({ data: [{ event: 'receipt.final', state: 'delivered', lastStatus: 200 }] })
  expect(second.json).toMatchObject({ data: [{ event: 'webhook.test', state: 'delivered' }], next: null })

  const [message] = first.json.data as readonly { id: string }[]
  expect(await post(`/v1/webhooks/${id}/messages/${message?.id}/redelivery`)).toMatchObject({ status: 202 })
  await deliver()
  const { headers, body } = receiver.received[2] ?? nothing
  expect(headers['webhook-id']).toBe(message?.id)
  for (const good of [secret, rotated.json.secret as string]) {
    expect(new Webhook(good).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'receipt.final' })
  }

  for (const text of [logged, await dump(office.services)]) {
    expect(text).not.toContain(secret.slice('whsec_'.length))
    expect(text).not.toContain('whsec_')
  }
  expect(logged).not.toContain(receiver.url)
  expect((await call(office, 'DELETE', `/v1/webhooks/${id}`, { token })).status).toBe(204)
  expect((await get(`/v1/webhooks/${id}/messages`)).status).toBe(404)
})

it('a registration that is repeated under one key is one webhook, and its secret is not in the rows', async () => {
  const headers = { 'idempotency-key': 'register-1' }
  const body = { url: receiver.url, events: ['*'] }
  const replies = [await post('/v1/webhooks', body, headers), await post('/v1/webhooks', body, headers)]
  expect(replies[1]?.json).toEqual(replies[0]?.json)
  const text = await dump(office.services)
  expect(text).not.toContain(String(replies[0]?.json.secret).slice('whsec_'.length))
})

it.each([
  ['no body', undefined, 415],
  ['no URL', { events: ['*'] }, 400],
  ['a URL that is none', { url: 'hook', events: ['*'] }, 400],
  ['another scheme', { url: 'ftp://example.com/', events: ['*'] }, 400],
  ['credentials', { url: 'http://name:word@127.0.0.1/', events: ['*'] }, 400],
  ['no event', { url: 'http://127.0.0.1/', events: [] }, 400],
  ['an unknown event', { url: 'http://127.0.0.1/', events: ['patient.told'] }, 400],
])('a registration is refused with %s', async (_, body, status) => {
  expect((await post('/v1/webhooks', body)).status).toBe(status)
})

it('a stakeholder has so many and no more', async () => {
  const { database } = office.services
  const row = await database.selectFrom('webhook_endpoints').selectAll().executeTakeFirstOrThrow()
  const many = Array.from({ length: Endpoints.most }, (_, i) => ({ ...row, id: `whk_${i}` }))
  await database.insertInto('webhook_endpoints').values(many).execute()
  expect((await post('/v1/webhooks', { url: receiver.url, events: ['*'] })).status).toBe(409)
  await database.deleteFrom('webhook_endpoints').execute()
})

it('no body that is malformed makes a 5xx', async () => {
  const random = seeded('bodies')
  const paths = ['/v1/webhooks', '/v1/api-keys', '/v1/sessions', '/v1/sessions/challenge']
  for (let i = 0; i < (isFullDose ? 40_000 : 4_000); i++) {
    const path = paths[i % paths.length] ?? ''
    const body = malformed(random)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const { status } = await fetch(`${office.url}${path}`, { method: 'POST', headers, body })
    expect(status, `${path} ${body}`).toBeLessThan(500)
  }
})

/** Bodies near good ones: values of other kinds, of odd sizes and letters, and text that is cut off. */
function malformed(random: Random): string {
  const odd = [
    null,
    true,
    -1,
    1e308,
    '',
    ' ',
    '\u0000',
    '\ud800',
    'x'.repeat(5000),
    '2026-13-45T99:99:99Z',
    [],
    {},
    [[[]]],
  ]
  const url = () => random.pick([receiver.url, 'https://[::ffff:127.0.0.1]/', 'http://\u202e', 'https://%'])
  const value = (good: unknown) => (random.integer(3) === 0 ? random.pick(odd) : good)
  const scheme = random.pick(['', 'https://'])
  const opening = `${scheme}localhost:4400 wants you to sign in with your Ethereum account:\n${insurer.signer.address}\n\n`
  const message = `${opening}URI: ${url()}\nVersion: 1\nChain ID: ${random.pick(['31337', '1e9', '-1', '9'.repeat(400)])}\nNonce: ${'a'.repeat(random.integer(100))}\nIssued At: ${new Date().toISOString()}`
  const body = {
    url: value(url()),
    events: value([value('*')]),
    name: value('x'),
    scopes: value([value('keys:read')]),
    expiresAt: value('2999-01-01T00:00:00Z'),
    message: value(message.slice(0, random.pick([10, 60, 200, 4000]))),
    signature: value(`0x${'ab'.repeat(random.pick([1, 64, 65, 66, 4096]))}`),
    stakeholderId: value(random.pick(['0', '1', '9'.repeat(78)])),
  }
  const text = JSON.stringify(body)
  return random.integer(4) === 0 ? text.slice(0, random.integer(text.length)) : text
}
