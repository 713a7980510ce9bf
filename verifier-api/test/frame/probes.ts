import { z } from 'zod'
import * as Page from '../../src/Page.ts'
import { type Route, route } from '../../src/Route.ts'
import { pageQuery } from '../../src/resources/Common.ts'

export const things = Array.from({ length: 8 }, (_, i) => ({ id: `thing_${i}` }))

/** Routes of nothing, to see the frame alone. */
export function probes(): readonly Route[] {
  const listing = (path: string) =>
    route({
      method: 'get',
      path,
      tag: 'probe',
      summary: 'A list',
      access: 'requests:read',
      query: pageQuery,
      answers: { 200: z.object({ data: z.array(z.object({ id: z.string() })), next: z.string().nullable() }) },
      handle: async ({ query }) => {
        const body = await Page.read(Page.list(path), query, async ({ after, limit }) =>
          things.filter(({ id }) => after === undefined || id > after).slice(0, limit),
        )
        return { status: 200, body }
      },
    })
  const ok = z.object({})
  const open = { path: '/probe/open', tag: 'probe', summary: 'Open', access: 'public', answers: { 200: ok } } as const
  return [
    listing('/probe/things'),
    listing('/probe/others'),
    route({
      method: 'post',
      path: '/probe/things',
      tag: 'probe',
      summary: 'A body',
      access: 'requests:write',
      body: { schema: z.object({ name: z.string(), more: z.unknown().optional() }) },
      answers: { 201: ok },
      handle: () => ({ status: 201, body: {} }),
    }),
    route({
      method: 'get',
      path: '/probe/things/{id}',
      tag: 'probe',
      summary: 'A parameter',
      access: 'public',
      params: z.object({ id: z.string() }),
      answers: { 200: ok },
      handle: () => ({ status: 200, body: {} }),
    }),
    route({
      method: 'get',
      path: '/probe/faulty',
      tag: 'probe',
      summary: 'A fault',
      access: 'public',
      answers: { 200: ok },
      handle: ({ request }) => {
        throw new Error(`Fault at ${request.url}`)
      },
    }),
    route({
      method: 'get',
      path: '/probe/session',
      tag: 'probe',
      summary: 'Signed in',
      access: 'session',
      answers: { 200: ok },
      handle: () => ({ status: 200, body: {} }),
    }),
    route({ ...open, method: 'get', handle: () => ({ status: 200, body: {} }) }),
    route({ ...open, method: 'post', body: { schema: ok }, handle: () => ({ status: 200, body: {} }) }),
  ]
}
