import { AbiCoder, id, keccak256 } from 'ethers'
import type { Brand } from './Brand.ts'
import * as Request from './Request.ts'

/** Where something counts once: 160 bits. Wallets compute it and never accept one, or recipients could link patients. */
export type Scope = bigint & Brand<'Scope'>

/** First 160 bits of keccak256(SCOPE, chainId, consumer, recipientId, program or else the request's id). */
export function ofTerms(terms: {
  readonly chainId: bigint
  readonly consumer: Request.Address
  readonly recipientId: Request.StakeholderId
  readonly program: bigint
  readonly requestId: Request.RequestId
}): Scope {
  const { chainId, consumer, recipientId, program, requestId } = terms
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ['bytes32', 'uint256', 'address', 'uint256', 'uint256'],
    [id('Medseal scope'), chainId, consumer, recipientId, program === 0n ? BigInt(requestId) : program],
  )
  return (BigInt(keccak256(encoded)) >> 96n) as Scope
}

/** The scope in which an answer to this request counts once. */
export function of(request: Request.Request): Scope {
  return ofTerms({ ...request, requestId: Request.idOf(request) })
}
