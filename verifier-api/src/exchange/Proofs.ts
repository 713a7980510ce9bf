import type * as Submission from '@medseal/prover/chain/Submission'
import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Asked from '@medseal/prover/protocol/Request'
import type { Selectable } from 'kysely'
import { ApiError } from '../errors.ts'
import type * as Proof from '../resources/Proof.ts'
import type { Db, Services } from '../Services.ts'
import type { Database } from '../storage/Database.ts'
import * as Checks from './Checks.ts'
import * as Word from './Word.ts'

export type Row = Selectable<Database['proofs']>

/** The submission a row keeps. */
export function submissionOf(row: Pick<Row, 'submission'>): Submission.Submission {
  return Form.read(row.submission, [ProofFile.kind])
}

/** Of a client's JSON. @throws {ApiError} invalid-field, naming the place and the rule. */
export function parse(json: unknown): Submission.Submission {
  try {
    return Form.read(JSON.stringify(json), [ProofFile.kind])
  } catch (cause) {
    if (cause instanceof Form.BrokenError)
      throw new ApiError('invalid-field', { field: 'proof', detail: `${cause.message}.` })
    throw cause
  }
}

/** @throws {ApiError} not-found, for what is another's as well. */
export async function own({ database }: Pick<Services, 'database'>, stakeholderId: string, id: string): Promise<Row> {
  const row = await database
    .selectFrom('proofs')
    .selectAll()
    .where('id', '=', id)
    .where('stakeholder_id', '=', stakeholderId)
    .executeTakeFirst()
  if (!row) throw new ApiError('not-found')
  return row
}

export async function resource(db: Db, row: Row): Promise<Proof.Proof> {
  const [only] = await resources(db, [row])
  if (!only) throw new ApiError('internal')
  return only
}

/** With what became of them on chain. */
export async function resources(db: Db, rows: readonly Row[]): Promise<readonly Proof.Proof[]> {
  if (rows.length === 0) return []
  const submissions = rows.map(submissionOf)
  const digests = submissions.map(({ request }) => Asked.idOf(request))
  const transactionIds = rows.flatMap((row) => row.transaction_id ?? [])
  const transactions =
    transactionIds.length === 0
      ? []
      : await db.selectFrom('transactions').select(['id', 'hash']).where('id', 'in', transactionIds).execute()
  const receipts = await db
    .selectFrom('receipts')
    .select(['id', 'request_digest', 'part', 'nullifier', 'transaction_hash'])
    .where('request_digest', 'in', [...new Set<string>(digests)])
    .execute()
  return rows.map((row, i) => {
    const { request, part, circuit } = submissions[i] ?? submissionOf(row)
    const isOnChain = row.state === 'included' || row.state === 'final'
    const receipt = receipts.find(
      (each) =>
        isOnChain && each.request_digest === digests[i] && each.part === part && each.nullifier === row.nullifier,
    )
    const sent = transactions.find(({ id }) => id === row.transaction_id)
    return {
      id: row.id,
      object: 'proof',
      requestId: row.request_id,
      part,
      policyHash: Word.of(request.policyHashes[part] ?? 0n),
      nullifier: row.nullifier,
      circuit,
      state: row.state,
      reason: row.reason,
      checks: Checks.list(row.state, row.reason),
      transactionHash: receipt?.transaction_hash ?? sent?.hash ?? null,
      receiptId: receipt?.id ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    }
  })
}

/** Checks a submission off chain, whoever it answers. Nothing is kept. */
export async function judge(services: Services, submission: Submission.Submission): Promise<Proof.Verdict> {
  const { request, part, nullifier, circuit } = submission
  const reason = await Checks.reasonAgainst(services, submission)
  const policyHash = request.policyHashes[part]
  return {
    object: 'verdict',
    valid: reason === undefined,
    reason: reason ?? null,
    requestDigest: Asked.idOf(request),
    recipientId: request.recipientId.toString(),
    part,
    policyHash: policyHash === undefined ? null : Word.of(policyHash),
    nullifier: Word.of(nullifier),
    circuit,
    checks: Checks.list(reason === undefined ? 'verified' : 'rejected', reason ?? null),
  }
}
