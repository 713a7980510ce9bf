import * as Bn254 from './Bn254.ts'
import { fieldOrder } from './generated/parameters.ts'

/** What a `.zkey` says of its key and of who made it. Source of the layout: snarkjs 0.7.6, `zkey_utils.js`. */
export type Zkey = {
  readonly publicSignals: number
  readonly alpha: Bn254.G1
  readonly beta1: Bn254.G1
  readonly beta: Bn254.G2
  readonly gamma: Bn254.G2
  readonly delta1: Bn254.G1
  readonly delta: Bn254.G2
  readonly ic: readonly Bn254.G1[]
  /** Of the ceremony's second phase, in order. `deltaAfter`: delta in G1 when the contributor had done. */
  readonly contributions: readonly { readonly deltaAfter: Bn254.G1; readonly isBeacon: boolean }[]
}

/**
 * Reads the header (section 2), IC (3) and the contributions (10) of a Groth16 `.zkey` over BN254.
 * @throws {FormatError}
 */
export function parse(bytes: Uint8Array): Zkey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sections = sectionsOf(view)
  if (reader(view, sections.get(1)).u32() !== groth16) throw new FormatError()
  const header = reader(view, sections.get(2))
  if (header.u32() !== 32 || header.number() !== Bn254.baseFieldOrder) throw new FormatError()
  if (header.u32() !== 32 || header.number() !== fieldOrder) throw new FormatError()
  header.u32() // wires
  const publicSignals = header.u32()
  header.u32() // rows
  const [alpha, beta1, beta] = [header.g1(), header.g1(), header.g2()]
  const [gamma, delta1, delta] = [header.g2(), header.g1(), header.g2()]
  header.end()
  const points = reader(view, sections.get(3))
  const ic = Array.from({ length: publicSignals + 1 }, () => points.g1())
  points.end()
  return { publicSignals, alpha, beta1, beta, gamma, delta1, delta, ic, contributions: readContributions() }

  function readContributions(): Zkey['contributions'] {
    const section = reader(view, sections.get(10))
    section.skip(64) // hash of the circuit
    const contributions = Array.from({ length: section.u32() }, () => {
      const deltaAfter = section.g1()
      section.skip(64 + 64 + 128 + 64) // proof of knowledge, transcript
      const isBeacon = section.u32() === 1
      section.skip(section.u32())
      return { deltaAfter, isBeacon }
    })
    section.end()
    return contributions
  }
}

const magic = 0x79656b7a
const groth16 = 1

export type Section = { readonly start: number; readonly length: number }

/**
 * Where a `.zkey`'s sections lie, by their type. Asks for pieces of the file, one after another: some are read from disk.
 * @param size Of the file, bytes.
 * @throws {FormatError}
 */
export function* findSections(size: number): Generator<Section, ReadonlyMap<number, Section>, DataView> {
  if (size < 12) throw new FormatError()
  const head = yield { start: 0, length: 12 }
  if (head.getUint32(0, true) !== magic || head.getUint32(4, true) !== 1) throw new FormatError()
  const sections = new Map<number, Section>()
  let at = 12
  for (let rest = head.getUint32(8, true); rest > 0; rest--) {
    if (at + 12 > size) throw new FormatError()
    const view = yield { start: at, length: 12 }
    const [type, length] = [view.getUint32(0, true), Number(view.getBigUint64(4, true))]
    // Two sections of one type would be read differently by different readers.
    if (sections.has(type)) throw new FormatError()
    sections.set(type, { start: at + 12, length })
    at += 12 + length
  }
  if (at !== size) throw new FormatError()
  return sections
}

function sectionsOf({ buffer, byteOffset, byteLength }: DataView): ReadonlyMap<number, Section> {
  const search = findSections(byteLength)
  let step = search.next()
  while (!step.done) {
    const { start, length } = step.value
    step = search.next(new DataView(buffer, byteOffset + start, length))
  }
  return step.value
}

/** Reads a section from its start. Coordinates are little-endian, in Montgomery form; G2's real part comes first. */
export function reader(view: DataView, section: Section | undefined) {
  if (!section) throw new FormatError()
  let at = section.start
  const end = section.start + section.length
  const take = (length: number) => {
    if (at + length > end) throw new FormatError()
    at += length
    return at - length
  }
  const u32 = () => view.getUint32(take(4), true)
  const number = () => {
    const from = take(32)
    const limb = (i: number) => view.getBigUint64(from + 8 * i, true)
    return limb(0) | (limb(1) << 64n) | (limb(2) << 128n) | (limb(3) << 192n)
  }
  const coordinate = () => (number() * fromMontgomery) % Bn254.baseFieldOrder
  const g1 = (): Bn254.G1 => [coordinate(), coordinate()]
  const g2 = (): Bn254.G2 => {
    const [xr, xi, yr, yi] = [coordinate(), coordinate(), coordinate(), coordinate()]
    return [
      [xi, xr],
      [yi, yr],
    ]
  }
  const finish = () => {
    if (at !== end) throw new FormatError()
  }
  /** Where so many bytes begin, which are left out. */
  const skip = take
  return { u32, number, g1, g2, skip, end: finish }
}

/** 2^-256 modulo the base field order. */
const fromMontgomery = power(1n << 256n, Bn254.baseFieldOrder - 2n)

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base % Bn254.baseFieldOrder, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % Bn254.baseFieldOrder
    square = (square * square) % Bn254.baseFieldOrder
  }
  return result
}

/** The file is no Groth16 proving key over BN254 as snarkjs writes it. */
export class FormatError extends Error {
  override readonly name = 'Zkey.FormatError'
  constructor() {
    super('Not a Groth16 proving key over BN254 as snarkjs writes it.')
  }
}
