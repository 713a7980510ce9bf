/**
 * Constraints held to a witness by the prover's arithmetic, some ten times as fast as by big integers: what lets tests
 * ask for thousands of witnesses. `R1cs.check` is what it is held to itself.
 */

import * as Element from '../../prover/src/engine/Element.ts'
import * as Kernel from '../../prover/src/engine/Kernel.ts'
import * as KernelCode from '../../prover/src/engine/KernelCode.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as R1cs from '../build/r1cs.ts'

/** Rows that a witness breaks, each wire's value being 32 bytes, little-endian and below the field's order. */
export type Constraints = (witness: Uint8Array) => readonly number[]

const code = await KernelCode.compile(await KernelCode.fastest(), { shared: false })
/** One memory for all circuits of a file. */
const kernel = await Kernel.instantiate(code, Kernel.createMemory({ shared: false }))
const { run, lanes } = kernel
const allocate = Kernel.allocator(kernel, Kernel.freeFrom)
const wordsAt = (at: number, length: number) => new Uint32Array(kernel.memory.buffer, at, length)

export function of(r1cs: R1cs.R1cs): Constraints {
  const rows = upToLanes(r1cs.constraints)
  const scalars = allocate(32 * upToLanes(r1cs.wires))
  const wires = allocate(Kernel.elementBytes * upToLanes(r1cs.wires))
  const one = allocate(Kernel.elementBytes)
  Element.write(kernel, one, 1n, fieldOrder)
  const coefficients = layCoefficients(r1cs.coefficients)
  const matrices = [r1cs.a, r1cs.b, r1cs.c].map((matrix) => ({
    ...layRows(matrix, { rows, coefficients, wires }),
    sums: allocate(Kernel.elementBytes * rows),
  }))
  const [a, b, c] = matrices.map(({ sums }) => sums) as [number, number, number]
  const differences = allocate(32 * rows)

  return (witness) => {
    if (witness.byteLength !== 32 * r1cs.wires) throw new R1cs.WitnessLengthError(r1cs.wires, witness.byteLength / 32)
    // 1. Wires as elements, not in Montgomery form: coefficients bring that with them.
    new Uint8Array(kernel.memory.buffer).set(witness, scalars)
    run.frUnpack(wires, scalars, one, upToLanes(r1cs.wires) / lanes)
    // 2. A w, B w and C w, row by row, and (A w)(B w) - C w.
    for (const { entries, ends, sums } of matrices) run.frRows(entries, ends, rows, sums)
    run.frQuotient(differences, a, b, c, rows / lanes)
    // 3. Rows where that is not 0.
    const words = wordsAt(differences, 8 * rows)
    const broken: number[] = []
    for (let row = 0; row < r1cs.constraints; row++) {
      let any = 0
      for (let word = 8 * row; word < 8 * row + 8; word++) any |= words[word] as number
      if (any !== 0) broken.push(row)
    }
    return broken
  }
}

/** The number 0, then each coefficient times the square of the Montgomery factor. Gives the address of the first. */
function layCoefficients(coefficients: readonly bigint[]): number {
  const first = allocate(Kernel.elementBytes * (coefficients.length + 1))
  const factor = 2n ** (2n * BigInt(kernel.montgomeryBits)) % fieldOrder
  for (const [i, coefficient] of [0n, ...coefficients].entries()) {
    Element.writePlain(kernel, first + Kernel.elementBytes * i, (coefficient * factor) % fieldOrder, fieldOrder)
  }
  return first
}

/** Entries as `frRows` reads them: each row filled up with 0 times wire 0. */
function layRows(
  { starts, wire, coefficient }: R1cs.Matrix,
  { rows, coefficients, wires }: { readonly rows: number; readonly coefficients: number; readonly wires: number },
): { readonly entries: number; readonly ends: number } {
  const rowEnds = new Uint32Array(rows)
  for (let row = 0, end = 0; row < rows; row++) {
    const terms = row + 1 < starts.length ? (starts[row + 1] as number) - (starts[row] as number) : 0
    end += upToLanes(terms)
    rowEnds[row] = end
  }
  const count = rowEnds.at(-1) ?? 0
  const entries = allocate(8 * count)
  const ends = allocate(4 * rows)
  wordsAt(ends, rows).set(rowEnds.map((end) => entries + 8 * end))
  const words = wordsAt(entries, 2 * count)
  for (let row = 0, at = 0; row + 1 < starts.length; row++) {
    for (let term = starts[row] as number; term < (starts[row + 1] as number); term++, at++) {
      words[2 * at] = coefficients + Kernel.elementBytes * (1 + (coefficient[term] as number))
      words[2 * at + 1] = wires + Kernel.elementBytes * (wire[term] as number)
    }
    for (; at < (rowEnds[row] as number); at++) words.set([coefficients, wires], 2 * at)
  }
  return { entries, ends }
}

function upToLanes(count: number): number {
  return Math.ceil(count / lanes) * lanes
}
