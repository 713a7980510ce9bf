import { sql } from 'kysely'
import type { Db } from '../Services.ts'

/** Something one process of several does at a time, until it stops or has not said for a while that it lives. */
export type Lease = { readonly name: string; readonly holder: string }

/** How long a killed holder keeps the others waiting. */
export const leaseSeconds = 15

/** Takes the lease or renews it; false while somebody else holds it. Times are the database's. */
export async function hold(db: Db, { name, holder }: Lease): Promise<boolean> {
  const expires = sql<Date>`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`
  const taken = await db
    .insertInto('leases')
    .values({ name, holder, expires_at: expires })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, expires_at: expires })
        .where((row) => row.or([row('leases.holder', '=', holder), row('leases.expires_at', '<', sql<Date>`now()`)])),
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
