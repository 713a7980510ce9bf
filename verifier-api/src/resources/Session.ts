import { z } from 'zod'
import * as Common from './Common.ts'

/** Sign-In with Ethereum (EIP-4361). */
export const challenge = z
  .object({ nonce: z.string(), domain: z.string(), uri: z.url(), chainId: z.string(), expiresAt: Common.time })
  .meta({ id: 'Challenge' })

/** The EIP-4361 message over the challenge, and its signature by the stakeholder's registered key. */
export const creation = z
  .object({ message: z.string().max(4000), signature: Common.signature })
  .meta({ id: 'SessionCreation' })

export const session = z
  .object({
    object: z.literal('session'),
    /** Bearer token, good for ten minutes, while the stakeholder's key stays the one that signed. */
    token: z.string(),
    stakeholderId: Common.stakeholderId,
    roles: z.array(z.string()),
    expiresAt: Common.time,
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof session>
