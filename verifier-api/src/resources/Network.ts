import { z } from 'zod'
import * as Common from './Common.ts'

/** Where Medseal is deployed: what a client needs to check everything against the chain itself. */
export const network = z
  .object({
    object: z.literal('network'),
    /** Decimal. */
    chainId: z.string(),
    fromBlock: z.int(),
    addresses: z.record(z.string(), Common.address),
    /** Blocks after which a receipt is final. */
    confirmations: z.int(),
    /** The last block this API has followed. */
    blockNumber: z.int(),
  })
  .meta({ id: 'Network' })
export type Network = z.infer<typeof network>
