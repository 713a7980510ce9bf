import * as QrCode from 'qrcode'
import { z } from 'zod'
import { ApiError } from '../errors.ts'
import * as OnChain from '../exchange/OnChain.ts'
import * as RequestResource from '../exchange/RequestResource.ts'
import * as Requests from '../exchange/Requests.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Request from '../resources/Request.ts'
import type { Services } from '../Services.ts'

const tag = 'Requests'
const params = z.object({ id: Common.id('request') })

/** What recipients ask of patients: drafted here, signed by the recipient's registered key, fetched by a device. */
export function routes(services: Services): readonly Route[] {
  return [...changes(services), ...views(services)]
}

function changes(services: Services): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/requests',
      tag,
      summary: 'Drafts a request',
      description:
        "Sign `typedData` (EIP-712) with the stakeholder's registered key and post the signature. The object that a patient's device fetches, its names, texts and addresses, is in the nonce of what is signed.",
      access: 'requests:write',
      body: { schema: Request.creation },
      answers: { 201: Request.request },
      ask: () => OnChain.latest(services),
      handle: async ({ body, principal, asked: now }) => {
        const row = await Requests.draft(services, principal.stakeholderId, body, { now })
        return { status: 201, body: await RequestResource.of(services, row, { now }) }
      },
    }),
    route({
      method: 'post',
      path: '/v1/requests/{id}/signature',
      tag,
      summary: 'Opens a draft by its signature',
      description: 'Checked against the chain: the registered key, its roles, the purpose, the program.',
      access: 'requests:write',
      params,
      body: { schema: Request.signing },
      answers: { 200: Request.request },
      ask: async ({ params, body, principal }) => {
        const row = await Requests.own(services, principal.stakeholderId, params.id)
        return await Requests.checkOnChain(services, row, body.signature)
      },
      handle: async ({ params, body, principal, asked: now }) => {
        const row = await Requests.own(services, principal.stakeholderId, params.id)
        const opened = await Requests.open(services, row, body.signature, { now })
        return { status: 200, body: await RequestResource.of(services, opened, { now }) }
      },
    }),
    route({
      method: 'post',
      path: '/v1/requests/{id}/withdrawal',
      tag,
      summary: 'Serves a request no longer',
      description:
        'Devices are told that it is gone. The contract knows nothing of it: an answer made before could still be carried there by anybody, until the request expires.',
      access: 'requests:write',
      params,
      answers: { 200: Request.request },
      ask: () => OnChain.latest(services),
      handle: async ({ params, principal, asked: now }) => {
        const row = await Requests.own(services, principal.stakeholderId, params.id)
        const withdrawn = await Requests.withdraw(services, row)
        return { status: 200, body: await RequestResource.of(services, withdrawn, { now }) }
      },
    }),
  ]
}

function views(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'get',
      path: '/v1/requests',
      tag,
      summary: 'Lists your requests, newest first',
      access: 'requests:read',
      query: Request.listQuery,
      answers: { 200: Common.pageOf(Request.request) },
      handle: async ({ query, principal }) => {
        const { state, limit } = query
        const list = Page.list('requests', principal.stakeholderId, state)
        const after = Page.after(list, query.cursor)
        const rows = await database
          .selectFrom('requests')
          .selectAll()
          .where('stakeholder_id', '=', principal.stakeholderId)
          .$if(state !== undefined, (q) => q.where('state', '=', state ?? 'open'))
          .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute()
        const { data, next } = Page.of(list, rows, limit, ({ id }) => id)
        return { status: 200, body: { data: await RequestResource.all(services, data), next } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/requests/{id}',
      tag,
      summary: 'One of your requests',
      access: 'requests:read',
      params,
      answers: { 200: Request.request },
      handle: async ({ params, principal }) => {
        const row = await Requests.own(services, principal.stakeholderId, params.id)
        return { status: 200, body: await RequestResource.of(services, row) }
      },
    }),
    route({
      method: 'get',
      path: '/v1/requests/{id}/qr.svg',
      tag,
      summary: "The request's link as a QR code",
      access: 'requests:read',
      params,
      answers: { 200: { mediaType: 'image/svg+xml' } },
      handle: async ({ params, principal }) => {
        const row = await Requests.own(services, principal.stakeholderId, params.id)
        if (row.signature === null) throw new ApiError('conflict', { detail: 'A draft has no link yet.' })
        const svg = await QrCode.toString(Requests.linkOf(services, row), { type: 'svg', errorCorrectionLevel: 'M' })
        return { status: 200, body: svg, headers: { 'content-type': 'image/svg+xml' } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/requests/{id}/object',
      tag,
      summary: "The request as a patient's device takes it",
      description:
        'For whoever knows the id. An OpenID4VP 1.0 authorization request with DCQL and the format medseal_groth16, which foreign wallets cannot answer yet. Trust nothing in it before its signature was checked against the chain.',
      access: 'public',
      params,
      answers: { 200: Request.presentation },
      handle: async ({ params }) => {
        const row = await Requests.answerable(services, params.id)
        return { status: 200, body: Requests.presentationOf(services, row), headers: { 'cache-control': 'no-store' } }
      },
    }),
  ]
}
