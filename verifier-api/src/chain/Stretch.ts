import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Network from '@medseal/prover/chain/Network'
import type { JsonRpcApiProvider } from 'ethers'

/** Some blocks of a chain, as far as they are looked at, and the audit entries in them: read, and found to fit. */
export type Stretch = {
  /** In ascending order; not every block, but the first that are kept link to one another. */
  readonly blocks: readonly Block[]
  readonly entries: readonly AuditLog.Entry[]
}

export type Block = {
  readonly number: number
  readonly hash: string
  readonly parentHash: string
  /** Unix seconds. */
  readonly timestamp: bigint
}

/** What an RPC said that cannot be. */
export type Fault = 'chain-id' | 'missing-block' | 'parent-hash' | 'log-hash' | 'audit-trail' | 'audit-head'

export const contractNames = [
  'StakeholderRegistry',
  'VerifierRegistry',
  'PolicyRegistry',
  'ConsentRegistry',
  'NullifierStore',
  'EligibilityRegistry',
] as const satisfies readonly Network.ContractName[]

/** Heads of the contracts' audit trails, by contract; none before the first entry. */
export type Heads = ReadonlyMap<string, bigint>

/** Asks the network's RPC in its own words. */
export function ask<T>({ provider }: Network.Network, method: string, params: readonly unknown[] = []): Promise<T> {
  return (provider as JsonRpcApiProvider).send(method, [...params])
}

/** A block by its number; undefined where the chain has none (any more). */
export async function blockAt(network: Network.Network, number: number | 'latest'): Promise<Block | undefined> {
  const tag = number === 'latest' ? number : `0x${number.toString(16)}`
  const found = await ask<Readonly<Record<string, string>> | null>(network, 'eth_getBlockByNumber', [tag, false])
  if (!found?.hash || !found.parentHash) return undefined
  const { hash, parentHash } = found
  return { number: Number(found.number), hash, parentHash, timestamp: BigInt(found.timestamp ?? 0) }
}

/** @throws {FaultError} when the RPC serves another chain than the deployment is on. */
export async function assertChain(network: Network.Network): Promise<void> {
  if (BigInt(await ask<string>(network, 'eth_chainId')) !== network.chainId) throw new FaultError('chain-id')
}

/**
 * Reads the blocks from one number to another, both included.
 * @param before What is known of the block before them, and of each trail up to it.
 * @param keepFrom From this number on every block is read, and links to the one before it.
 * @throws {FaultError} where what the RPC says does not fit together: it lies, or a reorganisation came in between.
 */
export async function read(
  network: Network.Network,
  { from, to, keepFrom }: { readonly from: number; readonly to: number; readonly keepFrom: number },
  before: { readonly block: { readonly number: number; readonly hash: string } | undefined; readonly heads: Heads },
): Promise<Stretch> {
  const filter = AuditLog.filterOf(network, contractNames, { fromBlock: from, toBlock: to })
  const logs = await network.provider.getLogs(filter)
  const numbers = new Set(logs.map(({ blockNumber }) => blockNumber))
  for (let number = Math.max(from, keepFrom); number <= to; number++) numbers.add(number)
  numbers.add(to)
  const blocks = await Promise.all([...numbers].sort((a, b) => a - b).map((number) => presentBlock(network, number)))

  let last = before.block
  for (const block of blocks) {
    if (last && last.number + 1 === block.number && last.hash !== block.parentHash) throw new FaultError('parent-hash')
    last = block
  }
  const byNumber = new Map(blocks.map((block) => [block.number, block]))
  const entries = logs.map((log) => {
    const block = byNumber.get(log.blockNumber)
    if (log.blockNumber < from || log.blockNumber > to || block?.hash !== log.blockHash)
      throw new FaultError('log-hash')
    return AuditLog.fromLog(network, log, block.timestamp)
  })
  assertLinked(entries, before.heads)
  return { blocks, entries }
}

/** The heads after these entries. */
export function headsAfter(heads: Heads, entries: readonly AuditLog.Entry[]): Heads {
  return new Map([...heads, ...entries.map(({ contract, head }) => [contract, head] as const)])
}

/**
 * The last entry could be held back and the rest would still link: each contract says itself where its trail ends.
 * @throws {FaultError}
 */
export async function assertHeads(network: Network.Network, heads: Heads, blockNumber: number): Promise<void> {
  const said = await Promise.all(
    contractNames.map(async (name) => {
      const head = await Network.contract(network, name).getFunction('auditHead')({ blockTag: blockNumber })
      return [name, head as bigint] as const
    }),
  )
  if (said.some(([name, head]) => head !== (heads.get(name) ?? 0n))) throw new FaultError('audit-head')
}

function assertLinked(entries: readonly AuditLog.Entry[], before: Heads): void {
  const heads = new Map(before)
  for (const entry of entries) {
    const isWhole = entry.contract !== undefined && entry.details !== undefined
    if (!isWhole || AuditLog.headAfter(heads.get(entry.contract) ?? 0n, entry) !== entry.head) {
      throw new FaultError('audit-trail')
    }
    heads.set(entry.contract, entry.head)
  }
}

async function presentBlock(network: Network.Network, number: number): Promise<Block> {
  const block = await blockAt(network, number)
  if (block?.number !== number) throw new FaultError('missing-block')
  return block
}

/** What the RPC says does not fit together. */
export class FaultError extends Error {
  override readonly name = 'Stretch.FaultError'
  readonly fault: Fault
  constructor(fault: Fault) {
    super(`What the RPC says does not fit together: ${fault}.`)
    this.fault = fault
  }
}
