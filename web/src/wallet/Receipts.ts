import * as Audit from '@medseal/prover/chain/Audit'
import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Network from '@medseal/prover/chain/Network'
import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Consent from '@medseal/prover/protocol/Consent'
import * as Request from '@medseal/prover/protocol/Request'
import type { Receipt } from './Asked.ts'

/**
 * The chain's own receipts of an answer, one a proof, null where there is none yet. Found among all receipts: asking for
 * one would tell whoever serves the chain which is whose.
 * @param proofs Proof files' texts.
 */
export async function find(network: Network.Network, proofs: readonly string[]): Promise<(Receipt | null)[]> {
  const entries = await AuditLog.read(network, ['EligibilityRegistry'])
  const receipts = entries.filter(({ action }) => action === 'eligibility.verified').map(Audit.decode)
  return proofs.map((text) => {
    const { request, part, nullifier, consent } = Form.read(text, [ProofFile.kind])
    const requestId = Request.idOf(request)
    const consentId = consent ? Consent.idOf(consent) : Consent.none
    const found = receipts.find(
      (one) =>
        one.requestId === requestId &&
        one.part === part &&
        one.nullifier === nullifier &&
        one.policyHash === request.policyHashes[part] &&
        one.consentId === consentId,
    )
    if (!found) return null
    const { transactionHash, blockNumber, timestamp } = found
    return { transactionHash, blockNumber, at: new Date(Number(timestamp) * 1000).toISOString() }
  })
}

/** Whether the chain knows every consent of an answer as withdrawn. */
export async function isRevoked(network: Network.Network, proofs: readonly string[]): Promise<boolean> {
  const registry = Network.contract(network, 'ConsentRegistry')
  for (const text of proofs) {
    const { consent } = Form.read(text, [ProofFile.kind])
    if (!consent) return false
    const at: bigint = await registry.getFunction('revokedAt')(consent.patientKey, Consent.idOf(consent))
    if (at === 0n) return false
  }
  return proofs.length > 0
}
