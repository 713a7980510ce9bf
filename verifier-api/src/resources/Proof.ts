import { z } from 'zod'
import * as Common from './Common.ts'

export const states = ['received', 'verified', 'rejected', 'sent', 'included', 'final', 'refused'] as const

/** One check of an answer, in the order they are made. */
export const check = z.object({ name: z.string(), passed: z.boolean().nullable() }).meta({ id: 'Check' })

/** An answer to one part of a request. */
export const proof = z
  .object({
    id: Common.id('proof'),
    object: z.literal('proof'),
    requestId: Common.id('request'),
    part: z.int(),
    policyHash: Common.word,
    nullifier: Common.word,
    circuit: z.string(),
    state: z.enum(states),
    /** Of a rejected or refused one: the rule it broke. */
    reason: z.string().nullable(),
    checks: z.array(check),
    transactionHash: z.string().nullable(),
    receiptId: z.string().nullable(),
    createdAt: Common.time,
    updatedAt: Common.time,
  })
  .meta({ id: 'Proof' })
export type Proof = z.infer<typeof proof>

export const listQuery = Common.pageQuery.extend({
  requestId: Common.id('request').optional(),
  state: z.enum(states).optional(),
})

/** A proof file's JSON, as the command line writes it. */
export const submission = z.object({ proof: z.record(z.string(), z.unknown()) }).meta({ id: 'ProofSubmission' })

/** What came of checking a submission off chain. Nothing is kept, nothing is relayed. */
export const verdict = z
  .object({
    object: z.literal('verdict'),
    valid: z.boolean(),
    /** The first rule that is broken. */
    reason: z.string().nullable(),
    requestDigest: Common.word,
    recipientId: Common.stakeholderId,
    part: z.int(),
    /** null where the request has no such part. */
    policyHash: Common.word.nullable(),
    nullifier: Common.word,
    circuit: z.string(),
    checks: z.array(check),
  })
  .meta({ id: 'Verdict' })
export type Verdict = z.infer<typeof verdict>
