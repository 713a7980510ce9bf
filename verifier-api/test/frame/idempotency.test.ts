import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiError } from '../../src/errors.ts'
import { type Route, route } from '../../src/Route.ts'
import type { Services } from '../../src/Services.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import { openMemory } from '../memory.ts'
import * as Postgres from '../Postgres.ts'
import { testServices } from '../services.ts'
import { insurer, type Served, serve } from './serving.ts'

// an idempotency key
// ├── fifty times at once has one effect, and one answer for all
// ├── for another body is a conflict
// ├── of a request that failed is free again, and nothing of it is left
// ├── is of one caller and one address
// ├── is good again after a day
// └── keeps answers unreadable for whoever reads the table

let server: Postgres.Postgres | undefined
beforeAll(async () => {
  if (Postgres.programs) server = await Postgres.start()
})
afterAll(() => server?.stop())

const engines: readonly (readonly [string, () => Promise<Storage>])[] = [
  ['the embedded database', openMemory],
  ['PostgreSQL', async () => await open((await server?.createDatabase()) ?? '')],
]

describe.each(engines)('on %s', (name, openStorage) => {
  const skipped = name === 'PostgreSQL' && !Postgres.programs
  let storage: Storage
  let services: Services
  let served: Served
  beforeAll(async () => {
    if (skipped) return
    storage = await openStorage()
    services = await testServices({}, { storage })
    served = await serve(services, { routes: routes(services) })
  })
  afterAll(async () => {
    await served?.close()
    await storage?.close()
  })

  const post = async (key: string | undefined, nonce: string, path = '/probe/effects') => {
    const headers = { authorization: 'x', 'content-type': 'application/json' }
    const answer = await fetch(served.origin + path, {
      method: 'POST',
      headers: key === undefined ? headers : { ...headers, 'idempotency-key': key },
      body: JSON.stringify({ nonce }),
    })
    return { status: answer.status, body: await answer.json(), headers: answer.headers }
  }
  const effects = async () => (await storage.database.selectFrom('challenges').select('nonce').execute()).length

  it.skipIf(skipped)('has one effect and one answer, fifty times at once', async () => {
    const before = await effects()
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('fifty', 'fifty')))
    expect(await effects()).toBe(before + 1)
    const done = answers.filter(({ status }) => status === 201)
    expect(new Set(done.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(done.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 201)
    expect(others.every(({ body }) => body.code === 'idempotency-in-progress')).toBe(true)
    expect(done[0]?.headers.get('location')).toBe('/probe/1')
  })

  it.skipIf(skipped)('is a conflict for another body, and no key is no promise', async () => {
    const first = await post('body', 'one')
    expect(first.status).toBe(201)
    expect((await post('body', 'two')).body.code).toBe('idempotency-conflict')
    expect((await post('body', 'one')).body).toEqual(first.body)
    const before = await effects()
    await post(undefined, 'same')
    await post(undefined, 'same')
    expect(await effects()).toBe(before + 2)
    expect((await post('no blanks', 'one')).body).toMatchObject({ code: 'invalid-field', field: 'Idempotency-Key' })
  })

  it.skipIf(skipped)('is free again after a failure, which leaves nothing', async () => {
    const before = await effects()
    expect((await post('failing', 'fail')).body.code).toBe('conflict')
    expect((await post('failing', 'fail')).body.code).toBe('conflict')
    expect(await effects()).toBe(before)
    expect((await post('failing', 'now good')).status).toBe(201)
  })

  it.skipIf(skipped)('is of one address', async () => {
    const [here, there] = [await post('address', 'a'), await post('address', 'a', '/probe/others')]
    expect(here.body).not.toEqual(there.body)
  })

  it.skipIf(skipped)('is good again after a day', async () => {
    const first = await post('day', 'a')
    await storage.database
      .updateTable('idempotency_keys')
      .set({ created_at: new Date(Date.now() - 25 * 3_600_000) } as never)
      .execute()
    expect((await post('day', 'a')).body).not.toEqual(first.body)
  })

  it.skipIf(skipped)('keeps nothing readable', async () => {
    await post('readable', 'secret-of-an-answer')
    const rows = await storage.database.selectFrom('idempotency_keys').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('secret')
    expect(rows.every(({ status, body }) => status !== null && body !== null)).toBe(true)
  })
})

/** Each call is another effect, and its answer tells which. */
function routes({ database, transaction }: Services): readonly Route[] {
  let count = 0
  const effect = (path: string) =>
    route({
      method: 'post',
      path,
      tag: 'probe',
      summary: 'An effect',
      access: 'requests:write',
      body: { schema: z.object({ nonce: z.string() }) },
      answers: { 201: z.object({ nonce: z.string() }) },
      handle: async ({ body, principal }) => {
        expect(principal).toEqual(insurer)
        const nonce = `${body.nonce} ${++count}`
        // Partly in a transaction of its own, partly beside it: both are of the key's.
        await transaction((db) =>
          db
            .insertInto('challenges')
            .values({ nonce, expires_at: new Date(0) })
            .execute(),
        )
        await database.selectFrom('challenges').select('nonce').execute()
        if (body.nonce === 'fail') throw new ApiError('conflict')
        return { status: 201, body: { nonce, count: 1n }, headers: { Location: `/probe/${count}` } }
      },
    })
  return [effect('/probe/effects'), effect('/probe/others')]
}
