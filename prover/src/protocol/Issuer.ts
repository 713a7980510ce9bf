import { addPoint, Base8, inCurve, mulPointEscalar, type Point, subOrder } from '@zk-kit/baby-jubjub'
import { derivePublicKey, signMessage, verifySignature } from '@zk-kit/eddsa-poseidon'
import { fieldOrder, parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as Day from './Day.ts'
import * as Hash from './Hash.ts'
import type { Role } from './Policy.ts'
import type { StatusRoot } from './StatusList.ts'

/** 32 bytes that sign credentials and nothing else. Secret. */
export type SigningKey = Uint8Array & Brand<'SigningKey'>

/** Point of Baby Jubjub's prime-order subgroup. */
export type PublicKey = readonly [x: bigint, y: bigint] & Brand<'IssuerPublicKey'>

/** Poseidon(ISSUER, Ax, Ay): an issuer, to holders and to the issuer tree. */
export type IssuerId = bigint & Brand<'IssuerId'>

/** What the issuer tree says of one issuer. */
export type Issuer = {
  readonly publicKey: PublicKey
  readonly roles: readonly Role[]
  /** Last day on which its signatures count. */
  readonly validUntil: Day.Day
}

/** EdDSA-Poseidon on Baby Jubjub, as circomlib verifies it. */
export type Signature = { readonly r8: readonly [bigint, bigint]; readonly s: bigint }

export function publicKeyOf(signingKey: SigningKey): PublicKey {
  return derivePublicKey(signingKey) as readonly bigint[] as PublicKey
}

/**
 * A public key from outside.
 * @throws {InvalidKeyError} unless it is on the curve, in the prime subgroup and not the identity: under the identity
 * key anybody signs, and a small-order part makes signatures malleable.
 */
export function parsePublicKey([x, y]: readonly [bigint, bigint]): PublicKey {
  Hash.assertInField(x)
  Hash.assertInField(y)
  const point: Point<bigint> = [x, y]
  const isIdentity = x === 0n && y === 1n
  if (isIdentity || !inCurve(point) || !isInPrimeSubgroup(point)) throw new InvalidKeyError()
  return [x, y] as readonly bigint[] as PublicKey
}

export function idOf(publicKey: PublicKey): IssuerId {
  return Hash.tagged('ISSUER', publicKey[0], publicKey[1]) as IssuerId
}

export function sign(signingKey: SigningKey, message: bigint): Signature {
  const { R8, S } = signMessage(signingKey, message)
  return { r8: [BigInt(R8[0]), BigInt(R8[1])], s: BigInt(S) }
}

/**
 * Whether the signature is this issuer's, in its one form: S below the subgroup order, every number below the field's.
 * Keys must be parsed first.
 */
export function verify(publicKey: PublicKey, message: bigint, { r8, s }: Signature): boolean {
  // The library would reduce what is not a field element, and accept two writings of one signature.
  if (![message, ...r8, ...publicKey].every((number) => number >= 0n && number < fieldOrder)) return false
  if (s < 0n || s >= subOrder || !inCurve([r8[0], r8[1]])) return false
  return verifySignature(message, { R8: [r8[0], r8[1]], S: s }, [publicKey[0], publicKey[1]])
}

/** Bit mask of roles, 16 bits. */
export function rolesMask(roles: readonly Role[]): bigint {
  return roles.reduce((mask, role) => mask | (1n << BigInt(parameters.roles[role])), 0n)
}

/** Leaf of the issuer tree: Poseidon(ISSUER_LEAF, issuerId, roles 16 | validUntil 20, statusRoot). */
export function toLeaf({ publicKey, roles, validUntil }: Issuer, statusRoot: StatusRoot): bigint {
  const packed = (rolesMask(roles) << BigInt(parameters.day.bits)) | Day.toField(validUntil)
  return Hash.tagged('ISSUER_LEAF', idOf(publicKey), packed, statusRoot)
}

function isInPrimeSubgroup(point: Point<bigint>): boolean {
  // (order - 1) P = -P, computed with an addition left over: the library's ladder stops short of the identity itself.
  const [x, y] = addPoint(mulPointEscalar(point, subOrder - 1n), point)
  return x === 0n && y === 1n
}

/** Generator of the prime-order subgroup (EIP-2494 "base point"). */
export const basePoint: readonly [bigint, bigint] = [Base8[0], Base8[1]]

/** The key is off the curve, outside the prime subgroup, or the identity. */
export class InvalidKeyError extends Error {
  override readonly name = 'Issuer.InvalidKeyError'
  constructor() {
    super('Not a signing key: off the curve, outside the prime subgroup, or the identity.')
  }
}
