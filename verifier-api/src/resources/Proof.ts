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
