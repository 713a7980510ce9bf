import type * as Network from '@medseal/prover/chain/Network'
import { JsonRpcProvider, Transaction } from 'ethers'
import { ApiError } from '../errors.ts'

/** A call of JSON-RPC 2.0, as a page makes it. */
export type Call = {
  readonly jsonrpc: '2.0'
  readonly id: number | string | null
  readonly method: string
  readonly params?: readonly unknown[] | undefined
}

export type Answer = {
  readonly jsonrpc: '2.0'
  readonly id: Call['id']
  readonly result?: unknown
  /** Of JSON-RPC's form, as the chain's node gave it. */
  readonly error?: object
}

type Rule = (params: readonly unknown[], network: Network.Network, tip: number) => boolean

const anything: Rule = () => true

/** What pages need to check everything against the chain themselves, and to send what their own keys signed. */
const rules: Readonly<Record<string, Rule>> = {
  eth_chainId: anything,
  eth_blockNumber: anything,
  eth_getBlockByNumber: (params) => params[1] !== true,
  eth_getBlockByHash: (params) => params[1] !== true,
  eth_getLogs: ([filter], network, tip) => isModestFilter(filter, network, tip),
  eth_call: (params, network) => params.length <= 2 && isCallOfOurs(params[0], network),
  eth_estimateGas: (params, network) => params.length <= 2 && isCallOfOurs(params[0], network),
  eth_getCode: anything,
  eth_getTransactionReceipt: anything,
  eth_getTransactionByHash: anything,
  eth_gasPrice: anything,
  eth_maxPriorityFeePerGas: anything,
  eth_feeHistory: ([count]) => Number(count) <= 100,
  eth_getTransactionCount: anything,
  eth_getBalance: anything,
  eth_sendRawTransaction: ([raw], network) => isTransactionToUs(raw, network),
}

/** Most blocks a page may ask the logs of at once. */
const mostBlocks = 1_000_000

/**
 * Passes calls on to the chain, in one batch; what is not allowed is answered here.
 * @param tip The last block followed.
 * @throws {ApiError} unavailable where the chain cannot be reached
 */
export async function pass(network: Network.Network, calls: readonly Call[], tip: number): Promise<readonly Answer[]> {
  const { provider } = network
  if (!(provider instanceof JsonRpcProvider)) throw new ApiError('unavailable')
  const allowed = calls.map((call) => isAllowed(call, network, tip))
  const payload = calls.flatMap(({ method, params = [] }, i) =>
    allowed[i] ? [{ jsonrpc: '2.0' as const, id: i, method, params: [...params] }] : [],
  )
  const answers = payload.length === 0 ? [] : await send(provider, payload)
  return calls.map(({ id, method }, i) => {
    if (!allowed[i]) return { jsonrpc: '2.0', id, error: refusalOf(method) }
    const answer = answers.find((each) => each.id === i)
    if (answer && 'error' in answer && answer.error) return { jsonrpc: '2.0', id, error: answer.error }
    if (answer && 'result' in answer) return { jsonrpc: '2.0', id, result: answer.result }
    return { jsonrpc: '2.0', id, error: { code: -32603, message: 'No answer' } }
  })
}

async function send(provider: JsonRpcProvider, payload: Parameters<JsonRpcProvider['_send']>[0]) {
  try {
    return await provider._send(payload)
  } catch (cause) {
    throw new ApiError('unavailable', { detail: 'The chain cannot be reached.', cause })
  }
}

function isAllowed({ method, params = [] }: Call, network: Network.Network, tip: number): boolean {
  const rule = Object.hasOwn(rules, method) ? rules[method] : undefined
  return rule?.(params, network, tip) === true
}

function refusalOf(method: string) {
  return Object.hasOwn(rules, method)
    ? { code: -32602, message: 'These parameters are not passed on' }
    : { code: -32601, message: 'This method is not passed on' }
}

function isModestFilter(filter: unknown, network: Network.Network, tip: number): boolean {
  if (typeof filter !== 'object' || filter === null) return false
  const { address, fromBlock, toBlock, blockHash } = filter as Readonly<Record<string, unknown>>
  const addresses = Array.isArray(address) ? address : [address]
  if (addresses.length > 20 || !addresses.every((each) => isOurs(each, network))) return false
  if (blockHash !== undefined) return true
  const [from, to] = [numberOf(fromBlock, tip), numberOf(toBlock, tip)]
  return from !== undefined && to !== undefined && to - from < mostBlocks
}

function numberOf(tag: unknown, tip: number): number | undefined {
  if (tag === undefined || tag === 'latest' || tag === 'pending') return tip
  if (tag === 'earliest') return 0
  return typeof tag === 'string' && /^0x[0-9a-f]{1,12}$/i.test(tag) ? Number(tag) : undefined
}

function isCallOfOurs(call: unknown, network: Network.Network): boolean {
  if (typeof call !== 'object' || call === null) return false
  const { to, data, input } = call as Readonly<Record<string, unknown>>
  if (isOurs(to, network)) return true
  const text = data ?? input
  return typeof text === 'string' && text.startsWith(isValidSignature)
}

/** bytes4(keccak256("isValidSignature(bytes32,bytes)")) (ERC-1271): how a contract's key signs. */
const isValidSignature = '0x1626ba7e'

function isTransactionToUs(raw: unknown, network: Network.Network): boolean {
  try {
    const { to, chainId } = Transaction.from(String(raw))
    return chainId === network.chainId && isOurs(to, network)
  } catch {
    return false
  }
}

function isOurs(address: unknown, { addresses }: Network.Network): boolean {
  if (typeof address !== 'string') return false
  return Object.values(addresses).some((own) => own.toLowerCase() === address.toLowerCase())
}
