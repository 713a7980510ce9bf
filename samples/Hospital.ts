import * as Issue from '../prover/src/issue.ts'
import type * as Day from '../prover/src/protocol/Day.ts'
import type * as Holder from '../prover/src/protocol/Holder.ts'
import * as Issuance from '../prover/src/protocol/Issuance.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import type * as ValueSet from '../prover/src/protocol/ValueSet.ts'

/** An issuer at work: what it keeps, and what the issuer tree says of it. */
export type Hospital = Issuance.Issuance & { readonly issuer: Issuer.Issuer }

export function open({
  signingKey,
  issuer,
}: {
  signingKey: Issuer.SigningKey
  issuer: Omit<Issuer.Issuer, 'publicKey'>
}): Hospital {
  return { ...Issuance.open(signingKey), issuer: { ...issuer, publicKey: Issuer.publicKeyOf(signingKey) } }
}

/**
 * Issues the record of a FHIR bundle: imported, matched against the value sets, signed.
 * @throws {Issue.NotOnePatientError} and what importing and issuing throw.
 */
export function issueFromBundle(
  hospital: Hospital,
  text: string,
  options: { holder: Holder.Holder; asOf: Day.Day; expires: Day.Day; since: Day.Day; valueSets: ValueSet.Index },
): Issuance.Issued & { readonly changes: Issuance.Changes } {
  return Issue.issue(hospital, Issue.read(text, options).content, options)
}
