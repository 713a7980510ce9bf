/** A small circuit of the tests' own, and the part of snarkjs they check against. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../build/compile.ts'

/** Knows a factorisation of `product` that is bound to `context`; its outputs come first, as circom orders them. */
export const source = `pragma circom 2.2.0;
include "circomlib/circuits/poseidon.circom";
include "factors.circom";
template Small() {
    signal input context;
    signal input left;
    signal input right;
    signal output product <== Product()(left, right);
    signal output mark <== Poseidon(2)([left, right]);
    signal contextSquared <== context * context;
}
component main {public [context]} = Small();
`

/** Included by \`source\`. */
export const includedSource = `pragma circom 2.2.0;
template Product() {
    signal input left;
    signal input right;
    signal output out <== left * right;
}
`

export const inputs = { context: 77n, left: 6n, right: 7n }

/** Writes the two files into a folder of the cache (circom reads nothing outside the repository); gives main's path. */
export function writeSources(folder: string, main = source, included = includedSource): string {
  const path = join('.cache', 'test-circuits', folder)
  mkdirSync(join(root, path), { recursive: true })
  writeFileSync(join(root, path, 'small.circom'), main)
  writeFileSync(join(root, path, 'factors.circom'), included)
  return join(path, 'small.circom')
}

/** snarkjs takes file names and files in memory alike, and writes into an empty one. */
export type File = string | { type: 'mem'; data?: Uint8Array }
export type SnarkProof = { pi_a: string[]; pi_b: string[][]; pi_c: string[] }
type SingleThread = { singleThread: true }

interface Snarkjs {
  groth16: {
    fullProve(
      input: object,
      wasm: File,
      zkey: File,
      logger?: undefined,
      calculator?: undefined,
      options?: SingleThread,
    ): Promise<{ proof: SnarkProof; publicSignals: string[] }>
    verify(key: object, publicSignals: readonly string[], proof: SnarkProof): Promise<boolean>
    exportSolidityCallData(proof: SnarkProof, publicSignals: readonly string[]): Promise<string>
  }
  wtns: {
    calculate(input: object, wasm: File, witness: File): Promise<void>
    exportJson(witness: File): Promise<bigint[]>
  }
  powersOfTau: {
    newAccumulator(curve: object, power: number, target: File): Promise<void>
    contribute(from: File, to: File, name: string, entropy: string): Promise<unknown>
    preparePhase2(from: File, to: File): Promise<void>
  }
  zKey: {
    newZKey(r1cs: File, powers: File, target: File): Promise<unknown>
    exportVerificationKey(zkey: File): Promise<Record<string, unknown>>
  }
  curves: { getCurveFromName(name: string): Promise<object & { terminate(): Promise<void> }> }
}

export const snarkjs: Snarkjs = createRequire(import.meta.url)('snarkjs')

/** Ends the workers snarkjs keeps for its curve. */
export async function endWorkers(): Promise<void> {
  const curve = await snarkjs.curves.getCurveFromName('bn128')
  await curve.terminate()
}

export const singleThread = { singleThread: true } as const

export async function prove(input: object, wasm: string, zkey: File) {
  return snarkjs.groth16.fullProve(input, wasm, zkey, undefined, undefined, singleThread)
}

export async function calculateWitness(input: object, wasm: string): Promise<bigint[]> {
  const witness: File = { type: 'mem' }
  await snarkjs.wtns.calculate(input, wasm, witness)
  return snarkjs.wtns.exportJson(witness)
}
