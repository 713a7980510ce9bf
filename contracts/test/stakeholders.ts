import { id } from 'ethers'
import { poseidon4 } from 'poseidon-lite/poseidon4'
import { parameters, tags } from '../../prover/src/generated/parameters.ts'

export type Addition = {
  readonly key: string
  readonly payout: string
  readonly roles: bigint
  readonly licenceHash: string
  readonly issuerId: bigint
  readonly validUntil: bigint
  readonly statusRoot: bigint
}

/** Bit of a role. */
export const role = (name: keyof typeof parameters.roles): bigint => 1n << BigInt(parameters.roles[name])

export function recipient(key: string, changes: Partial<Addition> = {}): Addition {
  return {
    key,
    payout: key,
    roles: role('insurer'),
    licenceHash: id('licence'),
    issuerId: 0n,
    validUntil: 0n,
    statusRoot: 0n,
    ...changes,
  }
}

export function issuer(key: string, number: bigint, changes: Partial<Addition> = {}): Addition {
  const issuerFields = { roles: role('hospital'), issuerId: 1000n + number, validUntil: 160_000n, statusRoot: 7n }
  return recipient(key, { ...issuerFields, ...changes })
}

/** Leaf of the issuer tree. */
export function leafOf({ issuerId, roles, validUntil, statusRoot }: Addition): bigint {
  return poseidon4([tags.ISSUER_LEAF, issuerId, (roles << BigInt(parameters.day.bits)) + validUntil, statusRoot])
}
