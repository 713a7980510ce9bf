import { FetchRequest, JsonRpcProvider } from 'ethers'
import * as Network from '../chain/Network.ts'
import * as DeploymentFile from '../files/DeploymentFile.ts'
import * as File from './File.ts'
import type { OnChain } from './Options.ts'

/** Milliseconds a chain may take to say which one it is. */
const patience = 10_000

/** Whether the caller named a chain. @throws {IncompleteError} when only one of the two options is there. */
export function isNamed(options: OnChain): options is Required<OnChain> {
  const { rpc, deployment } = options
  // Addresses alone are enough to sign for a chain; a chain without addresses is of no use.
  if (rpc !== undefined && deployment === undefined) throw new IncompleteError()
  return rpc !== undefined && deployment !== undefined
}

/** The deployment of a file, or none. */
export function deploymentOf({ deployment }: OnChain): DeploymentFile.Deployment {
  return deployment === undefined ? DeploymentFile.offChain : File.readJson(deployment, [DeploymentFile.kind])
}

/**
 * Does something on a chain and lets go of it, whatever comes out.
 * @throws {UnreachableError} {OtherChainError} {NotDeployedError} {RefusedError}, what reading the file throws, and
 * what `act` throws that is not of the chain.
 */
export async function use<T>(options: Required<OnChain>, act: (network: Network.Network) => Promise<T>): Promise<T> {
  const deployment = File.readJson(options.deployment, [DeploymentFile.kind])
  return reach(options.rpc, async (provider, chainId) => {
    if (chainId !== deployment.chainId) throw new OtherChainError({ expected: deployment.chainId, actual: chainId })
    if ((await provider.getCode(deployment.addresses.EligibilityRegistry)) === '0x')
      throw new NotDeployedError({ name: 'EligibilityRegistry' })
    return act({ ...deployment, provider })
  })
}

/** The same on a chain where nothing need be deployed. @throws {UnreachableError} {RefusedError} {FailedError} */
export async function reach<T>(
  rpc: string,
  act: (provider: JsonRpcProvider, chainId: bigint) => Promise<T>,
): Promise<T> {
  const chainId = await idOf(rpc)
  const provider = new JsonRpcProvider(requestTo(rpc), Number(chainId), { staticNetwork: true })
  try {
    return await act(provider, chainId)
  } catch (cause) {
    throw translated(cause)
  } finally {
    provider.destroy()
  }
}

/** Waits for a transaction to be in a block, and gives its hash. */
export async function sent(pending: Promise<{ hash: string; wait(): Promise<unknown> }>): Promise<string> {
  const transaction = await pending
  await transaction.wait()
  return transaction.hash
}

/** The id of the chain at a URL. @throws {UnreachableError} */
export async function idOf(rpc: string): Promise<bigint> {
  try {
    const response = await fetch(rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      signal: AbortSignal.timeout(patience),
    })
    const { result } = (await response.json()) as { result: string }
    return BigInt(result)
  } catch {
    throw new UnreachableError({ rpc })
  }
}

function requestTo(rpc: string): FetchRequest {
  const request = new FetchRequest(rpc)
  request.timeout = 60_000
  return request
}

/** What a provider throws, as an error of ours: its own messages carry whole transactions. */
function translated(cause: unknown): unknown {
  const refusal = Network.refusalOf(cause)
  if (refusal !== undefined) return new RefusedError({ refusal, cause })
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && !cause.name.includes('.')) {
    return new FailedError({ code: cause.code, cause })
  }
  return cause
}

/** Where a URL leads, without the key that its path or query may hold. */
function originOf(rpc: string): string {
  return URL.canParse(rpc) ? new URL(rpc).host : 'that URL'
}

/** A chain was named without the addresses on it. */
export class IncompleteError extends Error {
  override readonly name = 'Arguments.IncompleteError'
  constructor() {
    super('--rpc needs --deployment: the file that says where Medseal is on that chain.')
  }
}

/** Nothing that speaks JSON-RPC answers there. */
export class UnreachableError extends Error {
  override readonly name = 'Chain.UnreachableError'
  constructor({ rpc }: { rpc: string }) {
    super(`No chain answers at ${originOf(rpc)}.`)
  }
}

/** The chain is not the one of the deployment. */
export class OtherChainError extends Error {
  override readonly name = 'Chain.OtherChainError'
  constructor({ expected, actual }: { expected: bigint; actual: bigint }) {
    super(`The deployment is on chain ${expected}, and this is chain ${actual}.`)
  }
}

/** There is no contract where the deployment says. */
export class NotDeployedError extends Error {
  override readonly name = 'Chain.NotDeployedError'
  constructor({ name }: { name: string }) {
    super(`There is no ${name} on this chain where the deployment says.`)
  }
}

/** A contract refuses, by an error it names. */
export class RefusedError extends Error {
  override readonly name = 'Chain.RefusedError'
  readonly refusal: string
  constructor({ refusal, cause }: { refusal: string; cause: unknown }) {
    super(`The contract refuses: ${refusal}.`, { cause })
    this.refusal = refusal
  }
}

/** The chain fails for another reason than a contract's refusal. */
export class FailedError extends Error {
  override readonly name = 'Chain.FailedError'
  constructor({ code, cause }: { code: string; cause?: unknown }) {
    super(`The chain does not do it: ${code}.`, { cause })
  }
}
