import { sql } from 'kysely'
import { z } from 'zod'
import { type Route, route } from '../Route.ts'
import type { Services } from '../Services.ts'

const live = z.object({ object: z.literal('health'), live: z.literal(true) }).meta({ id: 'Liveness' })
const ready = z
  .object({ object: z.literal('health'), ready: z.boolean(), checks: z.record(z.string(), z.boolean()) })
  .meta({ id: 'Readiness' })

export function routes({ database, checks }: Services): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/health/live',
      tag: 'health',
      summary: 'Whether the process answers',
      access: 'public',
      answers: { 200: live },
      handle: () => ({ status: 200, body: { object: 'health', live: true } }),
    }),
    route({
      method: 'get',
      path: '/v1/health/ready',
      tag: 'health',
      summary: 'Whether it can do its work: database, chain, jobs',
      description: '503 while any check is false: send it nothing meanwhile.',
      access: 'public',
      answers: { 200: ready, 503: ready },
      handle: async () => {
        const all = { database: async () => (await sql`select 1`.execute(database)).rows.length === 1, ...checks }
        const results = await Promise.all(
          Object.entries(all).map(async ([name, check]) => [name, await holds(check)] as const),
        )
        const isReady = results.every(([, held]) => held)
        const body = { object: 'health', ready: isReady, checks: Object.fromEntries(results) }
        return { status: isReady ? 200 : 503, body }
      },
    }),
  ]
}

/** Not within two seconds is no. */
async function holds(check: () => Promise<boolean>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, 2000, false)
  check().then(resolve, () => resolve(false))
  return await promise.finally(() => clearTimeout(timer))
}
