import { z } from 'zod'
import * as Chronicle from '../chain/Chronicle.ts'
import * as RpcProxy from '../chain/RpcProxy.ts'
import { type Route, route } from '../Route.ts'
import type { Services } from '../Services.ts'

const call = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.int(), z.string().max(100), z.null()]),
    method: z.string().max(100),
    params: z.array(z.unknown()).max(10).optional(),
  })
  .meta({ id: 'RpcCall' })

const answer = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.int(), z.string(), z.null()]),
    result: z.unknown().optional(),
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).optional(),
  })
  .meta({ id: 'RpcAnswer' })

export function routes({ database, network }: Services): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/rpc',
      tag: 'network',
      summary: 'The chain itself, as far as pages need it',
      description:
        "JSON-RPC 2.0, one call or up to 20. Reads, and transactions to Medseal's contracts signed elsewhere; whatever else is refused with -32601 or -32602.",
      access: 'public',
      body: { schema: z.union([call, z.array(call).min(1).max(20)]), limit: '256kb' },
      answers: { 200: z.union([answer, z.array(answer)]) },
      idempotent: false,
      handle: async ({ body }) => {
        const tip = (await Chronicle.followed(database))?.number ?? 0
        const answers = await RpcProxy.pass(network, Array.isArray(body) ? body : [body], tip)
        return { status: 200, body: Array.isArray(body) ? answers : answers[0] }
      },
    }),
  ]
}
