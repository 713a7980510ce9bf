import { z } from 'zod'
import * as Policies from '../exchange/Policies.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Policy from '../resources/Policy.ts'
import type { Services } from '../Services.ts'

const tag = 'Policies'
const params = z.object({ id: Common.id('policy') })
/** A policy file has at most 256 Ki characters. */
const body = { schema: Policy.creation, limit: '300kb' }

/** What a recipient asks of a record: compiled, kept, put into words. */
export function routes(services: Services): readonly Route[] {
  const { database, valueSets } = services
  return [
    route({
      method: 'post',
      path: '/v1/policies',
      tag,
      summary: 'Compiles and keeps a policy',
      description: 'One hash is kept once: 201 the first time, 200 from then on with the policy that was kept first.',
      access: 'policies:write',
      body,
      answers: { 201: Policy.policy, 200: Policy.policy },
      handle: async ({ body, principal }) => {
        const compiled = Policies.compile(JSON.stringify(body.policy), valueSets)
        const { row, isNew } = await Policies.keep(services, principal.stakeholderId, compiled)
        return { status: isNew ? 201 : 200, body: Policies.resource(row, valueSets) }
      },
    }),
    route({
      method: 'post',
      path: '/v1/policies/check',
      tag,
      summary: 'Compiles a policy and keeps nothing',
      description: 'Answers with its words, hash and circuit; with the place and the rule where it does not compile.',
      access: 'policies:read',
      idempotent: false,
      body,
      answers: { 200: Policy.draft },
      handle: ({ body }) => ({
        status: 200,
        body: Policies.describe(Policies.compile(JSON.stringify(body.policy), valueSets)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/policies',
      tag,
      summary: 'Lists your policies, newest first',
      access: 'policies:read',
      query: Common.pageQuery,
      answers: { 200: Common.pageOf(Policy.policy) },
      handle: async ({ query, principal }) => {
        const list = Page.list('policies', principal.stakeholderId)
        const after = Page.after(list, query.cursor)
        const rows = await database
          .selectFrom('policies')
          .selectAll()
          .where('stakeholder_id', '=', principal.stakeholderId)
          .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
          .orderBy('id', 'desc')
          .limit(query.limit + 1)
          .execute()
        const { data, next } = Page.of(list, rows, query.limit, ({ id }) => id)
        return { status: 200, body: { data: data.map((row) => Policies.resource(row, valueSets)), next } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/policies/{id}',
      tag,
      summary: 'One of your policies',
      access: 'policies:read',
      params,
      answers: { 200: Policy.policy },
      handle: async ({ params, principal }) => {
        const [row] = await Policies.own(services, principal.stakeholderId, [params.id])
        return { status: 200, body: row && Policies.resource(row, valueSets) }
      },
    }),
  ]
}
