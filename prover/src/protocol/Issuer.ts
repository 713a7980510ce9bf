import { babyjubjub } from '@noble/curves/misc.js'
import { bytesToNumberLE, concatBytes, numberToBytesLE } from '@noble/curves/utils.js'
import { blake512 } from '@noble/hashes/blake1.js'
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

const { Point } = babyjubjub
const { n: subgroupOrder } = Point.CURVE()

/** EdDSA-Poseidon on Baby Jubjub (EIP-2494), as circomlib's `eddsa.js` signs and its `eddsaposeidon.circom` verifies. */
export type Signature = { readonly r8: readonly [bigint, bigint]; readonly s: bigint }

export function publicKeyOf(signingKey: SigningKey): PublicKey {
  return toPublicKey(expand(signingKey).scalar)
}

/**
 * A public key from outside.
 * @throws {InvalidKeyError} unless it is on the curve, in the prime subgroup and not the identity: under the identity
 * key anybody signs, and a small-order part makes signatures malleable.
 */
export function parsePublicKey([x, y]: readonly [bigint, bigint]): PublicKey {
  Hash.assertInField(x)
  Hash.assertInField(y)
  const isIdentity = x === 0n && y === 1n
  if (isIdentity || !isOnCurve(x, y) || !Point.fromAffine({ x, y }).isTorsionFree()) throw new InvalidKeyError()
  return [x, y] as readonly bigint[] as PublicKey
}

export function idOf(publicKey: PublicKey): IssuerId {
  return Hash.tagged('ISSUER', publicKey[0], publicKey[1]) as IssuerId
}

/**
 * Deterministic: the nonce is Blake-512 of the key's second half and the message. The multiplications by secrets are
 * the library's algorithmically constant-time ones.
 * @throws {Hash.OutOfFieldError} for a message that is no field element.
 */
export function sign(signingKey: SigningKey, message: bigint): Signature {
  Hash.assertInField(message)
  const { scalar, prefix } = expand(signingKey)
  const nonce = bytesToNumberLE(blake512(concatBytes(prefix, numberToBytesLE(message, 32)))) % subgroupOrder
  const { x, y } = Point.BASE.multiply(nonce).toAffine()
  const challenge = Hash.challenge([x, y], toPublicKey(scalar), message)
  return { r8: [x, y], s: (nonce + challenge * scalar) % subgroupOrder }
}

/**
 * Whether the signature is this issuer's, in its one form: S below the subgroup order, every number below the field's.
 * Keys must be parsed first.
 */
export function verify(publicKey: PublicKey, message: bigint, { r8, s }: Signature): boolean {
  // What is not a field element would be reduced further on: two writings of one signature.
  if (![message, ...r8, ...publicKey].every((number) => number >= 0n && number < fieldOrder)) return false
  if (s < 0n || s >= subgroupOrder || !isOnCurve(r8[0], r8[1]) || !isOnCurve(publicKey[0], publicKey[1])) return false
  // S B = R + 8 h A; the 8 is the circuit's, which takes any A on the curve.
  const [nonce, key] = [r8, publicKey].map(([x, y]) => Point.fromAffine({ x, y })) as [CurvePoint, CurvePoint]
  const challenge = (8n * Hash.challenge(r8, publicKey, message)) % subgroupOrder
  return Point.BASE.multiplyUnsafe(s).equals(nonce.add(key.multiplyUnsafe(challenge)))
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

type CurvePoint = InstanceType<typeof Point>

/** The two halves of Blake-512 of the key: a scalar, a multiple of 8 with its top bits set as in RFC 8032, and a prefix. */
function expand(signingKey: SigningKey): { readonly scalar: bigint; readonly prefix: Uint8Array } {
  const hash = blake512(signingKey)
  const scalar = (bytesToNumberLE(hash.subarray(0, 32)) & ((1n << 254n) - 8n)) | (1n << 254n)
  return { scalar, prefix: hash.subarray(32) }
}

/** (scalar / 8) B: the circuit multiplies keys by 8. */
function toPublicKey(scalar: bigint): PublicKey {
  const { x, y } = Point.BASE.multiply((scalar >> 3n) % subgroupOrder).toAffine()
  return [x, y] as readonly bigint[] as PublicKey
}

/** a x^2 + y^2 = 1 + d x^2 y^2, of numbers in the field. */
function isOnCurve(x: bigint, y: bigint): boolean {
  const { a, d, p } = Point.CURVE()
  const [x2, y2] = [x * x, y * y]
  return (a * x2 + y2 - 1n - d * x2 * y2) % p === 0n
}

/** Generator of the prime-order subgroup (EIP-2494 "base point"). */
export const basePoint: readonly [bigint, bigint] = [Point.BASE.x, Point.BASE.y]

/** The key is off the curve, outside the prime subgroup, or the identity. */
export class InvalidKeyError extends Error {
  override readonly name = 'Issuer.InvalidKeyError'
  constructor() {
    super('Not a signing key: off the curve, outside the prime subgroup, or the identity.')
  }
}
