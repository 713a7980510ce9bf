import { TypedDataEncoder, ZeroHash } from 'ethers'
import type { Brand } from './Brand.ts'
import * as Request from './Request.ts'

/** A consent's salted EIP-712 digest; 32 zero bytes where a request asks for none. */
export type ConsentId = `0x${string}` & Brand<'ConsentId'>

/** A patient's one-shot grant for one request. Never registered: the proof that carries its id is the grant. */
export type Consent = {
  readonly chainId: bigint
  readonly registry: Request.Address
  readonly requestId: Request.RequestId
  readonly recipientId: Request.StakeholderId
  /** Key the patient uses with this recipient alone; what revokes. */
  readonly patientKey: Request.Address
  /** The nullifier this patient shows for the request: a consent counts for no other. */
  readonly subject: bigint
  /** Salted hash of what else was agreed; 32 zero bytes for nothing. */
  readonly detailsHash: `0x${string}`
  /** Unix seconds: from then, until before then. */
  readonly notBefore: bigint
  readonly notAfter: bigint
  /** 32 random bytes, so that an id does not tell its terms. */
  readonly salt: `0x${string}`
}

/** EIP-712 types, as `IConsentRegistry` hashes them. */
export const types = {
  Consent: [
    { name: 'requestId', type: 'bytes32' },
    { name: 'recipientId', type: 'uint256' },
    { name: 'patientKey', type: 'address' },
    { name: 'subject', type: 'uint256' },
    { name: 'detailsHash', type: 'bytes32' },
    { name: 'notBefore', type: 'uint64' },
    { name: 'notAfter', type: 'uint64' },
    { name: 'uses', type: 'uint32' },
    { name: 'salt', type: 'bytes32' },
  ],
}

/** What a patient signs to revoke by somebody else's transaction. */
export const revocationTypes = { Revocation: [{ name: 'consentId', type: 'bytes32' }] }

/** Id where a request says no consent is needed. It cannot be withdrawn. */
export const none = ZeroHash as ConsentId

/** Details hash where nothing but the request was agreed. */
export const noDetails = ZeroHash as `0x${string}`

/**
 * What the key is for that a patient uses with one recipient: the label of `Holder.patientKeyOf`. The same however the
 * registry's address is capitalised, or a restored wallet would have another key.
 */
export function relationshipOf({
  chainId,
  registry,
  recipientId,
}: Pick<Consent, 'chainId' | 'recipientId'> & { readonly registry: string }): string {
  return `${chainId}/${registry.toLowerCase()}/${recipientId}`
}

export function idOf(consent: Consent): ConsentId {
  const { requestId, recipientId, patientKey, subject, detailsHash, notBefore, notAfter, salt } = consent
  const domain = Request.domainOf({ chainId: consent.chainId, contract: consent.registry })
  const message = { requestId, recipientId, patientKey, subject, detailsHash, notBefore, notAfter, uses: 1, salt }
  return TypedDataEncoder.hash(domain, types, message) as ConsentId
}
