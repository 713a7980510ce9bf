import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type * as Bn254 from './Bn254.ts'
import { numberOf } from './Proof.ts'

/** A Groth16 verification key. */
export type VerificationKey = {
  readonly alpha: Bn254.G1
  readonly beta: Bn254.G2
  readonly gamma: Bn254.G2
  readonly delta: Bn254.G2
  /** One more than there are public signals. */
  readonly ic: readonly Bn254.G1[]
}

/** A key as snarkjs writes it, as far as it is read here. */
export type Snarkjs = {
  readonly protocol: string
  readonly curve: string
  readonly nPublic: number
  readonly vk_alpha_1: readonly string[]
  readonly vk_beta_2: readonly (readonly string[])[]
  readonly vk_gamma_2: readonly (readonly string[])[]
  readonly vk_delta_2: readonly (readonly string[])[]
  readonly IC: readonly (readonly string[])[]
}

/**
 * A key as snarkjs writes it. Its points are read, not judged: that is `KeyCheck`'s. Infinity reads as all zeros.
 * @throws {MalformedError}
 */
export function fromSnarkjs(key: Snarkjs): VerificationKey {
  if (key.protocol !== 'groth16' || key.curve !== 'bn128' || key.IC.length !== key.nPublic + 1) {
    throw new MalformedError()
  }
  return {
    alpha: g1(key.vk_alpha_1),
    beta: g2(key.vk_beta_2),
    gamma: g2(key.vk_gamma_2),
    delta: g2(key.vk_delta_2),
    ic: key.IC.map(g1),
  }
}

/** The canonical words, as the contract's `verificationKey()` returns them: alpha, beta, gamma, delta, IC. */
export function toWords({ alpha, beta, gamma, delta, ic }: VerificationKey): readonly bigint[] {
  return [...alpha, ...beta.flat(), ...gamma.flat(), ...delta.flat(), ...ic.flat()]
}

/** SHA-256 of the words, each 32 bytes, big-endian; lower-case hex without 0x: how a key is recognised everywhere. */
export function hashOf(key: VerificationKey): string {
  const hex = toWords(key).map((word) => word.toString(16).padStart(64, '0'))
  return bytesToHex(sha256(hexToBytes(hex.join(''))))
}

function g1([x, y, z]: readonly string[]): Bn254.G1 {
  if (z === '0') return [0n, 0n]
  if (z !== '1') throw new MalformedError()
  return [number(x), number(y)]
}

function g2([x, y, z]: readonly (readonly string[])[]): Bn254.G2 {
  const zero: readonly [bigint, bigint] = [0n, 0n]
  if (z?.[0] === '0' && z[1] === '0') return [zero, zero]
  if (z?.[0] !== '1' || z[1] !== '0') throw new MalformedError()
  return [
    [number(x?.[1]), number(x?.[0])],
    [number(y?.[1]), number(y?.[0])],
  ]
}

function number(text: unknown): bigint {
  const value = numberOf(text)
  if (value === undefined || value < 0n || value >> 256n !== 0n) throw new MalformedError()
  return value
}

/** This is not a verification key of Groth16 over BN254. */
export class MalformedError extends Error {
  override readonly name = 'VerificationKey.MalformedError'
  constructor() {
    super('Not a Groth16 verification key over BN254 as snarkjs writes it.')
  }
}
