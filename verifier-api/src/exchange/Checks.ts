import * as Network from '@medseal/prover/chain/Network'
import * as RequestCheck from '@medseal/prover/chain/RequestCheck'
import type * as Submission from '@medseal/prover/chain/Submission'
import * as Consent from '@medseal/prover/protocol/Consent'
import * as Asked from '@medseal/prover/protocol/Request'
import * as Scope from '@medseal/prover/protocol/Scope'
import { AbiCoder, encodeBytes32String, keccak256, ZeroHash } from 'ethers'
import type * as Proof from '../resources/Proof.ts'
import type { Services } from '../Services.ts'
import * as OnChain from './OnChain.ts'

/** What is checked of an answer off chain, in this order, and the rules whose breach each one tells. */
const rules = {
  form: ['other-chain', 'other-consumer', 'no-such-part', 'no-nullifier'],
  'request-signature': ['signature'],
  recipient: ['unknown-recipient', 'recipient-suspended', 'purpose-not-allowed', 'unfit-program'],
  time: ['request-expired', 'deadline-passed', 'wrong-day'],
  'issuers-root': ['unknown-root'],
  consent: ['consent-required', 'consent-of-another', 'consent-not-in-time', 'consent-revoked'],
  verifier: ['unknown-verifier'],
  nullifier: ['nullifier-spent'],
  proof: ['invalid-proof'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Reason = (typeof rules)[keyof typeof rules][number]

/**
 * The first rule a submission breaks, or undefined: what `IEligibilityRegistry.verify` would check now, and the proof by
 * our own workers. What can be told without the proof comes first, for that takes longest.
 * @throws {ApiError} unavailable where the chain cannot be reached or the workers are busy.
 */
export async function reasonAgainst(
  { network, verification }: Pick<Services, 'network' | 'verification'>,
  submission: Submission.Submission,
): Promise<Reason | undefined> {
  const found = ofForm(submission, network) ?? (await OnChain.ask(() => ofChain(network, submission)))
  if (found) return found
  return (await verification.verify(submission)) ? undefined : 'invalid-proof'
}

/** How far a submission came, check by check. @param state 'received' for none made yet, 'rejected' for `reason`. */
export function list(state: Proof.Proof['state'], reason: string | null): Proof.Proof['checks'] {
  const checks = Object.entries(rules) as [string, readonly string[]][]
  const failed = state === 'rejected' ? checks.findIndex(([, broken]) => broken.some((rule) => rule === reason)) : -1
  const isMade = state !== 'received'
  const offChain = checks.map(([name], at) => ({
    name,
    passed: !isMade || (failed >= 0 && at > failed) ? null : at !== failed,
  }))
  return [...offChain, { name: 'chain', passed: onChainOf(state) }]
}

function onChainOf(state: Proof.Proof['state']): boolean | null {
  if (state === 'included' || state === 'final') return true
  return state === 'refused' ? false : null
}

function ofForm({ request, part, nullifier }: Submission.Submission, network: Network.Network): Reason | undefined {
  if (request.chainId !== network.chainId) return 'other-chain'
  if (request.consumer.toLowerCase() !== network.addresses.EligibilityRegistry.toLowerCase()) return 'other-consumer'
  if (request.policyHashes[part] === undefined) return 'no-such-part'
  return nullifier === (0n as typeof nullifier) ? 'no-nullifier' : undefined
}

async function ofChain(network: Network.Network, submission: Submission.Submission): Promise<Reason | undefined> {
  const { request, requestSignature, issuersRoot } = submission
  const [now, objections, isRootValid, consent, isUsable, isSpent] = await Promise.all([
    OnChain.now(network),
    RequestCheck.objections(network, { request, signature: requestSignature, policies: [] }),
    Network.contract(network, 'StakeholderRegistry').getFunction('isValidRoot')(issuersRoot) as Promise<boolean>,
    isRevoked(network, submission),
    isVerifierUsable(network, submission),
    isNullifierSpent(network, submission),
  ])
  return (
    ofRequest(objections) ??
    ofTime(submission, now) ??
    (isRootValid ? undefined : 'unknown-root') ??
    ofConsent(submission, { network, now, isRevoked: consent }) ??
    (isUsable ? undefined : 'unknown-verifier') ??
    (isSpent ? 'nullifier-spent' : undefined)
  )
}

/** The policies' texts are no matter here: their hashes are what the request's signature covers. */
function ofRequest(objections: readonly RequestCheck.Objection[]): Reason | undefined {
  if (objections.includes('signature')) return 'signature'
  if (objections.includes('program-with-several-policies')) return 'unfit-program'
  return rules.recipient.find((rule) => objections.includes(rule))
}

function ofTime({ request, deadline, today }: Submission.Submission, now: bigint): Reason | undefined {
  if (now >= request.expiresAt) return 'request-expired'
  if (now > deadline) return 'deadline-passed'
  const daysOff = BigInt(today) - now / 86_400n
  return daysOff > 1n || daysOff < -1n ? 'wrong-day' : undefined
}

function ofConsent(
  { request, consent, nullifier }: Submission.Submission,
  { network, now, isRevoked }: { network: Network.Network; now: bigint; isRevoked: boolean },
): Reason | undefined {
  if (!consent) return request.consentRequired ? 'consent-required' : undefined
  // For the contract a consent of nobody's is none.
  if (BigInt(consent.patientKey) === 0n) return 'consent-required'
  if (consent.subject !== nullifier || !isFor(consent, request, network)) return 'consent-of-another'
  if (now < consent.notBefore || now >= consent.notAfter) return 'consent-not-in-time'
  return isRevoked ? 'consent-revoked' : undefined
}

async function isRevoked(network: Network.Network, { consent }: Submission.Submission): Promise<boolean> {
  if (!consent) return false
  const registry = Network.contract(network, 'ConsentRegistry')
  return (await registry.getFunction('revokedAt')(consent.patientKey, Consent.idOf(consent))) !== 0n
}

async function isVerifierUsable(network: Network.Network, submission: Submission.Submission): Promise<boolean> {
  const registry = Network.contract(network, 'VerifierRegistry')
  try {
    await registry.getFunction('verifierOf')(encodeBytes32String(submission.circuit), submission.verifierVersion)
    return true
  } catch (cause) {
    if (Network.refusalOf(cause) === 'VerifierRegistry_NotUsable') return false
    throw cause
  }
}

async function isNullifierSpent(network: Network.Network, submission: Submission.Submission): Promise<boolean> {
  const { request, part, nullifier } = submission
  const key = keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ['address', 'uint256', 'uint256', 'uint256'],
      [request.consumer, Scope.of(request), part, nullifier],
    ),
  )
  const store = Network.contract(network, 'NullifierStore')
  return (await store.getFunction('markOf')(encodeBytes32String('eligibility'), key)) !== ZeroHash
}

/** Whether a consent's terms name this very request: the contract fills them in, so a proof for others is none for it. */
function isFor(consent: Consent.Consent, request: Asked.Request, network: Network.Network): boolean {
  return (
    consent.requestId.toLowerCase() === Asked.idOf(request) &&
    consent.recipientId === request.recipientId &&
    consent.chainId === request.chainId &&
    consent.registry.toLowerCase() === network.addresses.ConsentRegistry.toLowerCase()
  )
}
