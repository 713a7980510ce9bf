import * as Form from '@medseal/prover/files/Form'
import type { Event } from '../resources/Webhook.ts'
import type { Db } from '../Services.ts'
import * as Receipts from './Receipts.ts'

/** Tells a stakeholder's webhooks, in the transaction that makes it so. */
export type Announce = {
  readonly emit: (db: Db, stakeholderId: string, event: Event, data: object) => Promise<void>
  /** The resource of a proof and of a request, as the API shows them. */
  readonly describeProof: (db: Db, id: string) => Promise<object>
  readonly describeRequest: (db: Db, id: string) => Promise<object>
}

export async function included(db: Db, { emit }: Announce, row: Receipts.Row): Promise<void> {
  await emit(db, row.stakeholder_id, 'receipt.included', Receipts.toResource(row, -1))
}

export async function reverted(db: Db, { emit }: Announce, row: Receipts.Row): Promise<void> {
  await emit(db, row.stakeholder_id, 'receipt.reverted', Receipts.toResource(row, -1))
}

/** Receipts that stay from now on, and the requests they complete. */
export async function finalized(
  db: Db,
  announce: Announce,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<void> {
  const rows = await db
    .selectFrom('receipts')
    .selectAll()
    .where('block_number', '>', after)
    .where('block_number', '<=', upTo)
    .orderBy('position')
    .execute()
  for (const row of rows) {
    await announce.emit(db, row.stakeholder_id, 'receipt.final', Receipts.toResource(row, upTo))
  }
  const answers = new Map(rows.map((row) => [`${row.request_digest} ${row.nullifier}`, row]))
  for (const row of answers.values()) await answered(db, announce, row, upTo)
}

/** One person has met every part, and the last of it has just become final. */
async function answered(db: Db, announce: Announce, row: Receipts.Row, upTo: number): Promise<void> {
  const request = await db
    .selectFrom('requests')
    .select(['id', 'stakeholder_id', 'request'])
    .where('digest', '=', row.request_digest)
    .executeTakeFirst()
  if (!request) return
  const parts = await db
    .selectFrom('receipts')
    .select('part')
    .distinct()
    .where('request_digest', '=', row.request_digest)
    .where('nullifier', '=', row.nullifier)
    .where('block_number', '<=', upTo)
    .execute()
  if (parts.length < partsOf(request.request)) return
  await announce.emit(db, request.stakeholder_id, 'request.answered', await announce.describeRequest(db, request.id))
}

/** A chain's relayer gave an answer up for good. */
export async function refused(db: Db, { emit, describeProof }: Announce, proofId: string, stakeholderId: string) {
  await emit(db, stakeholderId, 'proof.refused', await describeProof(db, proofId))
}

function partsOf(request: string): number {
  const { policyHashes } = JSON.parse(request) as { policyHashes?: unknown }
  if (!Array.isArray(policyHashes)) throw new Form.BrokenError('request.policyHashes is missing')
  return policyHashes.length
}
