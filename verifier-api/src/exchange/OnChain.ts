import * as Network from '@medseal/prover/chain/Network'
import { ApiError } from '../errors.ts'
import type { Services } from '../Services.ts'

/**
 * Unix seconds as the next block will have them: what the contract goes by. No machine's own clock is asked, neither
 * ours nor a client's.
 */
export async function now(network: Network.Network): Promise<bigint> {
  const pending = await network.provider.getBlock('pending').catch(() => null)
  return pending ? BigInt(pending.timestamp) : Network.now(network)
}

/** The same for showing things, also while the chain cannot be reached: then the last block followed, else our clock. */
export async function latest({ network, database }: Pick<Services, 'network' | 'database'>): Promise<bigint> {
  try {
    return await now(network)
  } catch {
    const last = await database.selectFrom('blocks').select('timestamp').orderBy('number', 'desc').executeTakeFirst()
    return last ? BigInt(last.timestamp) : BigInt(Math.floor(Date.now() / 1000))
  }
}

/** Asks the chain. @throws {ApiError} unavailable where it cannot be reached. */
export async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    throw new ApiError('unavailable', { detail: 'The chain cannot be reached.', cause })
  }
}
