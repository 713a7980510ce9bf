/**
 * A compiled circuit as numbers: constraints (A·w)(B·w) = C·w over a witness w, the public signals, and the names.
 * Source of the format: iden3, "R1CS binary format" (github.com/iden3/r1csfile, doc/r1cs_bin_format.md).
 */
import { readFileSync } from 'node:fs'
import { fieldOrder } from './parameters.ts'

/**
 * One side of all constraints, packed by row: the terms of constraint c are those from `starts[c]` up to
 * `starts[c + 1]`; term t is `coefficients[coefficient[t]] * witness[wire[t]]`.
 */
export interface Matrix {
  /** Length constraints + 1. */
  readonly starts: Uint32Array
  readonly wire: Uint32Array
  readonly coefficient: Uint32Array
}

export interface R1cs {
  /** Witness length; wire 0 is the constant one. */
  readonly wires: number
  readonly outputs: number
  readonly publicInputs: number
  readonly privateInputs: number
  readonly constraints: number
  /** Outputs and public inputs: wires 1 to `publicSignals`. */
  readonly publicSignals: number
  /** The different coefficients, 0 <= c < field order. Circuits use few, so each is kept once. */
  readonly coefficients: readonly bigint[]
  readonly a: Matrix
  readonly b: Matrix
  readonly c: Matrix
}

/** `constraint`: the first one that does not hold, counted from 0. */
export type Check = { readonly ok: true } | { readonly ok: false; readonly constraint: number }

/**
 * Reads an `.r1cs` file.
 * @throws {FormatError} where it is no R1CS of version 1 over the BN254 scalar field.
 */
export function read(path: string): R1cs {
  return parse(readFileSync(path))
}

/**
 * Parses the bytes of an `.r1cs` file.
 * @throws {FormatError}
 */
export function parse(bytes: Uint8Array): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const u32 = (at: number) => view.getUint32(at, true)
  if (bytes.byteLength < 12 || u32(0) !== 0x73633172 || u32(4) !== 1) throw new FormatError('no version 1 header')
  const sections = findSections(view)
  const header = sections.get(1)
  const body = sections.get(2)
  if (header === undefined || body === undefined) throw new FormatError('a section is missing')
  // Custom gates (PLONK) would be constraints that this reader does not see.
  if (sections.has(4) || sections.has(5)) throw new FormatError('custom gates')
  if (u32(header) !== 32 || readScalar(view, header + 4) !== fieldOrder) throw new FormatError('another field')
  const [wires, outputs, publicInputs, privateInputs] = [36, 40, 44, 48].map((offset) => u32(header + offset))
  if (wires === undefined || outputs === undefined || publicInputs === undefined || privateInputs === undefined) {
    throw new FormatError('a short header')
  }
  const constraints = u32(header + 60)
  const { matrices, coefficients } = readConstraints(view, body, constraints)
  const [a, b, c] = matrices
  const publicSignals = outputs + publicInputs
  return { wires, outputs, publicInputs, privateInputs, constraints, publicSignals, coefficients, a, b, c }
}

/**
 * Whether a witness satisfies every constraint.
 * @param witness Values of all wires, 0 <= w < field order, `witness[0] === 1n`.
 * @throws {WitnessLengthError}
 */
export function check(r1cs: R1cs, witness: readonly bigint[]): Check {
  if (witness.length !== r1cs.wires) throw new WitnessLengthError(r1cs.wires, witness.length)
  const sum = evaluator(r1cs, witness)
  for (let constraint = 0; constraint < r1cs.constraints; constraint++) {
    const product = sum(r1cs.a, constraint) * sum(r1cs.b, constraint)
    if ((product - sum(r1cs.c, constraint)) % fieldOrder !== 0n) return { ok: false, constraint }
  }
  return { ok: true }
}

/**
 * Names of signals and the witness index they were given: `main.nullifier` -> 1. A signal that optimisation has
 * removed is left out. Several names may share an index.
 */
export function readSymbols(path: string): ReadonlyMap<string, number> {
  const symbols = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, wire, , name] = line.split(',')
    if (name !== undefined && Number(wire) >= 0) symbols.set(name, Number(wire))
  }
  return symbols
}

/**
 * Names of the public signals in the order of their positions, without the `main.`.
 * @throws {FormatError} where a public wire has no name.
 */
export function namePublicSignals(r1cs: R1cs, symbols: ReadonlyMap<string, number>): readonly string[] {
  const names = new Map<number, string>()
  for (const [name, wire] of symbols) {
    // Only main's own signals: a component's signal may have been merged into a public one.
    if (wire >= 1 && wire <= r1cs.publicSignals && /^main\.[^.]+$/.test(name)) {
      if (!names.has(wire)) names.set(wire, name.slice('main.'.length))
    }
  }
  return Array.from({ length: r1cs.publicSignals }, (_, position) => {
    const name = names.get(position + 1)
    if (name === undefined) throw new FormatError(`public signal ${position} has no name`)
    return name
  })
}

/**
 * A function giving one row's sum, not reduced. Small negative coefficients stay small (p - 1 becomes -1) and nothing
 * is reduced inside a row: a product with a short number costs a tenth of one with a reduction.
 */
function evaluator(r1cs: R1cs, witness: readonly bigint[]): (matrix: Matrix, row: number) => bigint {
  const signed = r1cs.coefficients.map((value) => (value > fieldOrder / 2n ? value - fieldOrder : value))
  const one = signed.indexOf(1n)
  const minusOne = signed.indexOf(-1n)
  return ({ starts, wire, coefficient }, row) => {
    const end = starts[row + 1] as number
    let sum = 0n
    for (let term = starts[row] as number; term < end; term++) {
      const value = witness[wire[term] as number] as bigint
      const index = coefficient[term] as number
      if (index === one) sum += value
      else if (index === minusOne) sum -= value
      else sum += (signed[index] as bigint) * value
    }
    return sum
  }
}

/** Start of each section's content, by section type. */
function findSections(view: DataView): ReadonlyMap<number, number> {
  const sections = new Map<number, number>()
  const count = view.getUint32(8, true)
  let at = 12
  for (let index = 0; index < count; index++) {
    if (at + 12 > view.byteLength) throw new FormatError('it ends early')
    sections.set(view.getUint32(at, true), at + 12)
    at += 12 + Number(view.getBigUint64(at + 4, true))
  }
  if (at > view.byteLength) throw new FormatError('it ends early')
  return sections
}

/** Two passes over the section: the first counts terms, so that the arrays have their final length at once. */
function readConstraints(view: DataView, body: number, constraints: number) {
  const termLength = 4 + 32
  const counts = [0, 0, 0]
  for (let row = 0, at = body; row < constraints; row++) {
    for (let side = 0; side < 3; side++) {
      const terms = view.getUint32(at, true)
      counts[side] = (counts[side] as number) + terms
      at += 4 + terms * termLength
    }
  }
  const matrix = (terms = 0): Matrix => ({
    starts: new Uint32Array(constraints + 1),
    wire: new Uint32Array(terms),
    coefficient: new Uint32Array(terms),
  })
  const matrices = [matrix(counts[0]), matrix(counts[1]), matrix(counts[2])] as const
  const coefficients: bigint[] = []
  const known = new Map<bigint, number>()
  let at = body
  for (let row = 0; row < constraints; row++) {
    for (const { starts, wire, coefficient } of matrices) {
      const terms = view.getUint32(at, true)
      const start = starts[row] as number
      at += 4
      for (let term = start; term < start + terms; term++) {
        wire[term] = view.getUint32(at, true)
        const value = readScalar(view, at + 4)
        let index = known.get(value)
        if (index === undefined) {
          index = coefficients.push(value) - 1
          known.set(value, index)
        }
        coefficient[term] = index
        at += termLength
      }
      starts[row + 1] = start + terms
    }
  }
  return { matrices, coefficients }
}

/** 32 bytes, little-endian. */
function readScalar(view: DataView, at: number): bigint {
  const limb = (index: number) => view.getBigUint64(at + 8 * index, true)
  return limb(0) | (limb(1) << 64n) | (limb(2) << 128n) | (limb(3) << 192n)
}

/** The file is not what this reader understands. */
export class FormatError extends Error {
  override readonly name = 'R1cs.FormatError'
  constructor(problem: string) {
    super(`Not a circuit this project can read: ${problem}.`)
  }
}

/** The witness belongs to another circuit. */
export class WitnessLengthError extends Error {
  override readonly name = 'R1cs.WitnessLengthError'
  constructor(expected: number, actual: number) {
    super(`The circuit has ${expected} wires, the witness ${actual}.`)
  }
}
