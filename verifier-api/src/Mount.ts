import { type Express, type Request, type RequestHandler, type Response, raw } from 'express'
import type { z } from 'zod'
import { ApiError } from './errors.ts'
import * as Idempotency from './Idempotency.ts'
import * as Json from './Json.ts'
import * as Problem from './Problem.ts'
import type { Answer, Call, Principal, Route } from './Route.ts'
import type { Services } from './Services.ts'

/** Who calls, by what the request carries; undefined where it carries nothing. Throws `unauthorized` where that is not good. */
export type Authenticate = (request: Request) => Promise<Principal | undefined>

/** What a request goes through before its credential is looked up, and after it is known who calls. */
export type Limit = { readonly guesses: RequestHandler; readonly ofRoute: (route: Route) => RequestHandler }

/** Registers every route, and 405 for the other methods of their paths. */
export function mount(
  app: Express,
  routes: readonly Route[],
  { services, authenticate, limit }: { services: Services; authenticate: Authenticate; limit: Limit },
): void {
  for (const [path, ofPath] of byPath(routes)) {
    const pattern = path.replace(/\{(\w+)\}/g, ':$1')
    for (const route of ofPath) {
      app[route.method](
        pattern,
        (_request, response, next) => {
          response.locals.route = route.path
          next()
        },
        limit.guesses,
        async (request, response, next) => {
          response.locals.principal = await authenticate(request)
          next()
        },
        limit.ofRoute(route),
        (_request, response, next) => {
          admit(route, principalOf(response))
          next()
        },
        ...(route.body ? [reader(route.body.limit)] : []),
        (request, response) => answer(services, route, request, response),
      )
    }
    const allowed = ofPath.map(({ method }) => method.toUpperCase())
    if (allowed.includes('GET')) allowed.push('HEAD')
    app.all(pattern, (_, response) => {
      response.locals.route = path
      response.setHeader('Allow', allowed.join(', '))
      throw new ApiError('method-not-allowed')
    })
  }
}

/** The principal that was found for this request. */
export function principalOf(response: Response): Principal | undefined {
  return response.locals.principal as Principal | undefined
}

async function answer(services: Services, route: Route, request: Request, response: Response): Promise<void> {
  const principal = principalOf(response)
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const call: Call = {
    params: route.params ? parsed(route.params, request.params, 'not-found') : request.params,
    query: route.query ? parsed(route.query, request.query, 'invalid-field') : {},
    body: route.body ? parsed(route.body.schema, readBody(route, request, bytes), 'invalid-field') : undefined,
    principal,
    requestId: response.locals.requestId as string,
    request,
    response,
  } as Call
  const key = Idempotency.keyOf(request.header('Idempotency-Key'))
  const takesKey = route.method === 'post' && route.idempotent !== false
  const asking = async () => {
    const asked = await route.ask?.(call)
    return () => route.handle({ ...call, asked })
  }
  if (!principal || !takesKey || key === undefined) {
    const handle = await asking()
    return send(response, route, await handle())
  }
  const keyed = { key, principal, method: route.method, path: request.path, body: bytes }
  const { replayed, ...given } = await Idempotency.once(services, keyed, asking)
  if (replayed) response.setHeader('Idempotent-Replayed', 'true')
  send(response, route, given)
}

function send(response: Response, route: Route, { status, body, headers = {} }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.status(status)
  const form = route.answers[status]
  if (body === undefined || !form) return void response.end()
  if ('mediaType' in form) return void response.type(form.mediaType).send(body)
  response.type('application/json').send(Json.stringify(body))
}

/** Throws where the route is not for this caller. */
function admit({ access }: Route, principal: Principal | undefined): void {
  if (access === 'public') return
  if (!principal) throw new ApiError('unauthorized')
  if (access === 'session') {
    if (isKey(principal))
      throw new ApiError('not-allowed', { detail: 'This takes signing in; an API key will not do.' })
  } else if (!principal.scopes.includes(access)) {
    throw new ApiError('missing-scope', { detail: `The scope ${access} is needed.` })
  }
}

/** An API key's id has its prefix, a session's hash has not. */
export function isKey({ credential }: Principal): boolean {
  return credential.startsWith('key_')
}

/** Bytes of at most `limit`, never inflated: a small body that becomes a large one is refused unread. */
function reader(limit = '100kb'): RequestHandler {
  return raw({ type: () => true, limit, inflate: false })
}

function readBody(route: Route, request: Request, bytes: Buffer): unknown {
  const isForm = route.body?.type === 'form'
  const [type = '', ...parameters] = (request.header('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  const expected = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  if (type.trim() !== expected || (charset && !/^charset="?utf-8"?$/.test(charset))) {
    throw new ApiError('unsupported-media-type', { detail: `Send ${expected} in UTF-8, not compressed.` })
  }
  return isForm ? Json.parseForm(bytes) : Json.parse(bytes)
}

function parsed(schema: z.ZodType, value: unknown, code: 'invalid-field' | 'not-found'): unknown {
  if (!everyText(value, Json.isPlainText)) throw new ApiError(code)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw code === 'not-found' ? new ApiError('not-found') : Problem.ofIssue(result.error.issues[0])
}

/** Of params and queries; bodies were looked at when they were read. */
function everyText(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value)
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return true
  return Object.values(value).every((inner) => typeof inner !== 'string' || holds(inner))
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(routes, ({ path }) => path)
}
