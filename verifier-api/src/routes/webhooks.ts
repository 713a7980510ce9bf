import { z } from 'zod'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Webhook from '../resources/Webhook.ts'
import type { Services } from '../Services.ts'
import * as Endpoints from '../webhooks/Endpoints.ts'
import * as Messages from '../webhooks/Messages.ts'

const params = z.object({ id: Common.id('webhookEndpoint') })
const messageParams = params.extend({ messageId: Common.id('webhookMessage') })

/** Where a stakeholder wants to be told what happened, signed as Standard Webhooks says. */
export function routes(services: Services): readonly Route[] {
  return [...endpointRoutes(services), ...messageRoutes(services)]
}

function endpointRoutes(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'post',
      path: '/v1/webhooks',
      tag: 'webhooks',
      summary: 'Register a webhook',
      description: 'The answer shows the secret that messages are signed with; nothing shows it again.',
      access: 'webhooks:write',
      body: { schema: Webhook.creation },
      answers: { 201: Webhook.withSecret },
      ask: ({ body }) => Endpoints.checkUrl(services, body.url),
      handle: async ({ body, principal }) => ({
        status: 201,
        body: await Endpoints.create(services, principal.stakeholderId, body),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/webhooks',
      tag: 'webhooks',
      summary: 'List webhooks',
      access: 'webhooks:read',
      query: Common.pageQuery,
      answers: { 200: Common.pageOf(Webhook.endpoint) },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await Endpoints.list(database, principal.stakeholderId, query),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/webhooks/{id}',
      tag: 'webhooks',
      summary: 'Look at a webhook',
      access: 'webhooks:read',
      params,
      answers: { 200: Webhook.endpoint },
      handle: async ({ params: { id }, principal }) => ({
        status: 200,
        body: await Endpoints.find(database, principal.stakeholderId, id),
      }),
    }),
    route({
      method: 'delete',
      path: '/v1/webhooks/{id}',
      tag: 'webhooks',
      summary: 'Remove a webhook and its messages',
      access: 'webhooks:write',
      params,
      answers: { 204: null },
      handle: async ({ params: { id }, principal }) => {
        await Endpoints.remove(services, principal.stakeholderId, id)
        return { status: 204 }
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/rotation',
      tag: 'webhooks',
      summary: 'Change the secret',
      description: 'Messages are signed with both for 24 hours. The answer shows the new one; nothing shows it again.',
      access: 'webhooks:write',
      params,
      answers: { 201: Webhook.withSecret },
      handle: async ({ params: { id }, principal }) => ({
        status: 201,
        body: await Endpoints.rotate(services, principal.stakeholderId, id),
      }),
    }),
  ]
}

function messageRoutes(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/test',
      tag: 'webhooks',
      summary: 'Send a test message',
      description: 'Of type webhook.test. One that arrives enables a webhook that was disabled.',
      access: 'webhooks:write',
      params,
      answers: { 202: Webhook.message },
      handle: async ({ params: { id }, principal }) => ({
        status: 202,
        body: await Messages.test(services, principal.stakeholderId, id),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/webhooks/{id}/messages',
      tag: 'webhooks',
      summary: 'List what was sent',
      access: 'webhooks:read',
      params,
      query: Common.pageQuery,
      answers: { 200: Common.pageOf(Webhook.message) },
      handle: async ({ params: { id }, query, principal }) => {
        await Endpoints.find(database, principal.stakeholderId, id)
        return { status: 200, body: await Messages.list(database, id, query) }
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/{id}/messages/{messageId}/redelivery',
      tag: 'webhooks',
      summary: 'Send a message again',
      description: 'Under the same webhook-id, so that a receiver that has it can tell.',
      access: 'webhooks:write',
      params: messageParams,
      answers: { 202: Webhook.message },
      handle: async ({ params: { id, messageId }, principal }) => ({
        status: 202,
        body: await Messages.redeliver(services, principal.stakeholderId, { endpointId: id, messageId }),
      }),
    }),
  ]
}
