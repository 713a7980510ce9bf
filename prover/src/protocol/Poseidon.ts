import { grainGenConstants } from '@noble/curves/abstract/poseidon.js'
import { bn254_Fr as field } from '@noble/curves/bn254.js'
import { fieldOrder } from '../generated/parameters.ts'
import * as PoseidonKernel from './PoseidonKernel.ts'

/** Poseidon of a fixed number of inputs, each in [0, field order), as is the digest. */
export type Poseidon = {
  readonly one: (inputs: readonly bigint[]) => bigint
  /** Of many lists at once, which costs less than one after another. */
  readonly each: (lists: readonly (readonly bigint[])[]) => bigint[]
}

export type Options = {
  /** How it is computed: in WebAssembly, as fast as the machine can, unless told; by big integers where there is none. */
  readonly kind?: PoseidonKernel.Kind | 'integers'
}

/** What is added and multiplied in a hash of one width, which is a number more than it has inputs. */
export type Schedule = {
  readonly width: number
  /** A vector of constants for each full round. */
  readonly opening: Matrix
  readonly closing: Matrix
  readonly matrix: Matrix
} & PartialRounds

type Vector = readonly bigint[]
type Matrix = readonly Vector[]

/** Rounds in which the whole state passes the S-box: half of them open the hash, half close it. */
const fullRounds = 8

/** Rounds in which only its first element does, by number of inputs: circomlib's `poseidon.circom`. */
const partialRounds: Readonly<Record<number, number>> = { 3: 56, 4: 60, 5: 60, 7: 64, 9: 60 }

/** Partial rounds between two updates of the state's other elements. Measured: 4 is slower, 16 no faster. */
const blockLength = 8

/**
 * Poseidon over the BN254 scalar field with circomlib's constants and x^5 as S-box (eprint.iacr.org/2019/458).
 *
 * The constants are not stored: the paper's Grain generator makes them, in 15 to 35 ms a width. The partial rounds are
 * the paper's in a form of fewer multiplications (`sparse`), which about halves the time of a hash.
 * @throws {RangeError} for a number of inputs that nothing of Medseal hashes.
 */
export function ofInputs(count: number, { kind }: Options = {}): Poseidon {
  const schedule = scheduleOf(count)
  const inWasm = kind === 'integers' ? undefined : PoseidonKernel.of(schedule, kind)
  return inWasm ?? byIntegers(schedule)
}

function scheduleOf(count: number): Schedule {
  const partial = partialRounds[count]
  if (partial === undefined) throw new RangeError(`No Poseidon of ${count} inputs here.`)
  const options = { Fp: field, t: count + 1, roundsFull: fullRounds, roundsPartial: partial }
  const { roundConstants, mds: matrix } = grainGenConstants(options)
  const half = fullRounds / 2
  const middle = sparse(matrix, roundConstants.slice(half, half + partial))
  const [afterMiddle = [], ...others] = roundConstants.slice(half + partial)
  return {
    width: count + 1,
    opening: roundConstants.slice(0, half),
    // The first meets what the partial rounds have left to add.
    closing: [sum(afterMiddle, middle.carry), ...others],
    matrix,
    ...middle,
  }
}

function byIntegers(schedule: Schedule): Poseidon {
  const { opening, closing, matrix } = schedule
  const [firstClosing = [], ...otherClosing] = closing
  const [digestRow = []] = matrix
  const one = (inputs: readonly bigint[]) => {
    let state: Vector = [0n, ...inputs]
    for (const constants of opening) state = product(matrix, substituted(state, constants))
    state = substituted(runPartialRounds(schedule, state), firstClosing)
    for (const constants of otherClosing) state = substituted(product(matrix, state), constants)
    return dot(digestRow, state)
  }
  return { one, each: (lists) => lists.map(one) }
}

/** The partial rounds of one width. `sparse` says what the letters are. */
type PartialRounds = {
  readonly rounds: readonly Round[]
  readonly m: bigint
  /** v w, v H w, v H^2 w, ...: how an S-box output comes back to the first element by way of the others. */
  readonly echoes: Vector
  /** H to the number of rounds. */
  readonly exit: Matrix
  /** What the constants of these rounds add to the state after them. */
  readonly carry: Vector
}

type Round = {
  readonly constant: bigint
  /** v H^r */
  readonly toFirst: Vector
  /** H^-(r+1) w */
  readonly fromFirst: Vector
}

/**
 * Let the matrix be [[m, v], [w, H]], and write the state's other elements before round r as H^r y. With x the round's
 * S-box output, the round adds H^-(r+1) w x to y, and the first element becomes m x + v H^r y: 2t - 1 multiplications
 * instead of t^2. The constants of the other elements meet no S-box, so they pass through the matrix to the next round.
 */
function sparse(mds: Matrix, constants: Matrix): PartialRounds {
  const [[m = 0n, ...v] = [], ...lower] = mds
  const w = lower.map(([first = 0n]) => first)
  const hat = lower.map(([, ...others]) => others)
  const [transposed, inverse] = [transpose(hat), inverseOf(hat)]
  let toFirst: Vector = v
  let fromFirst = product(inverse, w)
  let carry: Vector = mds.map(() => 0n)
  let exit = identity(hat.length)
  const rounds = constants.map((own) => {
    const [constant = 0n, ...others] = sum(own, carry)
    const round = { constant, toFirst, fromFirst }
    carry = product(mds, [0n, ...others])
    toFirst = product(transposed, toFirst)
    fromFirst = product(inverse, fromFirst)
    exit = exit.map((row) => product(transposed, row))
    return round
  })
  const echoes: bigint[] = []
  for (let power: Vector = w; echoes.length < blockLength; power = product(hat, power)) echoes.push(dot(v, power))
  return { rounds, m, echoes, exit, carry }
}

/**
 * Runs them a block at a time: within a block the others stay as they were and the first element gets the echoes of
 * the block's own outputs, so that the costly reductions come once a round and once a block.
 */
function runPartialRounds({ rounds, m, echoes, exit }: PartialRounds, state: Vector): Vector {
  let [first = 0n, ...others] = state
  for (let start = 0; start < rounds.length; start += blockLength) {
    const end = Math.min(start + blockLength, rounds.length)
    const outputs: bigint[] = []
    for (let r = start; r < end; r++) {
      const { constant, toFirst } = rounds[r] as Round
      const output = fifthPower(first + constant)
      let next = m * output
      for (let j = 0; j < others.length; j++) next += at(toFirst, j) * at(others, j)
      for (let i = 0; i < outputs.length; i++) next += at(echoes, outputs.length - 1 - i) * at(outputs, i)
      outputs.push(output)
      first = next % fieldOrder
    }
    others = others.map((other, j) => {
      let next = other
      for (let i = 0; i < outputs.length; i++) next += at((rounds[start + i] as Round).fromFirst, j) * at(outputs, i)
      return next % fieldOrder
    })
  }
  return [first, ...product(exit, others)]
}

function substituted(state: Vector, constants: Vector): Vector {
  return state.map((element, i) => fifthPower(element + at(constants, i)))
}

function fifthPower(x: bigint): bigint {
  const square = (x * x) % fieldOrder
  return (square * square * x) % fieldOrder
}

/** Reduced once, at the end: reductions are what a hash's time goes into. */
function dot(a: Vector, b: Vector): bigint {
  let total = 0n
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i)
  return total % fieldOrder
}

function product(matrix: Matrix, vector: Vector): Vector {
  return matrix.map((row) => dot(row, vector))
}

function sum(a: Vector, b: Vector): Vector {
  return a.map((element, i) => field.add(element, at(b, i)))
}

function transpose(matrix: Matrix): Matrix {
  return matrix.map((_, j) => matrix.map((row) => at(row, j)))
}

function identity(size: number): Matrix {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1n : 0n)))
}

/** By Gauss and Jordan, without exchange of rows: every square part of an MDS matrix is invertible. */
function inverseOf(matrix: Matrix): Matrix {
  const unit = identity(matrix.length)
  let rows: Matrix = matrix.map((row, i) => [...row, ...(unit[i] as Vector)])
  for (let column = 0; column < matrix.length; column++) {
    const scale = field.inv(at(rows[column] as Vector, column))
    const pivot = (rows[column] as Vector).map((element) => field.mul(element, scale))
    rows = rows.map((row, i) => {
      if (i === column) return pivot
      const factor = at(row, column)
      return row.map((element, j) => field.sub(element, field.mul(factor, at(pivot, j))))
    })
  }
  return rows.map((row) => row.slice(matrix.length))
}

/** Vectors here are all of one width. */
function at(vector: Vector, index: number): bigint {
  return vector[index] as bigint
}
