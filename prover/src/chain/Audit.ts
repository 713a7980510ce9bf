import { decodeBytes32String, type Result } from 'ethers'
import * as Proof from '../Proof.ts'
import type { ConsentId } from '../protocol/Consent.ts'
import * as Context from '../protocol/Context.ts'
import * as Day from '../protocol/Day.ts'
import type { Circuit } from '../protocol/Eligibility.ts'
import * as Occasion from '../protocol/Occasion.ts'
import type { Address, RequestId, StakeholderId } from '../protocol/Request.ts'
import * as Scope from '../protocol/Scope.ts'
import * as Signals from '../Signals.ts'
import * as Verify from '../verify.ts'
import * as AuditLog from './AuditLog.ts'
import * as Network from './Network.ts'
import * as Registry from './Registry.ts'

/** What is left after a check: enough to replay it. It names policy and recipient, not the patient. */
export type Receipt = {
  readonly transactionHash: string
  readonly blockNumber: number
  /** Unix seconds. */
  readonly timestamp: bigint
  readonly requestId: RequestId
  readonly recipientId: StakeholderId
  readonly program: bigint
  readonly part: number
  readonly circuit: Circuit
  readonly verifierVersion: number
  readonly consentId: ConsentId
  readonly deadline: bigint
  readonly day: Day.Day
  readonly nullifier: bigint
  readonly issuersRoot: bigint
  readonly policyHash: bigint
  readonly proof: Proof.Proof
}

/** What an auditor found wrong with a receipt. */
export type Finding =
  | 'proof'
  | 'issuers-root'
  | 'day'
  | 'deadline'
  | 'spent-twice'
  | 'unknown-recipient'
  | 'recipient-suspended'

/** An auditor's answer: every receipt with what is wrong with it, and every contract whose trail does not chain. */
export type Report = {
  readonly receipts: readonly (Receipt & { readonly findings: readonly Finding[] })[]
  readonly brokenTrails: readonly Network.ContractName[]
  readonly entries: number
}

/** Whose trails are replayed. */
export const contracts = [
  'StakeholderRegistry',
  'VerifierRegistry',
  'PolicyRegistry',
  'ConsentRegistry',
  'NullifierStore',
  'EligibilityRegistry',
] as const satisfies readonly Network.ContractName[]

/** What the chain itself says: every entry, in its order, and each contract's own head. */
export type Trail = {
  readonly entries: readonly AuditLog.Entry[]
  readonly heads: ReadonlyMap<Network.ContractName, bigint>
}

/**
 * Replays everything from the chain's own data: folds the registry, recomputes each receipt's scope, context and
 * occasion, and checks each proof again against the pinned key. Trusts no contract's word but the chain's order.
 */
export async function replay(network: Network.Network): Promise<Report> {
  return judge(network, await read(network))
}

/** Everything up to the latest block. */
export async function read(network: Network.Network): Promise<Trail> {
  const toBlock = await network.provider.getBlockNumber()
  const entries = await AuditLog.read(network, contracts, { toBlock })
  const heads = new Map<Network.ContractName, bigint>()
  for (const name of contracts) {
    heads.set(name, await Network.contract(network, name).getFunction('auditHead')({ blockTag: toBlock }))
  }
  return { entries, heads }
}

/**
 * Judges what was read.
 * @param onReceipt Called after each receipt, with their number so far.
 */
export async function judge(
  network: Pick<Network.Network, 'chainId' | 'addresses'>,
  { entries, heads }: Trail,
  { onReceipt = () => {} }: { onReceipt?: (done: number) => void } = {},
): Promise<Report> {
  const registry = Registry.create()
  const spent = new Set<string>()
  const receipts: (Receipt & { findings: readonly Finding[] })[] = []
  for (const entry of entries) {
    if (entry.contract === 'StakeholderRegistry') Registry.apply(registry, entry)
    if (entry.action !== 'eligibility.verified') continue
    const receipt = decode(entry)
    receipts.push({ ...receipt, findings: await findingsOf(network, registry, receipt, spent) })
    onReceipt(receipts.length)
  }
  const brokenTrails = contracts.filter((name) => breaksOf(name, { entries, heads }).length > 0)
  return { receipts, brokenTrails, entries: entries.length }
}

/** Places in a contract's own entries where its trail does not chain. */
export function breaksOf(name: Network.ContractName, { entries, heads }: Trail): readonly number[] {
  const own = entries.filter((entry) => entry.contract === name)
  return AuditLog.breaks(own, heads.get(name) ?? 0n)
}

/** The public signals of a receipt's proof, computed from what it was about. */
export function signalsOf(network: Pick<Network.Network, 'chainId' | 'addresses'>, receipt: Receipt) {
  const terms = { ...receipt, chainId: network.chainId, consumer: network.addresses.EligibilityRegistry as Address }
  const scope = Scope.ofTerms(terms)
  const signals = {
    nullifier: receipt.nullifier,
    issuersRoot: receipt.issuersRoot,
    policyHash: receipt.policyHash,
    context: Context.ofEligibility(terms) as bigint,
    occasion: Occasion.of(scope, receipt.day) as bigint,
  }
  return { scope, signals }
}

async function findingsOf(
  network: Pick<Network.Network, 'chainId' | 'addresses'>,
  registry: Registry.Registry,
  receipt: Receipt,
  spent: Set<string>,
): Promise<Finding[]> {
  const { scope, signals } = signalsOf(network, receipt)
  const verdict = await Verify.verify(receipt.circuit, receipt.proof, Signals.encode(receipt.circuit, signals))
  const use = [scope, receipt.part, receipt.nullifier].join('/')
  const recipient = registry.stakeholders.get(receipt.recipientId)
  const found: readonly (readonly [Finding, boolean])[] = [
    ['proof', !verdict.valid],
    ['issuers-root', !Registry.isValidRoot(registry, receipt.issuersRoot, receipt.timestamp)],
    ['day', Math.abs(receipt.day - Day.ofUnixSeconds(Number(receipt.timestamp))) > 1],
    ['deadline', receipt.timestamp > receipt.deadline],
    ['spent-twice', spent.has(use)],
    ['unknown-recipient', recipient === undefined],
    ['recipient-suspended', recipient?.suspended === true],
  ]
  spent.add(use)
  return found.flatMap(([finding, stands]) => (stands ? [finding] : []))
}

/** The receipt in an "eligibility.verified" entry, laid out as `IEligibilityRegistry` documents it. */
export function decode(entry: AuditLog.Entry): Receipt {
  const [
    recipientId,
    program,
    consentId,
    policyHash,
    part,
    kind,
    version,
    deadline,
    day,
    nullifier,
    issuersRoot,
    proof,
  ] = AuditLog.decode(entry, receiptTypes) as Decoded
  return {
    transactionHash: entry.transactionHash,
    blockNumber: entry.blockNumber,
    timestamp: entry.timestamp,
    requestId: entry.subject as RequestId,
    recipientId: recipientId as StakeholderId,
    program,
    part: Number(part),
    circuit: decodeBytes32String(kind) as Circuit,
    verifierVersion: Number(version),
    consentId,
    deadline,
    day: Number(day) as Day.Day,
    nullifier,
    issuersRoot,
    policyHash,
    proof: proofOf(proof),
  }
}

const receiptTypes = [
  'uint256', // recipientId
  'uint256', // program
  'bytes32', // consentId
  'uint256', // policyHash
  'uint256', // part
  'bytes32', // kind
  'uint32', // verifierVersion
  'uint256', // deadline
  'uint256', // day
  'uint256', // nullifier
  'uint256', // issuersRoot
  'tuple(uint256[2] a, uint256[2][2] b, uint256[2] c)',
]
type Decoded = [
  recipientId: bigint,
  program: bigint,
  consentId: ConsentId,
  policyHash: bigint,
  part: bigint,
  kind: string,
  verifierVersion: bigint,
  deadline: bigint,
  day: bigint,
  nullifier: bigint,
  issuersRoot: bigint,
  proof: Result,
]

function proofOf(result: Result): Proof.Proof {
  const [a, b, c] = result.toArray(true)
  return Proof.parse({ a, b, c })
}
