import type { Problem } from '@medseal/verifier-api/resources/Common'

/** One page of a list, as the API sends it. */
export type Page<T> = { readonly data: readonly T[]; readonly next: string | null }

export type Call = {
  /** Bearer token of a session. */
  readonly token?: string | undefined
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  /** Of a POST: the same key again has no second effect. One is made where none is given. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks the page's own API.
 * @throws {ApiProblem} for what the API refuses, {UnreachableError} where nothing answers.
 */
export async function get<T>(path: string, call: Call = {}): Promise<T> {
  return ask<T>('GET', path, call)
}

/** An answer that is no JSON. */
export async function text(path: string, call: Call = {}): Promise<string> {
  return (await answered('GET', path, call)).text
}

export async function post<T>(path: string, call: Call = {}): Promise<T> {
  return ask<T>('POST', path, { idempotencyKey: crypto.randomUUID(), ...call })
}

export async function put<T>(path: string, call: Call = {}): Promise<T> {
  return ask<T>('PUT', path, call)
}

export async function remove(path: string, call: Call = {}): Promise<void> {
  await ask<undefined>('DELETE', path, call)
}

/** Every page of a list, up to a number of entries nobody scrolls past. */
export async function all<T>(path: string, call: Call = {}, { most = 2_000 }: { most?: number } = {}): Promise<T[]> {
  const found: T[] = []
  for (let cursor: string | undefined; ; ) {
    const page: Page<T> = await get(path, { ...call, query: { limit: 100, ...call.query, cursor } })
    found.push(...page.data)
    if (page.next === null || found.length >= most) return found
    cursor = page.next
  }
}

async function ask<T>(method: string, path: string, call: Call): Promise<T> {
  const { text } = await answered(method, path, call)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function answered(
  method: string,
  path: string,
  { token, query, body, idempotencyKey, signal }: Call,
): Promise<{ readonly text: string }> {
  const headers = new Headers({ accept: 'application/json, */*;q=0.5' })
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
  const response = await reach(`${path}${queryOf(query)}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await response.text()
  if (!response.ok) throw new ApiProblem(problemOf(response, text))
  return { text }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new UnreachableError({ cause })
  }
}

export function queryOf(query: Call['query'] = {}): string {
  const set = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`
}

/** A proxy on the way may answer with something that is no problem of ours. */
function problemOf({ status, headers }: Pick<Response, 'status' | 'headers'>, text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) return parsed as Problem
  } catch {
    // Not JSON: told by its status alone.
  }
  const requestId = headers.get('x-request-id') ?? ''
  return { type: 'about:blank', title: `The server answers ${status}`, status, code: 'unknown', requestId }
}

/** The API says no, and why. */
export class ApiProblem extends Error {
  override readonly name = 'Api.ProblemError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }
}

/** Nothing answers: the network is cut, or the server is down. */
export class UnreachableError extends Error {
  override readonly name = 'Api.UnreachableError'
  constructor({ cause }: { cause: unknown }) {
    super('The server cannot be reached.', { cause })
  }
}
