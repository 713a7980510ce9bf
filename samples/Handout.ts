import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HDNodeWallet } from 'ethers'
import * as File from '../prover/src/cli/File.ts'
import * as KeyFile from '../prover/src/cli/KeyFile.ts'
import * as CredentialFile from '../prover/src/files/CredentialFile.ts'
import * as IssuerFile from '../prover/src/files/IssuerFile.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as Holder from '../prover/src/protocol/Holder.ts'
import * as Issuance from '../prover/src/protocol/Issuance.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import * as StatusList from '../prover/src/protocol/StatusList.ts'
import type * as ValueSet from '../prover/src/protocol/ValueSet.ts'
import * as files from './files.ts'
import * as Hospital from './Hospital.ts'
import * as Keys from './Keys.ts'
import type { Residents } from './Residents.ts'
import * as Town from './Town.ts'

/** Where the files lie that somebody needs who tries the pages in a sample person's place. */
export type Handout = {
  readonly folder: string
  /** Key of an account, by who holds it. */
  readonly account: (holder: AccountHolder) => string
  /** What the hospital signs credentials with, and what it keeps of its holders. */
  readonly signingKey: string
  readonly desk: string
  /** Of each sample patient that has been to the hospital. */
  readonly patients: readonly PatientFiles[]
}

export type PatientFiles = { readonly name: string; readonly words: string; readonly credential: string }

const holders = ['registrar', 'hospital', 'laboratory', 'insurer', 'pharmacy', 'doctor', 'stranger'] as const
export type AccountHolder = (typeof holders)[number]

/** Who has been to the hospital: the first meets the first policy, the second the second, the third neither. */
const patients = ['adela', 'dorian', 'clara'] as const

/** Days after which a sample record is issued anew: policies ask for records of the last month. */
const freshDays = 14
const lifetimeDays = 60

/** Writes what is not there yet, and has the hospital issue what is missing or has grown old. */
export async function layOut(
  town: Town.Town & { readonly accounts: readonly HDNodeWallet[] },
  residents: Residents,
  { folder, today, valueSets }: { folder: string; today: Day.Day; valueSets: ValueSet.Index },
): Promise<Handout> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = (name: string) => join(folder, name)
  const handout: Handout = {
    folder,
    account: (holder) => path(`${holder}.account-key.json`),
    signingKey: path('hospital.signing-key.json'),
    desk: path('hospital.issuer.json'),
    patients: patients.map((name) => ({ name, words: path(`${name}.words.json`), credential: path(`${name}.json`) })),
  }
  for (const holder of holders) {
    const secret = town.accounts[Keys.accounts[holder]]?.privateKey
    write(handout.account(holder), KeyFile.account.kind.tag, { secret })
  }
  const signingKey = Buffer.from(Keys.signingKeyOf('hospital')).toString('hex')
  write(handout.signingKey, KeyFile.issuer.kind.tag, { secret: signingKey })
  for (const { name, words } of handout.patients) write(words, KeyFile.holder.kind.tag, { secret: Keys.wordsOf(name) })
  await issue(town, residents, handout, { today, valueSets })
  return handout
}

function write(path: string, tag: string, fields: object): void {
  if (!existsSync(path)) File.writeJson(path, tag, fields, { secret: true })
}

async function issue(
  town: Town.Town,
  { hospital: verified, registry }: Residents,
  { desk: deskPath, patients }: Handout,
  { today, valueSets }: { today: Day.Day; valueSets: ValueSet.Index },
): Promise<void> {
  const published = registry.issuers.get(verified.id)?.status ?? StatusList.create()
  const { hospital, invitations } = openDesk(deskPath, verified.hospital, published)
  const stale = patients.filter(({ credential }) => !isFresh(credential, today))
  for (const { name, credential } of stale) {
    const holder = Holder.at(Holder.secretOf(Holder.seedOf(Keys.wordsOf(name))), Issuer.idOf(hospital.issuer.publicKey))
    const issued = Hospital.issueFromBundle(hospital, files.bundleOf(name), {
      holder,
      asOf: today,
      expires: (today + lifetimeDays) as Day.Day,
      since: Day.parse('1900-01-01'),
      valueSets,
    })
    File.writeJson(credential, CredentialFile.kind.tag, CredentialFile.fieldsOf(issued), { force: true, secret: true })
  }
  const changes = hospital.status.words
    .map((word, position) => ({ position, word }))
    .filter(({ word, position }) => word !== (published.words[position] ?? 0n))
  if (stale.length > 0 || !existsSync(deskPath)) {
    const desk: IssuerFile.Desk = { ...hospital, chainId: town.network.chainId, invitations }
    File.writeJson(deskPath, IssuerFile.kind.tag, IssuerFile.fieldsOf(desk), { force: true, secret: true })
  }
  await Town.publishStatus(town, { ...verified, hospital }, changes)
}

/** The hospital as its file and the chain have it: what either says is revoked is revoked. */
function openDesk(path: string, hospital: Hospital.Hospital, published: StatusList.StatusList) {
  const kept = existsSync(path) ? File.readJson(path, [IssuerFile.kind]) : undefined
  const words = published.words.map((word, position) => word | (kept?.status.words[position] ?? 0n))
  const { signingKey, issuer } = hospital
  const issuance = kept
    ? { ...Issuance.open(signingKey), alive: kept.alive, taken: kept.taken }
    : Issuance.open(signingKey)
  return {
    hospital: { ...issuance, issuer, status: StatusList.create(words) },
    invitations: kept?.invitations ?? new Set<`0x${string}`>(),
  }
}

function isFresh(path: string, today: Day.Day): boolean {
  if (!existsSync(path)) return false
  const { credential } = File.readJson(path, [CredentialFile.kind])
  return today - credential.asOf <= freshDays
}
