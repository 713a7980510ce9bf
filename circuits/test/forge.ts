/**
 * How a cheat works: any values for a circuit's wires, whether or not they obey it. circom's witness calculator runs
 * here without its assertions (a byte of each is changed), so an input no honest prover could use still gives a value to every wire; single wires
 * can be changed on top. What then stands between the cheat and a proof are the constraints alone.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BrowserProvider, ContractFactory, type InterfaceAbi } from 'ethers'
import hre from 'hardhat'
import { toFile } from '../../prover/src/engine/Witness.ts'
import { type BuiltCircuit, type CircuitName, find } from '../build/build.ts'
import { root } from '../build/compile.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as R1cs from '../build/r1cs.ts'
import * as Constraints from './constraints.ts'
import { type File, type SnarkProof, singleThread, snarkjs } from './smallCircuit.ts'

/** Numbers and nested lists of numbers by signal name; any integer, reduced modulo the field order. */
export type Input = { readonly [signal: string]: Numbers }
export type Numbers = bigint | readonly Numbers[]

/** Values of all wires. */
export type Witness = readonly bigint[]

/** A compiled circuit, ready to be cheated. */
export type Target = {
  readonly r1cs: R1cs.R1cs
  /** Wire of a signal, by its full name without `main.`. */
  readonly wires: ReadonlyMap<string, number>
  /** The other way round; several signals may share a wire. */
  readonly names: ReadonlyMap<number, readonly string[]>
  /** Every wire, whatever the input is. */
  calculate(input: Input): bigint[]
  /** The same as 32 bytes each, little-endian. */
  fill(input: Input): Uint8Array
  /** Rows that such bytes break. */
  readonly brokenRows: Constraints.Constraints
}

/** A circuit of the project's, with the key it is proven with. */
export type BuiltTarget = Target & { readonly name: CircuitName; readonly built: BuiltCircuit }

/** A circuit of this project; vitest's set-up has built it. */
export function open(name: CircuitName): BuiltTarget {
  const built = find(name)
  if (!built) throw new Error(`Circuit "${name}" is not built.`)
  return { ...load(built), name, built }
}

/** A compiled circuit by its files. */
export function load(files: { readonly r1cs: string; readonly wasm: string; readonly sym: string }): Target {
  const r1cs = R1cs.read(files.r1cs)
  const symbols = R1cs.readSymbols(files.sym)
  const wires = new Map([...symbols].map(([name, wire]) => [name.slice('main.'.length), wire]))
  const fill = loadCalculator(files.wasm)
  const calculate = (input: Input) => fromBytes(fill(input))
  return { r1cs, wires, names: namesOf(wires), calculate, fill, brokenRows: Constraints.of(r1cs) }
}

/** Whether the witness of an input, the calculator's assertions left out, obeys every constraint. */
export function isObeyed(target: Target, input: Input): boolean {
  return target.brokenRows(target.fill(input)).length === 0
}

/**
 * Constraints a witness breaks, each as the names of the signals in it. Empty where there is none, and then snarkjs
 * would prove it.
 */
export function broken(target: Target, witness: Witness): string[][] {
  const { wires } = target.r1cs
  if (witness.length !== wires) throw new R1cs.WitnessLengthError(wires, witness.length)
  if (witness[0] !== 1n) return [['one']]
  return target.brokenRows(toBytes(witness)).map((row) => namesIn(target, row))
}

/** Names of the signals in a constraint. */
export function namesIn({ r1cs, names }: Target, row: number): string[] {
  return [r1cs.a, r1cs.b, r1cs.c].flatMap(({ starts, wire }) =>
    Array.from(wire.subarray(starts[row], starts[row + 1])).flatMap((each) => names.get(each) ?? []),
  )
}

/** The witness with some signals given other values. Signals that depend on them are not solved again. */
export function edited({ wires }: Target, witness: Witness, changes: Readonly<Record<string, bigint>>): bigint[] {
  const changed = [...witness]
  for (const [name, value] of Object.entries(changes)) {
    const wire = wires.get(name)
    if (wire === undefined) throw new Error(`Signal "${name}" has no wire of its own.`)
    changed[wire] = modulo(value)
  }
  return changed
}

/** What a signal is in a witness. */
export function signalOf({ wires }: Target, witness: Witness, name: string): bigint {
  const value = witness[wires.get(name) ?? -1]
  if (value === undefined) throw new Error(`Signal "${name}" has no wire of its own.`)
  return value
}

export type Proven = { readonly proof: SnarkProof; readonly publicSignals: string[] }

/** Proves a witness as it is: snarkjs does not look whether it obeys the circuit. */
export async function prove({ built }: BuiltTarget, witness: Witness): Promise<Proven> {
  const file: File = { type: 'mem', data: toFile(toBytes(witness)) }
  return snarkjsProver.groth16.prove(built.zkey, file, undefined, singleThread)
}

const snarkjsProver = snarkjs as typeof snarkjs & {
  groth16: { prove(zkey: File, witness: File, logger: undefined, options: typeof singleThread): Promise<Proven> }
}

export async function verify({ built }: BuiltTarget, { proof, publicSignals }: Proven): Promise<boolean> {
  return snarkjs.groth16.verify(JSON.parse(readFileSync(built.verificationKey, 'utf8')), publicSignals, proof)
}

/** A chain in this process on which proofs are shown to the contracts that check them. */
export async function openChain() {
  const network = await hre.network.create('local')
  const provider = new BrowserProvider(network.provider, undefined, { cacheTimeout: -1 })
  const verifiers = new Map<string, Promise<SolidityVerifier>>()
  const deploy = async (contract: string) => {
    const path = `.cache/artifacts/contracts/generated/${contract}.sol/${contract}.json`
    const artifact: { abi: InterfaceAbi; bytecode: string } = JSON.parse(readFileSync(join(root, path), 'utf8'))
    const made = await new ContractFactory(artifact.abi, artifact.bytecode, await provider.getSigner()).deploy()
    await made.waitForDeployment()
    return made as unknown as SolidityVerifier
  }
  return {
    /** Whether the deployed verifier of a circuit accepts. */
    async verify({ name }: BuiltTarget, { proof, publicSignals }: Proven): Promise<boolean> {
      const contract = `Verifier_Eligibility${name.slice(-1).toUpperCase()}`
      const verifier = verifiers.get(contract) ?? deploy(contract)
      verifiers.set(contract, verifier)
      const callData = await snarkjs.groth16.exportSolidityCallData(proof, publicSignals)
      const [a, b, c, signals] = JSON.parse(`[${callData}]`)
      return (await verifier).verifyProof({ a, b, c }, signals)
    },
    close: () => network.close(),
  }
}
export type Chain = Awaited<ReturnType<typeof openChain>>
type SolidityVerifier = { verifyProof(proof: object, signals: readonly string[]): Promise<boolean> }

export function modulo(value: bigint): bigint {
  return ((value % fieldOrder) + fieldOrder) % fieldOrder
}

/** 1 / value; 0 for 0. */
export function inverse(value: bigint): bigint {
  let [base, power, result] = [modulo(value), fieldOrder - 2n, 1n]
  for (; power > 0n; power >>= 1n, base = (base * base) % fieldOrder) {
    if (power % 2n === 1n) result = (result * base) % fieldOrder
  }
  return result
}

/** Names by wire: the signals of main and of its components. */
function namesOf(wires: ReadonlyMap<string, number>): ReadonlyMap<number, string[]> {
  const names = new Map<number, string[]>()
  for (const [name, wire] of wires) {
    const known = names.get(wire)
    if (known) known.push(name)
    else names.set(wire, [name])
  }
  return names
}

type Calculator = {
  getSharedRWMemoryStart(): number
  init(sanityCheck: number): void
  setInputSignal(hashHigh: number, hashLow: number, position: number): void
  getInputSignalSize(hashHigh: number, hashLow: number): number
  getInputSize(): number
  getWitnessSize(): number
  getWitness(wire: number): void
  getFieldNumLen32(): number
  readonly memory: WebAssembly.Memory
}

/** circom's calculator, by the interface of its own `witness_calculator.js`, for a circuit compiled by circom 2.2. */
function loadCalculator(path: string): (input: Input) => Uint8Array {
  const exceptionHandler = (code: number) => {
    throw new Error(`The witness calculator refused an input (${code}).`)
  }
  const ignore = () => {}
  const runtime = {
    exceptionHandler,
    printErrorMessage: ignore,
    writeBufferMessage: ignore,
    showSharedRWMemory: ignore,
  }
  const module = new WebAssembly.Module(withoutAssertions(readFileSync(path)))
  const calculator = new WebAssembly.Instance(module, { runtime }).exports as unknown as Calculator
  return (input) => {
    calculator.init(0)
    const shared = new Uint32Array(calculator.memory.buffer, calculator.getSharedRWMemoryStart(), 8)
    const names = Object.entries(input)
    let given = 0
    for (const [name, numbers] of names) {
      const [high, low] = fnv(name)
      const flat = flatten(numbers)
      if (calculator.getInputSignalSize(high, low) !== flat.length) throw new Error(`"${name}" has another size.`)
      given += flat.length
      for (const [position, value] of flat.entries()) {
        write(shared, modulo(value))
        calculator.setInputSignal(high, low, position)
      }
    }
    if (given !== calculator.getInputSize()) throw new Error('Inputs are missing.')
    const words = new Uint32Array(8 * calculator.getWitnessSize())
    for (let at = 0; at < words.length; at += 8) {
      calculator.getWitness(at / 8)
      words.set(shared, at)
    }
    return new Uint8Array(words.buffer)
  }
}

/**
 * The calculator with its assertions told but not obeyed. circom compiles each `===` and `assert` to: test; if 0, print
 * a message and `i32.const 4; return`, which leaves all later signals unset (`init(0)` does not change that). Here it is
 * `i32.const 4; drop`: one other byte.
 */
function withoutAssertions(wasm: Buffer): Uint8Array<ArrayBuffer> {
  // i32.eqz, if, i32.const, ... at most 24 bytes on: i32.const 4, return, end
  const [test, failure] = [Buffer.from([0x45, 0x04, 0x40, 0x41]), Buffer.from([0x41, 0x04, 0x0f, 0x0b])]
  const bytes = new Uint8Array(wasm)
  let assertions = 0
  for (let at = wasm.indexOf(failure); at >= 0; at = wasm.indexOf(failure, at + 1)) {
    if (!wasm.subarray(at - 24, at).includes(test)) continue
    bytes[at + 2] = 0x1a
    assertions++
  }
  if (assertions === 0) throw new Error('This calculator has no assertions to leave out.')
  return bytes
}

function flatten(numbers: Numbers): bigint[] {
  return typeof numbers === 'bigint' ? [numbers] : numbers.flatMap(flatten)
}

/** 64-bit FNV-1a of a signal's name, as two halves. */
function fnv(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)]
}

/** Eight words, the lowest first. */
function write(shared: Uint32Array, value: bigint): void {
  for (let word = 0, rest = value; word < 8; word++, rest >>= 32n) shared[word] = Number(rest & 0xffffffffn)
}

function fromBytes(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const half = (at: number) => view.getBigUint64(at, true) | (view.getBigUint64(at + 8, true) << 64n)
  return Array.from({ length: bytes.byteLength / 32 }, (_, wire) => half(32 * wire) | (half(32 * wire + 16) << 128n))
}

function toBytes(witness: Witness): Uint8Array {
  const bytes = new Uint8Array(32 * witness.length)
  const view = new DataView(bytes.buffer)
  for (const [wire, value] of witness.entries()) {
    for (let limb = 0, rest = value; limb < 4; limb++, rest >>= 64n) {
      view.setBigUint64(32 * wire + 8 * limb, BigInt.asUintN(64, rest), true)
    }
  }
  return bytes
}
