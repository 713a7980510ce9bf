/** The few verbs tests use on a local chain, and verifiers that stand in where proofs are of no concern. */
import assert from 'node:assert/strict'
import {
  AbiCoder,
  type Contract,
  type ContractTransactionReceipt,
  encodeBytes32String,
  type HDNodeWallet,
  id,
  type JsonRpcSigner,
  type Wallet,
} from 'ethers'
import type { VerifierSpecification } from '../deployment.ts'

/** VerifierDouble in place of the generated verifiers; see `doubleProof`. */
export const doubles: readonly VerifierSpecification[] = ['s', 'm', 'l'].map((size) => double(`eligibility-${size}`, 1))

export function double(
  kind: string,
  version: number,
  keyHash = id(`double ${kind} ${version}`),
): VerifierSpecification {
  const constructorArguments = [encodeBytes32String(kind), keyHash, true, 1]
  return { kind, version, class: 'development', artifact: 'VerifierDouble', constructorArguments }
}

/** A proof that VerifierDouble accepts for these signals and no others of another sum. */
export function doubleProof(signals: readonly bigint[]) {
  const sum = signals.reduce((total, signal) => BigInt.asUintN(256, total + signal), 0n)
  return {
    a: [sum, 2n],
    b: [
      [3n, 4n],
      [5n, 6n],
    ],
    c: [7n, 8n],
  } as const
}

/** Sends a transaction and waits for it. */
export async function send(
  contract: Contract,
  method: string,
  ...args: unknown[]
): Promise<ContractTransactionReceipt> {
  const sent = await contract.getFunction(method)(...args)
  return await sent.wait()
}

export async function read<result = bigint>(contract: Contract, method: string, ...args: unknown[]): Promise<result> {
  return await contract.getFunction(method).staticCall(...args)
}

/** The same contract, called by another account. */
export function as(contract: Contract, signer: JsonRpcSigner | Wallet | HDNodeWallet): Contract {
  return contract.connect(signer) as Contract
}

/**
 * Expects a call to be refused with a named error and, where given, its parameters.
 * @param contract Whose interface declares the error.
 */
export async function expectRefusal(
  attempt: Promise<unknown>,
  contract: Contract,
  name: string,
  ...parameters: readonly unknown[]
): Promise<void> {
  const failure: Failure | undefined = await attempt.then(
    () => undefined,
    (cause) => cause,
  )
  assert.ok(failure, `expected a refusal with ${name}`)
  // Where Hardhat cannot tell the error's name, it puts the data deeper, and ethers does not find it.
  const data = failure.data ?? failure.info?.error?.data?.data ?? String(failure.message)
  expectError(data, contract, name, ...parameters)
}

type Failure = {
  readonly data?: string | null
  readonly message?: string
  readonly info?: { readonly error?: { readonly data?: { readonly data?: string } } }
}

/** Expects revert data to be a named error. */
export function expectError(data: string, contract: Contract, name: string, ...parameters: readonly unknown[]): void {
  const error = data.startsWith('0x') ? contract.interface.parseError(data) : null
  assert.equal(error?.name ?? data, name)
  if (parameters.length > 0) assert.deepEqual([...(error?.args ?? [])], parameters)
}

export const abi: AbiCoder = AbiCoder.defaultAbiCoder()
