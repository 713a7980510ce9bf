import { afterEach, expect, test, vi } from 'vitest'
import * as Api from '../../src/shared/api.ts'

afterEach(() => vi.unstubAllGlobals())

function answering(...answers: readonly Response[]): Request[] {
  const asked: Request[] = []
  const left = [...answers]
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push(new Request(`http://test${url}`, init))
    return left.shift()
  })
  return asked
}

test('a POST carries a key of its own, the token and JSON', async () => {
  const asked = answering(Response.json({ id: 1 }), Response.json({ id: 2 }))
  expect(await Api.post('/v1/things', { token: 't', body: { a: 1 } })).toEqual({ id: 1 })
  await Api.post('/v1/things')
  const keys = asked.map(({ headers }) => headers.get('idempotency-key'))
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(keys[1]).not.toBe(keys[0])
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer t')
  expect(await asked[0]?.json()).toEqual({ a: 1 })
})

test('a problem is thrown with its code and field', async () => {
  const problem = {
    type: 'about:blank',
    title: 'No',
    status: 422,
    code: 'invalid-policy',
    field: 'all[0]',
    requestId: 'r',
  }
  answering(Response.json(problem, { status: 422 }))
  await expect(Api.get('/v1/things')).rejects.toMatchObject({ name: 'Api.ProblemError', problem })
})

test('an answer of a proxy that is no problem of ours is told by its status', async () => {
  answering(new Response('<html>', { status: 502 }))
  await expect(Api.get('/v1/things')).rejects.toMatchObject({ problem: { status: 502, code: 'unknown' } })
})

test('where nothing answers it says so', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(Api.get('/v1/things')).rejects.toBeInstanceOf(Api.UnreachableError)
})

test('all pages are read, in order, by their cursors', async () => {
  const asked = answering(Response.json({ data: [1, 2], next: 'c' }), Response.json({ data: [3], next: null }))
  expect(await Api.all('/v1/things', { query: { state: 'open' } })).toEqual([1, 2, 3])
  expect(asked.map(({ url }) => new URL(url).search)).toEqual([
    '?limit=100&state=open',
    '?limit=100&state=open&cursor=c',
  ])
})

test('a DELETE without a body is no error', async () => {
  answering(new Response(null, { status: 204 }))
  await expect(Api.remove('/v1/things/1')).resolves.toBeUndefined()
})
