import type * as Network from '@medseal/prover/chain/Network'
import { HDNodeWallet, JsonRpcProvider, Wallet } from 'ethers'
import type { Announce } from '../../src/chain/Announcement.ts'
import * as EmbeddedChain from '../../src/chain/EmbeddedChain.ts'
import * as Follower from '../../src/chain/Follower.ts'
import * as Relayer from '../../src/chain/Relayer.ts'
import * as Log from '../../src/Log.ts'
import type { Storage } from '../../src/storage/open.ts'

// What a process needs to follow and to relay: little, for some tests start many.

export function connect(rpcUrl: string): JsonRpcProvider {
  const options = { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50, batchMaxCount: 20 } as const
  return new JsonRpcProvider(rpcUrl, Number(EmbeddedChain.chainId), options)
}

/** An event that somebody's webhooks were told. */
export type Told = { readonly event: string; readonly data: object }

export function announcing(told: Told[] = []): Announce {
  return {
    emit: async (_, _stakeholder, event, data) => void told.push({ event, data }),
    describeProof: async (_, id) => ({ id, object: 'proof' }),
    describeRequest: async (_, id) => ({ id, object: 'request' }),
  }
}

export function following(
  { network }: { readonly network: Network.Network },
  storage: Storage,
  options: Partial<Follower.Following> & { told?: Told[] } = {},
): Follower.Following {
  const announce = announcing(options.told)
  return Follower.create({ ...storage, network, announce, holder: 'one', confirmations: 0, ...options })
}

export function relaying(
  { network }: { readonly network: Network.Network },
  storage: Storage,
  options: Partial<Relayer.Relaying> & { told?: Told[] } = {},
): Relayer.Relaying {
  const announce = announcing(options.told)
  return Relayer.create({
    ...storage,
    log: Log.silent,
    network,
    wallet: relayer(),
    announce,
    holder: 'one',
    ...options,
  })
}

export function relayer(): Wallet {
  const path = `m/44'/60'/0'/0/${EmbeddedChain.relayerAccount}`
  return new Wallet(HDNodeWallet.fromPhrase(EmbeddedChain.developmentMnemonic, '', path).privateKey)
}

/** Follows to the tip. */
export async function catchUp(following: Follower.Following): Promise<void> {
  while ((await Follower.step(following)) === 'more') {
    // Goes on.
  }
}
