import { z } from 'zod'
import type * as Submission from '../chain/Submission.ts'
import { eligibilitySizes } from '../generated/parameters.ts'
import * as Proof from '../Proof.ts'
import type { Consent } from '../protocol/Consent.ts'
import * as Day from '../protocol/Day.ts'
import type { Circuit } from '../protocol/Eligibility.ts'
import * as Form from './Form.ts'
import * as RequestFile from './RequestFile.ts'

const consent = Form.object({
  chainId: Form.bits(256),
  registry: Form.address,
  requestId: Form.word,
  recipientId: Form.bits(256),
  patientKey: Form.address,
  subject: Form.fieldElement,
  detailsHash: Form.word,
  notBefore: Form.bits(64),
  notAfter: Form.bits(64),
  salt: Form.word,
}) as unknown as z.ZodType<Consent>

const circuits = eligibilitySizes.map(({ circuit }) => circuit) as [Circuit, ...Circuit[]]

/** An answer to one part of a request, ready for a contract or anybody else to check. Public to its recipient. */
export const kind: Form.Kind<Submission.Submission> = {
  tag: 'proof/1',
  schema: Form.object({
    request: RequestFile.requestForm,
    requestSignature: Form.signature,
    part: Form.whole(RequestFile.mostPolicies - 1),
    circuit: z.enum(circuits),
    verifierVersion: Form.whole(0xffffffff),
    today: Form.day,
    deadline: Form.bits(64),
    consent: consent.exactOptional(),
    nullifier: Form.fieldElement,
    issuersRoot: Form.fieldElement,
    proof: Form.proof,
  }) as unknown as z.ZodType<Submission.Submission>,
}

export function fieldsOf({ today, proof, ...fields }: Submission.Submission) {
  return { ...fields, today: Day.format(today), proof: Proof.toJson(proof) }
}
