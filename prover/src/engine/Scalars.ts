/** Numbers of the scalar field as bytes: 32 each, little-endian, below the field's order. */
import type { CircuitInput } from '../protocol/Eligibility.ts'

export function toBytes(numbers: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(32 * numbers.length)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of numbers.entries()) {
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(32 * i + 8 * word, BigInt.asUintN(64, number >> BigInt(64 * word)), true)
    }
  }
  return bytes
}

export function fromBytes(bytes: Uint8Array): readonly bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (i: number, k: number) => view.getBigUint64(32 * i + 8 * k, true) << BigInt(64 * k)
  return Array.from({ length: bytes.byteLength / 32 }, (_, i) => word(i, 0) | word(i, 1) | word(i, 2) | word(i, 3))
}

/** A signal's numbers, in the order of a circuit's wires. */
export function flatten(numbers: CircuitInput[string]): readonly bigint[] {
  return typeof numbers === 'bigint' ? [numbers] : numbers.flatMap(flatten)
}
