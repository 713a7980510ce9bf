import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import type * as Network from '@medseal/prover/chain/Network'
import type { Selectable } from 'kysely'
import type { Db } from '../Services.ts'
import type { Database } from '../storage/Database.ts'
import * as Announcement from './Announcement.ts'
import * as Outbox from './Outbox.ts'
import * as Receipts from './Receipts.ts'
import * as Stakeholders from './Stakeholders.ts'
import type * as Stretch from './Stretch.ts'

// What the tables know of the chain. Every function belongs into one transaction of whoever holds the follower's lease.

export type Followed = Selectable<Database['followed']>

/** Blocks that are kept to notice a reorganisation; a deeper one is followed from the start. */
export const keptBlocks = 256

/** Which deployment the tables are about. */
export function deploymentOf({ chainId, addresses }: Network.Network): string {
  return `${chainId}:${addresses.EligibilityRegistry.toLowerCase()}`
}

/** How far the chain is followed; undefined before the first time. */
export async function followed(db: Db): Promise<Followed | undefined> {
  return await db.selectFrom('followed').selectAll().where('id', '=', 'chain').executeTakeFirst()
}

export async function begin(db: Db, network: Network.Network): Promise<void> {
  const number = network.fromBlock - 1
  const row = { deployment: deploymentOf(network), number, announced: number, finalized: number, fault: null }
  await db
    .insertInto('followed')
    .values({ id: 'chain', ...row, updated_at: new Date() })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Where each contract's audit trail stands. */
export async function heads(db: Db, contracts: readonly string[]): Promise<Stretch.Heads> {
  const found = new Map<string, bigint>()
  for (const contract of contracts) {
    const last = await db
      .selectFrom('audit_entries')
      .select('head')
      .where('contract', '=', contract)
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (last) found.set(contract, BigInt(last.head))
  }
  return found
}

/** Adds what was read and found to fit, and all that follows from it. */
export async function append(
  db: Db,
  { blocks, entries }: Stretch.Stretch,
  options: {
    readonly before: Followed
    readonly to: number
    readonly isTip: boolean
    readonly confirmations: number
    readonly announce: Announcement.Announce
  },
): Promise<void> {
  const { before, to, isTip, confirmations, announce } = options
  for (const entry of entries) await add(db, entry)
  const rows = entries.filter(({ action }) => action === 'eligibility.verified').map(Receipts.fromEntry)
  for (const row of rows) {
    await db.insertInto('receipts').values(row).execute()
    await Outbox.include(db, row)
    if (row.block_number > before.announced) await Announcement.included(db, announce, row)
  }
  const kept = blocks.map(({ number, hash, timestamp }) => ({ number, hash, timestamp: `${timestamp}` }))
  if (kept.length > 0) await db.insertInto('blocks').values(kept).execute()
  await db
    .deleteFrom('blocks')
    .where('number', '<=', to - keptBlocks)
    .execute()

  const isRebuilt = before.number < before.announced && (to >= before.announced || isTip)
  if (isRebuilt) await Outbox.takeBackLost(db)
  const finalized = Math.max(before.finalized, to - confirmations)
  if (finalized > before.finalized)
    await Announcement.finalized(db, announce, { after: before.finalized, upTo: finalized })
  await Outbox.finalize(db, finalized)
  const announced = isRebuilt ? to : Math.max(before.announced, to)
  await set(db, { number: to, announced, finalized, ...(isTip && { fault: null }) })
}

/** Takes back every block above `fork`: those chain has others now, or none. */
export async function rollBack(
  db: Db,
  fork: number,
  { before, announce }: { readonly before: Followed; readonly announce: Announcement.Announce },
): Promise<void> {
  const lost = await db
    .selectFrom('receipts')
    .selectAll()
    .where('block_number', '>', fork)
    .orderBy('position')
    .execute()
  for (const row of lost) {
    await Outbox.takeBack(db, row)
    if (row.block_number <= before.announced) await Announcement.reverted(db, announce, row)
  }
  await Outbox.takeBackTransactions(db, fork)
  await db.deleteFrom('receipts').where('block_number', '>', fork).execute()
  await db.deleteFrom('audit_entries').where('block_number', '>', fork).execute()
  await db.deleteFrom('blocks').where('number', '>', fork).execute()
  await Stakeholders.rebuild(db)
  const [announced, finalized] = [Math.min(before.announced, fork), Math.min(before.finalized, fork)]
  await set(db, { number: fork, announced, finalized })
}

/** The tables are about another deployment: all of it is taken back, and nothing sent there counts here. */
export async function moveTo(
  db: Db,
  network: Network.Network,
  options: { readonly before: Followed; readonly announce: Announcement.Announce },
): Promise<void> {
  await rollBack(db, -1, options)
  await Outbox.abandonAll(db)
  const number = network.fromBlock - 1
  await set(db, { deployment: deploymentOf(network), number, announced: number, finalized: number, fault: null })
}

/**
 * Empties what is only a copy of the chain; following fills it again. Proofs keep their states, and nothing is
 * announced a second time, unless the chain turns out not to hold what they rest on.
 */
export async function rebuild(db: Db, network: Network.Network): Promise<void> {
  await db.deleteFrom('receipts').execute()
  await db.deleteFrom('audit_entries').execute()
  await db.deleteFrom('stakeholders').execute()
  await db.deleteFrom('blocks').execute()
  await set(db, { number: network.fromBlock - 1 })
}

export async function set(db: Db, changes: Partial<Omit<Followed, 'id' | 'updated_at'>>): Promise<void> {
  await db
    .updateTable('followed')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', 'chain')
    .execute()
}

async function add(db: Db, entry: AuditLog.Entry): Promise<void> {
  const sequence = entry.head >> 200n
  const row = {
    id: `aud_${entry.contract}_${sequence}`,
    position: Receipts.positionOf(entry),
    contract: entry.contract,
    sequence: `${sequence}`,
    action: entry.action,
    subject: entry.subject.toLowerCase(),
    details: entry.details,
    head: `${entry.head}`,
    block_number: entry.blockNumber,
    transaction_hash: entry.transactionHash,
    timestamp: new Date(Number(entry.timestamp) * 1000),
  }
  await db.insertInto('audit_entries').values(row).execute()
  if (entry.contract === 'StakeholderRegistry') await Stakeholders.apply(db, entry)
}
