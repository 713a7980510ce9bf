import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { ApiError } from './errors.ts'
import * as Json from './Json.ts'
import type { Answer, Principal } from './Route.ts'
import type { Db, Services } from './Services.ts'
import * as Seal from './storage/Seal.ts'

/** How long an answer is kept for the same key. */
export const keptHours = 24

type Keyed = {
  readonly key: string
  readonly principal: Principal
  readonly method: string
  readonly path: string
  /** The body as it came. */
  readonly body: Uint8Array
}

/**
 * Does once what is asked for under one key, and gives everyone who asks the same answer.
 *
 * The key's row, all that the handler changes in the database, and the answer are one transaction: a crash at any point
 * leaves either all of it or nothing, never an effect whose answer is lost, nor a key that blocks. Who comes while the
 * first is at work waits for its row (the unique key makes the database wait), then reads the answer; after five
 * seconds of waiting it is told `idempotency-in-progress`. A handler that fails leaves nothing, so its key is free
 * again: the next try is a first one. This holds for what is in the database; a handler must therefore hand what lies
 * beyond it (chain, webhooks) to a job in the same transaction, which is what `Jobs.send` does here by itself.
 *
 * What others are asked is asked before the transaction, which holds a connection, the embedded database's only one: a
 * chain that hangs would hold up everybody else. It is not asked again for an answer that is kept.
 *
 * Answers are kept encrypted, because some hold a secret that is shown once.
 * @param ask Asks, and gives what is to be done within the transaction.
 */
export async function once(
  { database, transaction, config }: Pick<Services, 'database' | 'transaction' | 'config'>,
  keyed: Keyed,
  ask: () => Promise<() => Promise<Answer> | Answer>,
): Promise<Answer & { readonly replayed: boolean }> {
  const id = hashOf(keyed.principal.stakeholderId, keyed.method, keyed.path, keyed.key)
  const fingerprint = createHash('sha256').update(keyed.body).digest('hex')
  const seal = Seal.of(config.webhookKey.reveal(), { purpose: 'idempotency', id })
  const now = new Date()
  const outdated = new Date(now.getTime() - keptHours * 3_600_000)
  const keptFor = async (db: Db) => {
    const kept = await db.selectFrom('idempotency_keys').selectAll().where('id', '=', id).executeTakeFirst()
    if (!kept?.body || kept.created_at < outdated) return undefined
    if (kept.fingerprint !== fingerprint) throw new ApiError('idempotency-conflict')
    return { ...(JSON.parse(seal.open(kept.body)) as Answer), replayed: true }
  }
  const before = await keptFor(database)
  if (before) return before
  const handle = await ask()
  try {
    return await transaction(async (db) => {
      await sql`set local lock_timeout = '5s'`.execute(db)
      await db.deleteFrom('idempotency_keys').where('id', '=', id).where('created_at', '<', outdated).execute()
      const claimed = await db
        .insertInto('idempotency_keys')
        .values({ id, fingerprint, status: null, body: null, created_at: now })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (!claimed) {
        const kept = await keptFor(db)
        if (!kept) throw new ApiError('idempotency-in-progress')
        return kept
      }
      const { status, body, headers } = await handle()
      const answer = { status, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) }
      await db
        .updateTable('idempotency_keys')
        .set({ status, body: seal.close(Json.stringify(answer)) })
        .where('id', '=', id)
        .execute()
      return { ...answer, replayed: false }
    })
  } catch (cause) {
    if ((cause as { code?: unknown } | null)?.code === lockNotAvailable) {
      throw new ApiError('idempotency-in-progress', { cause })
    }
    throw cause
  }
}

/** The header's key, or undefined where there is none. */
export function keyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw new ApiError('invalid-field', { field: 'Idempotency-Key', detail: 'One to 255 visible ASCII characters.' })
}

/** PostgreSQL's code for a lock_timeout. */
const lockNotAvailable = '55P03'

function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
