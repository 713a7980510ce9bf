import { z } from 'zod'
import type * as Issue from '../issue.ts'
import type { Attribute } from '../protocol/Attribute.ts'
import * as Day from '../protocol/Day.ts'
import * as Form from './Form.ts'

const attribute = Form.object({
  category: Form.category,
  system: Form.system,
  code: Form.bits(64),
  day: Form.day,
  partialDay: z.boolean(),
  value: Form.bits(64),
  bounded: z.boolean(),
  detail: Form.fieldElement,
  active: z.boolean(),
  fact: z.string(),
  time: z.string(),
}) as unknown as z.ZodType<Attribute>

/** What an issuer is about to sign: an import, before it has a holder, salts and a root. Secret. */
export const kind: Form.Kind<Issue.Content> = {
  tag: 'record/1',
  schema: Form.object({
    asOf: Form.day,
    patients: Form.whole(100_000),
    complete: Form.completeness,
    attributes: z.array(attribute).max(100_000),
  }),
}

export function fieldsOf({ asOf, patients, complete, attributes }: Issue.Content) {
  return {
    asOf: Day.format(asOf),
    patients,
    complete: { ...complete, since: Day.format(complete.since) },
    // What could not be read is accounted for in `complete` by now.
    attributes: attributes.map(({ unread: _, ...each }) => ({ ...each, day: Day.format(each.day) })),
  }
}
