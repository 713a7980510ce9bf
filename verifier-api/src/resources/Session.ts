import { z } from 'zod'
import * as Common from './Common.ts'

/** Sign-In with Ethereum (EIP-4361). */
export const challenge = z
  .object({
    nonce: z.string(),
    domain: z.string(),
    uri: z.url(),
    chainId: z.string(),
    /** By the server's clock, which counts: a client copies it into its message. */
    issuedAt: Common.time,
    expiresAt: Common.time,
  })
  .meta({ id: 'Challenge' })

/** A stakeholder's number, or "0" for the registrar. */
const signerId = z.string().regex(/^(0|[1-9][0-9]{0,77})$/)

/** The EIP-4361 message over the challenge, and its signature by the stakeholder's registered key. */
export const creation = z
  .object({
    message: z.string().max(4000),
    signature: Common.signature,
    /** Needed where one key is of several. */
    stakeholderId: signerId.optional(),
  })
  .meta({ id: 'SessionCreation' })

export const session = z
  .object({
    object: z.literal('session'),
    /** Bearer token, good for ten minutes, while the stakeholder's key stays the one that signed. */
    token: z.string(),
    stakeholderId: signerId,
    roles: z.array(z.string()),
    expiresAt: Common.time,
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof session>

/** The session a call came by. Its token is not repeated. */
export const current = session.omit({ token: true }).meta({ id: 'CurrentSession' })
