import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import { routesOf } from '../../src/app.ts'
import type { Route } from '../../src/Route.ts'
import { type Scope, scopes } from '../../src/resources/ApiKey.ts'
import { testServices } from '../services.ts'
import { call, type Office, open, signIn } from './office.ts'

let office: Office
let session: string
const keys = new Map<Scope, string>()
/** One key for each scope, and for each scope one that has all others. */
const allBut = new Map<Scope, string>()

beforeAll(async () => {
  office = await open({}, { routesOf })
  const { signer } = await Town.verifyRecipient(office.town, { account: 3, roles: ['insurer'] })
  await office.follow()
  session = await signIn(office, signer)
  const make = async (given: readonly Scope[]) => {
    const { json } = await call(office, 'POST', '/v1/api-keys', { token: session, body: { name: 'x', scopes: given } })
    return json.key as string
  }
  for (const scope of scopes) {
    keys.set(scope, await make([scope]))
    allBut.set(scope, await make(scopes.filter((other) => other !== scope)))
  }
})
afterAll(() => office.close())

/** Calls the route with ids that nothing has, and no body. */
const ask = ({ method, path }: Route, token?: string) =>
  call(office, method.toUpperCase(), path.replace(/\{\w+\}/g, 'none'), token === undefined ? {} : { token })

const described = await testServices()
const all = routesOf(described).map((route) => [`${route.method} ${route.path}`, route] as const)
await described.close()

describe('anybody', () => {
  it.each(all.filter(([, { access }]) => access === 'public'))('may %s', async (_, route) => {
    expect([401, 403]).not.toContain((await ask(route)).status)
  })

  it.each(all.filter(([, { access }]) => access !== 'public'))('may not %s', async (_, route) => {
    expect(await ask(route)).toMatchObject({ status: 401, json: { code: 'unauthorized' } })
  })

  it.each(all)('may not %s with a credential that is none', async (_, route) => {
    expect(await ask(route, `mk_${'0'.repeat(64)}`)).toMatchObject({ status: 401 })
  })
})

describe('a key', () => {
  const scoped = all.flatMap(([name, route]) =>
    scopes.filter((scope) => scope === route.access).map((scope) => [name, scope, route] as const),
  )

  it.each(scoped)('may not %s with every scope but %s', async (_, scope, route) => {
    expect(await ask(route, allBut.get(scope))).toMatchObject({ status: 403, json: { code: 'missing-scope' } })
  })

  it.each(scoped)('may %s with %s alone', async (_, scope, route) => {
    expect([401, 403]).not.toContain((await ask(route, keys.get(scope))).status)
  })

  it.each(all.filter(([, { access }]) => access === 'session'))('may never %s', async (_, route) => {
    for (const key of keys.values()) expect(await ask(route, key)).toMatchObject({ status: 403 })
  })
})

it('every scope opens something', () => {
  const used = new Set(all.map(([, { access }]) => access))
  expect(scopes.filter((scope) => !used.has(scope))).toEqual([])
})
