/**
 * A Groth16 verification key as snarkjs writes it, its canonical words, and the hash by which script, contract, prover
 * and auditor recognise it.
 */
import { createHash } from 'node:crypto'

/** A G1 point in affine coordinates, decimal; the third is always "1". */
export type G1Text = readonly [x: string, y: string, z: '1']
/** A G2 point; each coordinate is [real, imaginary]. */
export type G2Text = readonly [x: readonly [string, string], y: readonly [string, string], z: readonly ['1', '0']]

/** snarkjs's `verification_key.json`. */
export interface VerificationKey {
  readonly protocol: 'groth16'
  readonly curve: 'bn128'
  readonly nPublic: number
  readonly vk_alpha_1: G1Text
  readonly vk_beta_2: G2Text
  readonly vk_gamma_2: G2Text
  readonly vk_delta_2: G2Text
  /** One more than there are public signals. */
  readonly IC: readonly G1Text[]
}

/**
 * The key as numbers: alpha (2), beta (4), gamma (4), delta (4), IC (2 each). G2 coordinates have the imaginary part
 * first, as the EVM's pairing wants them (EIP-197). What the contract's `verificationKey()` returns.
 */
export function toWords(key: VerificationKey): readonly bigint[] {
  const g1 = ([x, y]: G1Text) => [x, y]
  const g2 = ([x, y]: G2Text) => [x[1], x[0], y[1], y[0]]
  return [
    ...g1(key.vk_alpha_1),
    ...g2(key.vk_beta_2),
    ...g2(key.vk_gamma_2),
    ...g2(key.vk_delta_2),
    ...key.IC.flatMap(g1),
  ].map(BigInt)
}

/** The canonical key's SHA-256, lower-case hex without 0x: over its words, each 32 bytes, big-endian. */
export function hash(key: VerificationKey): string {
  const hex = toWords(key).map((word) => word.toString(16).padStart(64, '0'))
  return createHash('sha256').update(hex.join(''), 'hex').digest('hex')
}
