import { Contract, verifyTypedData } from 'ethers'
import { parameters } from '../generated/parameters.ts'
import type * as PolicyCompiler from '../protocol/PolicyCompiler.ts'
import * as Request from '../protocol/Request.ts'
import * as Network from './Network.ts'

/** Why a wallet shows nothing and answers nothing. */
export type Objection =
  | Request.Objection
  | 'other-chain'
  | 'other-consumer'
  | 'unknown-recipient'
  | 'recipient-suspended'
  | 'purpose-not-allowed'
  | 'signature'
  | 'unfit-program'

/**
 * What a patient's device checks of a request before it shows or answers anything: who asks, against the chain; what is
 * asked, against the policies' own text. Its scope is not asked for: a wallet computes it.
 */
export async function objections(
  network: Network.Network,
  {
    request,
    signature,
    policies,
  }: {
    request: Request.Request
    signature: string
    policies: readonly PolicyCompiler.Compiled[]
  },
): Promise<readonly Objection[]> {
  const found: Objection[] = [...Request.objections(request, { policies, now: await Network.now(network) })]
  if (request.chainId !== network.chainId) found.push('other-chain')
  if (request.consumer.toLowerCase() !== network.addresses.EligibilityRegistry.toLowerCase())
    found.push('other-consumer')
  const registry = Network.contract(network, 'StakeholderRegistry')
  const standing: bigint = await registry.getFunction('standing')(request.recipientId)
  const key = `0x${BigInt.asUintN(160, standing).toString(16).padStart(40, '0')}`
  if (BigInt(key) === 0n) return [...found, 'unknown-recipient']
  if (((standing >> 176n) & 0xffn) !== 0n) found.push('recipient-suspended')
  if ((BigInt.asUintN(16, standing >> 160n) & rolesFor(request.purpose)) === 0n) found.push('purpose-not-allowed')
  if (!(await isSignedBy(network, key, request, signature))) found.push('signature')
  if (request.program !== 0n && !(await isFitProgram(network, request))) found.push('unfit-program')
  return found
}

/** Roles that may ask for a purpose, as bits. */
export function rolesFor(purpose: Request.Purpose): bigint {
  const roles: readonly (keyof typeof parameters.roles)[] = parameters.purposes[purpose] ?? []
  return roles.reduce((mask, role) => mask | (1n << BigInt(parameters.roles[role])), 0n)
}

async function isSignedBy(
  network: Network.Network,
  key: string,
  request: Request.Request,
  signature: string,
): Promise<boolean> {
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  try {
    const signer = verifyTypedData(domain, Request.types, Request.toTypedData(request), signature)
    if (signer.toLowerCase() === key.toLowerCase()) return true
  } catch {
    // Not a 65-byte signature: it may still be a contract's.
  }
  if ((await network.provider.getCode(key)) === '0x') return false
  const wallet = new Contract(key, ['function isValidSignature(bytes32,bytes) view returns (bytes4)'], network.provider)
  try {
    return (await wallet.getFunction('isValidSignature')(Request.idOf(request), signature)) === erc1271Magic
  } catch {
    return false
  }
}

/** The recipient's own entry, once per person, whose policy is the request's only one. */
async function isFitProgram(network: Network.Network, request: Request.Request): Promise<boolean> {
  const policies = Network.contract(network, 'PolicyRegistry')
  const [publisherId, policyHash, oncePerPerson] = await policies.getFunction('program')(request.program)
  return (
    oncePerPerson &&
    publisherId === request.recipientId &&
    request.policyHashes.length === 1 &&
    request.policyHashes[0] === policyHash
  )
}

/** bytes4(keccak256("isValidSignature(bytes32,bytes)")) (ERC-1271). */
const erc1271Magic = '0x1626ba7e'
