import { z } from 'zod'
import * as Common from './Common.ts'

export const auditEntry = z
  .object({
    id: z.string().regex(/^aud_[A-Za-z]+_[0-9]+$/),
    object: z.literal('audit_entry'),
    contract: z.string(),
    sequence: z.string(),
    action: z.string(),
    subject: Common.word,
    details: z.string(),
    head: z.string(),
    blockNumber: z.int(),
    transactionHash: Common.word,
    timestamp: Common.time,
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof auditEntry>
