import { createHash } from 'node:crypto'
import type * as Submission from '@medseal/prover/chain/Submission'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as CanonicalJson from '@medseal/prover/protocol/CanonicalJson'
import * as Asked from '@medseal/prover/protocol/Request'
import type { z } from 'zod'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import type * as Request from '../resources/Request.ts'
import type { Db, Services } from '../Services.ts'
import * as Requests from './Requests.ts'
import * as Word from './Word.ts'

type Acknowledgement = z.infer<typeof Request.acknowledgement>

/** Answers to one request that may wait unchecked: whoever knows its id may post, and posting costs nothing. */
const mostWaiting = 64

/**
 * Takes an answer to a request: written down, with the job that checks it, in one transaction. What was acknowledged
 * survives a crash from then on. The same answer again is the same rows.
 * @throws {ApiError} invalid-response where it is no answer to this request.
 */
export async function take(
  services: Services,
  row: Requests.Row,
  { vp_token, state }: z.output<typeof Request.answer>,
): Promise<Acknowledgement> {
  if (state !== Requests.withoutNote(row).state) throw unfit('state must be the one of the request')
  const submissions = read(vp_token)
  for (const submission of submissions) checkFit(submission, row)
  if (new Set(submissions.map(({ nullifier }) => nullifier)).size > 1)
    throw unfit('vp_token must be of one person: the nullifiers differ')
  const answers = submissions.map((submission) => rowOf(submission, row))
  return services.transaction(async (db) => {
    const fresh = await missing(db, answers)
    if (fresh.length > 0) await checkRoom(db, row)
    for (const answer of fresh) {
      const added = await db
        .insertInto('proofs')
        .values(answer)
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .returning('id')
        .executeTakeFirst()
      // Another process may have taken the same answer in the meantime.
      if (added) await services.jobs.send('verify', { proofId: added.id }, { db, singletonKey: added.id })
    }
    return { proofs: await taken(db, answers) }
  })
}

/** How far the answers to a request are: newest first. */
export async function progress(
  { database }: Pick<Services, 'database'>,
  row: Requests.Row,
): Promise<Acknowledgement['proofs']> {
  return database
    .selectFrom('proofs')
    .select(['id', 'part', 'state'])
    .where('request_id', '=', row.id)
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
}

function read(token: string): readonly Submission.Submission[] {
  try {
    return PresentationResponse.read(token)
  } catch (cause) {
    if (cause instanceof Form.BrokenError) throw unfit(cause.message)
    throw cause
  }
}

/** That it answers this request and no other, told without the chain and without a pairing. */
function checkFit({ request, requestSignature, part, ...answer }: Submission.Submission, row: Requests.Row): void {
  const place = `vp_token.part-${part}[0]`
  if (Asked.idOf(request) !== row.digest) throw unfit(`${place}.request must be the request that is answered`)
  if (requestSignature.toLowerCase() !== row.signature)
    throw unfit(`${place}.requestSignature must be the request's own`)
  if (part >= request.policyHashes.length) throw unfit(`${place}.part must be a part of the request`)
  if (answer.nullifier === (0n as typeof answer.nullifier)) throw unfit(`${place}.nullifier must not be 0`)
  const { consent } = answer
  if (!consent) {
    if (request.consentRequired) throw unfit(`${place}.consent is missing`)
    return
  }
  if (consent.requestId.toLowerCase() !== row.digest) throw unfit(`${place}.consent must be for the request`)
  if (consent.subject !== answer.nullifier) throw unfit(`${place}.consent must be for the nullifier`)
}

function rowOf(submission: Submission.Submission, row: Requests.Row) {
  const now = new Date()
  const text = CanonicalJson.write(PresentationResponse.toJson(submission))
  return {
    id: Id.create('proof'),
    request_id: row.id,
    stakeholder_id: row.stakeholder_id,
    part: submission.part,
    nullifier: Word.of(submission.nullifier),
    submission: text,
    // Addresses and signatures may be written in capitals: the same answer all the same.
    digest: createHash('sha256').update(text.toLowerCase()).digest('hex'),
    state: 'received' as const,
    reason: null,
    transaction_id: null,
    created_at: now,
    updated_at: now,
  }
}

type Answer = ReturnType<typeof rowOf>

async function missing(db: Db, answers: readonly Answer[]): Promise<readonly Answer[]> {
  const known = await db.selectFrom('proofs').select('digest').where('digest', 'in', digestsOf(answers)).execute()
  return answers.filter(({ digest }) => !known.some((row) => row.digest === digest))
}

async function taken(db: Db, answers: readonly Answer[]): Promise<Acknowledgement['proofs']> {
  const rows = db.selectFrom('proofs').select(['id', 'part', 'state']).where('digest', 'in', digestsOf(answers))
  return rows.orderBy('part').execute()
}

function digestsOf(answers: readonly Answer[]): string[] {
  return answers.map(({ digest }) => digest)
}

async function checkRoom(db: Db, row: Requests.Row): Promise<void> {
  const waiting = await db
    .selectFrom('proofs')
    .select('id')
    .where('request_id', '=', row.id)
    .where('state', '=', 'received')
    .limit(mostWaiting)
    .execute()
  if (waiting.length >= mostWaiting)
    throw new ApiError('too-many-requests', { detail: 'Answers to this request wait to be checked.' })
}

function unfit(rule: string): ApiError {
  return new ApiError('invalid-response', { field: 'vp_token', detail: `${rule}.` })
}
