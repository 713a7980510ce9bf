import { sql } from 'kysely'
import type { Db } from '../Services.ts'

/** Something one process of several does at a time, until it stops or has not said for 15 seconds that it lives. */
export type Lease = { readonly name: string; readonly holder: string }

/** Takes the lease or renews it; false while somebody else holds it. Times are the database's. */
export async function hold(db: Db, { name, holder }: Lease): Promise<boolean> {
  const row = await db
    .selectFrom('leases')
    .select('holder')
    .where('name', '=', name)
    .where('expires_at', '>', sql<Date>`now() + interval '10 seconds'`)
    .executeTakeFirst()
  // Fresh: whose it is need not be written every time.
  if (row) return row.holder === holder
  const expires = sql<Date>`now() + interval '15 seconds'`
  const taken = await db
    .insertInto('leases')
    .values({ name, holder, expires_at: expires })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, expires_at: expires })
        .where((lease) =>
          lease.or([lease('leases.holder', '=', holder), lease('leases.expires_at', '<', sql<Date>`now()`)]),
        ),
    )
    .returning('holder')
    .executeTakeFirst()
  return taken !== undefined
}

/**
 * Within a transaction: what it writes counts only while the lease is held, so a holder that was given up for dead
 * and wakes again writes nothing.
 * @throws {LostError}
 */
export async function assertHeld(db: Db, { name, holder }: Lease): Promise<void> {
  const row = await db.selectFrom('leases').select('holder').where('name', '=', name).forUpdate().executeTakeFirst()
  if (row?.holder !== holder) throw new LostError({ name })
}

export async function release(db: Db, { name, holder }: Lease): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
}

/** Another process has taken over. */
export class LostError extends Error {
  override readonly name = 'Lease.LostError'
  constructor({ name }: { name: string }) {
    super(`Another process does this now: ${name}.`)
  }
}
