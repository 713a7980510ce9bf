import type * as Network from '@medseal/prover/chain/Network'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import type { Network as NetworkResource } from '@medseal/verifier-api/resources/Network'
import { isError, JsonRpcProvider } from 'ethers'
import * as Keeper from './Keeper.ts'

/** Where Medseal is deployed, as this wallet first heard of it. */
type Pinned = {
  readonly chainId: string
  readonly fromBlock: number
  readonly addresses: Readonly<Record<string, string>>
}

export const { localChainId } = DeploymentFile

const item = 'network'

/**
 * The chain this wallet checks against: what the API says on first use, and from then on only that.
 * @param origin Of the page: API and RPC are its own.
 * @throws {UnreachableError} {ChangedError} {WrongChainError}
 */
export async function connect(keeper: Keeper.Keeper, origin: string): Promise<Network.Network> {
  const pinned = await Keeper.read<Pinned>(keeper, item)
  const told = await ask(origin).catch((cause: unknown) => {
    if (pinned) return pinned
    throw cause
  })
  if (pinned && !isSame(pinned, told)) throw new ChangedError()
  if (!pinned) await Keeper.write(keeper, { put: { [item]: told } })
  return open(told, origin)
}

/** Takes what the API says now for right: only ever by a person's decision. */
export async function repin(keeper: Keeper.Keeper, origin: string): Promise<void> {
  await Keeper.write(keeper, { put: { [item]: await ask(origin) } })
}

async function open(told: Pinned, origin: string): Promise<Network.Network> {
  const { chainId, ...deployment } = DeploymentFile.kind.schema.parse(told)
  const provider = new JsonRpcProvider(`${origin}/rpc`, chainId, { staticNetwork: true, batchMaxCount: 20 })
  const said = await reach(() => provider.send('eth_chainId', []))
  if (BigInt(said) !== chainId) throw new WrongChainError()
  return { ...deployment, chainId, provider }
}

async function ask(origin: string): Promise<Pinned> {
  const response = await reach(() => fetch(`${origin}/v1/network`))
  if (!response.ok) throw new UnreachableError({ cause: undefined })
  const { chainId, fromBlock, addresses }: NetworkResource = await response.json()
  return { chainId, fromBlock, addresses }
}

function isSame(a: Pinned, b: Pinned): boolean {
  const names = new Set([...Object.keys(a.addresses), ...Object.keys(b.addresses)])
  const address = ({ addresses }: Pinned, name: string) => addresses[name]?.toLowerCase()
  return a.chainId === b.chainId && [...names].every((name) => address(a, name) === address(b, name))
}

/** @throws {UnreachableError} where nothing answers. */
export async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new UnreachableError({ cause })
  }
}

/** The same for what asks the chain and may be refused by it: only a lost connection is one. */
export async function reachable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    if (
      isError(cause, 'NETWORK_ERROR') ||
      isError(cause, 'SERVER_ERROR') ||
      isError(cause, 'TIMEOUT') ||
      isFetch(cause)
    )
      throw new UnreachableError({ cause })
    throw cause
  }
}

/** What `fetch` throws where nothing answers. */
function isFetch(cause: unknown): boolean {
  return cause instanceof TypeError
}

/** Neither API nor chain answers. */
export class UnreachableError extends Error {
  override readonly name = 'Chain.UnreachableError'
  constructor({ cause }: { cause: unknown }) {
    super('The server cannot be reached.', { cause })
  }
}

/** The API names other contracts or another chain than before. */
export class ChangedError extends Error {
  override readonly name = 'Chain.ChangedError'
  constructor() {
    super('The server names other contracts than when this wallet first met it.')
  }
}

/** The RPC endpoint speaks for another chain than the API says. */
export class WrongChainError extends Error {
  override readonly name = 'Chain.WrongChainError'
  constructor() {
    super('The chain behind this server is not the one it says it is.')
  }
}
