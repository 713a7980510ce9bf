import { Transaction } from 'ethers'
import type { Db } from '../Services.ts'
import * as Announcement from './Announcement.ts'
import * as Carriage from './Carriage.ts'
import * as Chronicle from './Chronicle.ts'
import * as Fees from './Fees.ts'
import * as Outbox from './Outbox.ts'
import * as Relayer from './Relayer.ts'
import * as Stretch from './Stretch.ts'

type Mined = {
  readonly blockNumber: number
  readonly blockHash: string
  readonly succeeded: boolean
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[]
}

/** Looks after every transaction that is written down and in no block yet, in the order of their nonces. */
export async function settle(relaying: Relayer.Relaying): Promise<void> {
  const { database, network, wallet } = relaying
  const nonces = new Set((await Outbox.unsettled(database, wallet.address)).map(({ nonce }) => nonce))
  if (nonces.size === 0) return
  const used = Number(await Stretch.ask<string>(network, 'eth_getTransactionCount', [wallet.address, 'latest']))
  for (const nonce of nonces) await settleNonce(relaying, nonce, { used, first: Math.min(...nonces) })
}

/** Whether somebody else's answer spent it: then it is refused. Its own receipt, or one not followed yet, is not that. */
export async function isSpentByAnother(db: Db, proof: Outbox.Waiting, blockNumber: number): Promise<boolean> {
  for (const row of await Outbox.receiptsOf(db, proof)) {
    await Outbox.include(db, row)
  }
  const followed = await Chronicle.followed(db)
  return followed !== undefined && followed.number >= blockNumber
}

async function settleNonce(
  relaying: Relayer.Relaying,
  nonce: number,
  { used, first }: { used: number; first: number },
): Promise<void> {
  const { database, wallet, memory } = relaying
  const all = await Outbox.ofNonce(database, wallet.address, nonce)
  for (const transaction of all) {
    const mined = await minedAt(relaying, transaction.hash)
    if (!mined) continue
    memory.doubts.delete(nonce)
    if (await isFollowed(relaying, mined)) await settleMined(relaying, { all, winner: transaction, mined })
    return
  }
  // Either somebody else sent with this key, or nonces before ours were lost with a reorganisation. Or the RPC is a
  // moment behind itself: so it has to say the same several times.
  if (used > nonce || used < first) {
    const doubts = (memory.doubts.get(nonce) ?? 0) + 1
    memory.doubts.set(nonce, doubts)
    if (doubts >= mostDoubts) {
      memory.doubts.delete(nonce)
      await Relayer.write(relaying, (db) => Outbox.abandon(db, all))
      return
    }
  }
  await push(relaying, all, { isNext: used === nonce })
}

/** How often a nonce has to look lost until it is given up. */
const mostDoubts = 5

/** Sends again what its node has forgotten; pays more where it has waited for long. */
async function push(
  relaying: Relayer.Relaying,
  all: readonly Outbox.Transaction[],
  { isNext }: { isNext: boolean },
): Promise<void> {
  const { network, stuckSeconds, log } = relaying
  const newest = all.filter(({ state }) => state === 'signed').at(-1)
  if (!newest) return
  const isStuck = Date.now() - newest.created_at.getTime() > stuckSeconds * 1000
  const { to, data, gasLimit, nonce, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(newest.raw)
  const before = { maxFeePerGas: maxFeePerGas ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n }
  const fees = isStuck && isNext ? Fees.raised(before, await Fees.now(network)) : undefined
  if (fees) {
    const next = await Relayer.sign(relaying, { to: to ?? '', data, gasLimit, nonce, ...fees })
    await Relayer.write(relaying, (db) => Outbox.replace(db, newest, next))
    log.info('Paid more for a transaction that is stuck', { transactionHash: next.hash, nonce })
    await Relayer.broadcast(relaying, next)
    return
  }
  const isKnown = (await Stretch.ask(network, 'eth_getTransactionByHash', [newest.hash])) !== null
  if (!isKnown) await Relayer.broadcast(relaying, newest)
}

async function settleMined(
  relaying: Relayer.Relaying,
  { all, winner, mined }: { all: readonly Outbox.Transaction[]; winner: Outbox.Transaction; mined: Mined },
): Promise<void> {
  const { network, memory, announce } = relaying
  const skipped = Carriage.skippedOf(network, mined.logs)
  const nullifiers = Carriage.nullifiersOf(network, winner.raw)
  const unmet = await Relayer.write(relaying, async (db) => {
    const { blockNumber } = mined
    const isFinal = blockNumber <= ((await Chronicle.followed(db))?.finalized ?? -1)
    const rest = await Outbox.settle(db, { all, winner, blockNumber, isFinal })
    for (const { id, stakeholder_id, nullifier } of rest) {
      const reason = skipped.get(nullifiers.indexOf(nullifier))
      if (reason !== undefined && reason !== Carriage.spent) {
        await Outbox.refuse(db, id, reason)
        await Announcement.refused(db, announce, id, stakeholder_id)
        continue
      }
      // Spent ones are told from their own receipts by the check before the next sending; so is what reverted.
      await Outbox.putBack(db, [id])
    }
    return rest
  })
  if (mined.succeeded) return
  for (const { id } of unmet) memory.failures.set(id, (memory.failures.get(id) ?? 0) + 1)
}

async function minedAt({ network }: Relayer.Relaying, hash: string): Promise<Mined | undefined> {
  type Receipt = { blockNumber: string; blockHash: string; status: string; logs: Mined['logs'] }
  const receipt = await Stretch.ask<Receipt | null>(network, 'eth_getTransactionReceipt', [hash])
  if (!receipt) return undefined
  const { blockNumber, blockHash, status, logs } = receipt
  return { blockNumber: Number(blockNumber), blockHash, succeeded: BigInt(status) === 1n, logs }
}

/** Whether the tables have this very block: then a proof without a receipt has none. */
async function isFollowed({ database }: Relayer.Relaying, { blockNumber, blockHash }: Mined): Promise<boolean> {
  const followed = await Chronicle.followed(database)
  if (!followed || followed.number < blockNumber) return false
  if (followed.number - blockNumber >= Chronicle.keptBlocks) return true
  const row = await database.selectFrom('blocks').select('hash').where('number', '=', blockNumber).executeTakeFirst()
  // Not every block is kept where the chain was read in large strides.
  return row === undefined || row.hash === blockHash
}
