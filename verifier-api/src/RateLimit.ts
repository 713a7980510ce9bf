import type { RequestHandler } from 'express'
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit'
import type { Config } from './config.ts'
import { ApiError } from './errors.ts'
import { type Limit, principalOf } from './Mount.ts'
import type { Route } from './Route.ts'

/**
 * How often one caller may ask: by credential where there is one, else by address; IPv6 by its /56, which one household
 * has whole. Public POSTs, which anybody can make us work with, have a tighter count of their own; but pages read the
 * chain by POST, and often. Credentials that are not good are counted before they are looked up. Each process counts
 * for itself: with several, a caller gets as many times the limit.
 */
export function of({ requestsPerMinute }: Config): Limit {
  const guesses = limiter(requestsPerMinute, {
    standardHeaders: false,
    skip: (request) => request.headers.authorization === undefined,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, response) => response.statusCode !== 401,
  })
  const known = limiter(requestsPerMinute * 5)
  const unknown = limiter(requestsPerMinute)
  const publicPost = limiter(Math.max(1, Math.floor(requestsPerMinute / 5)))
  const ofRoute = (route: Route): RequestHandler => {
    if (route.path.startsWith('/v1/health')) return (_request, _response, next) => next()
    return (request, response, next) => {
      const isOften = principalOf(response) !== undefined || route.path === '/rpc'
      const chosen = isOften ? known : route.method === 'post' ? publicPost : unknown
      return chosen(request, response, next)
    }
  }
  return { guesses, ofRoute }
}

function limiter(limit: number, options: Partial<Options> = {}): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request, response) => principalOf(response)?.credential ?? ipKeyGenerator(request.ip ?? '', 56),
    handler: (_request, _response, next) => next(new ApiError('too-many-requests')),
    ...options,
  })
}
