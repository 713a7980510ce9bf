import { Contract, type ContractRunner, type Provider } from 'ethers'
import { abis } from '../generated/abi.ts'
import type { Address } from '../protocol/Request.ts'

/** The contracts a client talks to. */
export type ContractName =
  | 'StakeholderRegistry'
  | 'VerifierRegistry'
  | 'PolicyRegistry'
  | 'ConsentRegistry'
  | 'NullifierStore'
  | 'EligibilityRegistry'

/** One deployment of Medseal on one chain, and a way to read it. */
export type Network = {
  readonly chainId: bigint
  readonly provider: Provider
  /** First block that can hold an event of these contracts. */
  readonly fromBlock: number
  readonly addresses: Readonly<Record<ContractName, string>>
}

/** A contract of the network, called by `runner` (by default only read). */
export function contract(network: Network, name: ContractName, runner: ContractRunner = network.provider): Contract {
  return new Contract(network.addresses[name], abis[name], runner)
}

export function addressOf(network: Network, name: ContractName): Address {
  return network.addresses[name] as Address
}

/** Unix seconds of the latest block: the time contracts go by. */
export async function now(network: Network): Promise<bigint> {
  const block = await network.provider.getBlock('latest')
  if (!block) throw new NoBlockError()
  return BigInt(block.timestamp)
}

/**
 * The name of the error a contract refused a call with, e.g. EligibilityRegistry_UnknownRoot; undefined where the
 * failure was no refusal (connection lost, out of funds).
 */
export function refusalOf(cause: unknown): string | undefined {
  const data = refusalData(cause)
  return data === undefined ? undefined : nameOfRefusal(data)
}

/** The name of an abi-encoded error of any of the contracts. */
export function nameOfRefusal(data: string): string | undefined {
  for (const abi of Object.values(abis)) {
    const parsed = new Contract(zeroAddress, abi).interface.parseError(data)
    if (parsed) return parsed.name
  }
  return undefined
}

function refusalData(cause: unknown): string | undefined {
  // Providers nest the revert data at different depths.
  for (let inner: unknown = cause, depth = 0; depth < 6 && typeof inner === 'object' && inner !== null; depth++) {
    const {
      data,
      error,
      info,
      cause: deeper,
    } = inner as { data?: unknown; error?: unknown; info?: unknown; cause?: unknown }
    if (typeof data === 'string' && data.startsWith('0x') && data.length >= 10) return data
    if (typeof data === 'object' && data !== null) inner = data
    else inner = error ?? info ?? deeper
  }
  return undefined
}

const zeroAddress = '0x0000000000000000000000000000000000000000'

/** The chain has no block. */
export class NoBlockError extends Error {
  override readonly name = 'Network.NoBlockError'
  constructor() {
    super('The chain answered without a latest block.')
  }
}
