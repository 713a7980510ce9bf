import { afterAll, beforeAll, expect, it } from 'vitest'
import * as ValueSets from '../../src/exchange/ValueSets.ts'
import * as policies from '../../src/routes/policies.ts'
import * as requests from '../../src/routes/requests.ts'
import * as Dock from '../chain/dock.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Liar from '../chain/liar.ts'
import { serve } from '../frame/serving.ts'
import { testServices } from '../services.ts'

// a chain that hangs
// ├── holds up whoever asks for what it says, and nobody else: the embedded database has one connection
// ├── lets everything through once it answers
// └── is not asked for an answer that is kept

let harbour: Harbour.Harbour
let liar: Awaited<ReturnType<typeof Liar.start>>
let services: Awaited<ReturnType<typeof testServices>>
let served: Awaited<ReturnType<typeof serve>>
let policyId: string

beforeAll(async () => {
  harbour = await Harbour.open()
  liar = await Liar.start(harbour.chain.rpcUrl)
  const network = { ...harbour.network, provider: Dock.connect(liar.url) }
  services = await testServices({
    network,
    valueSets: ValueSets.load(),
    webhooks: { emit: async () => {} },
  })
  served = await serve(services, { routes: [...requests.routes(services), ...policies.routes(services)] })
  policyId = (await post('/v1/policies', { policy: harbour.scene.policy.policy })).json.id
})
afterAll(async () => {
  await served?.close()
  services?.network.provider.destroy()
  await services?.close()
  await liar?.close()
  await harbour?.close()
})

async function post(path: string, body: unknown, key?: string) {
  const response = await fetch(served.origin + path, {
    method: 'POST',
    headers: {
      authorization: 'x',
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, json: await response.json() }
}

/** Whether others are served, by the database's connection, before what waits for the chain is. */
async function whileItHangs<T>(begin: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = liar.asked
  liar.hold = () => promise
  try {
    let isAnswered = false
    const waiting = begin().finally(() => {
      isAnswered = true
    })
    await expect.poll(() => liar.asked, { timeout: 30_000 }).toBeGreaterThan(asked)
    const other = await post('/v1/policies', { policy: harbour.scene.policy.policy }, crypto.randomUUID())
    expect([other.status, isAnswered]).toEqual([200, false])
    liar.hold = undefined
    resolve()
    return await waiting
  } finally {
    liar.hold = undefined
    resolve()
  }
}

const draftOf = () => ({
  policyIds: [policyId],
  purpose: 'COVAUTH',
  recipientName: 'Example Insurance',
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
})

it('holds up nobody else while a request is drafted, signed, or withdrawn', async () => {
  const drafted = await whileItHangs(() => post('/v1/requests', draftOf(), 'draft'))
  expect(drafted.status).toBe(201)
  const path = `/v1/requests/${drafted.json.id}`
  // Of nobody's key: refused, but by what the chain says.
  const signed = await whileItHangs(() => post(`${path}/signature`, { signature: `0x${'12'.repeat(65)}` }, 'sign'))
  expect([403, 422]).toContain(signed.status)
  const withdrawn = await whileItHangs(() => post(`${path}/withdrawal`, undefined, 'withdraw'))
  expect([withdrawn.status, withdrawn.json.state]).toEqual([200, 'withdrawn'])
})

it('is not asked for an answer that is kept', async () => {
  const body = draftOf()
  const first = await post('/v1/requests', body, 'kept')
  liar.down = true
  const asked = liar.asked
  const again = await post('/v1/requests', body, 'kept').finally(() => {
    liar.down = false
  })
  expect([again.status, again.json, liar.asked]).toEqual([201, first.json, asked])
  expect(again.headers.get('idempotent-replayed')).toBe('true')
})
