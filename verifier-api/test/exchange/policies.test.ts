import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import { createApp } from '../../src/app.ts'
import * as ValueSets from '../../src/exchange/ValueSets.ts'
import * as ApiKey from '../../src/resources/ApiKey.ts'
import * as policies from '../../src/routes/policies.ts'
import * as proofs from '../../src/routes/proofs.ts'
import { testServices } from '../services.ts'
import { call } from './desk.ts'
import * as Malformed from './malformed.ts'

let origin: string
let close: () => Promise<void>
beforeAll(async () => {
  const services = await testServices({ valueSets: ValueSets.load() })
  const app = createApp(services, {
    authenticate: async (request) => {
      const stakeholderId = request.header('x-stakeholder')
      return stakeholderId
        ? { stakeholderId, roles: ['insurer'], scopes: ApiKey.scopes, credential: `key_${stakeholderId}` }
        : undefined
    },
    routes: [policies, proofs].flatMap((noun) => noun.routes(services)),
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  close = async () => {
    server.close()
    await services.close()
  }
})
afterAll(() => close())

const sample = files.policyOf('glp1-type-2-diabetes')
const post = (policy: unknown, as = '2', path = '/v1/policies') =>
  call({ origin }, 'POST', path, { as, body: { policy } })

describe('a policy', () => {
  it('is compiled, put into words and kept once for its keeper', async () => {
    const kept = await post(sample)
    expect(kept.status).toBe(201)
    expect(kept.json).toMatchObject({ object: 'policy', name: sample.name, policy: sample, needleNarrow: [] })
    expect(kept.json.words[0]).toBe(`Policy "${sample.name}"`)
    expect(kept.json.circuit).toMatch(/^eligibility-[sml]$/)
    const again = await post(sample)
    expect([again.status, again.json]).toEqual([200, kept.json])
    const others = await post(sample, '3')
    expect(others.json.id).not.toBe(kept.json.id)
    expect(others.json.hash).toBe(kept.json.hash)
    const drafted = await post(sample, '2', '/v1/policies/check')
    const { id: _, object: __, createdAt: ___, ...facts } = kept.json
    expect(drafted.json).toEqual(facts)
  })

  it('is kept once, even when it comes fifty times at once', async () => {
    const policy = files.policyOf('disability')
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(policy, '4')))
    expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('compiles for samples, with the value sets that come with the project', async () => {
    for (const name of ['wegovy-cardiovascular', 'school-immunisation', 'type-2-diabetes-trial', 'pcsk9-inhibitor']) {
      const { status, text } = await post(files.policyOf(name), '2', '/v1/policies/check')
      expect(status, text).toBe(200)
    }
  })

  it('tells the place and the rule where it does not compile, never what stands there', async () => {
    const { require: _, ...without } = sample
    const cases: readonly [unknown, string][] = [
      [without, 'policy.require'],
      [{ ...sample, extra: 'secret' }, 'policy'],
      [{ ...sample, require: { any: { category: 'condition', set: 'no-such-set' } } }, 'policy.require'],
      [{ ...sample, issuers: ['baker'] }, 'policy.issuers'],
      [{ ...sample, record: { maximumAgeDays: -1 } }, 'policy.record.maximumAgeDays'],
      [{ ...sample, require: { allOf: [] } }, 'policy.require.allOf'],
      [{ ...sample, name: 'x'.repeat(400_000) }, ''],
    ]
    for (const [policy, field] of cases) {
      for (const path of ['/v1/policies', '/v1/policies/check']) {
        const { status, json, text } = await post(policy, '2', path)
        if (field === '') expect(status).toBe(413)
        else {
          expect([status, json.code], text).toEqual([422, 'invalid-policy'])
          expect(json.field.startsWith(field), json.field).toBe(true)
        }
        expect(text).not.toContain('secret')
      }
    }
  })

  it('tells a value range that is as good as the value', async () => {
    const policy = {
      ...sample,
      require: {
        any: { category: 'observation', system: 'LOINC', code: '4548-4' },
        value: { min: '6.5', max: '6.6', unit: '%' },
      },
    }
    const { json } = await post(policy, '2', '/v1/policies/check')
    expect(json.needleNarrow).toHaveLength(1)
  })

  it('is read by its keeper alone', async () => {
    const { id } = (await post(sample)).json
    const get = (as?: string) => call({ origin }, 'GET', `/v1/policies/${id}`, as === undefined ? {} : { as })
    expect((await get('2')).status).toBe(200)
    expect((await get('3')).status).toBe(404)
    expect((await get()).status).toBe(401)
    const list = await call({ origin }, 'GET', '/v1/policies', { as: '9' })
    expect(list.json).toEqual({ data: [], next: null })
  })

  it.each(['/v1/policies', '/v1/policies/check', '/v1/proofs'])(
    '%s takes no malformed body for a fault of ours',
    (path) => Malformed.send(origin + path, { policy: sample, proof: sample }, { 'x-stakeholder': '5' }),
  )
})
