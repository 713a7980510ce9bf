import type { Wallet } from 'ethers'
import { buildCircuits } from '../circuits/build/build.ts'
import { buildContracts } from '../circuits/build/contracts.ts'
import type * as Artifacts from '../prover/src/Artifacts.ts'
import * as ArtifactsNode from '../prover/src/ArtifactsNode.ts'
import type * as Answer from '../prover/src/chain/Answer.ts'
import * as Network from '../prover/src/chain/Network.ts'
import * as Submission from '../prover/src/chain/Submission.ts'
import * as Consent from '../prover/src/protocol/Consent.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as DryRun from '../prover/src/protocol/DryRun.ts'
import type * as Issuer from '../prover/src/protocol/Issuer.ts'
import * as PolicyCompiler from '../prover/src/protocol/PolicyCompiler.ts'
import * as Request from '../prover/src/protocol/Request.ts'
import type * as ValueSet from '../prover/src/protocol/ValueSet.ts'
import * as files from './files.ts'
import * as Hospital from './Hospital.ts'
import * as Narrator from './Narrator.ts'
import * as Patient from './Patient.ts'
import * as Town from './Town.ts'

/** What both stories play on: circuits and keys built, a chain with everything deployed, a hospital verified. */
export type Stage = {
  readonly town: Town.LocalTown
  readonly hospital: Town.TownHospital
  readonly artifacts: Artifacts.Source
  readonly today: Day.Day
}

/** A request to be made to one patient. */
export type Question = {
  readonly patient: Patient.Patient
  readonly holding: Answer.Holding
  readonly asker: Town.Stakeholder
  readonly policy: PolicyCompiler.Compiled
}

/** Builds what is not built, starts the chain at noon of `today`, and has a hospital verified. */
export async function set(narrator: Narrator.Narrator, { today }: { today: Day.Day }): Promise<Stage> {
  Narrator.chapter(narrator, 'What has to be there first')
  const built = await Narrator.phase(narrator, 'circuits compiled, development keys made (kept in .cache)', () =>
    buildCircuits(),
  )
  await Narrator.phase(narrator, 'contracts compiled', () => buildContracts())
  const startsAt = new Date((today * 86_400 + 43_200) * 1000)
  const town = await Narrator.phase(narrator, 'a chain started, every contract deployed', () =>
    Town.found({ startsAt }),
  )
  Narrator.chapter(narrator, 'Who takes part')
  const hospital = await Narrator.phase(narrator, 'the registrar verifies a hospital and its signing key', () =>
    Town.verifyHospital(town, {
      account: 3,
      signingKey: crypto.getRandomValues(new Uint8Array(32)) as Issuer.SigningKey,
      roles: ['hospital'],
      validUntil: (today + 365) as Day.Day,
    }),
  )
  return { town, hospital, artifacts: ArtifactsNode.fromPaths(built), today }
}

export async function strike({ town }: Stage): Promise<void> {
  await town.chain.close()
}

/** Admits the sample patients: each enrols, is given the record of their bundle, and checks it. */
export async function admit(narrator: Narrator.Narrator, stage: Stage, names: readonly string[]) {
  const admitted = new Map<string, { patient: Patient.Patient; holding: Answer.Holding }>()
  await Narrator.phase(narrator, `${names.length} patients enrol, take their records home and check them`, async () => {
    for (const name of names) {
      const patient = Patient.create(name)
      await Patient.enrol(patient, stage.hospital.hospital, stage)
      const issued = issueTo(stage, patient, name)
      admitted.set(name, { patient, holding: Patient.receive(patient, issued, stage.today) })
    }
  })
  return admitted
}

/** The hospital's record of a sample patient, complete since birth. */
export function issueTo(stage: Stage, patient: Patient.Patient, name: string) {
  return issueBundle(stage, patient, files.bundleOf(name))
}

/** The hospital's record of a bundle, as of today, good for thirty days. */
export function issueBundle({ hospital, today }: Stage, patient: Patient.Patient, bundle: string) {
  return Hospital.issueFromBundle(hospital.hospital, bundle, {
    holder: Patient.holderAt(patient, hospital.hospital),
    asOf: today,
    expires: (today + 30) as Day.Day,
    since: Day.parse('1900-01-01'),
    valueSets: valueSets(),
  })
}

/** A sample policy, compiled. */
export function compile(name: string): PolicyCompiler.Compiled {
  return PolicyCompiler.compile(files.policyOf(name), { valueSets: valueSets() })
}

let loaded: ValueSet.Index | undefined
export function valueSets(): ValueSet.Index {
  loaded ??= files.valueSets()
  return loaded
}

/** What the patient's own device says of a policy, before anybody is answered. */
export async function dryRun({ hospital, today }: Stage, { holding, policy }: Question): Promise<DryRun.Outcome> {
  return DryRun.run(policy, { ...holding, issuerRoles: hospital.hospital.issuer.roles, today })
}

/** The asker asks this patient, who answers with a proof. */
export async function prove({ town, artifacts }: Stage, question: Question): Promise<Submission.Submission> {
  const { request, signature } = await Town.ask(town, question.asker, { policyHashes: [question.policy.hash] })
  const incoming = { request, signature, policies: [question.policy] }
  return Patient.answer(question.patient, town.network, question.holding, incoming, { artifacts })
}

/** Carries a submission to the chain: open to anyone, here the registrar pays. */
export async function submit(town: Town.Town, submission: Submission.Submission): Promise<void> {
  const registry = Network.contract(town.network, 'EligibilityRegistry', town.registrar)
  await Town.sent(registry.getFunction('verify')(Submission.toContractArgs(submission)))
}

/** Revokes a consent by the patient's signature. */
export async function revoke(town: Town.Town, patientKey: Wallet, consent: Consent.Consent): Promise<void> {
  const domain = Request.domainOf({ chainId: consent.chainId, contract: consent.registry })
  const id = Consent.idOf(consent)
  const signature = await patientKey.signTypedData(domain, Consent.revocationTypes, { consentId: id })
  const registry = Network.contract(town.network, 'ConsentRegistry', town.registrar)
  await Town.sent(registry.getFunction('revokeBySignature')(patientKey.address, id, signature))
}
