import * as Audit from '@medseal/prover/chain/Audit'
import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import type { Selectable } from 'kysely'
import type * as Resource from '../resources/Receipt.ts'
import type { Db } from '../Services.ts'
import type { Database } from '../storage/Database.ts'

export type Row = Selectable<Database['receipts']>

/** The row of an "eligibility.verified" entry. */
export function fromEntry(entry: AuditLog.Entry): Row {
  const receipt = Audit.decode(entry)
  return {
    id: `rcp_${entry.head >> 200n}`,
    position: positionOf(entry),
    request_digest: receipt.requestId.toLowerCase(),
    stakeholder_id: `${receipt.recipientId}`,
    policy_hash: word(receipt.policyHash),
    part: receipt.part,
    nullifier: word(receipt.nullifier),
    block_number: entry.blockNumber,
    transaction_hash: entry.transactionHash,
    timestamp: new Date(Number(entry.timestamp) * 1000),
  }
}

/** @param finalized The highest block that stays. */
export function toResource(row: Row, finalized: number): Resource.Receipt {
  return {
    id: row.id,
    object: 'receipt',
    requestDigest: row.request_digest,
    recipientId: row.stakeholder_id,
    policyHash: row.policy_hash,
    part: row.part,
    nullifier: row.nullifier,
    blockNumber: row.block_number,
    transactionHash: row.transaction_hash,
    final: row.block_number <= finalized,
    timestamp: row.timestamp.toISOString(),
  }
}

/** The whole receipt, as an auditor decodes it. */
export async function decode(db: Db, id: string): Promise<Audit.Receipt | undefined> {
  const row = await db
    .selectFrom('audit_entries')
    .selectAll()
    .where('id', '=', id.replace('rcp_', 'aud_EligibilityRegistry_'))
    .executeTakeFirst()
  return row && Audit.decode(entryOf(row))
}

/** The chain's order as text that sorts: block number x 2^20 + index of the log. */
export function positionOf({ blockNumber, logIndex }: { blockNumber: number; logIndex: number }): string {
  return ((BigInt(blockNumber) << 20n) + BigInt(logIndex)).toString(16).padStart(16, '0')
}

export function word(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`
}

function entryOf(row: Selectable<Database['audit_entries']>): AuditLog.Entry {
  return {
    contract: row.contract as AuditLog.Entry['contract'],
    action: row.action,
    subject: row.subject,
    head: BigInt(row.head),
    details: row.details,
    blockNumber: row.block_number,
    logIndex: Number(BigInt(`0x${row.position}`) & 0xfffffn),
    transactionHash: row.transaction_hash,
    timestamp: BigInt(row.timestamp.getTime()) / 1000n,
  }
}
