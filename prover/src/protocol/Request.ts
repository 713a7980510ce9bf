import { TypedDataEncoder } from 'ethers'
import type { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as PolicyCompiler from './PolicyCompiler.ts'
import type { PolicyHash } from './PolicyWords.ts'

/** A stakeholder's number in the StakeholderRegistry. Public. */
export type StakeholderId = bigint & Brand<'StakeholderId'>

/** A request's EIP-712 digest, 0x and 64 hexadecimal digits. */
export type RequestId = `0x${string}` & Brand<'RequestId'>

/** HL7 PurposeOfUse code, of those with a table of roles that may ask for it. */
export type Purpose = keyof typeof parameters.purposes

export type Address = `0x${string}`

/** A recipient's signed question. It reaches the chain only when it is used. */
export type Request = {
  readonly chainId: bigint
  /** The contract that acts on the proof. */
  readonly consumer: Address
  readonly recipientId: StakeholderId
  /** In order: a proof's part is its policy's place here. */
  readonly policyHashes: readonly PolicyHash[]
  /** 0, or the recipient's own once-per-person entry in the PolicyRegistry: "they will recognise you again". */
  readonly program: bigint
  readonly purpose: Purpose
  readonly consentRequired: boolean
  /** Unix seconds; the request is dead from then on. */
  readonly expiresAt: bigint
  /** Makes two alike questions two requests. */
  readonly nonce: bigint
}

/** EIP-712 types, as `IEligibilityRegistry` hashes them. */
export const types = {
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

/** EIP-712 domain of every Medseal contract that checks signatures. */
export function domainOf({ chainId, contract }: { chainId: bigint; contract: Address }) {
  return { name: 'Medseal', version: '1', chainId, verifyingContract: contract }
}

export function idOf(request: Request): RequestId {
  const domain = domainOf({ chainId: request.chainId, contract: request.consumer })
  return TypedDataEncoder.hash(domain, types, toTypedData(request)) as RequestId
}

/** The message a recipient signs, and the struct the contract takes. */
export function toTypedData(request: Request) {
  const { recipientId, policyHashes, program, consentRequired, expiresAt, nonce } = request
  return {
    recipientId,
    policyHashes: [...policyHashes],
    program,
    purpose: purposeBytes(request.purpose),
    consentRequired,
    expiresAt,
    nonce,
  }
}

/** ASCII, left-aligned, 32 bytes. */
export function purposeBytes(purpose: string): Address {
  const hex = Array.from(new TextEncoder().encode(purpose), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `0x${hex.padEnd(64, '0')}`
}

export type Objection =
  | 'wrong-policy-count'
  | 'policy-hash-mismatch'
  | 'needle-narrow-value-range'
  | 'expired'
  | 'program-with-several-policies'

/**
 * What a wallet checks before it answers: that the policies it was shown are the ones the request names, recompiled
 * from their text, and that meeting them does not tell a value. Who asks is checked against the chain.
 * @param now Unix seconds.
 */
export function objections(
  request: Request,
  { policies, now }: { policies: readonly PolicyCompiler.Compiled[]; now: bigint },
): readonly Objection[] {
  const found: readonly (readonly [Objection, boolean])[] = [
    ['wrong-policy-count', policies.length !== request.policyHashes.length],
    ['policy-hash-mismatch', policies.some(({ hash }, i) => hash !== request.policyHashes[i])],
    ['needle-narrow-value-range', policies.some((policy) => PolicyCompiler.needleNarrow(policy).length > 0)],
    ['expired', now >= request.expiresAt],
    ['program-with-several-policies', request.program !== 0n && request.policyHashes.length !== 1],
  ]
  return found.flatMap(([objection, stands]) => (stands ? [objection] : []))
}
