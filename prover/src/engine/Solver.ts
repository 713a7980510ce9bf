/**
 * A circuit's witness, solved from its constraints: each wire follows from those before it by the constraint that
 * determines it, in an order that the circuit's build has found (`circuits/build/solver.ts`).
 *
 * What circom's own calculator does by code of its own for each template, by the megabyte, is here one loop over
 * coefficients, in the arithmetic that proofs are made with. A constraint is either what a wire is found by, or checked
 * at the end, so that there is no witness that breaks one.
 *
 * Source of the idea: gnark's solver, which finds wires by constraints too (its bits and inverses come from hints).
 */
import { fieldOrder } from '../generated/parameters.ts'
import type { CircuitInput } from '../protocol/Eligibility.ts'
import * as Element from './Element.ts'
import { type Allocate, elementBytes, type Kernel } from './Kernel.ts'
import * as Scalars from './Scalars.ts'
import type * as SolverFile from './SolverFile.ts'
import type { Run } from './SolverFile.ts'

/** A solver laid out in a kernel's memory: addresses, and what it goes by. */
export type Solver = {
  readonly runs: readonly Run[]
  /** Values that an input has. */
  readonly inputs: number
  readonly rowEnds: number
  /** Where each run of sums begins: its first entry's address. */
  readonly firstEntries: Uint32Array
  /** The list of numbers, as elements. */
  readonly numbers: number
  /** Addresses of the last sums, and of each wire's number; how many of each. */
  readonly checks: List
  readonly wires: List
  /** By which bytes become elements. */
  readonly factor: number
  /** The number 0. */
  readonly zero: number
  /** Behind the list: 32 bytes for each input, later for each check. */
  readonly bytes: number
}

type List = { readonly at: number; readonly count: number }

/**
 * An input's values in the order of a solver's signals, 32 bytes each, little-endian; undefined where a signal is
 * missing, one too many, has another number of values, or one that is not of the field.
 */
export function encode(signals: readonly SolverFile.Signal[], input: CircuitInput): Uint8Array | undefined {
  if (Object.keys(input).length !== signals.length) return undefined
  const values: bigint[] = []
  for (const { name, count } of signals) {
    const numbers = Object.hasOwn(input, name) ? Scalars.flatten(input[name] as CircuitInput[string]) : []
    if (numbers.length !== count || numbers.some((number) => number < 0n || number >= fieldOrder)) return undefined
    values.push(...numbers)
  }
  return Scalars.toBytes(values)
}

/** Bytes that a solver works in. */
export function roomBytes(kernel: Kernel, { inputs, length, checks }: SolverFile.Packed): number {
  // Behind the list, and behind inputs or checks, a vector's other lanes may lie.
  return (length + kernel.lanes) * elementBytes + 32 * (Math.max(inputs, checks) + kernel.lanes)
}

/** @param numbers Where the list of numbers may be, while it is solved; there are `roomBytes`. */
export function lay(kernel: Kernel, allocate: Allocate, file: SolverFile.Packed, numbers: number): Solver {
  const { runs, inputs, length, checks, wires } = file
  const placeOf = (index: number) => numbers + index * elementBytes
  const factor = allocate(elementBytes)
  Element.writePlain(kernel, factor, 2n ** BigInt(2 * kernel.montgomeryBits) % fieldOrder, fieldOrder)
  const { zero, entries, rowEnds, ends } = layRows(kernel, allocate, file, { numbers, factor })
  const firstEntries = new Uint32Array(runs.length)
  for (let run = 0, sums = 0; run < runs.length; run++) {
    firstEntries[run] = sums === 0 ? entries : (ends[3 * sums - 1] as number)
    const { kind, count } = runs[run] as Run
    if (kind === 'sum') sums += count
  }
  const layList = (places: Uint32Array): List => {
    const at = allocate(4 * (places.length + kernel.lanes))
    // Where a list does not fill its last vector, that has the number 1 in it.
    const padded = new Uint32Array(places.length + kernel.lanes - 1).fill(numbers)
    padded.set(places)
    new Uint32Array(kernel.memory.buffer, at, padded.length).set(padded)
    return { at, count: places.length }
  }
  return {
    runs,
    inputs,
    rowEnds,
    firstEntries,
    numbers,
    checks: layList(Uint32Array.from({ length: checks }, (_, i) => placeOf(length - checks + i))),
    wires: layList(wires.map(placeOf)),
    factor,
    zero,
    bytes: placeOf(length + kernel.lanes),
  }
}

/** Entries as `frRows` reads them, each row filled up with 0 times 1; where rows end, in memory and here. */
function layRows(
  kernel: Kernel,
  allocate: Allocate,
  { coefficients, terms, ends }: SolverFile.Packed,
  { numbers, factor }: { readonly numbers: number; readonly factor: number },
) {
  const { lanes, memory, run } = kernel
  // The number 0, then each coefficient.
  const known = coefficients.byteLength / 32
  const first = allocate((known + 1 + lanes) * elementBytes)
  Element.write(kernel, first, 0n, fieldOrder)
  const desk = allocate(32 * (known + lanes))
  new Uint8Array(memory.buffer).set(coefficients, desk)
  run.frUnpack(first + elementBytes, desk, factor, Math.ceil(known / lanes))
  const rowEnds = new Uint32Array(ends.length)
  const fill = (count: number) => Math.ceil(count / lanes) * lanes
  let total = 0
  for (let row = 0, from = 0; row < ends.length; row++) {
    total += fill((ends[row] as number) - from)
    rowEnds[row] = total
    from = ends[row] as number
  }
  const entries = allocate(8 * total)
  const words = new Uint32Array(memory.buffer, entries, 2 * total)
  for (let row = 0, term = 0, at = 0; row < ends.length; row++) {
    for (; term < (ends[row] as number); term++) {
      words[at++] = first + (1 + (terms[2 * term] as number)) * elementBytes
      words[at++] = numbers + (terms[2 * term + 1] as number) * elementBytes
    }
    for (const end = 2 * (rowEnds[row] as number); at < end; ) {
      words[at++] = first
      words[at++] = numbers
    }
    rowEnds[row] = entries + 4 * at
  }
  const endsAt = allocate(4 * rowEnds.length)
  new Uint32Array(memory.buffer, endsAt, rowEnds.length).set(rowEnds)
  return { zero: first, entries, rowEnds: endsAt, ends: rowEnds }
}

/**
 * Solves for every wire, 32 bytes each, little-endian, at `out`, behind which a vector's other lanes may lie.
 * @param input 32 bytes a value, in the order of the solver's signals.
 * @param scratch Room for 18 vectors.
 * @returns Whether every constraint holds; where one does not, nothing is said of which.
 */
export function solve(kernel: Kernel, solver: Solver, input: Uint8Array, out: number, scratch: number): boolean {
  const { run, lanes, memory } = kernel
  const { runs, inputs, numbers, firstEntries, rowEnds, factor, checks, wires, bytes } = solver
  if (input.byteLength !== 32 * inputs) return false
  const steps = (count: number) => Math.ceil(count / lanes)
  // 1. The number 1, and the inputs.
  Element.write(kernel, numbers, 1n, fieldOrder)
  new Uint8Array(memory.buffer).set(input, bytes)
  run.frUnpack(numbers + elementBytes, bytes, factor, steps(inputs))
  // 2. What follows from them.
  let next = numbers + (1 + inputs) * elementBytes
  let sums = 0
  for (const [i, { kind, count }] of runs.entries()) {
    if (kind === 'sum') {
      run.frSolve(firstEntries[i] as number, rowEnds + 12 * sums, count, next)
      sums += count
    } else if (kind === 'inverses') run.frInvert(next, next - count * elementBytes, steps(count), scratch)
    else if (!writeBits(kernel, solver, next, count, scratch)) return false
    next += count * elementBytes
  }
  // 3. What must be 0.
  run.frPick(bytes, checks.at, steps(checks.count))
  const rests = new Uint32Array(memory.buffer, bytes, 8 * checks.count)
  if (rests.some((word) => word !== 0)) return false
  // 4. The wires.
  run.frPick(out, wires.at, steps(wires.count))
  return true
}

/** The bits of the number before `at`, as numbers; false where it has more. */
function writeBits(
  { memory, lanes, run }: Kernel,
  { numbers, zero }: Solver,
  at: number,
  count: number,
  scratch: number,
): boolean {
  const [list, bytes] = [scratch, scratch + 16]
  new Uint32Array(memory.buffer, list, lanes).fill(at - elementBytes)
  run.frPick(bytes, list, 1)
  const words = new Uint32Array(memory.buffer, bytes, 8)
  for (let bit = count; bit < 256; bit++) if (bitOf(words, bit)) return false
  const elements = new Uint8Array(memory.buffer)
  for (let bit = 0; bit < count; bit++) {
    const value = bitOf(words, bit) ? numbers : zero
    elements.copyWithin(at + bit * elementBytes, value, value + elementBytes)
  }
  return true
}

function bitOf(words: Uint32Array, bit: number): number {
  return ((words[bit >>> 5] as number) >>> (bit & 31)) & 1
}
