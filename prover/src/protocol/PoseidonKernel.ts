/** Poseidon in WebAssembly (`prover/kernels/Poseidon.ts`): two states at a time where the machine can, else one. */
import { kernels, probe } from './generated/poseidon.ts'
import type { Poseidon, Schedule } from './Poseidon.ts'

export type Kind = keyof typeof kernels

/** Code at work, and the memory it works on: one for all widths. */
type Machine = {
  readonly lanes: number
  readonly vecBytes: number
  readonly run: Functions
  readonly memory: WebAssembly.Memory
  readonly allocate: (bytes: number) => number
  /** The square of the Montgomery form's factor: a table begins with it. */
  readonly factor: number
}

type Functions = {
  readonly start: (factor: number) => void
  readonly load: (out: number, bytes: number, factor: number, count: number) => void
  readonly hash: (out: number, bytes: number, table: number, desk: number, width: number, rounds: number) => void
}

const elementBytes = 40
const numberBytes = 32
/** Where the code's own constants end. */
const freeFrom = 4_096
const pageBytes = 65_536

/** @param kind The fastest there is, unless told. Undefined where there is no WebAssembly: a page may forbid it. */
export function of(schedule: Schedule, kind?: Kind): Poseidon | undefined {
  const machine = machineOf(kind)
  if (!machine) return undefined
  const { lanes, memory, run, allocate } = machine
  const { width, rounds } = schedule
  const inputs = width - 1
  const table = layTable(machine, schedule)
  const bytes = allocate(numberBytes * inputs * lanes)
  const out = allocate(numberBytes * lanes)
  const desk = allocate(2 * width * machine.vecBytes)

  function each(lists: readonly (readonly bigint[])[]): bigint[] {
    const digests: bigint[] = []
    for (let from = 0; from < lists.length; from += lanes) {
      const view = new DataView(memory.buffer)
      const some = Math.min(lanes, lists.length - from)
      for (let lane = 0; lane < some; lane++) {
        const list = lists[from + lane] as readonly bigint[]
        for (let i = 0; i < inputs; i++) write(view, bytes + numberBytes * (lane * inputs + i), list[i] as bigint)
      }
      run.hash(out, bytes, table, desk, width, rounds.length)
      for (let lane = 0; lane < some; lane++) digests.push(read(view, out + numberBytes * lane))
    }
    return digests
  }
  return { one: (list) => each([list])[0] as bigint, each }
}

/** Everything a hash adds and multiplies by, in the order in which the kernel reads it. Gives its address. */
function layTable({ run, memory, allocate, factor }: Machine, schedule: Schedule): number {
  const { opening, matrix, rounds, m, exit, closing } = schedule
  const partial = rounds.flatMap(({ constant, toFirst, fromFirst }) => [constant, m, ...toFirst, ...fromFirst])
  const numbers = [...opening.flat(), ...matrix.flat(), ...partial, ...exit.flat(), ...closing.flat()]
  const table = allocate(elementBytes * (1 + numbers.length))
  const desk = allocate(numberBytes * numbers.length)
  const view = new DataView(memory.buffer)
  for (const [i, number] of numbers.entries()) write(view, desk + numberBytes * i, number)
  new Uint8Array(memory.buffer).copyWithin(table, factor, factor + elementBytes)
  run.load(table + elementBytes, desk, factor, numbers.length)
  return table
}

const machines = new Map<Kind, Machine | undefined>()
let fastest: Kind | undefined

function machineOf(kind?: Kind): Machine | undefined {
  try {
    fastest ??= isFused() ? 'fused' : 'portable'
    const chosen = kind ?? fastest
    if (!machines.has(chosen)) machines.set(chosen, start(chosen))
    return machines.get(chosen)
  } catch {
    return undefined
  }
}

function start(kind: Kind): Machine {
  const { bytes, lanes, vecBytes } = kernels[kind]
  const memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages })
  const run = instantiate(bytes, memory) as Functions
  let next = freeFrom
  const allocate = (length: number) => {
    const at = next
    next = Math.ceil((at + length) / 16) * 16
    const missing = Math.ceil((next - memory.buffer.byteLength) / pageBytes)
    if (missing > 0) memory.grow(missing)
    return at
  }
  const factor = allocate(elementBytes)
  run.start(factor)
  return { lanes, vecBytes, run, memory, allocate, factor }
}

/** What the code was compiled for, though all widths' tables take less than one of a thousand parts of it. */
const maximumPages = 16_384

/** Whether the machine has fused multiply-adds of vectors, and they round once. */
function isFused(): boolean {
  const bytes = decode(probe)
  if (!WebAssembly.validate(bytes)) return false
  const memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages })
  return (instantiate(probe, memory) as { isFused: () => number }).isFused() === 1
}

function instantiate(base64: string, memory: WebAssembly.Memory): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(decode(base64)), { env: { memory } }).exports
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}

/** 32 bytes, little-endian. */
function write(view: DataView, at: number, value: bigint): void {
  view.setBigUint64(at, BigInt.asUintN(64, value), true)
  view.setBigUint64(at + 8, BigInt.asUintN(64, value >> 64n), true)
  view.setBigUint64(at + 16, BigInt.asUintN(64, value >> 128n), true)
  view.setBigUint64(at + 24, value >> 192n, true)
}

function read(view: DataView, at: number): bigint {
  const half = (from: number) => view.getBigUint64(from, true) | (view.getBigUint64(from + 8, true) << 64n)
  return half(at) | (half(at + 16) << 128n)
}
