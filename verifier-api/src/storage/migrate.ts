import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Database } from './Database.ts'
import * as tables from './migrations/0001-tables.ts'

/** In order, forward only: what is wrong is mended by the next. */
const migrations = { '0001-tables': tables }

/** Brings the database to the tables this code expects. Several processes may start at once. */
export async function migrate(database: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw new MigrationError({ cause: error })
}

/** The tables could not be brought up to date; the cause says why. */
export class MigrationError extends Error {
  override readonly name = 'Storage.MigrationError'
  constructor({ cause }: { cause: unknown }) {
    super('The database could not be migrated.', { cause })
  }
}
