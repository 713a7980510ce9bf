/** A chain inside the test's own process with everything deployed, and the few verbs tests use on it. */
import assert from 'node:assert/strict'
import {
  AbiCoder,
  BrowserProvider,
  type Contract,
  type ContractTransactionReceipt,
  encodeBytes32String,
  type HDNodeWallet,
  id,
  type JsonRpcSigner,
  type Wallet,
} from 'ethers'
import hre from 'hardhat'
import {
  type ContractName,
  type Delays,
  type Deployment,
  deploy,
  type ReadArtifact,
  type VerifierSpecification,
} from '../deployment.ts'

export type ChainOptions = {
  /** 'local' has chain id 31337, 'public' another one. */
  readonly network?: 'local' | 'public'
  /** Date of the first block. */
  readonly startsAt?: Date
  readonly delays?: Delays
  /** By default the generated verifiers; `doubles` where proofs are of no concern. */
  readonly verifiers?: readonly VerifierSpecification[]
}

export type Chain = {
  readonly provider: BrowserProvider
  readonly deployment: Deployment
  readonly contracts: Readonly<Record<ContractName, Contract>>
  /** Signers with ether: 0 deploys and is the registrar where none is named, 1 and 2 attest, the rest are free. */
  readonly accounts: readonly JsonRpcSigner[]
  readonly readArtifact: ReadArtifact
  /** Unix seconds of the latest block. */
  now(): Promise<number>
  /** Mines a block so many seconds later. */
  pass(seconds: number): Promise<void>
  /** The next block will have this time in Unix seconds. */
  setNextTime(time: number): Promise<void>
  snapshot(): Promise<() => Promise<void>>
  /** Runs the sends with mining off, then mines them into one block in the order given. */
  inOneBlock(sends: readonly (() => Promise<{ hash: string }>)[]): Promise<readonly boolean[]>
  close(): Promise<void>
}

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

const readArtifact: ReadArtifact = async (name) => {
  const names = await hre.artifacts.getAllFullyQualifiedNames()
  const fullName = [...names].find((candidate) => candidate.endsWith(`/${name}.sol:${name}`))
  return fullName === undefined ? undefined : await hre.artifacts.readArtifact(fullName)
}

/** Starts a chain and deploys to it what was compiled before. */
export async function createChain(options: ChainOptions = {}): Promise<Chain> {
  const { network = 'local', startsAt, delays, verifiers } = options
  const net = await hre.network.create({
    network,
    ...(startsAt && { override: { initialDate: startsAt.toISOString() } }),
  })
  const provider = new BrowserProvider(net.provider, undefined, { cacheTimeout: -1 })
  const addresses: string[] = await provider.send('eth_accounts', [])
  const accounts = await Promise.all(addresses.map((address) => provider.getSigner(address)))
  const [signer, first, second] = accounts as [JsonRpcSigner, JsonRpcSigner, JsonRpcSigner]
  const deployment = await deploy({
    signer,
    readArtifact,
    registrar: signer.address,
    attesters: [first.address, second.address],
    ...(delays && { delays }),
    ...(verifiers && { verifiers }),
  })
  return {
    provider,
    deployment,
    contracts: deployment.contracts,
    accounts,
    readArtifact,
    async now() {
      const block = await provider.getBlock('latest')
      return block?.timestamp ?? 0
    },
    async pass(seconds) {
      await provider.send('evm_increaseTime', [seconds])
      await provider.send('evm_mine', [])
    },
    async setNextTime(time) {
      await provider.send('evm_setNextBlockTimestamp', [time])
    },
    async snapshot() {
      const number = await provider.send('evm_snapshot', [])
      return async () => {
        await provider.send('evm_revert', [number])
      }
    },
    async inOneBlock(sends) {
      await provider.send('evm_setAutomine', [false])
      try {
        const hashes = []
        for (const send of sends) hashes.push((await send()).hash)
        await provider.send('evm_mine', [])
        const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)))
        assert.equal(new Set(receipts.map((receipt) => receipt?.blockNumber)).size, 1)
        assert.deepEqual(
          receipts.map((receipt) => receipt?.index),
          receipts.map((_, index) => index),
        )
        return receipts.map((receipt) => receipt?.status === 1)
      } finally {
        await provider.send('evm_setAutomine', [true])
      }
    },
    async close() {
      await net.close()
    },
  }
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
  const failure: { data?: string; message?: string } | undefined = await attempt.then(
    () => undefined,
    (cause) => cause,
  )
  assert.ok(failure, `expected a refusal with ${name}`)
  expectError(failure?.data ?? String(failure?.message), contract, name, ...parameters)
}

/** Expects revert data to be a named error. */
export function expectError(data: string, contract: Contract, name: string, ...parameters: readonly unknown[]): void {
  const error = data.startsWith('0x') ? contract.interface.parseError(data) : null
  assert.equal(error?.name ?? data, name)
  if (parameters.length > 0) assert.deepEqual([...(error?.args ?? [])], parameters)
}

export const abi: AbiCoder = AbiCoder.defaultAbiCoder()
