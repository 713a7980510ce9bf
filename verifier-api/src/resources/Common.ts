import { z } from 'zod'
import * as Id from '../Id.ts'

// Forms that several resources share. What the API sends: bigints as decimal text, times as ISO 8601 in UTC.

export const id = (kind: Id.Kind) =>
  z
    .string()
    .regex(Id.pattern(kind))
    .meta({ example: `${Id.prefixes[kind]}_${'0'.repeat(36)}` })

export const time = z.iso.datetime().meta({ example: '2026-11-22T12:00:00.000Z' })
/** Number of a stakeholder, decimal. */
export const stakeholderId = z
  .string()
  .regex(/^[1-9][0-9]{0,77}$/)
  .meta({ example: '7' })
/** 32 bytes, 0x and 64 lower-case digits: hashes, digests, nullifiers. */
export const word = z.string().regex(/^0x[0-9a-f]{64}$/)
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
export const signature = z.string().regex(/^0x([0-9a-fA-F]{2}){1,4096}$/)

/** One page of a list: `next` is the cursor of the page after it, null at the end. */
export const pageOf = <item extends z.ZodType>(item: item) =>
  z.object({ data: z.array(item), next: z.string().nullable() })

/** Query of a list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
})

/** RFC 9457, with a stable code, the field at fault where there is one, and the request's id to quote. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    field: z.string().optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
