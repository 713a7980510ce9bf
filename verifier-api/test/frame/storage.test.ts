import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../src/Services.ts'
import * as Lock from '../../src/storage/Lock.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import { transactOf } from '../../src/storage/transact.ts'
import * as Postgres from '../Postgres.ts'

// storage
// ├── an embedded database that is open is refused to a second opener, in this process and in another
// ├── kill -9 in the middle of writing keeps every acknowledged row, and none by halves
// ├── processes that start at once migrate once
// ├── what collides with another is done again; what fails leaves nothing
// └── a transaction within another fails alone

const folder = mkdtempSync(join(tmpdir(), 'medseal-storage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.runIf(Postgres.mustHave)('PostgreSQL is there, as MEDSEAL_REQUIRE says it must be', () => {
  expect(Postgres.programs).toBeDefined()
})

describe('the embedded database', () => {
  const at = `pglite:${join(folder, 'embedded')}`

  it('is refused to a second opener, and is free again when the first has closed', async () => {
    const first = await open(at)
    await expect(open(at)).rejects.toThrow(Lock.FolderTakenError)
    const elsewhere = await run('opener.ts', [at])
    expect(elsewhere).toEqual(['refused Lock.FolderTakenError'])
    await first.close()
    await (await open(at)).close()
  })

  it('keeps acknowledged rows when its process is killed while it writes, and opens at once', async () => {
    const acknowledged = await writeAndKill(at)
    await expectKept(await open(at), acknowledged)
    expect(existsSync(join(folder, 'embedded'))).toBe(true)
  })
})

describe.skipIf(!Postgres.programs)('PostgreSQL', () => {
  let server: Postgres.Postgres
  beforeAll(async () => {
    server = await Postgres.start()
  })
  afterAll(() => server?.stop())

  it('is migrated once by three that start at once', async () => {
    const url = await server.createDatabase()
    const [first, ...others] = await Promise.all([open(url), open(url), open(url)])
    const { rows } = await sql`select name from kysely_migration`.execute(first.database)
    expect(rows).toEqual([{ name: '0001-tables' }, { name: '0002-sealed-notes' }])
    for (const storage of [first, ...others]) await storage.close()
  })

  it('keeps acknowledged rows when the process that writes is killed', async () => {
    const url = await server.createDatabase()
    await expectKept(await open(url), await writeAndKill(url))
  })

  it('keeps acknowledged rows when the server itself is killed', async () => {
    const url = await server.createDatabase()
    const storage = await open(url)
    const acknowledged: string[] = []
    const writing = (async () => {
      for (let i = 0; ; i++) {
        await write(storage, `row${i}`)
        acknowledged.push(`row${i}`)
      }
    })().catch(() => {})
    while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 5))
    await server.crash()
    await writing
    await storage.close()
    await server.restart()
    await expectKept(await open(url), acknowledged)
  })

  it('does again what collided with another', async () => {
    const storage = await open(await server.createDatabase())
    await storage.database
      .insertInto('challenges')
      .values({ nonce: '0', expires_at: new Date(0) })
      .execute()
    // Each reads the count before it writes the next: only serialised do all of them count.
    const add = () =>
      storage.transaction(async (db) => {
        await sql`set transaction isolation level serializable`.execute(db)
        const row = await db.selectFrom('challenges').selectAll().executeTakeFirstOrThrow()
        const nonce = String(Number(row.nonce) + 1)
        await db.updateTable('challenges').set({ nonce }).where('nonce', '=', row.nonce).execute()
      })
    await Promise.all([add(), add(), add(), add()])
    expect(await storage.database.selectFrom('challenges').select('nonce').execute()).toEqual([{ nonce: '4' }])
    await storage.close()
  })
})

describe('a transaction', () => {
  let storage: Storage
  beforeAll(async () => {
    storage = await open('pglite:memory')
  })
  afterAll(() => storage.close())
  const nonces = async () =>
    (await storage.database.selectFrom('challenges').select('nonce').orderBy('nonce').execute()).map((row) => row.nonce)

  it('leaves nothing where it fails, and includes what is asked of the database beside it', async () => {
    const failing = storage.transaction(async (db) => {
      await add(db, 'a')
      await add(storage.database, 'b')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await nonces()).toEqual([])
  })

  it('within another one fails alone, also by an error of the database', async () => {
    await storage.transaction(async (db) => {
      await add(db, 'kept')
      const inner = storage.transaction(async (again) => {
        await add(again, 'undone')
        await add(again, 'kept')
      })
      await expect(inner).rejects.toMatchObject({ code: '23505' })
      await add(storage.database, 'kept too')
    })
    expect(await nonces()).toEqual(['kept', 'kept too'])
  })

  it('speaks all of SQL beside it, too', async () => {
    const { database } = storage
    await storage.transaction(async () => {
      const all = database.selectFrom('challenges').select(database.fn.countAll<string>().as('rows'))
      expect(Number((await all.executeTakeFirstOrThrow()).rows)).toBe((await nonces()).length)
      expect((await sql<{ one: number }>`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }])
    })
  })

  it('ends for what outlives it', async () => {
    let later: Promise<unknown> = Promise.resolve()
    await storage.transaction(async () => {
      later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => add(storage.database, 'later'))
    })
    await later
    expect(await nonces()).toContain('later')
  })

  it('is tried again a bounded number of times', async () => {
    let tries = 0
    const colliding = transactOf(storage.database, { attempts: 3 })(async () => {
      tries++
      throw Object.assign(new Error('collision'), { code: '40001' })
    })
    await expect(colliding).rejects.toMatchObject({ code: '40001' })
    expect(tries).toBe(3)
  })

  const add = (db: Db, nonce: string) =>
    db
      .insertInto('challenges')
      .values({ nonce, expires_at: new Date(0) })
      .execute()
})

/** Two rows in one transaction: half of it would be seen. */
async function write({ transaction }: Storage, name: string): Promise<void> {
  await transaction(async (db) => {
    await db
      .insertInto('challenges')
      .values({ nonce: name, expires_at: new Date(0) })
      .execute()
    await db
      .insertInto('challenges')
      .values({ nonce: `${name} too`, expires_at: new Date(0) })
      .execute()
  })
}

async function expectKept(storage: Storage, acknowledged: readonly string[]): Promise<void> {
  const rows = await storage.database.selectFrom('challenges').select('nonce').execute()
  await storage.close()
  const kept = new Set(rows.map(({ nonce }) => nonce))
  expect(acknowledged.length).toBeGreaterThan(10)
  expect(acknowledged.filter((name) => !kept.has(name) || !kept.has(`${name} too`))).toEqual([])
  const firsts = [...kept].filter((nonce) => !nonce.endsWith(' too'))
  expect(firsts.filter((name) => !kept.has(`${name} too`))).toEqual([])
  expect(kept.size).toBe(2 * firsts.length)
}

/** Names of the rows another process said it had written, before it was killed in the middle of the next. */
async function writeAndKill(url: string): Promise<readonly string[]> {
  const acknowledged: string[] = []
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'processes/writer.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => writer.once('exit', resolve))
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === 25) writer.kill('SIGKILL')
  }
  await gone
  return acknowledged
}

async function run(program: string, parameters: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'processes', program), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  return lines
}
