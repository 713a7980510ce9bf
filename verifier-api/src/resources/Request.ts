import { parameters } from '@medseal/prover/generated/parameters'
import { z } from 'zod'
import * as Common from './Common.ts'

const purposes = Object.keys(parameters.purposes) as [string, ...string[]]

export const creation = z
  .object({
    /** In order: a proof's part is its policy's place. */
    policyIds: z.array(Common.id('policy')).min(1).max(16),
    purpose: z.enum(purposes).meta({ description: 'HL7 PurposeOfUse code', example: 'COVAUTH' }),
    consentRequired: z.boolean().default(true),
    /** Id of the recipient's own once-per-person entry in the PolicyRegistry, decimal; "0": none. */
    program: z
      .string()
      .regex(/^[0-9]{1,78}$/)
      .default('0'),
    expiresAt: Common.time,
    /** Who asks and why, as the patient reads it. Signed along. The note is in the request's object alone. */
    recipientName: z.string().min(1).max(100),
    note: z.string().min(1).max(500).optional(),
  })
  .meta({ id: 'RequestCreation' })

/** EIP-712: what the recipient's registered key signs. */
export const typedData = z
  .object({
    domain: z.record(z.string(), z.unknown()),
    types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
    primaryType: z.literal('Request'),
    message: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TypedData' })

export const signing = z.object({ signature: Common.signature }).meta({ id: 'RequestSigning' })

/** draft: not signed. open: may be answered. answered: every part has a receipt of one person. */
export const states = ['draft', 'open', 'answered', 'expired', 'withdrawn'] as const

export const request = z
  .object({
    id: Common.id('request'),
    object: z.literal('request'),
    /** EIP-712 digest: its name on chain. */
    digest: Common.word,
    recipientId: Common.stakeholderId,
    policyIds: z.array(Common.id('policy')),
    purpose: z.string(),
    consentRequired: z.boolean(),
    program: z.string(),
    recipientName: z.string(),
    state: z.enum(states),
    typedData,
    /** What the patient opens; the QR code holds it. null while it is a draft. */
    link: z.url().nullable(),
    expiresAt: Common.time,
    createdAt: Common.time,
  })
  .meta({ id: 'Request' })
export type Request = z.infer<typeof request>

export const listQuery = Common.pageQuery.extend({ state: z.enum(['draft', 'open', 'withdrawn']).optional() })

/** OpenID4VP's direct post: a JSON text of submissions by part, and the object's state where it has one. */
export const answer = z
  .object({ vp_token: z.string().max(262_144), state: z.string().max(200).optional() })
  .meta({ id: 'Answer' })

/** How far an answer's parts are: all that whoever knows the request's id is told of them. */
export const progress = z.object({ id: Common.id('proof'), part: z.int(), state: z.string() }).meta({ id: 'Progress' })

/** What an answer is acknowledged with. */
export const acknowledgement = z.object({ proofs: z.array(progress) }).meta({ id: 'Acknowledgement' })

/** The OpenID4VP object, as `PresentationRequest.parse` of the prover takes it. */
export const presentation = z
  .looseObject({ response_type: z.literal('vp_token'), client_id: z.string(), medseal_signature: z.string() })
  .meta({ id: 'PresentationRequest' })
