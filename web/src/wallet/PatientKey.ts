import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Consent from '@medseal/prover/protocol/Consent'
import * as Holder from '@medseal/prover/protocol/Holder'
import * as Request from '@medseal/prover/protocol/Request'
import { hexlify, SigningKey, Wallet } from 'ethers'
import type { Secrets } from './Wallet.ts'

/** The key this patient uses with one recipient on one chain, and with no other. */
export function of(
  { seed }: Secrets,
  {
    chainId,
    consentRegistry,
    recipientId,
  }: {
    readonly chainId: bigint
    readonly consentRegistry: string
    readonly recipientId: Request.StakeholderId
  },
): Wallet {
  const relationship = Consent.relationshipOf({ chainId, registry: consentRegistry, recipientId })
  return new Wallet(new SigningKey(hexlify(Holder.patientKeyOf(seed, relationship))))
}

/** What withdraws a consent, in anybody's transaction: arguments of `IConsentRegistry.revokeBySignature`. Public. */
export type Revocation = {
  readonly chainId: string
  readonly contract: string
  readonly patientKey: string
  readonly consentId: string
  readonly signature: string
}

/** Signs away the consents of an answer, one a proof. @param proofs Proof files' texts. */
export async function revoke(secrets: Secrets, proofs: readonly string[]): Promise<Revocation[]> {
  const revocations: Revocation[] = []
  for (const text of proofs) {
    const { consent } = Form.read(text, [ProofFile.kind])
    if (!consent) continue
    const { chainId, registry, recipientId } = consent
    const key = of(secrets, { chainId, consentRegistry: registry, recipientId })
    const consentId = Consent.idOf(consent)
    const domain = Request.domainOf({ chainId, contract: registry })
    const signature = await key.signTypedData(domain, Consent.revocationTypes, { consentId })
    revocations.push({
      chainId: String(chainId),
      contract: registry,
      patientKey: key.address,
      consentId,
      signature,
    })
  }
  return revocations
}
