import { randomUUID } from 'node:crypto'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import * as Docs from './Docs.ts'
import { ApiError } from './errors.ts'
import { type Authenticate, mount, principalOf } from './Mount.ts'
import * as OpenApi from './OpenApi.ts'
import * as Pages from './Pages.ts'
import * as Problem from './Problem.ts'
import * as RateLimit from './RateLimit.ts'
import type { Route } from './Route.ts'
import * as answers from './routes/answers.ts'
import * as apiKeys from './routes/apiKeys.ts'
import * as auditEntries from './routes/auditEntries.ts'
import * as health from './routes/health.ts'
import * as network from './routes/network.ts'
import * as policies from './routes/policies.ts'
import * as proofs from './routes/proofs.ts'
import * as receipts from './routes/receipts.ts'
import * as requests from './routes/requests.ts'
import * as rpc from './routes/rpc.ts'
import * as sessions from './routes/sessions.ts'
import * as stakeholders from './routes/stakeholders.ts'
import * as webhooks from './routes/webhooks.ts'
import * as Security from './Security.ts'
import type { Services } from './Services.ts'

/** The whole API as one Express application: nothing is listened on yet. */
export function createApp(
  services: Services,
  { authenticate, routes = routesOf(services) }: { authenticate: Authenticate; routes?: readonly Route[] },
): Express {
  const { config } = services
  const app = express()
  app.disable('x-powered-by').disable('etag').set('trust proxy', config.trustedProxies).set('query parser', 'simple')
  app.use(identified(services), Security.headers())
  app.use(Docs.router(OpenApi.of(routes, config)))
  mount(app, routes, { services, authenticate, limit: RateLimit.of(config) })
  if (config.artifactsFolder !== undefined) app.use('/artifacts', Pages.artifacts(config.artifactsFolder))
  if (config.webFolder !== undefined) app.use(Pages.pages(config.webFolder))
  app.use(() => {
    throw new ApiError('not-found')
  })
  app.use(problems(services))
  return app
}

/** Every operation there is, in the order of the documentation. */
export function routesOf(services: Services): readonly Route[] {
  const nouns = [
    health,
    network,
    policies,
    requests,
    answers,
    proofs,
    receipts,
    stakeholders,
    auditEntries,
    sessions,
    apiKeys,
    webhooks,
    rpc,
  ]
  return nouns.flatMap((noun) => noun.routes(services))
}

/** Gives the request its id, and writes one line when it is answered. */
function identified({ log, metrics }: Services): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now()
    const requestId = `rid_${randomUUID()}`
    response.locals.requestId = requestId
    response.setHeader('X-Request-Id', requestId)
    response.once('close', () => {
      const ms = Math.round(performance.now() - begun)
      const route = (response.locals.route as string | undefined) ?? 'none'
      const status = response.writableFinished ? response.statusCode : 499
      const method = methods.has(request.method) ? request.method : 'other'
      const credential = principalOf(response)?.credential
      const key = credential?.startsWith('key_') ? { credential } : {}
      metrics.requests.observe({ method, route, status: String(status) }, ms / 1000)
      log.info('Answered', { method, route, status, ms, requestId, ...key })
    })
    next()
  }
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

function problems({ log }: Services): ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (failure, _request, response, _next) => {
    const requestId = response.locals.requestId as string
    const problem = Problem.of(failure, requestId)
    if (problem.status >= 500) log.error('A request failed', { requestId, status: problem.status, cause: failure })
    if (response.headersSent) return void response.destroy()
    Problem.send(response, problem)
  }
}
