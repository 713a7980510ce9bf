import type * as Network from '@medseal/prover/chain/Network'
import * as Stretch from './Stretch.ts'

/** In wei. */
export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }

/** What gets a transaction into one of the next blocks: twice the base fee outlasts six full blocks in a row. */
export async function now(network: Network.Network): Promise<Fees> {
  const { baseFeePerGas } = await Stretch.ask<{ baseFeePerGas?: string }>(network, 'eth_getBlockByNumber', [
    'latest',
    false,
  ])
  const tip = await Stretch.ask<string>(network, 'eth_maxPriorityFeePerGas').catch(() => '0x3b9aca00')
  const maxPriorityFeePerGas = BigInt(tip)
  return { maxFeePerGas: 2n * BigInt(baseFeePerGas ?? 0) + maxPriorityFeePerGas, maxPriorityFeePerGas }
}

/**
 * Nodes replace a transaction only by one that pays at least a tenth more on both counts. Undefined where that would be
 * far more than is asked for now: then it is not the fee that holds it up.
 */
export function raised(before: Fees, now: Fees): Fees | undefined {
  const maxFeePerGas = larger(now.maxFeePerGas, before.maxFeePerGas)
  if (maxFeePerGas > 10n * now.maxFeePerGas) return undefined
  return { maxFeePerGas, maxPriorityFeePerGas: larger(now.maxPriorityFeePerGas, before.maxPriorityFeePerGas) }
}

function larger(now: bigint, before: bigint): bigint {
  const least = (before * 9n) / 8n + 1n
  return now > least ? now : least
}
