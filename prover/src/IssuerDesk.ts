import { hexlify } from 'ethers'
import * as DeploymentFile from './files/DeploymentFile.ts'
import type * as EnrolmentFile from './files/EnrolmentFile.ts'
import type { Desk } from './files/IssuerFile.ts'
import { circuits } from './generated/circuits.ts'
import * as Issue from './issue.ts'
import * as Context from './protocol/Context.ts'
import * as Day from './protocol/Day.ts'
import type * as Holder from './protocol/Holder.ts'
import type * as Issuance from './protocol/Issuance.ts'
import * as Issuer from './protocol/Issuer.ts'
import * as StatusList from './protocol/StatusList.ts'
import * as Signals from './Signals.ts'
import * as Verify from './verify.ts'

/** Makes an invitation for somebody the issuer has identified, and remembers its nonce. */
export function invite({ issuer, chainId, invitations }: Desk): EnrolmentFile.Invitation {
  const nonce = hexlify(crypto.getRandomValues(new Uint8Array(32))) as `0x${string}`
  invitations.add(nonce)
  return { chainId, issuerId: Issuer.idOf(issuer.publicKey), nonce }
}

/**
 * Accepts the answer to an invitation, once: the holder whose secret the patient has shown to know.
 * @throws {EnrolmentRefusedError}
 */
export async function accept(
  { issuer, chainId, invitations }: Desk,
  { issuerId, nonce, holder, proof }: EnrolmentFile.Enrolment,
): Promise<Holder.Holder> {
  if (circuits.enrolment.class === 'development' && chainId !== DeploymentFile.localChainId) {
    throw new EnrolmentRefusedError({
      reason: 'anybody can forge it here, development keys count on local chains only',
    })
  }
  if (issuerId !== Issuer.idOf(issuer.publicKey)) throw new EnrolmentRefusedError({ reason: 'another issuer’s' })
  if (!invitations.has(nonce)) throw new EnrolmentRefusedError({ reason: 'not invited, or used before' })
  const context = Context.ofEnrolment({ issuerId, nonce })
  const verdict = await Verify.verify('enrolment', proof, Signals.encode('enrolment', { holder, issuerId, context }))
  if (!verdict.valid) throw new EnrolmentRefusedError({ reason: verdict.reason })
  invitations.delete(nonce)
  return holder
}

/**
 * A holder who has enrolled before and has a credential that is alive.
 * @throws {EnrolmentRefusedError}
 */
export function known({ alive }: Desk, { holder }: EnrolmentFile.Enrolment): Holder.Holder {
  if (!alive.has(holder)) throw new EnrolmentRefusedError({ reason: 'this holder has no credential to renew' })
  return holder
}

/**
 * Issues a record to a holder, in place of the one before.
 * @throws {OtherKeyError} {Issue.NotOnePatientError} and what `Issuance.issue` throws.
 */
export function issue(
  desk: Desk,
  signingKey: Issuer.SigningKey,
  content: Issue.Content,
  to: { readonly holder: Holder.Holder; readonly expires: Day.Day },
): Issuance.Issued & { readonly changes: Issuance.Changes } {
  const publicKey = Issuer.publicKeyOf(signingKey)
  if (Issuer.idOf(publicKey) !== Issuer.idOf(desk.issuer.publicKey)) throw new OtherKeyError()
  return Issue.issue({ ...desk, signingKey }, content, to)
}

/** The words of the issuer's status list that differ from those published: what an update has to send. */
export function unpublished({ status }: Pick<Desk, 'status'>, published: StatusList.StatusList): StatusList.Change[] {
  return status.words.flatMap((word, position) => (word === published.words[position] ? [] : [{ position, word }]))
}

/** What a registrar needs to know of an issuer. Public. */
export function registrationOf({ issuer, chainId, status }: Desk) {
  return {
    issuerId: Issuer.idOf(issuer.publicKey),
    publicKey: issuer.publicKey,
    roles: issuer.roles,
    validUntil: Day.format(issuer.validUntil),
    validUntilField: Day.toField(issuer.validUntil),
    chainId,
    statusRoot: StatusList.root(status),
  }
}

/** The issuer does not accept the proof of who the holder is. */
export class EnrolmentRefusedError extends Error {
  override readonly name = 'IssuerDesk.EnrolmentRefusedError'
  constructor({ reason }: { reason: string }) {
    super(`This enrolment is not accepted: ${reason}.`)
  }
}

/** The signing key is not this issuer's. */
export class OtherKeyError extends Error {
  override readonly name = 'IssuerDesk.OtherKeyError'
  constructor() {
    super('The signing key is not the one this issuer was created with.')
  }
}
