import { z } from 'zod'
import * as Common from './Common.ts'

/** What the EligibilityRegistry left of a check: enough to replay it. From the chain, the same for everybody. */
export const receipt = z
  .object({
    id: z.string().regex(/^rcp_[0-9]+$/),
    object: z.literal('receipt'),
    requestDigest: Common.word,
    recipientId: Common.stakeholderId,
    policyHash: Common.word,
    part: z.int(),
    nullifier: Common.word,
    blockNumber: z.int(),
    transactionHash: Common.word,
    final: z.boolean(),
    timestamp: Common.time,
  })
  .meta({ id: 'Receipt' })
export type Receipt = z.infer<typeof receipt>
