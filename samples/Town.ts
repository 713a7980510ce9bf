import { id, type Signer } from 'ethers'
import type * as LocalChain from '../contracts/localChain.ts'
import * as Network from '../prover/src/chain/Network.ts'
import { parameters } from '../prover/src/generated/parameters.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import type { Role } from '../prover/src/protocol/Policy.ts'
import type * as PolicyCompiler from '../prover/src/protocol/PolicyCompiler.ts'
import * as Random from '../prover/src/protocol/Random.ts'
import * as Request from '../prover/src/protocol/Request.ts'
import * as StatusList from '../prover/src/protocol/StatusList.ts'
import * as Hospital from './Hospital.ts'

/** A chain with everything deployed and the people who act on it: what `npm start`, the story and the tests share. */
export type Town = {
  readonly network: Network.Network
  readonly registrar: Account
  /** With ether, those of the registrar and its attesters among them. */
  readonly accounts: readonly Account[]
}

/** A town on a chain inside this process, whose clock can be moved. */
export type LocalTown = Town & { readonly chain: LocalChain.Chain }

export type Account = Signer & { readonly address: string }

/** Somebody the registrar has verified. */
export type Stakeholder = { readonly id: Request.StakeholderId; readonly signer: Account }

/** A verified hospital, on chain and at work. */
export type TownHospital = Stakeholder & { readonly hospital: Hospital.Hospital }

/** @param startsAt Time of the first block. */
export async function found({ startsAt }: { startsAt: Date }): Promise<LocalTown> {
  // Hardhat is loaded only where its chain is wanted.
  const { createChain } = await import('../contracts/localChain.ts')
  const chain = await createChain({ startsAt })
  const { deployment, provider, accounts } = chain
  const [registrar] = accounts
  if (!registrar) throw new Error('The local chain has no accounts.')
  const { chainId, fromBlock, addresses } = deployment
  return { chain, network: { chainId, provider, fromBlock, addresses }, registrar, accounts }
}

/** The registrar adds a hospital, with its signing key checked and its status list empty. */
export async function verifyHospital(
  town: Town,
  {
    account,
    signingKey,
    roles,
    validUntil,
  }: { account: number; signingKey: Issuer.SigningKey; roles: readonly Role[]; validUntil: Day.Day },
): Promise<TownHospital> {
  const hospital = Hospital.open({ signingKey, issuer: { roles, validUntil } })
  const publicKey = Issuer.parsePublicKey([hospital.issuer.publicKey[0], hospital.issuer.publicKey[1]])
  const stakeholder = await register(town, account, roles, {
    issuerId: Issuer.idOf(publicKey),
    validUntil: Day.toField(validUntil),
    statusRoot: StatusList.root(hospital.status),
  })
  return { ...stakeholder, hospital }
}

/** The registrar adds somebody who issues no records. */
export async function verifyRecipient(
  town: Town,
  { account, roles }: { account: number; roles: readonly Role[] },
): Promise<Stakeholder> {
  return register(town, account, roles, { issuerId: 0n, validUntil: 0n, statusRoot: 0n })
}

/** The hospital publishes what changed in its status list. Nothing to publish is nothing sent. */
export async function publishStatus(
  town: Town,
  { id, signer, hospital }: TownHospital,
  changes: readonly StatusList.Change[],
): Promise<void> {
  if (changes.length === 0) return
  const registry = Network.contract(town.network, 'StakeholderRegistry', signer)
  const positions = changes.map(({ position }) => position)
  const words = changes.map(({ word }) => word)
  await sent(registry.getFunction('updateStatus')(id, StatusList.root(hospital.status), positions, words))
}

/** The registrar suspends a stakeholder: roots that hold its leaf die at once. */
export async function suspend(town: Town, { id }: Stakeholder): Promise<void> {
  await sent(Network.contract(town.network, 'StakeholderRegistry', town.registrar).getFunction('suspend')(id))
}

/** A recipient publishes a policy, text and all. The entry's id is a program where a person counts once in it. */
export async function publishPolicy(
  town: Town,
  publisher: Stakeholder,
  {
    compiled,
    version,
    oncePerPerson = false,
  }: { compiled: PolicyCompiler.Compiled; version: number; oncePerPerson?: boolean },
): Promise<bigint> {
  const terms = {
    policyHash: compiled.hash,
    termsHash: id(compiled.policy.name),
    token: zeroAddress,
    price: 0n,
    maximumPayout: 0n,
    maximumSales: 0,
    oncePerPerson,
  }
  const document = new TextEncoder().encode(JSON.stringify(compiled.policy))
  const registry = Network.contract(town.network, 'PolicyRegistry', publisher.signer)
  await sent(registry.getFunction('publish')(publisher.id, version, terms, document))
  return (publisher.id << 32n) | BigInt(version)
}

/** A recipient asks: the request and its signature. */
export async function ask(
  town: Town,
  recipient: Stakeholder,
  fields: Partial<Request.Request> & Pick<Request.Request, 'policyHashes'>,
): Promise<{ request: Request.Request; signature: string }> {
  const request: Request.Request = {
    chainId: town.network.chainId,
    consumer: Network.addressOf(town.network, 'EligibilityRegistry'),
    recipientId: recipient.id,
    program: 0n,
    purpose: 'COVAUTH',
    consentRequired: true,
    expiresAt: (await Network.now(town.network)) + 30n * 86_400n,
    nonce: Random.salt(),
    ...fields,
  }
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  const signature = await recipient.signer.signTypedData(domain, Request.types, Request.toTypedData(request))
  return { request, signature }
}

async function register(
  town: Town,
  account: number,
  roles: readonly Role[],
  issuing: { issuerId: bigint; validUntil: bigint; statusRoot: bigint },
): Promise<Stakeholder> {
  const signer = town.accounts[account]
  if (!signer) throw new Error(`The town has no account ${account}.`)
  const registry = Network.contract(town.network, 'StakeholderRegistry', town.registrar)
  const mask = roles.reduce((bits, role) => bits | (1 << parameters.roles[role]), 0)
  const addition = {
    key: signer.address,
    payout: signer.address,
    roles: mask,
    licenceHash: id(`licence ${account}`),
    ...issuing,
  }
  await sent(registry.getFunction('register')(addition))
  return { id: (await registry.getFunction('stakeholderCount')()) as Request.StakeholderId, signer }
}

/** Waits for a transaction to be in a block. */
export async function sent(pending: Promise<{ wait(): Promise<unknown> }>): Promise<void> {
  await (await pending).wait()
}

const zeroAddress = '0x0000000000000000000000000000000000000000'
