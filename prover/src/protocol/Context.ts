import { AbiCoder, id, keccak256 } from 'ethers'
import { fieldOrder } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import type { ConsentId } from './Consent.ts'
import type { Address, RequestId } from './Request.ts'

/** What a proof is made for and cannot be torn from. Public signal. */
export type Context = bigint & Brand<'Context'>

/** keccak256(TYPE, chainId, consumer, verifier version, requestId, consentId, payloadHash, deadline) modulo the field order. */
export function ofEligibility(fields: {
  readonly chainId: bigint
  readonly consumer: Address
  readonly verifierVersion: number
  readonly requestId: RequestId
  readonly consentId: ConsentId
  /** The policy's place in the request. */
  readonly part: number
  /** Unix seconds; the proof is dead after it. */
  readonly deadline: bigint
}): Context {
  const coder = AbiCoder.defaultAbiCoder()
  const payload = coder.encode(['bytes32', 'uint256'], [id('Medseal eligibility payload'), fields.part])
  const { chainId, consumer, verifierVersion, requestId, consentId, deadline } = fields
  return hashToField(
    coder.encode(
      ['bytes32', 'uint256', 'address', 'uint32', 'bytes32', 'bytes32', 'bytes32', 'uint64'],
      [
        id('Medseal eligibility context'),
        chainId,
        consumer,
        verifierVersion,
        requestId,
        consentId,
        keccak256(payload),
        deadline,
      ],
    ),
  )
}

/** For an enrolment: who enrols where, and the issuer's fresh nonce (32 bytes). */
export function ofEnrolment({ issuerId, nonce }: { issuerId: bigint; nonce: `0x${string}` }): Context {
  const coder = AbiCoder.defaultAbiCoder()
  return hashToField(
    coder.encode(['bytes32', 'uint256', 'bytes32'], [id('Medseal enrolment context'), issuerId, nonce]),
  )
}

function hashToField(encoded: string): Context {
  return (BigInt(keccak256(encoded)) % fieldOrder) as Context
}
