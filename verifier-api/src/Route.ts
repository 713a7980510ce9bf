import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { Scope } from './resources/ApiKey.ts'

/** Who calls: a stakeholder, by API key or session. */
export type Principal = {
  /** Decimal. */
  readonly stakeholderId: string
  readonly roles: readonly string[]
  readonly scopes: readonly Scope[]
  /** Id of the API key or hash of the session: what rate limits and idempotency keys go by. */
  readonly credential: string
}

/**
 * One operation. Express registers it and OpenAPI documents it from this one description, so they cannot differ.
 * `handle` gets what was parsed and gives what is sent: parse, ask, answer. What it does is one transaction where there
 * is an Idempotency-Key, so what others are asked (the chain, a resolver of names) is asked before it, by `ask`.
 */
export type Route = {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** OpenAPI's way: /v1/requests/{id}. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** public: anybody. Else a principal with this scope is needed; session: one who signed in, not an API key. */
  readonly access: 'public' | 'session' | Scope
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: { readonly schema: z.ZodType; readonly type?: 'json' | 'form'; readonly limit?: string }
  /** Answers: status to schema, or to a media type that is no JSON. 204 has none. */
  readonly answers: Readonly<Record<number, z.ZodType | { readonly mediaType: string } | null>>
  /** Takes an Idempotency-Key: every POST of a principal does, unless it says false. */
  readonly idempotent?: boolean
  readonly ask?: (call: Call) => Promise<unknown>
  readonly handle: (call: Call & { readonly asked: unknown }) => Promise<Answer> | Answer
}

export type Call = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  /** Undefined on public routes called by nobody in particular. */
  readonly principal: Principal | undefined
  /** For problems and logs. */
  readonly requestId: string
  readonly request: Request
  readonly response: Response
}

export type Answer = {
  readonly status: number
  /** JSON; bigints become decimal text. Text or bytes where the route's media type is another. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Parsed<schema, otherwise> = schema extends z.ZodType ? z.output<schema> : otherwise

type CallOf<params, query, body, access> = Omit<Call, 'params' | 'query' | 'body' | 'principal'> & {
  readonly params: Parsed<params, Readonly<Record<string, never>>>
  readonly query: Parsed<query, Readonly<Record<string, never>>>
  readonly body: Parsed<body, undefined>
  readonly principal: access extends 'public' ? Principal | undefined : Principal
}

/** A route whose handler gets its schemas' types, and that of what was asked. */
export function route<
  const params extends z.ZodObject | undefined = undefined,
  const query extends z.ZodObject | undefined = undefined,
  const body extends z.ZodType | undefined = undefined,
  const access extends Route['access'] = Route['access'],
  asked = undefined,
>(description: {
  readonly method: Route['method']
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: access
  readonly params?: params
  readonly query?: query
  readonly body?: { readonly schema: body; readonly type?: 'json' | 'form'; readonly limit?: string }
  readonly answers: Route['answers']
  readonly idempotent?: boolean
  readonly ask?: (call: CallOf<params, query, body, access>) => Promise<asked>
  readonly handle: (call: CallOf<params, query, body, access> & { readonly asked: asked }) => Promise<Answer> | Answer
}): Route {
  return description as unknown as Route
}
