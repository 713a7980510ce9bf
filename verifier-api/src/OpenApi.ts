import type { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { codes } from './errors.ts'
import type { Route } from './Route.ts'
import { problem } from './resources/Common.ts'

/** The OpenAPI 3.1 document of the same descriptions that Express was given. */
export function of(routes: readonly Route[], { publicUrl }: { publicUrl: string }): object {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Medseal',
      version: '1',
      description: introduction,
      license: { name: 'GPL-3.0-or-later', identifier: 'GPL-3.0-or-later' },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map(({ tag }) => capital(tag)))].map((name) => ({ name })),
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: mk_…' },
        session: { type: 'http', scheme: 'bearer', description: 'The token of a sign-in with Ethereum: ms_…' },
      },
    },
  })
}

const introduction = `Recipients ask, patients answer with proofs, a contract verifies.

Errors are problem+json (RFC 9457) with a stable \`code\`, the \`field\` at fault and the \`requestId\`, which is also in X-Request-Id. Lists are read by cursor: \`next\` of one page is \`cursor\` of the page after it. A POST with an Idempotency-Key is done once; its answer is kept for 24 hours.

Codes: ${Object.entries(codes)
  .map(([code, [status, title]]) => `\`${code}\` (${status}): ${title}.`)
  .join(' ')}`

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  return paths
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const takesKey = route.method === 'post' && route.access !== 'public' && route.idempotent !== false
  return {
    operationId: operationIdOf(route),
    tags: [capital(route.tag)],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: securityOf(route),
    requestParams: {
      ...(route.params ? { path: route.params } : {}),
      ...(route.query ? { query: route.query } : {}),
    },
    ...(takesKey ? { parameters: [idempotencyKey] } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: contentOf(route.body.schema, bodyTypeOf(route)) } }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, form]) => [status, answerOf(status, form)])),
      default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
    },
  }
}

const idempotencyKey = {
  in: 'header',
  name: 'Idempotency-Key',
  description: 'The same key does it once, whatever happens on the way.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const

function securityOf({ access }: Route): Record<string, string[]>[] {
  if (access === 'public') return []
  return access === 'session' ? [{ session: [] }] : [{ apiKey: [access] }, { session: [] }]
}

function answerOf(status: string, form: Route['answers'][number] | undefined) {
  const description = status.startsWith('2') ? 'Done' : 'Not so'
  if (!form) return { description }
  if ('mediaType' in form)
    return { description, content: { [form.mediaType]: { schema: { type: 'string' } as const } } }
  return { description, content: contentOf(form, 'application/json') }
}

function contentOf(schema: z.ZodType, type: string) {
  return { [type]: { schema } }
}

function bodyTypeOf({ body }: Route): string {
  return body?.type === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
}

/** get /v1/requests/{id}/proofs → getRequestsByIdProofs. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .replace(/^\/(v1\/)?/, '')
    .split(/[^A-Za-z0-9{]+/)
    .filter(Boolean)
    .map((word) => (word.startsWith('{') ? `By${capital(word.slice(1))}` : capital(word)))
  return method + words.join('')
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
