import { z } from 'zod'
import type { Policy } from '../protocol/Policy.ts'
import * as PolicyFile from '../protocol/PolicyFile.ts'
import type { Request } from '../protocol/Request.ts'
import * as Form from './Form.ts'

/** A request as it travels: the question, the recipient's signature, and the text of its policies. Public. */
export type Signed = { readonly request: Request; readonly signature: string; readonly policies: readonly Policy[] }

export const mostPolicies = 16

const policy = z.unknown().transform((value, context): Policy => {
  try {
    return PolicyFile.parse(JSON.stringify(value) ?? '')
  } catch (cause) {
    const isKnown = cause instanceof PolicyFile.InvalidPolicyError
    context.addIssue({
      code: 'custom',
      message: isKnown ? cause.rule : 'must be a policy',
      path: isKnown ? [cause.path] : [],
      input: undefined,
    })
    return z.NEVER
  }
})

/** Form of a request, for the files that have one. */
export const requestForm = Form.object({
  chainId: Form.bits(256),
  consumer: Form.address,
  recipientId: Form.bits(256),
  policyHashes: z.array(Form.fieldElement).min(1).max(mostPolicies),
  program: Form.bits(256),
  purpose: Form.purpose,
  consentRequired: z.boolean(),
  expiresAt: Form.bits(64),
  nonce: Form.bits(256),
}) as unknown as z.ZodType<Request>

export const kind: Form.Kind<Signed> = {
  tag: 'request/1',
  schema: Form.object({
    request: requestForm,
    signature: Form.signature,
    policies: z.array(policy).min(1).max(mostPolicies),
  }),
}
