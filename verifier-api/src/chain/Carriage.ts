import * as Network from '@medseal/prover/chain/Network'
import * as Submission from '@medseal/prover/chain/Submission'
import { isError, Transaction } from 'ethers'
import * as EmbeddedChain from './EmbeddedChain.ts'
import type * as Outbox from './Outbox.ts'
import * as Stretch from './Stretch.ts'

/** What one transaction carries, and how. */
export type Carriage = { readonly proofs: readonly Outbox.Waiting[]; readonly call: Call }

export type Call = { readonly to: string; readonly data: string; readonly gasLimit: bigint }

/** good: the chain would take it now. not-yet: it may later. */
export type Verdict = 'good' | 'not-yet' | { readonly reason: string }

export const mostInBatch = 32

/** A transaction may use 2^24 gas (EIP-7825). */
const mostGas = 16_000_000n

export const spent = 'NullifierStore_AlreadySpent'

/** The oldest, and those that may share its batch: of its circuit and verifier. One nullifier appears once. */
export function alike(
  waiting: readonly Outbox.Waiting[],
  goesAlone: (id: string) => boolean,
): readonly Outbox.Waiting[] {
  const [first] = waiting
  if (!first) return []
  if (goesAlone(first.id)) return [first]
  const seen = new Set<string>()
  const fitting = waiting.filter(({ id, part, nullifier, submission: { circuit, verifierVersion } }) => {
    const use = `${part} ${nullifier}`
    if (goesAlone(id) || seen.has(use)) return false
    if (circuit !== first.submission.circuit || verifierVersion !== first.submission.verifierVersion) return false
    seen.add(use)
    return true
  })
  return fitting.slice(0, mostInBatch)
}

/** What the chain says of a proof before anything is paid for. */
export async function check(
  network: Network.Network,
  { submission }: Outbox.Waiting,
  { from, blockNumber }: { from: string; blockNumber: number },
): Promise<Verdict> {
  const registry = Network.contract(network, 'EligibilityRegistry')
  try {
    const verify = registry.getFunction('verify')
    await verify.staticCall(Submission.toContractArgs(submission), { from, blockTag: blockNumber })
    return 'good'
  } catch (cause) {
    const reason = Network.refusalOf(cause)
    if (reason === 'EligibilityRegistry_ConsentNotInTime' && (await isEarly(network, submission))) return 'not-yet'
    if (reason !== undefined) return { reason }
    if (isError(cause, 'CALL_EXCEPTION')) return { reason: 'Reverted' }
    throw cause
  }
}

/**
 * The call that carries these, or as many of the oldest as fit into one transaction. Undefined where the chain would
 * take each of them but not all, or has changed since.
 */
export async function prepare(
  network: Network.Network,
  proofs: readonly Outbox.Waiting[],
  { from }: { from: string },
): Promise<Carriage | undefined> {
  const to = network.addresses.EligibilityRegistry
  const data = dataOf(network, proofs)
  let gas: bigint
  try {
    gas = BigInt(await Stretch.ask<string>(network, 'eth_estimateGas', [{ from, to, data }, 'latest']))
  } catch (cause) {
    if (isAnswer(cause)) return undefined
    throw cause
  }
  if (gas <= mostGas) return { proofs, call: { to, data, gasLimit: (gas * 6n) / 5n + 20_000n } }
  return proofs.length === 1
    ? undefined
    : await prepare(network, proofs.slice(0, Math.ceil(proofs.length / 2)), { from })
}

/** Which submissions of a batch were skipped and why, by place; from its transaction's logs. */
export function skippedOf(
  network: Network.Network,
  logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[],
): ReadonlyMap<number, string> {
  const { interface: schema } = Network.contract(network, 'EligibilityRegistry')
  const skipped = new Map<number, string>()
  for (const { address, topics, data } of logs) {
    if (address.toLowerCase() !== network.addresses.EligibilityRegistry.toLowerCase()) continue
    const event = schema.parseLog({ topics: [...topics], data })
    if (event?.name !== 'SubmissionSkipped') continue
    skipped.set(Number(event.args.index), Network.nameOfRefusal(event.args.refusal) ?? 'Reverted')
  }
  return skipped
}

/** Nullifiers of what a transaction carries, in its order, as 0x and 64 digits. */
export function nullifiersOf(network: Network.Network, raw: string): readonly string[] {
  const { interface: schema } = Network.contract(network, 'EligibilityRegistry')
  const parsed = schema.parseTransaction({ data: Transaction.from(raw).data })
  const argument = parsed?.args[0]
  const submissions = parsed?.name === 'verifyBatch' ? argument : [argument]
  return [...submissions].map(({ nullifier }: { nullifier: bigint }) => `0x${nullifier.toString(16).padStart(64, '0')}`)
}

export function hashOf(raw: string): string {
  const { hash } = Transaction.from(raw)
  if (hash === null) throw new UnsignedError()
  return hash
}

/** Whether the node answered, if only to refuse; false where it could not be asked. */
export function isAnswer(cause: unknown): boolean {
  for (let inner = cause, depth = 0; depth < 5 && typeof inner === 'object' && inner !== null; depth++) {
    const { code, error, info } = inner as { code?: unknown; error?: unknown; info?: unknown }
    if (typeof code === 'number') return true
    if (code === 'CALL_EXCEPTION' || code === 'NONCE_EXPIRED' || code === 'INSUFFICIENT_FUNDS') return true
    if (code === 'REPLACEMENT_UNDERPRICED') return true
    inner = error ?? info
  }
  return false
}

function dataOf(network: Network.Network, proofs: readonly Outbox.Waiting[]): string {
  const { interface: schema } = Network.contract(network, 'EligibilityRegistry')
  const submissions = proofs.map(({ submission }) => Submission.toContractArgs(submission))
  return submissions.length === 1
    ? schema.encodeFunctionData('verify', submissions)
    : schema.encodeFunctionData('verifyBatch', [submissions])
}

/** A chain's clock may be behind the one a consent begins by. The embedded one's stands still between blocks. */
async function isEarly(network: Network.Network, { consent }: Submission.Submission): Promise<boolean> {
  if (consent === undefined || (await Network.now(network)) >= consent.notBefore) return false
  const hasBegun = consent.notBefore <= BigInt(Math.floor(Date.now() / 1000))
  if (hasBegun && network.chainId === EmbeddedChain.chainId) await Stretch.ask(network, 'evm_mine', [])
  return true
}

export class UnsignedError extends Error {
  override readonly name = 'Carriage.UnsignedError'
  constructor() {
    super('The transaction is not signed.')
  }
}
