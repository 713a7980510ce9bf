/** A chain inside this process with everything deployed: what the story runs on, and the tests of the contracts. */
import assert from 'node:assert/strict'
import { BrowserProvider, type Contract, type JsonRpcSigner } from 'ethers'
import hre from 'hardhat'
import {
  type ContractName,
  type Delays,
  type Deployment,
  deploy,
  type ReadArtifact,
  type VerifierSpecification,
} from './deployment.ts'

export type ChainOptions = {
  /** 'local' has chain id 31337, 'public' another one. */
  readonly network?: 'local' | 'public'
  /** Date of the first block. */
  readonly startsAt?: Date
  readonly delays?: Delays
  /** By default the generated verifiers. */
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
