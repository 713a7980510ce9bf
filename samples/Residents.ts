import * as Network from '../prover/src/chain/Network.ts'
import * as Registry from '../prover/src/chain/Registry.ts'
import type * as Day from '../prover/src/protocol/Day.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import type { Role } from '../prover/src/protocol/Policy.ts'
import * as PolicyCompiler from '../prover/src/protocol/PolicyCompiler.ts'
import type * as Request from '../prover/src/protocol/Request.ts'
import type * as ValueSet from '../prover/src/protocol/ValueSet.ts'
import * as files from './files.ts'
import * as Hospital from './Hospital.ts'
import * as Keys from './Keys.ts'
import * as Town from './Town.ts'

/** Who takes part in the town of `npm start`. All are recognised by their keys, so settling twice changes nothing. */
export type Residents = {
  readonly hospital: Town.TownHospital
  readonly laboratory: Town.TownHospital
  readonly insurer: Town.Stakeholder
  readonly pharmacy: Town.Stakeholder
  readonly doctor: Town.Stakeholder
  /** What the chain says of the status lists now. */
  readonly registry: Registry.Registry
}

/** Policies the insurer has published, by file name: an entry's version is its place, from 1. */
export const policies = ['glp1-type-2-diabetes', 'wegovy-cardiovascular'] as const

/** Hospitals beside the sample one: a patient hides among ten issuers, or the wallet warns. */
const otherHospitals = 9

/** Accounts a town needs. */
export const accountCount = Keys.accounts.firstOfOthers + otherHospitals

/** Has the registrar verify who is not verified yet, and the insurer publish what is not published. */
export async function settle(
  town: Town.Town,
  { today, valueSets }: { today: Day.Day; valueSets: ValueSet.Index },
): Promise<Residents> {
  const known = await Registry.read(town.network)
  const validUntil = (today + tenYears) as Day.Day
  const issuer = (account: number, name: string, roles: readonly Role[]) =>
    verifyIssuer(town, known, { account, signingKey: Keys.signingKeyOf(name), roles, validUntil })
  const recipient = (account: number, role: Role) => verifyRecipient(town, known, { account, roles: [role] })

  const hospital = await issuer(Keys.accounts.hospital, 'hospital', ['hospital'])
  const laboratory = await issuer(Keys.accounts.laboratory, 'laboratory', ['laboratory'])
  const insurer = await recipient(Keys.accounts.insurer, 'insurer')
  const pharmacy = await recipient(Keys.accounts.pharmacy, 'pharmacy')
  const doctor = await recipient(Keys.accounts.doctor, 'doctor')
  for (let other = 0; other < otherHospitals; other++) {
    await issuer(Keys.accounts.firstOfOthers + other, `other hospital ${other}`, ['hospital'])
  }
  await publishPolicies(town, insurer, valueSets)
  return { hospital, laboratory, insurer, pharmacy, doctor, registry: await Registry.read(town.network) }
}

type Verification = Parameters<typeof Town.verifyHospital>[1]

async function verifyIssuer(
  town: Town.Town,
  known: Registry.Registry,
  verification: Verification,
): Promise<Town.TownHospital> {
  const stakeholder = find(town, known, verification.account)
  if (!stakeholder) return Town.verifyHospital(town, verification)
  const { signingKey, roles } = verification
  const issuer = known.issuers.get(stakeholder.id)
  if (issuer?.issuerId !== Issuer.idOf(Issuer.publicKeyOf(signingKey))) throw new OtherTownError()
  const hospital = Hospital.open({ signingKey, issuer: { roles, validUntil: verification.validUntil } })
  return { ...stakeholder, hospital }
}

async function verifyRecipient(
  town: Town.Town,
  known: Registry.Registry,
  verification: { readonly account: number; readonly roles: readonly Role[] },
): Promise<Town.Stakeholder> {
  return find(town, known, verification.account) ?? Town.verifyRecipient(town, verification)
}

/** Who the registrar has verified with this account's key. */
function find(town: Town.Town, { stakeholders }: Registry.Registry, account: number): Town.Stakeholder | undefined {
  const signer = town.accounts[account]
  if (!signer) throw new Error(`The town has no account ${account}.`)
  const found = [...stakeholders].find(([, { key }]) => key.toLowerCase() === signer.address.toLowerCase())
  return found && { id: found[0] as Request.StakeholderId, signer }
}

async function publishPolicies(town: Town.Town, insurer: Town.Stakeholder, valueSets: ValueSet.Index): Promise<void> {
  const registry = Network.contract(town.network, 'PolicyRegistry')
  for (const [place, name] of policies.entries()) {
    const version = place + 1
    const [, policyHash] = await registry.getFunction('program')((insurer.id << 32n) | BigInt(version))
    if (policyHash !== 0n) continue
    const compiled = PolicyCompiler.compile(files.policyOf(name), { valueSets })
    await Town.publishPolicy(town, insurer, { compiled, version })
  }
}

const tenYears = 3650

/** The chain knows the sample hospital's account, and not with the sample hospital's signing key. */
export class OtherTownError extends Error {
  override readonly name = 'Residents.OtherTownError'
  constructor() {
    super('This chain was settled by another version of the samples: start with --fresh.')
  }
}
