import type { Kysely } from 'kysely'

/** A request's note may name a patient: it lies beside the object, sealed under a key that no database has. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('requests').addColumn('note', 'text').execute()
}
