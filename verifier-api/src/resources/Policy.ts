import { z } from 'zod'
import * as Common from './Common.ts'

/** What a client sends: a policy file's JSON. The compiler judges it. */
export const creation = z.object({ policy: z.record(z.string(), z.unknown()) }).meta({ id: 'PolicyCreation' })

export const policy = z
  .object({
    id: Common.id('policy'),
    object: z.literal('policy'),
    hash: Common.word,
    name: z.string(),
    /** The policy file. */
    policy: z.record(z.string(), z.unknown()),
    /** What it says, in words, one line each. */
    words: z.array(z.string()),
    /** The smallest circuit that proves it. */
    circuit: z.enum(['eligibility-s', 'eligibility-m', 'eligibility-l']),
    /** Value ranges so narrow that meeting them tells the value: wallets refuse to answer. */
    needleNarrow: z.array(z.string()),
    createdAt: Common.time,
  })
  .meta({ id: 'Policy' })
export type Policy = z.infer<typeof policy>

/** Compiled but not kept: what a builder shows while one types. */
export const draft = policy.omit({ id: true, object: true, createdAt: true }).meta({ id: 'PolicyDraft' })
export type Draft = z.infer<typeof draft>
