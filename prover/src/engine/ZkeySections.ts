import * as Bn254 from '../Bn254.ts'
import { fieldOrder } from '../generated/parameters.ts'
import { FormatError, findSections, reader, type Section } from '../Zkey.ts'
import type * as Content from './Content.ts'

/**
 * The parts of a Groth16 `.zkey` that proofs are made from: small ones as they are, large ones by where they lie.
 * Numbers are little-endian; coordinates are in Montgomery form with 2^256, infinity is (0, 0). Source of the layout:
 * snarkjs 0.7.6, `zkey_utils.js`.
 */
export type ZkeySections = {
  readonly wires: number
  readonly publicSignals: number
  /** A power of two. */
  readonly domainSize: number
  readonly alpha: Bn254.G1
  readonly beta1: Bn254.G1
  readonly beta: Bn254.G2
  /** 64 and 128 bytes. */
  readonly delta1: Uint8Array
  readonly delta2: Uint8Array
  /** Entries of A and B: matrix, row, wire (32 bits each), and the coefficient times 2^512. */
  readonly coefficients: Section
  /** Points of the queries: for each wire, for `c` for each that is not public, for `h` for each of the domain. */
  readonly a: Section
  readonly b1: Section
  readonly b2: Section
  readonly c: Section
  readonly h: Section
}

/** Bytes of an entry of A or B. */
export const coefficientBytes = 12 + 32

/** @throws {FormatError} */
export async function read(file: Content.Reader): Promise<ZkeySections> {
  const sections = await locate(file)
  const section = (type: number) => {
    const found = sections.get(type)
    if (!found || found.start + found.length > file.length) throw new FormatError()
    return found
  }
  const small = async ({ start, length }: Section) => {
    if (length > 4_096) throw new FormatError()
    return (await file.read(start, length)).slice()
  }
  const open = (bytes: Uint8Array) => reader(new DataView(bytes.buffer), { start: 0, length: bytes.byteLength })
  if (open(await small(section(1))).u32() !== 1) throw new FormatError()
  const header = await small(section(2))
  const from = open(header)
  if (from.u32() !== 32 || from.number() !== Bn254.baseFieldOrder) throw new FormatError()
  if (from.u32() !== 32 || from.number() !== fieldOrder) throw new FormatError()
  const [wires, publicSignals, domainSize] = [from.u32(), from.u32(), from.u32()]
  const [alpha, beta1, beta] = [from.g1(), from.g1(), from.g2()]
  from.skip(128) // gamma
  const [delta1, delta2] = [64, 128].map((length) => {
    const at = from.skip(length)
    return header.slice(at, at + length)
  }) as [Uint8Array, Uint8Array]
  from.end()
  const list = section(4)
  const entries = open(await small({ start: list.start, length: Math.min(4, list.length) })).u32()
  const key = {
    ...{ wires, publicSignals, domainSize, alpha, beta1, beta, delta1, delta2 },
    coefficients: { start: list.start + 4, length: list.length - 4 },
    a: section(5),
    b1: section(6),
    b2: section(7),
    c: section(8),
    h: section(9),
  }
  const lengths: readonly (readonly [Section, number])[] = [
    [key.coefficients, entries * coefficientBytes],
    [key.a, wires * 64],
    [key.b1, wires * 64],
    [key.b2, wires * 128],
    [key.c, (wires - publicSignals - 1) * 64],
    [key.h, domainSize * 64],
  ]
  if (lengths.some(([{ length }, expected]) => length !== expected)) throw new FormatError()
  if (domainSize < 2 || domainSize > 2 ** 28 || Math.log2(domainSize) % 1 !== 0) throw new FormatError()
  return key
}

async function locate(file: Content.Reader): Promise<ReadonlyMap<number, Section>> {
  const search = findSections(file.length)
  let step = search.next()
  while (!step.done) {
    const bytes = await file.read(step.value.start, step.value.length)
    step = search.next(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
  return step.value
}
