import { z } from 'zod'
import * as Common from './Common.ts'

export const stakeholder = z
  .object({
    id: Common.stakeholderId,
    object: z.literal('stakeholder'),
    key: Common.address,
    roles: z.array(z.string()),
    suspended: z.boolean(),
    /** Decimal; null where it issues no records. */
    issuerId: z.string().nullable(),
  })
  .meta({ id: 'Stakeholder' })
export type Stakeholder = z.infer<typeof stakeholder>
