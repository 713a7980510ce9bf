import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Database } from './Database.ts'
import * as tables from './migrations/0001-tables.ts'
import * as sealedNotes from './migrations/0002-sealed-notes.ts'
import { transactOf } from './transact.ts'

/** In order, forward only: what is wrong is mended by the next. */
const migrations = { '0001-tables': tables, '0002-sealed-notes': sealedNotes }

/**
 * Brings the database to the tables this code expects, all or nothing. Of several processes that start at once one
 * does it: they queue for a row, because CockroachDB and YugabyteDB have no advisory locks.
 */
export async function migrate(database: Kysely<Database>): Promise<void> {
  try {
    await createGuard(database)
    await transactOf(database)(async (db) => {
      await sql`select id from migration_guard where id = 1 for update`.execute(db)
      const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
      const { error } = await migrator.migrateToLatest()
      if (error) throw error
    })
  } catch (cause) {
    throw new MigrationError({ cause })
  }
}

/** "if not exists" still fails where two create it at the same moment; the second look finds it. */
async function createGuard(database: Kysely<Database>): Promise<void> {
  const create = async () => {
    await sql`create table if not exists migration_guard (id integer primary key)`.execute(database)
    await sql`insert into migration_guard (id) values (1) on conflict do nothing`.execute(database)
  }
  await create().catch(create)
}

/** The tables could not be brought up to date; the cause says why. */
export class MigrationError extends Error {
  override readonly name = 'Storage.MigrationError'
  constructor({ cause }: { cause: unknown }) {
    super('The database could not be migrated.', { cause })
  }
}
