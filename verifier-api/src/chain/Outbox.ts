import type * as Submission from '@medseal/prover/chain/Submission'
import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Consent from '@medseal/prover/protocol/Consent'
import type { Selectable } from 'kysely'
import type { Db } from '../Services.ts'
import type { Database, ProofState } from '../storage/Database.ts'
import * as Receipts from './Receipts.ts'

// Proofs on their way to the chain. `verified` is the outbox: whoever makes a proof so, in the transaction that checked
// it, has handed it over. Every function is a part of a transaction.

export type Transaction = Selectable<Database['transactions']>

/** A proof that waits, as the contract takes it. */
export type Waiting = {
  readonly id: string
  readonly stakeholderId: string
  readonly nullifier: string
  readonly part: number
  readonly submission: Submission.Submission
}

/** The oldest that wait, but none whose nullifier is in a transaction already: of two, the chain takes one. */
export async function waiting(db: Db, { limit }: { limit: number }): Promise<readonly Waiting[]> {
  const rows = await db
    .selectFrom('proofs')
    .select(['id', 'stakeholder_id', 'nullifier', 'part', 'submission'])
    .where('state', '=', 'verified')
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('proofs as sent')
            .select('sent.id')
            .whereRef('sent.nullifier', '=', 'proofs.nullifier')
            .whereRef('sent.part', '=', 'proofs.part')
            .where('sent.state', '=', 'sent'),
        ),
      ),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, stakeholder_id, nullifier, part, submission }) => {
    return { id, stakeholderId: stakeholder_id, nullifier, part, submission: read(submission) }
  })
}

/**
 * Writes a signed transaction down, and its proofs as sent: before anybody is told of it.
 * @throws {TakenError} where a proof no longer waits: nothing of it is to be written.
 */
export async function post(db: Db, transaction: Transaction, proofIds: readonly string[]): Promise<void> {
  await db.insertInto('transactions').values(transaction).execute()
  const { numUpdatedRows } = await db
    .updateTable('proofs')
    .set({ state: 'sent', transaction_id: transaction.id, updated_at: new Date() })
    .where('id', 'in', [...proofIds])
    .where('state', '=', 'verified')
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== proofIds.length) throw new TakenError()
}

/** Puts another transaction of the same nonce beside one that is stuck: whichever is included carries the proofs. */
export async function replace(db: Db, stuck: Transaction, next: Transaction): Promise<void> {
  await db.insertInto('transactions').values(next).execute()
  await move(db, { transactionIds: [stuck.id] }, 'sent', next.id)
}

/** A receipt is on chain: the proof it is of, whoever carried it there, is included. */
export async function include(db: Db, row: Receipts.Row): Promise<boolean> {
  const proof = await proofOf(db, row, ['verified', 'sent', 'refused'])
  if (!proof) return false
  const carrier = await db
    .selectFrom('transactions')
    .select('id')
    .where('hash', '=', row.transaction_hash)
    .executeTakeFirst()
  await db
    .updateTable('proofs')
    .set({ state: 'included', reason: null, updated_at: new Date(), ...(carrier && { transaction_id: carrier.id }) })
    .where('id', '=', proof.id)
    .execute()
  return true
}

/** A receipt has vanished from the chain: its proof is on its way again. */
export async function takeBack(db: Db, row: Receipts.Row): Promise<void> {
  const proof = await proofOf(db, row, ['included', 'final'])
  if (proof) await resume(db, proof.id)
}

/** Transactions in blocks above `fork` are no longer in any. */
export async function takeBackTransactions(db: Db, fork: number): Promise<void> {
  await db
    .updateTable('transactions')
    .set({ state: 'signed', block_number: null, updated_at: new Date() })
    .where('state', 'in', ['included', 'final'])
    .where('block_number', '>', fork)
    .execute()
}

/** After the chain was read anew: what is said to be on it and is not, is on its way again. */
export async function takeBackLost(db: Db): Promise<void> {
  const lost = await db
    .selectFrom('proofs')
    .innerJoin('requests', 'requests.id', 'proofs.request_id')
    .select('proofs.id')
    .where('proofs.state', 'in', ['included', 'final'])
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('receipts')
            .select('receipts.id')
            .whereRef('receipts.request_digest', '=', 'requests.digest')
            .whereRef('receipts.nullifier', '=', 'proofs.nullifier')
            .whereRef('receipts.part', '=', 'proofs.part'),
        ),
      ),
    )
    .execute()
  for (const { id } of lost) await resume(db, id)
}

/** Proofs and transactions in blocks up to this one stay. */
export async function finalize(db: Db, blockNumber: number): Promise<void> {
  const now = new Date()
  await db
    .updateTable('transactions')
    .set({ state: 'final', updated_at: now })
    .where('state', '=', 'included')
    .where('block_number', '<=', blockNumber)
    .execute()
  const rows = await db
    .selectFrom('proofs')
    .innerJoin('requests', 'requests.id', 'proofs.request_id')
    .innerJoin('receipts', (join) =>
      join
        .onRef('receipts.request_digest', '=', 'requests.digest')
        .onRef('receipts.nullifier', '=', 'proofs.nullifier')
        .onRef('receipts.part', '=', 'proofs.part'),
    )
    .select('proofs.id')
    .where('proofs.state', '=', 'included')
    .where('receipts.block_number', '<=', blockNumber)
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return
  await db.updateTable('proofs').set({ state: 'final', updated_at: now }).where('id', 'in', ids).execute()
}

/** Nothing sent so far counts where the contracts are now. */
export async function abandonAll(db: Db): Promise<void> {
  await db.updateTable('transactions').set({ state: 'replaced', updated_at: new Date() }).execute()
  await db
    .updateTable('proofs')
    .set({ state: 'verified', transaction_id: null, updated_at: new Date() })
    .where('state', '=', 'sent')
    .execute()
}

/** Transactions that nobody has seen in a block, oldest nonce first. */
export async function unsettled(db: Db, relayer: string): Promise<readonly Transaction[]> {
  return await db
    .selectFrom('transactions')
    .selectAll()
    .where('state', '=', 'signed')
    .where('relayer', '=', relayer)
    .orderBy('nonce')
    .orderBy('id')
    .limit(200)
    .execute()
}

export async function ofNonce(db: Db, relayer: string, nonce: number): Promise<readonly Transaction[]> {
  return await db
    .selectFrom('transactions')
    .selectAll()
    .where('relayer', '=', relayer)
    .where('nonce', '=', nonce)
    .orderBy('id')
    .execute()
}

/** The nonce after all that were used in transactions that may still count; 0 where there are none. */
export async function nextNonce(db: Db, relayer: string): Promise<number> {
  const last = await db
    .selectFrom('transactions')
    .select('nonce')
    .where('relayer', '=', relayer)
    .where('state', '!=', 'replaced')
    .orderBy('nonce', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last === undefined ? 0 : last.nonce + 1
}

/** One transaction of a nonce is in a block: the others never will be. Gives its proofs that have no receipt. */
export async function settle(
  db: Db,
  {
    all,
    winner,
    blockNumber,
    isFinal,
  }: { all: readonly Transaction[]; winner: Transaction; blockNumber: number; isFinal: boolean },
): Promise<readonly { readonly id: string; readonly stakeholder_id: string; readonly nullifier: string }[]> {
  const updated_at = new Date()
  const ids = all.map(({ id }) => id)
  await db.updateTable('transactions').set({ state: 'replaced', updated_at }).where('id', 'in', ids).execute()
  await db
    .updateTable('transactions')
    .set({ state: isFinal ? 'final' : 'included', block_number: blockNumber, updated_at })
    .where('id', '=', winner.id)
    .execute()
  return await db
    .selectFrom('proofs')
    .select(['id', 'stakeholder_id', 'nullifier'])
    .where('transaction_id', 'in', ids)
    .where('state', '=', 'sent')
    .orderBy('id')
    .execute()
}

/** Transactions that can no longer get into a block: their proofs wait again. */
export async function abandon(db: Db, transactions: readonly Transaction[]): Promise<void> {
  const ids = transactions.map(({ id }) => id)
  const updated_at = new Date()
  await db.updateTable('transactions').set({ state: 'replaced', updated_at }).where('id', 'in', ids).execute()
  await move(db, { transactionIds: ids }, 'verified', null)
}

/** Proofs wait again. */
export async function putBack(db: Db, proofIds: readonly string[]): Promise<void> {
  if (proofIds.length === 0) return
  await db
    .updateTable('proofs')
    .set({ state: 'verified', transaction_id: null, updated_at: new Date() })
    .where('id', 'in', [...proofIds])
    .where('state', '=', 'sent')
    .execute()
}

/** The chain does not take it. False where it is elsewhere by now. */
export async function refuse(db: Db, proofId: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('proofs')
    .set({ state: 'refused', reason, updated_at: new Date() })
    .where('id', '=', proofId)
    .where('state', 'in', ['verified', 'sent'])
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Receipts in which this nullifier was spent for this part. */
export async function receiptsOf(db: Db, { nullifier, part }: Pick<Waiting, 'nullifier' | 'part'>) {
  return await db
    .selectFrom('receipts')
    .selectAll()
    .where('nullifier', '=', nullifier)
    .where('part', '=', part)
    .execute()
}

/** A submission's text, as it is kept. */
export function read(text: string): Submission.Submission {
  return Form.read(text, [ProofFile.kind])
}

async function move(
  db: Db,
  { transactionIds }: { transactionIds: readonly string[] },
  state: ProofState,
  transactionId: string | null,
): Promise<void> {
  await db
    .updateTable('proofs')
    .set({ state, transaction_id: transactionId, updated_at: new Date() })
    .where('transaction_id', 'in', [...transactionIds])
    .where('state', '=', 'sent')
    .execute()
}

/** On its way in the transaction that carried it, if that may be included again; else it waits. */
async function resume(db: Db, proofId: string): Promise<void> {
  const row = await db
    .selectFrom('proofs')
    .leftJoin('transactions', 'transactions.id', 'proofs.transaction_id')
    .select(['transactions.id as transaction_id', 'transactions.state as state'])
    .where('proofs.id', '=', proofId)
    .executeTakeFirst()
  const isOnItsWay = row?.transaction_id != null && row.state !== 'replaced'
  if (isOnItsWay) {
    await db
      .updateTable('transactions')
      .set({ state: 'signed', block_number: null, updated_at: new Date() })
      .where('id', '=', row.transaction_id)
      .execute()
  }
  await db
    .updateTable('proofs')
    .set({
      state: isOnItsWay ? 'sent' : 'verified',
      transaction_id: isOnItsWay ? row.transaction_id : null,
      updated_at: new Date(),
    })
    .where('id', '=', proofId)
    .execute()
}

/**
 * The proof that a receipt is of. A proof can be written in several ways that all hold, so a stranger may have carried
 * it altered: what it is bound to (request, part, nullifier, consent, deadline) tells it.
 */
async function proofOf(db: Db, row: Receipts.Row, states: readonly ProofState[]) {
  const candidates = await db
    .selectFrom('proofs')
    .innerJoin('requests', 'requests.id', 'proofs.request_id')
    .select(['proofs.id', 'proofs.submission'])
    .where('requests.digest', '=', row.request_digest)
    .where('proofs.part', '=', row.part)
    .where('proofs.nullifier', '=', row.nullifier)
    .where('proofs.state', 'in', [...states])
    .execute()
  if (candidates.length === 0) return undefined
  const receipt = await Receipts.decode(db, row.id)
  return candidates.find(({ submission }) => {
    const { consent, deadline } = read(submission)
    const consentId = consent ? Consent.idOf(consent) : Consent.none
    return receipt?.deadline === deadline && receipt.consentId.toLowerCase() === consentId.toLowerCase()
  })
}

/** A proof was taken meanwhile. */
export class TakenError extends Error {
  override readonly name = 'Outbox.TakenError'
  constructor() {
    super('A proof of this transaction no longer waits.')
  }
}
