import { PGlite } from '@electric-sql/pglite'
import { type Dialect, Kysely, PGliteDialect, PostgresAdapter, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './Database.ts'
import * as Lock from './Lock.ts'
import { migrate } from './migrate.ts'
import { joining, type Transact, transactOf } from './transact.ts'

/** An open, migrated database. */
export type Storage = {
  readonly database: Kysely<Database>
  readonly transaction: Transact
  /** What jobs need to know of it. */
  readonly engine:
    | { readonly kind: 'pglite'; readonly pglite: PGlite }
    | { readonly kind: Server; readonly url: string }
  readonly close: () => Promise<void>
}

type Server = 'postgres' | 'cockroachdb' | 'yugabytedb'

/**
 * By DATABASE_URL: `pglite:<folder>` (embedded, one process), `pglite:memory`, `postgres://…`.
 * @param options.dump What an embedded database that is new starts with: a backup.
 */
export async function open(
  url: string,
  { connections = 10, dump }: { connections?: number; dump?: Blob } = {},
): Promise<Storage> {
  const storage = url.startsWith('pglite:')
    ? await openEmbedded(url.slice('pglite:'.length), dump)
    : await openServer(url, connections)
  try {
    await migrate(storage.database)
  } catch (cause) {
    await storage.close()
    throw cause
  }
  return storage
}

async function openEmbedded(folder: string, dump: Blob | undefined): Promise<Storage> {
  const inMemory = folder === 'memory'
  const lock = inMemory ? undefined : Lock.take(folder)
  try {
    const dataDir = inMemory ? 'memory://' : folder
    const pglite = await PGlite.create({ dataDir, ...(dump ? { loadDataDir: dump } : {}) })
    const database = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }) })
    const close = async () => {
      await database.destroy()
      lock?.release()
    }
    return { database: joining(database), transaction: transactOf(database), engine: { kind: 'pglite', pglite }, close }
  } catch (cause) {
    lock?.release()
    throw cause
  }
}

async function openServer(url: string, connections: number): Promise<Storage> {
  const pool = new pg.Pool({ connectionString: url, max: connections, application_name: 'medseal' })
  // A connection that breaks is replaced, and its query fails; without a listener it would end the process, too.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const database = new Kysely<Database>({ dialect: serverDialect(pool) })
  const { rows } = await pool.query<{ version: string }>('select version()')
  const version = rows[0]?.version ?? ''
  const kind = /cockroach/i.test(version) ? 'cockroachdb' : /-YB-/.test(version) ? 'yugabytedb' : 'postgres'
  return {
    database: joining(database),
    transaction: transactOf(database),
    engine: { kind, url },
    close: () => database.destroy(),
  }
}

/** Kysely's own guard of migrations is an advisory lock, which CockroachDB and YugabyteDB lack: `migrate` has another. */
function serverDialect(pool: pg.Pool): Dialect {
  const dialect = new PostgresDialect({ pool })
  const adapter = new PostgresAdapter()
  adapter.acquireMigrationLock = async () => {}
  adapter.releaseMigrationLock = async () => {}
  return {
    createAdapter: () => adapter,
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}
