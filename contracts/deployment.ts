/** The one way these contracts get onto a chain: by `npm start`, by tests, by an operator. */
import {
  Contract,
  ContractFactory,
  encodeBytes32String,
  getCreateAddress,
  type InterfaceAbi,
  type Signer,
  ZeroAddress,
} from 'ethers'

/** What the compiler wrote about a contract, as Hardhat keeps it. */
export type Artifact = {
  readonly abi: InterfaceAbi
  readonly bytecode: string
  readonly linkReferences: Readonly<
    Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
  >
}

/** Undefined where the contract was not generated or compiled. */
export type ReadArtifact = (name: string) => Promise<Artifact | undefined>

/** In seconds; off local chains the contracts refuse less than `publicDelays`. */
export type Delays = {
  readonly addition: number
  readonly payout: number
  readonly activation: number
  readonly admission: number
}

export type VerifierSpecification = {
  /** The circuit's name, at most 31 ASCII characters. */
  readonly kind: string
  readonly version: number
  readonly class: 'development' | 'production'
  readonly artifact: string
  readonly constructorArguments?: readonly unknown[]
}

export type DeploymentOptions = {
  /** Pays, and deploys from consecutive nonces: nothing else may send from it meanwhile. */
  readonly signer: Signer
  readonly readArtifact: ReadArtifact
  /** Off local chains a multisig. Where it is the signer, the verifiers are registered as well. */
  readonly registrar: string
  /** At least two, none of them the registrar: they vouch for production verifiers. */
  readonly attesters: readonly string[]
  readonly delays?: Delays
  readonly verifiers?: readonly VerifierSpecification[]
}

export type ContractName =
  | 'StakeholderRegistry'
  | 'VerifierRegistry'
  | 'PolicyRegistry'
  | 'ConsentRegistry'
  | 'NullifierStore'
  | 'EligibilityRegistry'

export type Deployment = {
  readonly chainId: bigint
  /** First block that can hold an event of these contracts. */
  readonly fromBlock: number
  readonly addresses: Readonly<Record<ContractName, string>>
  readonly contracts: Readonly<Record<ContractName, Contract>>
  readonly verifiers: readonly (VerifierSpecification & { readonly address: string; readonly registered: boolean })[]
}

/** Chain id of Hardhat's and Anvil's development chains. */
export const localChainId = 31337n

export const localDelays: Delays = { addition: 0, payout: 0, activation: 0, admission: 0 }

const hour = 3600
/** What the contracts insist on off local chains. */
export const publicDelays: Delays = {
  addition: 48 * hour,
  payout: 7 * 24 * hour,
  activation: 7 * 24 * hour,
  admission: 7 * 24 * hour,
}

/** Verifiers that `circuits/build` generates; those not generated are left out. */
export const generatedVerifiers: readonly VerifierSpecification[] = ['S', 'M', 'L'].map((size) => ({
  kind: `eligibility-${size.toLowerCase()}`,
  version: 1,
  class: 'development',
  artifact: `Verifier_Eligibility${size}`,
}))

/** Deploys everything. The NullifierStore is told its writer's address before the writer exists. */
export async function deploy(options: DeploymentOptions): Promise<Deployment> {
  const { signer, readArtifact, registrar, attesters } = options
  const provider = signer.provider
  if (!provider) throw new NoProviderError()
  const { chainId } = await provider.getNetwork()
  const local = chainId === localChainId
  const delays = options.delays ?? (local ? localDelays : publicDelays)
  const specifications = options.verifiers ?? (local ? generatedVerifiers : [])
  for (const { artifact, class: verifierClass } of specifications) {
    if (verifierClass === 'development' && !local) throw new DevelopmentVerifierError({ artifact, chainId })
  }

  const from = await signer.getAddress()
  const fromBlock = (await provider.getBlockNumber()) + 1
  let nonce = await signer.getNonce()
  const create = async (name: string, constructorArguments: readonly unknown[], libraries = {}) => {
    const artifact = await readArtifact(name)
    if (!artifact) throw new MissingArtifactError({ name })
    const factory = new ContractFactory(artifact.abi, link(name, artifact, libraries), signer)
    const contract = await factory.deploy(...constructorArguments, { nonce: nonce++ })
    await contract.waitForDeployment()
    return new Contract(await contract.getAddress(), artifact.abi, signer)
  }

  const poseidon = await create('PoseidonT5', [])
  const stakeholders = await create('StakeholderRegistry', [registrar, delays.addition, delays.payout], {
    PoseidonT5: await poseidon.getAddress(),
  })
  const verifierRegistry = await create('VerifierRegistry', [registrar, attesters, delays.activation])
  const policies = await create('PolicyRegistry', [await stakeholders.getAddress()])
  const consents = await create('ConsentRegistry', [])
  const writer = getCreateAddress({ from, nonce: nonce + 1 })
  const nullifiers = await create('NullifierStore', [
    registrar,
    delays.admission,
    [encodeBytes32String('eligibility')],
    [writer],
  ])
  const contracts = {
    StakeholderRegistry: stakeholders,
    VerifierRegistry: verifierRegistry,
    PolicyRegistry: policies,
    ConsentRegistry: consents,
    NullifierStore: nullifiers,
    EligibilityRegistry: await create('EligibilityRegistry', [
      stakeholders,
      verifierRegistry,
      policies,
      nullifiers,
      consents,
    ]),
  }
  const addresses = Object.fromEntries(
    await Promise.all(Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()])),
  ) as Record<ContractName, string>
  if (addresses.EligibilityRegistry !== writer) {
    throw new WriterMismatchError({ expected: writer, actual: addresses.EligibilityRegistry })
  }

  const verifiers = []
  for (const specification of specifications) {
    if (!(await readArtifact(specification.artifact))) continue
    const verifier = await create(specification.artifact, specification.constructorArguments ?? [])
    const address = await verifier.getAddress()
    const registered = from === registrar
    if (registered) {
      const kind = encodeBytes32String(specification.kind)
      const sent = await verifierRegistry.getFunction('register')(kind, specification.version, address, {
        nonce: nonce++,
      })
      await sent.wait()
    }
    verifiers.push({ ...specification, address, registered })
  }
  return { chainId, fromBlock, addresses, contracts, verifiers }
}

/** Writes the addresses of libraries where the compiler left room for them. */
function link(
  name: string,
  { bytecode, linkReferences }: Artifact,
  libraries: Readonly<Record<string, string>>,
): string {
  let linked = bytecode
  for (const references of Object.values(linkReferences)) {
    for (const [library, places] of Object.entries(references)) {
      const address = libraries[library] ?? ZeroAddress
      if (address === ZeroAddress) throw new UnlinkedLibraryError({ name, library })
      for (const { start, length } of places) {
        // Two hexadecimal digits a byte, after "0x".
        const [from, to] = [2 + 2 * start, 2 + 2 * (start + length)]
        linked = linked.slice(0, from) + address.slice(2).toLowerCase() + linked.slice(to)
      }
    }
  }
  return linked
}

export class NoProviderError extends Error {
  override readonly name = 'Deployment.NoProviderError'
  constructor() {
    super('The deploying signer is connected to no chain.')
  }
}

export class DevelopmentVerifierError extends Error {
  override readonly name = 'Deployment.DevelopmentVerifierError'
  constructor({ artifact, chainId }: { artifact: string; chainId: bigint }) {
    super(`"${artifact}" is a development verifier, anybody can make proofs for it: not on chain ${chainId}.`)
  }
}

export class MissingArtifactError extends Error {
  override readonly name = 'Deployment.MissingArtifactError'
  constructor({ name }: { name: string }) {
    super(`"${name}" is not compiled.`)
  }
}

export class UnlinkedLibraryError extends Error {
  override readonly name = 'Deployment.UnlinkedLibraryError'
  constructor({ name, library }: { name: string; library: string }) {
    super(`"${name}" needs the library "${library}", which is not deployed.`)
  }
}

export class WriterMismatchError extends Error {
  override readonly name = 'Deployment.WriterMismatchError'
  constructor({ expected, actual }: { expected: string; actual: string }) {
    super(
      `The NullifierStore admits ${expected}, and the EligibilityRegistry is at ${actual}: something else sent meanwhile.`,
    )
  }
}
