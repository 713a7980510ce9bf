import type { ContractName } from '@medseal/prover/chain/Network'
import * as Network from '@medseal/prover/chain/Network'
import type { Network as Resource } from '@medseal/verifier-api/resources/Network'
import { JsonRpcProvider, type Signer } from 'ethers'
import * as Api from '../api.ts'
import type { StakeholderKey } from '../key/StakeholderKey.ts'

let opening: Promise<Network.Network> | undefined

/** The chain, by the page's own /rpc, with the addresses that the API names. Asked for once. */
export function network(): Promise<Network.Network> {
  opening ??= open()
  opening.catch(() => {
    opening = undefined
  })
  return opening
}

async function open(): Promise<Network.Network> {
  const { chainId, fromBlock, addresses } = await Api.get<Resource>('/v1/network')
  const provider = new JsonRpcProvider(new URL('/rpc', location.href).href, Number(chainId), {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: 500,
  })
  return { chainId: BigInt(chainId), provider, fromBlock, addresses: addresses as Record<ContractName, string> }
}

/** A wallet in the browser sends by itself, on the chain it is on; a stored key signs here and sends through /rpc. */
export async function signerOn({ chainId, provider }: Network.Network, key: StakeholderKey): Promise<Signer> {
  if (key.kind === 'stored') return key.signer.connect(provider)
  const actual = (await key.signer.provider?.getNetwork())?.chainId
  if (actual !== chainId) throw new OtherChainError({ expected: chainId })
  return key.signer
}

/**
 * Calls a contract's function with the key and waits for the block.
 * @throws {RefusedError} with the contract's own word, {OtherChainError}, and what the chain fails with.
 */
export async function send(
  key: StakeholderKey,
  name: ContractName,
  call: string,
  args: readonly unknown[],
): Promise<string> {
  const on = await network()
  const contract = Network.contract(on, name, await signerOn(on, key))
  try {
    const transaction = await contract.getFunction(call)(...args)
    await transaction.wait()
    return transaction.hash
  } catch (cause) {
    const refusal = Network.refusalOf(cause)
    if (refusal !== undefined) throw new RefusedError({ refusal, cause })
    throw new FailedError({ cause })
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

/** The chain fails for another reason than a contract's refusal. Its own messages carry whole transactions. */
export class FailedError extends Error {
  override readonly name = 'Chain.FailedError'
  constructor({ cause }: { cause: unknown }) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    super(sayings.get(code) ?? `The chain does not do it: ${code}.`, { cause })
  }
}

const sayings = new Map([
  ['INSUFFICIENT_FUNDS', 'This account has not enough to pay for the transaction.'],
  ['ACTION_REJECTED', 'You declined to sign. Nothing was sent.'],
  ['NETWORK_ERROR', 'The chain cannot be reached. Nothing was lost; try again.'],
])

/** The browser's wallet is on another chain. */
export class OtherChainError extends Error {
  override readonly name = 'Chain.OtherChainError'
  constructor({ expected }: { expected: bigint }) {
    super(`Your wallet is on another chain. Switch it to chain ${expected}.`)
  }
}
