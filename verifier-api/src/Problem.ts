import type { Response } from 'express'
import type { z } from 'zod'
import { ApiError, type Code, codes } from './errors.ts'
import * as Json from './Json.ts'
import type { Problem } from './resources/Common.ts'

/** Any failure as the problem a client gets (RFC 9457). What is not ours to explain is `internal`. */
export function of(failure: unknown, requestId: string): Problem {
  const error = asApiError(failure)
  const [status, title] = codes[error.code]
  return {
    type: `urn:medseal:problem:${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.field === undefined ? {} : { field: error.field }),
    requestId,
  }
}

export function send(response: Response, problem: Problem): void {
  if (problem.code === 'unauthorized') response.setHeader('WWW-Authenticate', 'Bearer')
  if (problem.code === 'unavailable' && !response.hasHeader('Retry-After')) response.setHeader('Retry-After', '2')
  response.status(problem.status).type('application/problem+json').send(Json.stringify(problem))
}

/** First thing wrong by a schema: where, and its rule without the value. */
export function ofIssue(issue: z.core.$ZodIssue | undefined): ApiError {
  const field = issue?.path.map(String).join('.')
  const detail = issue?.code === 'unrecognized_keys' ? 'There is a field that is not known here.' : issue?.message
  return new ApiError('invalid-field', { detail, field: field === '' ? undefined : field })
}

function asApiError(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure
  if (failure instanceof URIError) return new ApiError('not-found', { cause: failure })
  const { type, status, code } = (typeof failure === 'object' && failure !== null ? failure : {}) as {
    type?: unknown
    status?: unknown
    code?: unknown
  }
  const known = typeof type === 'string' ? ofBodyReader[type] : undefined
  if (known) return new ApiError(known, { cause: failure })
  if (typeof code === 'string' && passing.test(code)) return new ApiError('unavailable', { cause: failure })
  if (status === 400) return new ApiError('invalid-json', { cause: failure })
  return new ApiError('internal', { cause: failure })
}

/** What Express's body reader throws. */
const ofBodyReader: Readonly<Record<string, Code>> = {
  'entity.too.large': 'too-large',
  'encoding.unsupported': 'unsupported-media-type',
  'request.size.invalid': 'invalid-json',
  'request.aborted': 'invalid-json',
}

/** Database or chain not there, or too busy: PostgreSQL's classes 08, 53, 57P and 40, the network's, ethers'. */
const passing =
  /^(08...|53...|57P0.|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|NETWORK_ERROR|SERVER_ERROR|TIMEOUT)$/
