import { AbiCoder, type Filter, Interface, id, keccak256, type Log } from 'ethers'
import { abis } from '../generated/abi.ts'
import type * as Network from './Network.ts'

/** One entry of a contract's audit trail, in the order of the chain. */
export type Entry = {
  readonly contract: Network.ContractName
  readonly action: string
  readonly subject: string
  /** sequence 56 | hash 200, after this entry. */
  readonly head: bigint
  readonly details: string
  readonly blockNumber: number
  readonly logIndex: number
  readonly transactionHash: string
  /** Unix seconds of its block. */
  readonly timestamp: bigint
}

/** Every action any contract records, by the keccak256 its events carry. */
const actions = [
  'trail.opened',
  'registrar.proposed',
  'registrar.accepted',
  'stakeholder.scheduled',
  'stakeholder.cancelled',
  'stakeholder.added',
  'stakeholder.keyProposed',
  'stakeholder.keyAccepted',
  'stakeholder.payoutProposed',
  'stakeholder.payoutCancelled',
  'stakeholder.suspended',
  'stakeholder.unsuspended',
  'issuer.status',
  'issuer.statusOverruled',
  'issuer.extended',
  'issuer.removed',
  'verifier.registered',
  'verifier.attested',
  'verifier.activated',
  'verifier.retired',
  'verifier.killed',
  'attester.named',
  'policy.published',
  'policy.saleStopped',
  'writer.admitted',
  'writer.scheduled',
  'writer.cancelled',
  'consent.revoked',
  'eligibility.verified',
]
const actionsByHash = new Map(actions.map((action) => [id(action), action]))
const schema = new Interface(abis.EligibilityRegistry)
const topic = id('AuditEntry(bytes32,bytes32,uint256,bytes)')

/** The logs that entries of these contracts are in. */
export function filterOf(
  network: Network.Network,
  names: readonly Network.ContractName[],
  { fromBlock = network.fromBlock, toBlock }: { fromBlock?: number; toBlock: number | 'latest' },
): Filter {
  return { address: names.map((name) => network.addresses[name]), fromBlock, toBlock, topics: [topic] }
}

/** The entry in a log that `filterOf` matches. */
export function fromLog(network: Network.Network, log: Log, timestamp: bigint): Entry {
  const address = log.address.toLowerCase()
  const names = Object.keys(network.addresses) as Network.ContractName[]
  const { args } = schema.parseLog(log) ?? {}
  return {
    contract: names.find((name) => network.addresses[name].toLowerCase() === address) as Network.ContractName,
    action: actionsByHash.get(args?.action) ?? args?.action,
    subject: args?.subject,
    head: args?.head,
    details: args?.details,
    blockNumber: log.blockNumber,
    logIndex: log.index,
    transactionHash: log.transactionHash,
    timestamp,
  }
}

/** The entries of these contracts up to a block, in the order of the chain. */
export async function read(
  network: Network.Network,
  names: readonly Network.ContractName[],
  { toBlock = 'latest' }: { toBlock?: number | 'latest' } = {},
): Promise<Entry[]> {
  const logs = await network.provider.getLogs(filterOf(network, names, { toBlock }))
  const times = new Map<number, bigint>()
  for (const { blockNumber } of logs) {
    if (times.has(blockNumber)) continue
    const block = await network.provider.getBlock(blockNumber)
    times.set(blockNumber, BigInt(block?.timestamp ?? 0))
  }
  return logs.map((log) => fromLog(network, log, times.get(log.blockNumber) ?? 0n))
}

/**
 * Places where a contract's heads do not chain: an entry is missing, altered or out of order. Recomputed as
 * `IAuditTrail` says: the low 200 bits of keccak256(head, action, subject, keccak256(details)).
 * @param finalHead What the contract itself says its head is.
 */
export function breaks(entries: readonly Entry[], finalHead: bigint): readonly number[] {
  const broken: number[] = []
  let head = 0n
  for (const [index, entry] of entries.entries()) {
    if (headAfter(head, entry) !== entry.head) broken.push(index)
    head = entry.head
  }
  if (head !== finalHead) broken.push(entries.length)
  return broken
}

/** The head that an entry leads to from the one before it; 0 is before the first. */
export function headAfter(head: bigint, entry: Pick<Entry, 'action' | 'subject' | 'details'>): bigint {
  const action = entry.action.startsWith('0x') ? entry.action : id(entry.action)
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ['uint256', 'bytes32', 'bytes32', 'bytes32'],
    [head, action, entry.subject, keccak256(entry.details)],
  )
  return (((head >> 200n) + 1n) << 200n) | BigInt.asUintN(200, BigInt(keccak256(encoded)))
}

/** Details, decoded by the types their interface documents. */
export function decode(entry: Entry, types: readonly string[]): unknown[] {
  return AbiCoder.defaultAbiCoder().decode(types, entry.details).toArray()
}
