import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Network from '@medseal/prover/chain/Network'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import { FetchRequest, HDNodeWallet, JsonRpcProvider, Wallet } from 'ethers'
import { Gauge } from 'prom-client'
import type { Config } from '../config.ts'
import * as Proofs from '../exchange/Proofs.ts'
import * as RequestResource from '../exchange/RequestResource.ts'
import type { Log } from '../Log.ts'
import type { Services } from '../Services.ts'
import type { Announce } from './Announcement.ts'
import * as Chronicle from './Chronicle.ts'
import * as EmbeddedChain from './EmbeddedChain.ts'
import * as Follower from './Follower.ts'
import * as Lease from './Lease.ts'
import * as Loop from './Loop.ts'
import * as Relayer from './Relayer.ts'
import * as Stretch from './Stretch.ts'

/** The chain the API stands on. */
export type Chain = {
  readonly network: Network.Network
  readonly rpcUrl: string
  readonly close: () => Promise<void>
}

/** Puts the contracts onto a chain that has none. */
export type DeployTo = (provider: JsonRpcProvider) => Promise<DeploymentFile.Deployment>

/**
 * The network of RPC_URL, or a chain of the API's own, started for it. There the contracts are deployed where they are
 * missing, by whoever knows how: the API has no contracts with it.
 * @throws {NoDeploymentError} {EmbeddedChain.NotStartedError} and what reading a deployment file throws
 */
export async function openChain(
  config: Pick<Config, 'dataFolder' | 'rpcUrl' | 'deploymentFile'>,
  log: Log,
  { deployTo }: { deployTo?: DeployTo } = {},
): Promise<Chain> {
  const file = config.deploymentFile ?? join(config.dataFolder, 'deployment.json')
  if (config.rpcUrl !== undefined) {
    if (!existsSync(file)) throw new NoDeploymentError()
    const deployment = read(file)
    const provider = connect(config.rpcUrl, deployment.chainId)
    return { network: { ...deployment, provider }, rpcUrl: config.rpcUrl, close: async () => provider.destroy() }
  }
  const onRestart = () => log.warn('The embedded chain ended, and is started again')
  const chain = await EmbeddedChain.start({ folder: join(config.dataFolder, 'chain'), onRestart })
  const provider = connect(chain.rpcUrl, EmbeddedChain.chainId)
  // Nobody else makes blocks there, and proofs are of the day and hour of the last one.
  const mine = () => provider.send('evm_mine', []).catch(() => undefined)
  const clock = setInterval(mine, blockMs)
  const close = async () => {
    clearInterval(clock)
    provider.destroy()
    await chain.close()
  }
  try {
    const deployment = await deploymentOn(provider, file, deployTo)
    await mine()
    // Contracts and the file that names them must not part.
    await chain.save()
    return { network: { ...deployment, provider }, rpcUrl: chain.rpcUrl, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** How long the embedded chain goes without a block when nobody sends anything. */
const blockMs = 60_000

/** Follows the chain and relays to it, from now on and from this process, while no other one does. */
export async function work(
  services: Services,
  { everyMs = services.network.chainId === EmbeddedChain.chainId ? 500 : 4000 }: { everyMs?: number } = {},
): Promise<{ readonly close: () => Promise<void> }> {
  const { network, config, log, jobs } = services
  const [announce, holder] = [announceBy(services), randomUUID()]
  const following = Follower.create({ ...services, announce, holder, confirmations: config.confirmations })
  const relayers = walletsOf(config, network).map((wallet) => Relayer.create({ ...services, announce, holder, wallet }))
  addMetrics(services)

  const relays = relayers.map((relaying) =>
    Loop.start(
      async () => {
        await Relayer.pass(relaying)
        return everyMs
      },
      async (cause) => {
        if (!(cause instanceof Lease.LostError)) log.warn('Relaying failed, and is tried again', { cause })
      },
    ),
  )
  const follow = Loop.start(
    async () => {
      const outcome = await Follower.step(following)
      return outcome === 'more' ? 0 : everyMs
    },
    async (cause, times) => {
      if (cause instanceof Lease.LostError) return
      log.warn('Following the chain failed, and is tried again', { cause })
      if (cause instanceof Stretch.FaultError) await Follower.suspect(following, cause.fault, times)
    },
  )
  await jobs.work('relay', async () => {
    for (const relay of relays) relay.wake()
  })
  return {
    close: async () => {
      await Promise.all([follow.stop(), ...relays.map((relay) => relay.stop())])
      await Promise.all([Follower.leave(following), ...relayers.map(Relayer.leave)])
    },
  }
}

/**
 * Reads anew all that is only a copy of the chain, up to its tip.
 * @throws {Lease.LostError} where another process follows; what following throws
 */
export async function rebuild(services: Services): Promise<void> {
  const { config } = services
  const holder = randomUUID()
  const announce = announceBy(services)
  const following = Follower.create({ ...services, announce, holder, confirmations: config.confirmations })
  try {
    await Follower.rebuild(following)
    for (let outcome: Follower.Outcome = 'more'; outcome !== 'tip'; ) {
      outcome = await Follower.step(following)
      if (outcome === 'waiting') throw new Lease.LostError({ name: 'follower' })
    }
  } finally {
    await Follower.leave(following)
  }
}

/** What webhooks are told, in the words of the resources. */
export function announceBy(services: Services): Announce {
  return {
    emit: services.webhooks.emit,
    describeProof: async (db, id) => {
      const row = await db.selectFrom('proofs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      return await Proofs.resource(db, row)
    },
    describeRequest: async (db, id) => {
      const row = await db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      // By our clock: in a transaction nothing should wait for the chain.
      return await RequestResource.of(services, row, { db, now: BigInt(Math.floor(Date.now() / 1000)) })
    },
  }
}

function walletsOf(config: Config, network: Network.Network): readonly Wallet[] {
  const keys = config.relayerKeys.reveal()
  if (keys.length > 0) return keys.map((key) => new Wallet(key))
  if (network.chainId !== EmbeddedChain.chainId) return []
  const path = `m/44'/60'/0'/0/${EmbeddedChain.relayerAccount}`
  return [new Wallet(HDNodeWallet.fromPhrase(EmbeddedChain.developmentMnemonic, '', path).privateKey)]
}

function addMetrics({ metrics, database }: Services): void {
  const registers = [metrics.registry]
  new Gauge({
    name: 'medseal_chain_followed_block',
    help: 'The last block followed.',
    registers,
    async collect() {
      this.set((await Chronicle.followed(database))?.number ?? 0)
    },
  })
  new Gauge({
    name: 'medseal_chain_fault',
    help: '1 while what the RPC says does not fit together, by what does not.',
    labelNames: ['fault'],
    registers,
    async collect() {
      this.reset()
      const fault = (await Chronicle.followed(database))?.fault
      if (fault) this.set({ fault }, 1)
    },
  })
  new Gauge({
    name: 'medseal_proofs_waiting',
    help: 'Proofs on their way to the chain, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      for (const state of ['received', 'verified', 'sent'] as const) {
        const { count } = database.fn
        const query = database.selectFrom('proofs').select(count<string>('id').as('proofs')).where('state', '=', state)
        this.set({ state }, Number((await query.executeTakeFirst())?.proofs ?? 0))
      }
    },
  })
}

async function deploymentOn(provider: JsonRpcProvider, file: string, deployTo: DeployTo | undefined) {
  if (existsSync(file)) {
    const deployment = read(file)
    const code = await provider.getCode(deployment.addresses.EligibilityRegistry)
    if (code !== '0x') return deployment
  }
  if (!deployTo) throw new NoDeploymentError()
  const { chainId, fromBlock, addresses } = await deployTo(provider)
  writeFileSync(`${file}.next`, Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }))
  renameSync(`${file}.next`, file)
  return { chainId, fromBlock, addresses }
}

function read(file: string): DeploymentFile.Deployment {
  return Form.read(readFileSync(file, 'utf8'), [DeploymentFile.kind])
}

/** What it is asked is never answered from memory, and never waits for longer than ten seconds. */
function connect(rpcUrl: string, chainId: bigint): JsonRpcProvider {
  const request = new FetchRequest(rpcUrl)
  request.timeout = 10_000
  return new JsonRpcProvider(request, Number(chainId), { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 20 })
}

export class NoDeploymentError extends Error {
  override readonly name = 'Chain.NoDeploymentError'
  constructor() {
    super('Nobody says where the contracts are: DEPLOYMENT_FILE must name a deployment file.')
  }
}
