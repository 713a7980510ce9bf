import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isFullDose, seeded } from '../../../prover/test/random.ts'
import { createApp, routesOf } from '../../src/app.ts'
import { ApiError, codes } from '../../src/errors.ts'
import * as Listener from '../../src/Listener.ts'
import * as Log from '../../src/Log.ts'
import { problem } from '../../src/resources/Common.ts'
import { testConfig, testServices } from '../services.ts'
import * as Junk from './Junk.ts'
import { probes, things } from './probes.ts'
import { insurer, type Served, serve, speak } from './serving.ts'

// conventions
// ├── every error is a problem with code, request id and, where one is at fault, field
// ├── what is too large, too deep, compressed or slow is refused
// ├── no malformed request of any endpoint is answered with a 5xx
// ├── nothing a client sends stands in a log
// ├── lists are read by cursors that fit no other list
// └── OpenAPI 3.1 lists every route

let services: Awaited<ReturnType<typeof testServices>>
let served: Served
const logged: string[] = []

beforeAll(async () => {
  const log = Log.create({ level: 'debug', to: { write: (line: string) => void logged.push(line) } })
  services = await testServices({ log })
  const routes = [...routesOf(services), ...probes()]
  served = await serve(services, { routes, patience: { head: 300, request: 600, idle: 300 } })
})
afterAll(async () => {
  await served.close()
  await services.close()
})

const authorization = 'Bearer mk_test'
const ask = (path: string, init: RequestInit = {}) =>
  fetch(served.origin + path, { ...init, headers: { authorization, ...init.headers } })
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

async function expectProblem(answer: Response, code: keyof typeof codes, field?: string) {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    codes[code][0],
    'application/problem+json; charset=utf-8',
  ])
  const body = problem.parse(await answer.json())
  expect(body).toMatchObject({ code, status: codes[code][0], ...(field === undefined ? {} : { field }) })
  expect(body.requestId).toBe(answer.headers.get('x-request-id'))
}

describe('a problem', () => {
  it('is what every error is', async () => {
    await expectProblem(await ask('/nowhere'), 'not-found')
    await expectProblem(await ask('/%E0%A4%A'), 'not-found')
    await expectProblem(await ask('/probe/things', { method: 'DELETE' }), 'method-not-allowed')
    await expectProblem(await post('/probe/things', '{"name"'), 'invalid-json')
    await expectProblem(await post('/probe/things', '{}'), 'invalid-field', 'name')
    await expectProblem(await post('/probe/things', '{"name":{"a":1}}'), 'invalid-field', 'name')
    await expectProblem(await post('/probe/things', '{}', { 'content-type': 'text/plain' }), 'unsupported-media-type')
    const latin = { 'content-type': 'application/json; charset=latin1' }
    await expectProblem(await post('/probe/things', '{}', latin), 'unsupported-media-type')
    await expectProblem(await ask('/probe/things?limit=0'), 'invalid-field', 'limit')
    await expectProblem(await ask('/probe/things?limit=1&limit=2'), 'invalid-field', 'limit')
    await expectProblem(await ask('/probe/faulty'), 'internal')
    await expectProblem(await fetch(`${served.origin}/v1/policies`), 'unauthorized')
    await expectProblem(await ask('/probe/session'), 'not-allowed')
  })

  it('names the methods there are, and how to authenticate', async () => {
    const refused = await ask('/probe/things', { method: 'PUT' })
    expect(refused.headers.get('allow')).toBe('GET, POST, HEAD')
    expect((await fetch(`${served.origin}/v1/policies`)).headers.get('www-authenticate')).toBe('Bearer')
  })

  it('is the answer to what is no HTTP, too', async () => {
    const answer = await speak(served.port, 'GARBAGE\r\n\r\n')
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('"code":"invalid-request"')
    expect(await speak(served.port, `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toContain('413')
  })
})

describe('what would cost too much is refused', () => {
  it('too large, by its announcement or by its bytes', async () => {
    await expectProblem(await post('/probe/things', JSON.stringify({ name: 'x'.repeat(200_000) })), 'too-large')
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new Uint8Array(10_000).fill(0x20))
        controller.close()
      },
    })
    const answer = await post('/probe/things', chunks as BodyInit, {}).catch(() => undefined)
    expect(answer?.status ?? 413).toBe(413)
  })

  it('too deep', async () => {
    const deep = `{"name":"a","more":${'['.repeat(40)}${']'.repeat(40)}}`
    await expectProblem(await post('/probe/things', deep), 'invalid-json')
    await expectProblem(await post('/probe/things', '['.repeat(90_000)), 'invalid-json')
    await expectProblem(await post('/probe/things', `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`), 'invalid-json')
  })

  it('compressed, however small', async () => {
    const bomb = gzipSync(JSON.stringify({ name: 'x'.repeat(50_000_000) }))
    const refused = await post('/probe/things', bomb, { 'content-encoding': 'gzip' })
    await expectProblem(refused, 'unsupported-media-type')
  })

  it('slow: head, body and silence are each cut off', async () => {
    const [head, body, silence] = await Promise.all([
      speak(served.port, 'GET /v1/health/live HTTP/1.1\r\nHost: a\r\nX-Slow'),
      speak(
        served.port,
        'POST /probe/things HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"na',
      ),
      speak(served.port, 'GET /v1/health/live HTTP/1.1\r\nHost: a\r\n\r\n'),
    ])
    expect(head).toContain('408')
    expect(body).toContain('408')
    expect(silence).toContain('200 OK')
    // Each ended by the other side, not by our patience.
    expect((await ask('/v1/health/live')).status).toBe(200)
  })
})

it('answers no malformed request of any endpoint with a 5xx', async () => {
  const random = seeded('malformed requests')
  const withBody = routesOf(services).filter(({ body }) => body !== undefined)
  expect(withBody.length).toBeGreaterThanOrEqual(10)
  // The services here have no chain to ask, so what is well-formed may fail: only what is malformed counts.
  const doses = isFullDose ? 10_000 : 1000
  for (const { path, method, body } of withBody) {
    const type = body?.type === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
    for (let i = 0; i < doses; i += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          ask(
            path.replace(/\{\w+\}/g, () => encodeURIComponent(Junk.body(random).slice(0, 60)) || 'x'),
            {
              method: method.toUpperCase(),
              headers: { 'content-type': random.integer(20) === 0 ? Junk.type(random) : type },
              body: Junk.body(random),
            },
          ),
        ),
      )
      for (const answer of answers) {
        const text = await answer.text()
        if (answer.status >= 500) expect.fail(`${method} ${path} answered ${answer.status}: ${text}`)
        if (answer.status >= 400) expect(JSON.parse(text).code).toBeTypeOf('string')
      }
    }
  }
})

it('writes nothing a client sends to a log', async () => {
  logged.length = 0
  const secret = 'E10.9-Jane-Doe'
  const everywhere = { headers: { 'x-secret': secret, cookie: `a=${secret}`, 'user-agent': secret, referer: secret } }
  await ask(`/probe/things/${secret}?q=${secret}`, everywhere)
  await ask(`/${secret}`, everywhere)
  await ask(`/probe/faulty?${secret}`, everywhere)
  await post('/probe/things', JSON.stringify({ name: secret, [secret]: 1 }), { 'idempotency-key': secret })
  await post('/probe/things', `{"${secret}`)
  await fetch(`${served.origin}/probe/things`, { method: 'POST', headers: { authorization: `Bearer ${secret}` } })
  await speak(served.port, `${secret} / HTTP/1.1\r\n\r\n`)
  expect(logged.length).toBeGreaterThan(5)
  expect(logged.join('')).not.toContain('Jane')
  const lines = logged.map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ method: 'GET', route: '/probe/things/{id}', status: 200, credential: 'key_insurer' })
  expect(lines.find(({ msg }) => msg === 'A request failed')).toMatchObject({ error: 'Error', at: expect.any(Array) })
})

describe('a cursor', () => {
  it('leads through a list once, whatever comes in front of it', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { data, next } = await (await ask(`/probe/things?limit=3${cursor}`)).json()
      seen.push(...data.map(({ id }: { id: string }) => id))
      cursor = next === null ? '' : `&cursor=${next}`
    } while (cursor)
    expect(seen).toEqual(things.map(({ id }) => id))
  })

  it('fits no other list, and cannot be made up', async () => {
    const { next } = await (await ask('/probe/things?limit=3')).json()
    await expectProblem(await ask(`/probe/others?cursor=${next}`), 'invalid-cursor', 'cursor')
    for (const made of ['', 'x', `${next}A`, next.slice(1), Buffer.from(`12345678'; drop`).toString('base64url')]) {
      await expectProblem(await ask(`/probe/things?cursor=${made}`), 'invalid-cursor', 'cursor')
    }
  })
})

describe('the OpenAPI document', () => {
  it('lists every route, by version 3.1, and refers to nothing that is not there', async () => {
    const document = await (await ask('/openapi.json')).json()
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    const listed = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method} ${path}`),
    )
    expect(listed.sort()).toEqual(
      [...routesOf(services), ...probes()].map(({ method, path }) => `${method} ${path}`).sort(),
    )
    const text = JSON.stringify(document)
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name)
    }
    // biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document, looked at from outside.
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item as any)) as any[]
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { responses, summary, tags } of operations) {
      expect(summary && tags.length === 1 && responses.default.content['application/problem+json']).toBeTruthy()
      expect(
        Object.values(responses).every((one) => typeof (one as { description: unknown }).description === 'string'),
      ).toBe(true)
    }
    for (const [path, item] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters = [] } of Object.values(
        item as Record<string, { parameters?: { in: string; name: string }[] }>,
      )) {
        expect(
          parameters
            .filter((one) => one.in === 'path')
            .map(({ name }) => name)
            .sort(),
        ).toEqual(named.sort())
      }
    }
  })

  it('can be browsed without a script or style that the policy would not let through', async () => {
    const page = await ask('/docs')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'")
    const html = await page.text()
    expect(html).not.toMatch(/<script>|<style|style=|https?:/)
    for (const [, file] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      expect((await ask(file as string)).status).toBe(200)
  })
})

it('isolates every answer from other origins', async () => {
  const { headers } = await ask('/v1/health/live')
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('x-powered-by')).toBeNull()
})

it('limits how often one caller may ask, tighter for public POSTs, and says so', async () => {
  const limited = await serve(
    { ...services, config: testConfig({ requestsPerMinute: 10 }) },
    { routes: [...probes(), ...routesOf(services)] },
  )
  const ask = (path: string, init?: RequestInit) => fetch(limited.origin + path, init)
  const statuses = []
  for (let i = 0; i < 12; i++) statuses.push((await ask('/probe/open')).status)
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429])
  const refused = await ask('/probe/open')
  expect(refused.headers.get('ratelimit')).toBeTruthy()
  expect(refused.headers.get('retry-after')).toBeTruthy()
  await expectProblem(refused, 'too-many-requests')
  const send = () => ask('/probe/open', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([200, 200, 429])
  expect((await ask('/probe/open', { headers: { authorization } })).status).toBe(200)
  expect((await ask('/v1/health/live')).status).toBe(200)
  await limited.close()
})

it('looks up a bounded number of credentials that are not good', async () => {
  let lookups = 0
  const app = createApp(
    { ...services, config: testConfig({ requestsPerMinute: 5 }) },
    {
      routes: probes(),
      authenticate: async (request) => {
        lookups++
        if (request.headers.authorization === 'good') return insurer
        throw new ApiError('unauthorized')
      },
    },
  )
  const listener = await Listener.listen(app, { host: '127.0.0.1', port: 0 })
  const ask = async (authorization: string) =>
    (await fetch(`http://127.0.0.1:${listener.port}/probe/things`, { headers: { authorization } })).status
  for (let i = 0; i < 10; i++) expect(await ask('good')).toBe(200)
  const guesses = []
  for (let i = 0; i < 8; i++) guesses.push(await ask(`guess ${i}`))
  expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  expect(lookups).toBe(15)
  await listener.close(1)
})
