import type * as Network from '@medseal/prover/chain/Network'
import { localChainId } from '@medseal/prover/files/DeploymentFile'
import type { Services } from '../Services.ts'
import type { Announce } from './Announcement.ts'
import * as Chronicle from './Chronicle.ts'
import * as Lease from './Lease.ts'
import * as Stretch from './Stretch.ts'

/** What following stands on. */
export type Following = Pick<Services, 'database' | 'transaction'> & {
  readonly network: Network.Network
  /** Blocks on top of a block until what is in it is final. */
  readonly confirmations: number
  readonly announce: Announce
  /** This process, by a random name. */
  readonly holder: string
  /** Blocks that are read at once. */
  readonly span: number
  /** How often in a row a chain has to look shorter, and otherwise the same, until it is believed. */
  readonly patience: number
  readonly memory: { shorter: number }
}

/** waiting: another process follows. more: not at the tip yet. */
export type Outcome = 'waiting' | 'more' | 'tip'

/** Nodes behind one address may be some blocks apart; a chain of one's own that is shorter has lost its end. */
export function create(
  options: Omit<Following, 'memory' | 'span' | 'patience'> & { span?: number; patience?: number },
): Following {
  const patience = options.network.chainId === localChainId ? 1 : 5
  return { span: 2000, patience, ...options, memory: { shorter: 0 } }
}

const leaseOf = ({ holder }: Following): Lease.Lease => ({ name: 'follower', holder })

/**
 * One step: a reorganisation taken back, or some blocks followed. All or nothing of it is in the database, so it can
 * be killed at any time, and the next one goes on.
 * @throws {Stretch.FaultError} where what the RPC says does not fit together; what connections throw
 */
export async function step(following: Following): Promise<Outcome> {
  const { database, network } = following
  if (!(await Lease.hold(database, leaseOf(following)))) return 'waiting'
  await Stretch.assertChain(network)
  const before = await Chronicle.followed(database)
  if (!before) {
    await write(following, (db) => Chronicle.begin(db, network))
    return 'more'
  }
  if (before.deployment !== Chronicle.deploymentOf(network)) {
    await write(following, (db) => Chronicle.moveTo(db, network, { before, announce: following.announce }))
    return 'more'
  }
  const tip = await Stretch.blockAt(network, 'latest')
  if (!tip) throw new Stretch.FaultError('missing-block')
  const fork = await forkOf(following, before, tip)
  const isOnlyShorter = fork !== undefined && fork === tip.number
  following.memory.shorter = isOnlyShorter ? following.memory.shorter + 1 : 0
  if (isOnlyShorter && following.memory.shorter < following.patience) return 'tip'
  if (fork !== undefined) {
    await write(following, (db) => Chronicle.rollBack(db, fork, { before, announce: following.announce }))
    return 'more'
  }
  if (tip.number <= before.number) {
    await rest(following, before)
    return 'tip'
  }
  return await followTo(following, before, tip)
}

/** Empties what is only a copy of the chain; the next steps fill it again. */
export async function rebuild(following: Following): Promise<void> {
  if (!(await Lease.hold(following.database, leaseOf(following)))) throw new Lease.LostError({ name: 'follower' })
  await write(following, (db) => Chronicle.rebuild(db, following.network))
}

/**
 * A step met this fault, for so many times in a row. A reorganisation in the middle of reading looks the same, but not
 * for long: after that every process says so, until a step reaches the tip. Where the trails never fit, it may be that
 * what was read before is the lie: then all is read anew.
 */
export async function suspect(following: Following, fault: Stretch.Fault, times: number): Promise<void> {
  if (fault !== 'chain-id' && times < 3) return
  await write(following, (db) => Chronicle.set(db, { fault }))
  if (fault === 'audit-trail' && times % 10 === 0) await rebuild(following)
}

export async function leave(following: Following): Promise<void> {
  await Lease.release(following.database, leaseOf(following))
}

/**
 * Whether what is served is the chain's: followed to its tip lately, and nothing in it contradicts itself. For every
 * process, whoever follows.
 */
export async function isWell(
  { database }: Pick<Services, 'database'>,
  { patienceSeconds = 60 }: { patienceSeconds?: number } = {},
): Promise<boolean> {
  const row = await Chronicle.followed(database)
  return row !== undefined && row.fault === null && Date.now() - row.updated_at.getTime() < patienceSeconds * 1000
}

/** The last block that both the chain and the tables have; undefined where the tables have no other. */
async function forkOf(
  { database, network }: Following,
  before: Chronicle.Followed,
  tip: Stretch.Block,
): Promise<number | undefined> {
  const start = network.fromBlock - 1
  if (before.number === start) return undefined
  const hashAt = async (number: number) =>
    number <= tip.number ? (await Stretch.blockAt(network, number))?.hash : undefined
  const last = await database.selectFrom('blocks').select('hash').where('number', '=', before.number).executeTakeFirst()
  const present = before.number === tip.number ? tip.hash : await hashAt(before.number)
  if (last && last.hash === present) return undefined
  const kept = await database.selectFrom('blocks').select(['number', 'hash']).orderBy('number', 'desc').execute()
  for (const { number, hash } of kept) {
    if ((await hashAt(number)) === hash) return number
  }
  return start
}

async function followTo(following: Following, before: Chronicle.Followed, tip: Stretch.Block): Promise<Outcome> {
  const { database, network, confirmations, announce, span } = following
  const from = before.number + 1
  const to = Math.min(tip.number, before.number + span)
  const isTip = to === tip.number
  const last = await database
    .selectFrom('blocks')
    .select(['number', 'hash'])
    .where('number', '=', before.number)
    .executeTakeFirst()
  const heads = await Chronicle.heads(database, Stretch.contractNames)
  const keepFrom = tip.number - Chronicle.keptBlocks + 1
  const stretch = await Stretch.read(network, { from, to, keepFrom }, { block: last, heads })
  if (isTip) {
    if (stretch.blocks.at(-1)?.hash !== tip.hash) throw new Stretch.FaultError('parent-hash')
    await Stretch.assertHeads(network, Stretch.headsAfter(heads, stretch.entries), to)
  }
  await write(following, async (db) => {
    const now = await Chronicle.followed(db)
    if (now?.number !== before.number) throw new Lease.LostError({ name: 'follower' })
    await Chronicle.append(db, stretch, { before, to, isTip, confirmations, announce })
  })
  return isTip ? 'tip' : 'more'
}

/** Nothing new: says now and then that the chain was looked at. */
async function rest(following: Following, { updated_at, fault }: Chronicle.Followed): Promise<void> {
  if (fault === null && Date.now() - updated_at.getTime() < 5000) return
  await write(following, (db) => Chronicle.set(db, { fault: null }))
}

function write(following: Following, work: Parameters<Services['transaction']>[0]): Promise<unknown> {
  return following.transaction(async (db) => {
    await Lease.assertHeld(db, leaseOf(following))
    return await work(db)
  })
}
