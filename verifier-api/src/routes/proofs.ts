import { z } from 'zod'
import * as Proofs from '../exchange/Proofs.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Proof from '../resources/Proof.ts'
import type { Services } from '../Services.ts'

const tag = 'Proofs'
const params = z.object({ id: Common.id('proof') })

/** What was answered to a recipient's requests, and how it was found. */
export function routes(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'post',
      path: '/v1/proofs',
      tag,
      summary: 'Checks a proof file off chain',
      description: 'Of any recipient and request. Nothing is kept and nothing is relayed: the nullifier stays unspent.',
      access: 'proofs:read',
      idempotent: false,
      body: { schema: Proof.submission, limit: '64kb' },
      answers: { 200: Proof.verdict },
      handle: async ({ body }) => ({ status: 200, body: await Proofs.judge(services, Proofs.parse(body.proof)) }),
    }),
    route({
      method: 'get',
      path: '/v1/proofs',
      tag,
      summary: 'Lists answers to your requests, newest first',
      access: 'proofs:read',
      query: Proof.listQuery,
      answers: { 200: Common.pageOf(Proof.proof) },
      handle: async ({ query, principal }) => {
        const { requestId, state, limit } = query
        const list = Page.list('proofs', principal.stakeholderId, requestId, state)
        const after = Page.after(list, query.cursor)
        const rows = await database
          .selectFrom('proofs')
          .selectAll()
          .where('stakeholder_id', '=', principal.stakeholderId)
          .$if(requestId !== undefined, (q) => q.where('request_id', '=', requestId ?? ''))
          .$if(state !== undefined, (q) => q.where('state', '=', state ?? 'received'))
          .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute()
        const { data, next } = Page.of(list, rows, limit, ({ id }) => id)
        return { status: 200, body: { data: await Proofs.resources(database, data), next } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/proofs/{id}',
      tag,
      summary: 'One answer, check by check',
      access: 'proofs:read',
      params,
      answers: { 200: Proof.proof },
      handle: async ({ params, principal }) => {
        const row = await Proofs.own(services, principal.stakeholderId, params.id)
        return { status: 200, body: await Proofs.resource(database, row) }
      },
    }),
  ]
}
