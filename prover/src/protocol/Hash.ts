import { fieldOrder, tags } from '../generated/parameters.ts'
import * as Poseidon from './Poseidon.ts'

/** Those made so far, by number of inputs (the tag included). */
const poseidons = new Map<number, Poseidon.Poseidon>()

/**
 * Poseidon under a domain tag, which keeps a hash of one kind from passing for another.
 * @throws {OutOfFieldError} for an input outside [0, field order): two readings of one number are a forgery waiting.
 */
export function tagged(tag: keyof typeof tags, ...inputs: readonly bigint[]): bigint {
  return untagged([tags[tag], ...inputs])
}

/**
 * The same of many lists of as many inputs, which costs less than one after another.
 * @throws {OutOfFieldError} {RangeError} for lists of different lengths.
 */
export function taggedEach(tag: keyof typeof tags, lists: readonly (readonly bigint[])[]): bigint[] {
  const [first] = lists
  if (!first) return []
  for (const list of lists) {
    if (list.length !== first.length) throw new RangeError('Lists to be hashed together are of one length.')
    for (const input of list) assertInField(input)
  }
  return ofInputs(1 + first.length).each(lists.map((list) => [tags[tag], ...list]))
}

/** EdDSA-Poseidon's challenge, untagged: circomlib's circuit has it so. */
export function challenge(
  r8: readonly [bigint, bigint],
  publicKey: readonly [bigint, bigint],
  message: bigint,
): bigint {
  return untagged([...r8, ...publicKey, message])
}

/** One step of a chain: Poseidon(chain, a, b). The chain starts tagged. */
export function chained(chain: bigint, a: bigint, b: bigint): bigint {
  return untagged([chain, a, b])
}

/** An inner node of a tree of arity 4. Untagged: a fixed depth keeps nodes and leaves apart. */
export function node(children: readonly bigint[]): bigint {
  return untagged(children)
}

function untagged(inputs: readonly bigint[]): bigint {
  for (const input of inputs) assertInField(input)
  return ofInputs(inputs.length).one(inputs)
}

function ofInputs(count: number): Poseidon.Poseidon {
  const found = poseidons.get(count)
  if (found) return found
  const made = Poseidon.ofInputs(count)
  poseidons.set(count, made)
  return made
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
