import { AbiCoder, id, keccak256 } from 'ethers'
import type { Brand } from './Brand.ts'
import * as Request from './Request.ts'

/** Where something counts once: 160 bits. Wallets compute it and never accept one, or recipients could link patients. */
export type Scope = bigint & Brand<'Scope'>

/** First 160 bits of keccak256(SCOPE, chainId, consumer, recipientId, program or else the request's id). */
export function of(request: Request.Request): Scope {
  const program = request.program === 0n ? BigInt(Request.idOf(request)) : request.program
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ['bytes32', 'uint256', 'address', 'uint256', 'uint256'],
    [id('Medseal scope'), request.chainId, request.consumer, request.recipientId, program],
  )
  return (BigInt(keccak256(encoded)) >> 96n) as Scope
}
