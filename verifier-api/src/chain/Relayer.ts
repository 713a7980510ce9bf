import type * as Network from '@medseal/prover/chain/Network'
import type { Wallet } from 'ethers'
import * as Id from '../Id.ts'
import type { Db, Services } from '../Services.ts'
import * as Announcement from './Announcement.ts'
import * as Carriage from './Carriage.ts'
import * as Fees from './Fees.ts'
import * as Lease from './Lease.ts'
import * as Outbox from './Outbox.ts'
import * as Settlement from './Settlement.ts'
import * as Stretch from './Stretch.ts'

/** What relaying stands on: one key that pays, in one process at a time. */
export type Relaying = Pick<Services, 'database' | 'transaction' | 'log'> & {
  readonly network: Network.Network
  readonly wallet: Wallet
  readonly announce: Announcement.Announce
  /** This process, by a random name. */
  readonly holder: string
  /** Seconds without a block until a transaction is paid more for. */
  readonly stuckSeconds: number
  /** Called between the steps, each of which may be the last of this process. */
  readonly onStep?: (step: Step) => Promise<void> | void
  readonly memory: Memory
}

/** checked: the chain would take it. signed: nothing is written yet. posted: written down. sent: broadcast. */
export type Step = 'checked' | 'signed' | 'posted' | 'sent'

/** What makes the next pass wiser and may be forgotten. */
export type Memory = {
  /** Proofs that a batch failed with, and how often: they go alone. */
  readonly failures: Map<string, number>
  /** Nonces that could not be told, and how often that was seen. */
  readonly doubts: Map<number, number>
}

/** Transactions of one key that are on their way at once. */
const mostOnTheirWay = 8

export function create(options: Omit<Relaying, 'memory' | 'stuckSeconds'> & { stuckSeconds?: number }): Relaying {
  return { stuckSeconds: 60, ...options, memory: { failures: new Map(), doubts: new Map() } }
}

export function leaseOf({ wallet, holder }: Relaying): Lease.Lease {
  return { name: `relayer:${wallet.address.toLowerCase()}`, holder }
}

/** One pass: what was sent is looked after, what waits is sent. Can be killed anywhere; the next one goes on. */
export async function pass(relaying: Relaying): Promise<void> {
  if (!(await Lease.hold(relaying.database, leaseOf(relaying)))) return
  await Stretch.assertChain(relaying.network)
  await Settlement.settle(relaying)
  const left = new Set<string>()
  for (;;) {
    const unsettled = await Outbox.unsettled(relaying.database, relaying.wallet.address)
    if (unsettled.length >= mostOnTheirWay || !(await sendNext(relaying, left))) return
    if (!(await Lease.hold(relaying.database, leaseOf(relaying)))) return
  }
}

export async function leave(relaying: Relaying): Promise<void> {
  await Lease.release(relaying.database, leaseOf(relaying))
}

/**
 * Sends what waits longest, with what fits to it. False when nothing can be sent now.
 * @param left Was looked at in this pass and has to wait; it keeps nobody else waiting.
 */
async function sendNext(relaying: Relaying, left: Set<string>): Promise<boolean> {
  const { database, memory } = relaying
  const waiting = await Outbox.waiting(database, { limit: 8 * Carriage.mostInBatch })
  const alike = Carriage.alike(
    waiting.filter(({ id }) => !left.has(id)),
    (id) => memory.failures.has(id),
  )
  if (alike.length === 0) return false
  const good = await keepGood(relaying, alike)
  await relaying.onStep?.('checked')
  for (const proof of alike) if (!good.includes(proof)) left.add(proof.id)
  if (good.length === 0) return true
  const carriage = await Carriage.prepare(relaying.network, good, { from: relaying.wallet.address })
  if (carriage) await send(relaying, carriage)
  // Each would be taken, all together would not: they go one by one; one that still is not taken will be refused.
  else for (const { id } of good) memory.failures.set(id, (memory.failures.get(id) ?? 0) + (good.length > 1 ? 0 : 1))
  return true
}

async function send(relaying: Relaying, { proofs, call }: Carriage.Carriage): Promise<void> {
  const nonce = await nextNonce(relaying)
  const transaction = await sign(relaying, { ...call, nonce, ...(await Fees.now(relaying.network)) })
  await relaying.onStep?.('signed')
  const ids = proofs.map(({ id }) => id)
  try {
    await write(relaying, (db) => Outbox.post(db, transaction, ids))
  } catch (cause) {
    if (cause instanceof Outbox.TakenError) return
    throw cause
  }
  await relaying.onStep?.('posted')
  await broadcast(relaying, transaction)
  await relaying.onStep?.('sent')
}

/** Those the chain would take now. What it refuses is refused here, by its reason. */
async function keepGood(relaying: Relaying, proofs: readonly Outbox.Waiting[]): Promise<readonly Outbox.Waiting[]> {
  const { network, wallet } = relaying
  const blockNumber = (await Stretch.blockAt(network, 'latest'))?.number ?? 0
  const verdicts = await Promise.all(
    proofs.map((proof) => Carriage.check(network, proof, { from: wallet.address, blockNumber })),
  )
  const good: Outbox.Waiting[] = []
  for (const [i, proof] of proofs.entries()) {
    const verdict = verdicts[i] ?? 'not-yet'
    const isHopeless = verdict === 'good' && (relaying.memory.failures.get(proof.id) ?? 0) >= mostFailures
    if (isHopeless) await refuse(relaying, proof, { reason: 'Reverted' }, blockNumber)
    else if (verdict === 'good') good.push(proof)
    else if (verdict !== 'not-yet') await refuse(relaying, proof, verdict, blockNumber)
  }
  return good
}

/** How often a transaction is paid for that reverts although the chain said that it would not. */
const mostFailures = 3

async function refuse(
  relaying: Relaying,
  proof: Outbox.Waiting,
  { reason }: { reason: string },
  blockNumber: number,
): Promise<void> {
  await write(relaying, async (db) => {
    if (reason === Carriage.spent && !(await Settlement.isSpentByAnother(db, proof, blockNumber))) return
    if (!(await Outbox.refuse(db, proof.id, reason))) return
    await Announcement.refused(db, relaying.announce, proof.id, proof.stakeholderId)
  })
}

/** Not before the ones written down, even if the chain does not know them yet; nor before those it knows. */
async function nextNonce({ database, network, wallet }: Relaying): Promise<number> {
  const onChain = Number(await Stretch.ask<string>(network, 'eth_getTransactionCount', [wallet.address, 'latest']))
  return Math.max(onChain, await Outbox.nextNonce(database, wallet.address))
}

export async function sign(
  { wallet, network }: Relaying,
  call: Carriage.Call & Fees.Fees & { readonly nonce: number },
): Promise<Outbox.Transaction> {
  const raw = await wallet.signTransaction({ type: 2, chainId: network.chainId, ...call })
  const now = new Date()
  return {
    id: Id.create('transaction'),
    relayer: wallet.address,
    nonce: call.nonce,
    hash: Carriage.hashOf(raw),
    raw,
    state: 'signed',
    block_number: null,
    created_at: now,
    updated_at: now,
  }
}

/** What is written down is sent as often as it takes, so an answer that it is not taken ends nothing. */
export async function broadcast({ network, log }: Relaying, transaction: Outbox.Transaction): Promise<void> {
  const { hash, nonce } = transaction
  try {
    await Stretch.ask(network, 'eth_sendRawTransaction', [transaction.raw])
    log.info('Sent a transaction', { transactionHash: hash, nonce })
  } catch (cause) {
    if (!Carriage.isAnswer(cause)) throw cause
    const isKnown = (await Stretch.ask(network, 'eth_getTransactionByHash', [hash])) !== null
    if (!isKnown)
      log.warn('A transaction was not taken, and will be sent again', { transactionHash: hash, nonce, cause })
  }
}

export function write<T>(relaying: Relaying, work: (db: Db) => Promise<T>): Promise<T> {
  return relaying.transaction(async (db) => {
    await Lease.assertHeld(db, leaseOf(relaying))
    return await work(db)
  })
}
