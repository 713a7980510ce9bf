import { z } from 'zod'
import * as ApiKeys from '../identity/ApiKeys.ts'
import { type Route, route } from '../Route.ts'
import * as ApiKey from '../resources/ApiKey.ts'
import * as Common from '../resources/Common.ts'
import type { Services } from '../Services.ts'

const params = z.object({ id: Common.id('apiKey') })

/** Keys for programs. Only somebody who signed in makes and revokes them: a stolen key makes no other. */
export function routes(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'post',
      path: '/v1/api-keys',
      tag: 'api keys',
      summary: 'Make a key',
      description: 'The answer shows the key; nothing shows it again.',
      access: 'session',
      body: { schema: ApiKey.creation },
      answers: { 201: ApiKey.withKey },
      // An answer kept for a repetition would hold the key, of which nothing but its hash is kept.
      idempotent: false,
      handle: async ({ body, principal }) => ({ status: 201, body: await ApiKeys.create(services, principal, body) }),
    }),
    route({
      method: 'get',
      path: '/v1/api-keys',
      tag: 'api keys',
      summary: 'List keys',
      access: 'keys:read',
      query: Common.pageQuery,
      answers: { 200: Common.pageOf(ApiKey.apiKey) },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await ApiKeys.list(database, principal.stakeholderId, query),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/api-keys/{id}',
      tag: 'api keys',
      summary: 'Look at a key',
      access: 'keys:read',
      params,
      answers: { 200: ApiKey.apiKey },
      handle: async ({ params: { id }, principal }) => ({
        status: 200,
        body: await ApiKeys.find(database, principal.stakeholderId, id),
      }),
    }),
    route({
      method: 'delete',
      path: '/v1/api-keys/{id}',
      tag: 'api keys',
      summary: 'Revoke a key, at once',
      access: 'session',
      params,
      answers: { 204: null },
      handle: async ({ params: { id }, principal }) => {
        await ApiKeys.remove(database, principal.stakeholderId, id)
        return { status: 204 }
      },
    }),
  ]
}
