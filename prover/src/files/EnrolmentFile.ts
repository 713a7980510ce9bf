import type { z } from 'zod'
import type * as Proof from '../Proof.ts'
import * as ProofModule from '../Proof.ts'
import type { Holder } from '../protocol/Holder.ts'
import type { IssuerId } from '../protocol/Issuer.ts'
import * as Form from './Form.ts'

/** What an issuer hands to a patient it has identified: who it is, and a fresh nonce. Not secret, for one use. */
export type Invitation = { readonly chainId: bigint; readonly issuerId: IssuerId; readonly nonce: `0x${string}` }

/** The patient's answer: who they are to this issuer, and a proof that they know the secret behind it. */
export type Enrolment = Invitation & { readonly holder: Holder; readonly proof: Proof.Proof }

const invited = { chainId: Form.bits(256), issuerId: Form.fieldElement, nonce: Form.word }

export const invitation: Form.Kind<Invitation> = {
  tag: 'invitation/1',
  schema: Form.object(invited) as unknown as z.ZodType<Invitation>,
}

export const enrolment: Form.Kind<Enrolment> = {
  tag: 'enrolment/1',
  schema: Form.object({
    ...invited,
    holder: Form.fieldElement,
    proof: Form.proof,
  }) as unknown as z.ZodType<Enrolment>,
}

export function fieldsOf({ proof, ...fields }: Enrolment) {
  return { ...fields, proof: ProofModule.toJson(proof) }
}
