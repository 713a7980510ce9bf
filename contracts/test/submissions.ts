/**
 * Requests, consents and submissions as tests make them. Every hash is computed here by ethers, from the documentation
 * of the interfaces and not from the contracts.
 */
import {
  AbiCoder,
  encodeBytes32String,
  hexlify,
  id,
  keccak256,
  randomBytes,
  type Signer,
  TypedDataEncoder,
  ZeroHash,
} from 'ethers'
import { fieldOrder } from '../../prover/src/generated/parameters.ts'
import type { Chain } from '../localChain.ts'
import { doubleProof } from './chain.ts'

const requestTypes = {
  Request: [
    { name: 'recipientId', type: 'uint256' },
    { name: 'policyHashes', type: 'uint256[]' },
    { name: 'program', type: 'uint256' },
    { name: 'purpose', type: 'bytes32' },
    { name: 'consentRequired', type: 'bool' },
    { name: 'expiresAt', type: 'uint64' },
    { name: 'nonce', type: 'uint256' },
  ],
}

export const consentTypes = {
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

export const revocationTypes = { Revocation: [{ name: 'consentId', type: 'bytes32' }] }

export type Request = {
  readonly recipientId: bigint
  readonly policyHashes: readonly bigint[]
  readonly program: bigint
  readonly purpose: string
  readonly consentRequired: boolean
  readonly expiresAt: bigint
  readonly nonce: bigint
}

export type ConsentTerms = {
  readonly patientKey: string
  readonly subject: bigint
  readonly detailsHash: string
  readonly notBefore: bigint
  readonly notAfter: bigint
  readonly salt: string
}

export type Submission = {
  readonly request: Request
  readonly requestSignature: string
  readonly part: bigint
  readonly kind: string
  readonly verifierVersion: bigint
  readonly day: bigint
  readonly deadline: bigint
  readonly consent: ConsentTerms
  readonly nullifier: bigint
  readonly issuersRoot: bigint
  readonly proof: ReturnType<typeof doubleProof>
}

export const noConsent: ConsentTerms = {
  patientKey: '0x0000000000000000000000000000000000000000',
  subject: 0n,
  detailsHash: ZeroHash,
  notBefore: 0n,
  notAfter: 0n,
  salt: ZeroHash,
}

const abi = AbiCoder.defaultAbiCoder()

const randomField = () => BigInt(hexlify(randomBytes(32))) % fieldOrder

/** EIP-712 domain of one of the contracts. */
export function domainOf(chain: Chain, contract: 'EligibilityRegistry' | 'ConsentRegistry') {
  const { chainId, addresses } = chain.deployment
  return { name: 'Medseal', version: '1', chainId, verifyingContract: addresses[contract] }
}

export function requestIdOf(chain: Chain, request: Request): string {
  return TypedDataEncoder.hash(domainOf(chain, 'EligibilityRegistry'), requestTypes, request)
}

export function consentIdOf(chain: Chain, request: Request, consent: ConsentTerms): string {
  if (consent.patientKey === noConsent.patientKey) return ZeroHash
  return TypedDataEncoder.hash(domainOf(chain, 'ConsentRegistry'), consentTypes, {
    ...consent,
    requestId: requestIdOf(chain, request),
    recipientId: request.recipientId,
    uses: 1n,
  })
}

export function scopeOf(chain: Chain, request: Request): bigint {
  const { chainId, addresses } = chain.deployment
  const counted = request.program === 0n ? BigInt(requestIdOf(chain, request)) : request.program
  const encoded = abi.encode(
    ['bytes32', 'uint256', 'address', 'uint256', 'uint256'],
    [id('Medseal scope'), chainId, addresses.EligibilityRegistry, request.recipientId, counted],
  )
  return BigInt(keccak256(encoded)) >> 96n
}

export function occasionOf(chain: Chain, request: Request, day: bigint): bigint {
  const date = new Date(Number(day) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  return (scopeOf(chain, request) << 87n) | (BigInt(date) << 60n) | ((day + 131072n) << 40n)
}

export function contextOf(chain: Chain, submission: Submission): bigint {
  const { chainId, addresses } = chain.deployment
  const { request, part, consent, verifierVersion, deadline } = submission
  const payload = keccak256(abi.encode(['bytes32', 'uint256'], [id('Medseal eligibility payload'), part]))
  const encoded = abi.encode(
    ['bytes32', 'uint256', 'address', 'uint32', 'bytes32', 'bytes32', 'bytes32', 'uint64'],
    [
      id('Medseal eligibility context'),
      chainId,
      addresses.EligibilityRegistry,
      verifierVersion,
      requestIdOf(chain, request),
      consentIdOf(chain, request, consent),
      payload,
      deadline,
    ],
  )
  return BigInt(keccak256(encoded)) % fieldOrder
}

export function signalsOf(chain: Chain, submission: Submission): readonly bigint[] {
  const { request, part, nullifier, issuersRoot, day } = submission
  const policyHash = request.policyHashes[Number(part)] ?? 0n
  return [nullifier, issuersRoot, policyHash, contextOf(chain, submission), occasionOf(chain, request, day)]
}

/** What NullifierStore marks under the kind "eligibility". */
export function spentKeyOf(chain: Chain, request: Request, part: bigint, nullifier: bigint): string {
  return keccak256(
    abi.encode(
      ['address', 'uint256', 'uint256', 'uint256'],
      [chain.deployment.addresses.EligibilityRegistry, scopeOf(chain, request), part, nullifier],
    ),
  )
}

export function signRequest(chain: Chain, request: Request, signer: Signer): Promise<string> {
  return signer.signTypedData(domainOf(chain, 'EligibilityRegistry'), requestTypes, request)
}

/** A request of recipient 1, good for a day. */
export async function makeRequest(chain: Chain, changes: Partial<Request> = {}): Promise<Request> {
  return {
    recipientId: 1n,
    policyHashes: [randomField()],
    program: 0n,
    purpose: encodeBytes32String('COVERAGE'),
    consentRequired: true,
    expiresAt: BigInt((await chain.now()) + 86_400),
    nonce: BigInt(hexlify(randomBytes(16))),
    ...changes,
  }
}

/** A submission that VerifierDouble accepts, with a consent of `patientKey` unless changed. */
export async function makeSubmission(
  chain: Chain,
  options: { request: Request; recipient: Signer; patientKey: string; changes?: Partial<Submission> },
): Promise<Submission> {
  const { request, recipient, patientKey, changes = {} } = options
  const now = BigInt(await chain.now())
  const nullifier = changes.nullifier ?? randomField()
  const submission: Submission = {
    request,
    requestSignature: await signRequest(chain, request, recipient),
    part: 0n,
    kind: encodeBytes32String('eligibility-s'),
    verifierVersion: 1n,
    day: now / 86_400n,
    deadline: now + 3600n,
    consent: {
      patientKey,
      subject: nullifier,
      detailsHash: hexlify(randomBytes(32)),
      notBefore: now - 60n,
      notAfter: now + 7200n,
      salt: hexlify(randomBytes(32)),
    },
    nullifier,
    issuersRoot: await chain.contracts.StakeholderRegistry.getFunction('currentRoot').staticCall(),
    proof: doubleProof([]),
    ...changes,
  }
  return prove(chain, submission)
}

/** The submission with a proof of what it says now. */
export function prove(chain: Chain, submission: Submission): Submission {
  const proof = doubleProof(signalsOf(chain, submission))
  // Full-size coordinates, so that calldata costs what it costs with real proofs.
  const wide = (n: bigint) => BigInt(keccak256(abi.encode(['uint256'], [n])))
  const b = [
    [wide(3n), wide(4n)],
    [wide(5n), wide(6n)],
  ] as const
  return { ...submission, proof: { a: [proof.a[0], wide(2n)], b, c: [wide(7n), wide(8n)] } as unknown as typeof proof }
}
