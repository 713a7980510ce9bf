import { fieldOrder } from '../generated/parameters.ts'
import type { CircuitInput } from '../protocol/Eligibility.ts'
import { UnsatisfiedError } from './Engine.ts'

// circom's own witness calculator prints what fails to the console, values included, and reserves 2 GB. This one is
// silent. Source of the interface and of the `.wtns` layout: circom 2.2, code_producers/src/wasm_elements/common/
// witness_calculator.js.

/** The functions a circuit compiled by circom 2 exports. */
type Calculator = {
  init(sanityCheck: number): void
  getInputSize(): number
  getInputSignalSize(hashHigh: number, hashLow: number): number
  setInputSignal(hashHigh: number, hashLow: number, position: number): void
  getWitnessSize(): number
  getWitness(index: number): void
  readSharedRWMemory(word: number): number
  writeSharedRWMemory(word: number, value: number): void
}

/** 32-bit words of a field element. */
const wordsPerElement = 8

/**
 * The witness of an input: 32 bytes a wire, little-endian.
 * @throws {UnsatisfiedError} when the input misses a signal, has one too many, or a constraint does not hold.
 */
export async function calculate(circuit: string, wasm: Uint8Array, input: CircuitInput): Promise<Uint8Array> {
  const module = await compiled(wasm)
  // What would be messages to print is not read at all; an exception only has to stop the calculation.
  const silent = () => undefined
  const exceptionHandler = () => {
    throw new UnsatisfiedError({ circuit })
  }
  const { exports } = await WebAssembly.instantiate(module, {
    runtime: { exceptionHandler, printErrorMessage: silent, writeBufferMessage: silent, showSharedRWMemory: silent },
  })
  const calculator = exports as unknown as Calculator
  calculator.init(0)
  let count = 0
  for (const [signal, numbers] of Object.entries(input)) {
    const values = flatten(numbers)
    const [high, low] = fnv1a(signal)
    if (calculator.getInputSignalSize(high, low) !== values.length) throw new UnsatisfiedError({ circuit })
    count += values.length
    if (count > calculator.getInputSize()) throw new UnsatisfiedError({ circuit })
    for (const [position, value] of values.entries()) {
      if (value < 0n || value >= fieldOrder) throw new UnsatisfiedError({ circuit })
      write(calculator, value)
      // The last one set starts the calculation.
      calculator.setInputSignal(high, low, position)
    }
  }
  if (count !== calculator.getInputSize()) throw new UnsatisfiedError({ circuit })
  return read(calculator)
}

/** Kept as long as the bytes are. */
const modules = new WeakMap<Uint8Array, Promise<WebAssembly.Module>>()

function compiled(wasm: Uint8Array): Promise<WebAssembly.Module> {
  const found = modules.get(wasm)
  if (found) return found
  const module = WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>)
  modules.set(wasm, module)
  return module
}

type Numbers = CircuitInput[string]

function flatten(numbers: Numbers): readonly bigint[] {
  return typeof numbers === 'bigint' ? [numbers] : numbers.flatMap(flatten)
}

function write(calculator: Calculator, value: bigint): void {
  let rest = value
  for (let word = 0; word < wordsPerElement; word++, rest >>= 32n) {
    calculator.writeSharedRWMemory(word, Number(rest & 0xffffffffn))
  }
}

/** FNV-1a, 64 bits, in halves: how circom finds a signal by name. */
function fnv1a(text: string): readonly [high: number, low: number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)]
}

/** The witness itself: 32 bytes a value, little-endian. */
function read(calculator: Calculator): Uint8Array {
  const size = calculator.getWitnessSize()
  const words = new Uint32Array(size * wordsPerElement)
  for (let index = 0, at = 0; index < size; index++) {
    calculator.getWitness(index)
    for (let word = 0; word < wordsPerElement; word++) words[at++] = calculator.readSharedRWMemory(word)
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
