import * as Bn254 from '../Bn254.ts'
import { fieldOrder } from '../generated/parameters.ts'
import { FormatError, findSections } from '../Zkey.ts'

/**
 * The parts of a Groth16 `.zkey` that proofs are made from, as bytes. Numbers are little-endian; coordinates are in
 * Montgomery form with 2^256, infinity is (0, 0). Source of the layout: snarkjs 0.7.6, `zkey_utils.js`.
 */
export type ZkeySections = {
  readonly wires: number
  readonly publicSignals: number
  /** A power of two. */
  readonly domainSize: number
  /** In G1, 64 bytes each: alpha, beta, delta. In G2, 128 bytes each: beta, delta. */
  readonly alpha1: Uint8Array
  readonly beta1: Uint8Array
  readonly delta1: Uint8Array
  readonly beta2: Uint8Array
  readonly delta2: Uint8Array
  /** Entries of A and B: matrix, row, wire (32 bits each), and the coefficient times 2^512. */
  readonly coefficients: Uint8Array
  /** Points of the queries: for each wire, for `c` for each that is not public, for `h` for each of the domain. */
  readonly a: Uint8Array
  readonly b1: Uint8Array
  readonly b2: Uint8Array
  readonly c: Uint8Array
  readonly h: Uint8Array
}

/** Bytes of an entry of A or B. */
export const coefficientBytes = 12 + 32

/** @throws {FormatError} */
export function read(bytes: Uint8Array): ZkeySections {
  const sections = findSections(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const section = (type: number) => {
    const found = sections.get(type)
    if (!found || found.start + found.length > bytes.byteLength) throw new FormatError()
    return bytes.subarray(found.start, found.start + found.length)
  }
  if (word(section(1), 0) !== 1) throw new FormatError()
  const header = section(2)
  const fields = 4 + 32 + 4 + 32
  if (header.byteLength !== fields + 12 + 3 * 64 + 3 * 128) throw new FormatError()
  if (word(header, 0) !== 32 || number(header, 4) !== Bn254.baseFieldOrder) throw new FormatError()
  if (word(header, 36) !== 32 || number(header, 40) !== fieldOrder) throw new FormatError()
  const [wires, publicSignals, domainSize] = [0, 4, 8].map((at) => word(header, fields + at)) as [
    number,
    number,
    number,
  ]
  const points = (from: number, length: number) => header.subarray(fields + 12 + from, fields + 12 + from + length)
  const list = section(4)
  const key = {
    wires,
    publicSignals,
    domainSize,
    alpha1: points(0, 64),
    beta1: points(64, 64),
    beta2: points(128, 128),
    delta1: points(384, 64),
    delta2: points(448, 128),
    coefficients: list.subarray(4),
    a: section(5),
    b1: section(6),
    b2: section(7),
    c: section(8),
    h: section(9),
  }
  const lengths: readonly (readonly [Uint8Array, number])[] = [
    [key.coefficients, word(list, 0) * coefficientBytes],
    [key.a, wires * 64],
    [key.b1, wires * 64],
    [key.b2, wires * 128],
    [key.c, (wires - publicSignals - 1) * 64],
    [key.h, domainSize * 64],
  ]
  if (lengths.some(([part, length]) => part.byteLength !== length)) throw new FormatError()
  if (domainSize < 2 || domainSize > 2 ** 28 || Math.log2(domainSize) % 1 !== 0) throw new FormatError()
  return key
}

function word(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.byteLength) throw new FormatError()
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
}

function number(bytes: Uint8Array, at: number): bigint {
  let value = 0n
  for (let i = 31; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] as number)
  return value
}
