import { AsyncLocalStorage } from 'node:async_hooks'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from './Database.ts'

export type Transact = <T>(work: (db: Transaction<Database>) => Promise<T>) => Promise<T>

/** The transaction everything belongs to that is called from within it, until it ends. */
type Current = { readonly db: Transaction<Database>; open: boolean }
const current = new AsyncLocalStorage<Current>()

/** The transaction this is called in, if any. */
export function currentTransaction(): Transaction<Database> | undefined {
  const store = current.getStore()
  return store?.open ? store.db : undefined
}

/**
 * Runs work in a transaction, and again from its start where the database says that it collided with another: so the
 * work must change nothing outside the database. Called within a transaction it becomes part of that one, behind a
 * savepoint: what it did is undone where it fails, and only that.
 */
export function transactOf(database: Kysely<Database>, { attempts = 8 }: { attempts?: number } = {}): Transact {
  return async (work) => {
    const outer = currentTransaction()
    if (outer) return await behindSavepoint(outer, work)
    for (let attempt = 1; ; attempt++) {
      try {
        return await database.transaction().execute((db) => within(db, work))
      } catch (cause) {
        if (attempt === attempts || !isCollision(cause)) throw cause
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
      }
    }
  }
}

/**
 * A database that speaks in the transaction it is called in. The embedded database has one connection: a query beside
 * the transaction that waits for it would never come.
 */
export function joining(database: Kysely<Database>): Kysely<Database> {
  return new Proxy(database, {
    get: (_, property) => {
      const target = currentTransaction() ?? database
      const value: unknown = Reflect.get(target, property, target)
      // `fn` is a function with functions on it, which binding would lose.
      return typeof value === 'function' && Object.keys(value).length === 0 ? value.bind(target) : value
    },
  })
}

/** serialization_failure or deadlock_detected. */
export function isCollision(cause: unknown): boolean {
  const code = (cause as { code?: unknown } | null)?.code
  return code === '40001' || code === '40P01'
}

async function within<T>(db: Transaction<Database>, work: (db: Transaction<Database>) => Promise<T>): Promise<T> {
  const store: Current = { db, open: true }
  try {
    return await current.run(store, () => work(db))
  } finally {
    store.open = false
  }
}

async function behindSavepoint<T>(
  db: Transaction<Database>,
  work: (db: Transaction<Database>) => Promise<T>,
): Promise<T> {
  await sql`savepoint inner_work`.execute(db)
  try {
    const result = await work(db)
    await sql`release savepoint inner_work`.execute(db)
    return result
  } catch (cause) {
    // After a collision the whole transaction is done again, and CockroachDB takes nothing but its end.
    if (!isCollision(cause)) await sql`rollback to savepoint inner_work`.execute(db)
    throw cause
  }
}
