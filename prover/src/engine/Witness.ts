import { fieldOrder } from '../generated/parameters.ts'
import type { CircuitInput } from '../protocol/Eligibility.ts'
import { UnsatisfiedError } from './Engine.ts'
import * as Scalars from './Scalars.ts'

// circom's witness calculator, which the reference engine goes by. Its own wrapper prints what fails to the console,
// values included, and reserves 2 GB; this one is silent. Source of the interface and of the `.wtns` layout: circom 2.2,
// code_producers/src/wasm_elements/common/witness_calculator.js.

/** What a circuit compiled by circom 2 exports. */
type Calculator = {
  readonly memory: WebAssembly.Memory
  init(sanityCheck: number): void
  getInputSize(): number
  getInputSignalSize(hashHigh: number, hashLow: number): number
  setInputSignal(hashHigh: number, hashLow: number, position: number): void
  getWitnessSize(): number
  /** Puts a wire's value where `getSharedRWMemoryStart` says. */
  getWitness(index: number): void
  getSharedRWMemoryStart(): number
}

/** 32-bit words of a field element. */
const wordsPerElement = 8

/**
 * The witness of an input: 32 bytes a wire, little-endian.
 * @throws {UnsatisfiedError} when the input misses a signal, has one too many, or a constraint does not hold.
 */
export async function calculate(circuit: string, wasm: Uint8Array, input: CircuitInput): Promise<Uint8Array> {
  const found = calculatorOf(wasm)
  try {
    const calculator = await found
    // Another input has broken it off meanwhile.
    if (calculators.get(wasm) !== found) return calculate(circuit, wasm, input)
    return run(calculator, input)
  } catch (error) {
    // It stopped in the midst of something: the next input gets a new one.
    if (calculators.get(wasm) === found) calculators.delete(wasm)
    if (error instanceof Refusal) throw new UnsatisfiedError({ circuit })
    throw error
  }
}

/** Why there is no witness is not told: it would be about values. */
class Refusal extends Error {}

function run(calculator: Calculator, input: CircuitInput): Uint8Array {
  calculator.init(0)
  const shared = new Uint32Array(calculator.memory.buffer, calculator.getSharedRWMemoryStart(), wordsPerElement)
  let count = 0
  for (const [signal, numbers] of Object.entries(input)) {
    const values = Scalars.flatten(numbers)
    const [high, low] = fnv1a(signal)
    if (calculator.getInputSignalSize(high, low) !== values.length) throw new Refusal()
    count += values.length
    if (count > calculator.getInputSize()) throw new Refusal()
    for (const [position, value] of values.entries()) {
      if (value < 0n || value >= fieldOrder) throw new Refusal()
      write(shared, value)
      // The last one set starts the calculation.
      calculator.setInputSignal(high, low, position)
    }
  }
  if (count !== calculator.getInputSize()) throw new Refusal()
  return read(calculator, shared)
}

/** Kept as long as the bytes are. */
const calculators = new WeakMap<Uint8Array, Promise<Calculator>>()

function calculatorOf(wasm: Uint8Array): Promise<Calculator> {
  const found = calculators.get(wasm)
  if (found) return found
  const calculator = instantiate(wasm)
  calculators.set(wasm, calculator)
  return calculator
}

/** Kept as long as the bytes are, whatever becomes of calculators. */
const modules = new WeakMap<Uint8Array, Promise<WebAssembly.Module>>()

function compile(wasm: Uint8Array): Promise<WebAssembly.Module> {
  const found = modules.get(wasm)
  if (found) return found
  const module = WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>)
  modules.set(wasm, module)
  module.catch(() => modules.delete(wasm))
  return module
}

async function instantiate(wasm: Uint8Array): Promise<Calculator> {
  // What would be messages to print is not read at all; an exception only has to stop the calculation.
  const silent = () => undefined
  const exceptionHandler = () => {
    throw new Refusal()
  }
  const { exports } = await WebAssembly.instantiate(await compile(wasm), {
    runtime: { exceptionHandler, printErrorMessage: silent, writeBufferMessage: silent, showSharedRWMemory: silent },
  })
  return exports as unknown as Calculator
}

function write(shared: Uint32Array, value: bigint): void {
  let rest = value
  for (let word = 0; word < wordsPerElement; word++, rest >>= 32n) shared[word] = Number(rest & 0xffffffffn)
}

/** FNV-1a, 64 bits, in halves: how circom finds a signal by name. */
function fnv1a(text: string): readonly [high: number, low: number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)]
}

/** The witness itself: 32 bytes a value, little-endian. */
function read(calculator: Calculator, shared: Uint32Array): Uint8Array {
  const size = calculator.getWitnessSize()
  const words = new Uint32Array(size * wordsPerElement)
  for (let index = 0; index < size; index++) {
    calculator.getWitness(index)
    words.set(shared, index * wordsPerElement)
  }
  return new Uint8Array(words.buffer)
}

/** A witness as a `.wtns` file, version 2. */
export function toFile(witness: Uint8Array): Uint8Array {
  const elementLength = 4 * wordsPerElement
  const headerLength = 12 + (12 + 8 + elementLength) + 12
  const file = new Uint8Array(headerLength + witness.byteLength)
  const view = new DataView(file.buffer)
  let at = 0
  const u32 = (value: number) => {
    view.setUint32(at, value, true)
    at += 4
  }
  const section = (type: number, length: number) => {
    u32(type)
    view.setBigUint64(at, BigInt(length), true)
    at += 8
  }
  file.set(new TextEncoder().encode('wtns'))
  at = 4
  u32(2)
  u32(2)
  section(1, 8 + elementLength)
  u32(elementLength)
  for (let word = 0n; word < wordsPerElement; word++) u32(Number((fieldOrder >> (32n * word)) & 0xffffffffn))
  u32(witness.byteLength / elementLength)
  section(2, witness.byteLength)
  file.set(witness, at)
  return file
}
