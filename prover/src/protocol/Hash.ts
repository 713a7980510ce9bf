import { poseidon3 } from 'poseidon-lite/poseidon3'
import { poseidon4 } from 'poseidon-lite/poseidon4'
import { poseidon5 } from 'poseidon-lite/poseidon5'
import { poseidon7 } from 'poseidon-lite/poseidon7'
import { poseidon9 } from 'poseidon-lite/poseidon9'
import { fieldOrder, tags } from '../generated/parameters.ts'

/** Poseidon over the BN254 scalar field with circomlib's constants, by number of inputs (the tag included). */
const poseidons: Readonly<Record<number, (inputs: bigint[]) => bigint>> = {
  3: poseidon3,
  4: poseidon4,
  5: poseidon5,
  7: poseidon7,
  9: poseidon9,
}

/**
 * Poseidon under a domain tag, which keeps a hash of one kind from passing for another.
 * @throws {OutOfFieldError} for an input outside [0, field order): two readings of one number are a forgery waiting.
 */
export function tagged(tag: keyof typeof tags, ...inputs: readonly bigint[]): bigint {
  for (const input of inputs) assertInField(input)
  const poseidon = poseidons[inputs.length + 1]
  if (!poseidon) throw new RangeError(`No Poseidon of ${inputs.length + 1} inputs here.`)
  return poseidon([tags[tag], ...inputs])
}

/** EdDSA-Poseidon's challenge, untagged: circomlib's circuit has it so. */
export function challenge(
  r8: readonly [bigint, bigint],
  publicKey: readonly [bigint, bigint],
  message: bigint,
): bigint {
  return poseidon5([...r8, ...publicKey, message])
}

/** One step of a chain: Poseidon(chain, a, b). The chain starts tagged. */
export function chained(chain: bigint, a: bigint, b: bigint): bigint {
  return poseidon3([chain, a, b])
}

/** An inner node of a tree of arity 4. Untagged: a fixed depth keeps nodes and leaves apart. */
export function node(children: readonly bigint[]): bigint {
  return poseidon4([...children])
}

/** @throws {OutOfFieldError} */
export function assertInField(input: bigint): void {
  if (typeof input !== 'bigint' || input < 0n || input >= fieldOrder) throw new OutOfFieldError()
}

/** A number is not a field element. It is not repeated: it may be a secret. */
export class OutOfFieldError extends Error {
  override readonly name = 'Hash.OutOfFieldError'
  constructor() {
    super('A number to be hashed is negative, or not below the field order.')
  }
}
