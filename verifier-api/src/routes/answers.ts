import { z } from 'zod'
import * as Answers from '../exchange/Answers.ts'
import * as Requests from '../exchange/Requests.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Request from '../resources/Request.ts'
import type { Services } from '../Services.ts'

const tag = 'Answers'
const params = z.object({ id: Common.id('request') })

/** What patients' devices post, and how far it came. Public: who knows a request's id is whom it was sent to. */
export function routes(services: Services): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/requests/{id}/answer',
      tag,
      summary: "Answers a request (OpenID4VP's direct_post)",
      description:
        '`vp_token` holds one submission for each part: {"part-0": [proof file]}. What is acknowledged is kept, checked and carried to the chain, whatever happens to this server. The same answer again is acknowledged with the same ids.',
      access: 'public',
      params,
      body: { schema: Request.answer, type: 'form', limit: '600kb' },
      answers: { 200: Request.acknowledgement },
      ask: ({ params }) => Requests.answerable(services, params.id),
      handle: async ({ body, asked: row }) => ({
        status: 200,
        body: await Answers.take(services, row, body),
        headers: { 'cache-control': 'no-store' },
      }),
    }),
    route({
      method: 'get',
      path: '/v1/requests/{id}/proofs',
      tag,
      summary: 'How far the answers to a request are',
      access: 'public',
      params,
      answers: { 200: z.object({ data: z.array(Request.progress) }) },
      handle: async ({ params }) => {
        const row = await Requests.published(services, params.id)
        return {
          status: 200,
          body: { data: await Answers.progress(services, row) },
          headers: { 'cache-control': 'no-store' },
        }
      },
    }),
  ]
}
