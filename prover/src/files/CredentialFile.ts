import { z } from 'zod'
import type { Credential } from '../protocol/Credential.ts'
import * as Day from '../protocol/Day.ts'
import type * as Issuance from '../protocol/Issuance.ts'
import type * as Record from '../protocol/Record.ts'
import * as Tree from '../protocol/Tree.ts'
import * as Form from './Form.ts'

/** A credential as a file has it: parsed, not checked. */
export type Unchecked = { readonly credential: Credential; readonly record: Record.Record }

const leaf = Form.object({
  key: Form.bits(112),
  value: Form.bits(64),
  nextKey: Form.bits(112),
  runningSum: Form.fieldElement,
  detail: Form.fieldElement,
  salt: Form.fieldElement,
}) as unknown as z.ZodType<Record.Leaf>

const credential = Form.object({
  issuer: Form.point,
  holder: Form.fieldElement,
  recordRoot: Form.fieldElement,
  leafCount: Form.whole(Tree.capacity),
  complete: Form.completeness,
  asOf: Form.day,
  expires: Form.day,
  statusIndex: Form.whole(0xfffff),
  signature: Form.object({ r8: Form.point, s: Form.fieldElement }),
}) as unknown as z.ZodType<Credential>

/** What a patient takes home: credential and record with its salts. The medical file: secret. */
export const kind: Form.Kind<Unchecked> = {
  tag: 'credential/1',
  schema: Form.object({ credential, record: Form.object({ leaves: z.array(leaf).min(1).max(Tree.capacity) }) }),
}

export function fieldsOf({ credential, record }: Issuance.Issued) {
  const { complete, asOf, expires } = credential
  return {
    credential: {
      ...credential,
      complete: { ...complete, since: Day.format(complete.since) },
      asOf: Day.format(asOf),
      expires: Day.format(expires),
    },
    record: { leaves: record.leaves },
  }
}
