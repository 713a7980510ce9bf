import type { ContractTransactionReceipt } from 'ethers'
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as files from '../../../samples/files.ts'
import * as Hospital from '../../../samples/Hospital.ts'
import * as Patient from '../../../samples/Patient.ts'
import * as Town from '../../../samples/Town.ts'
import type * as Artifacts from '../../src/Artifacts.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import * as Answer from '../../src/chain/Answer.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Submission from '../../src/chain/Submission.ts'
import * as SnarkjsEngine from '../../src/engine/snarkjsEngine.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type * as Issuer from '../../src/protocol/Issuer.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as Request from '../../src/protocol/Request.ts'
import * as Scope from '../../src/protocol/Scope.ts'
import * as Prove from '../../src/prove.ts'

/** A town with a hospital and an insurer, and a policy so short that its proofs are quick. */
export type Scene = {
  readonly town: Town.LocalTown
  readonly artifacts: Artifacts.Source
  readonly today: Day.Day
  readonly hospital: Town.TownHospital
  readonly insurer: Town.Stakeholder
  /** One predicate: eligibility-s. */
  readonly policy: PolicyCompiler.Compiled
}

/** A patient with what a hospital gave. */
export type Guest = { readonly patient: Patient.Patient; readonly holding: Answer.Holding }

/** A policy in eligibility-s that the record of every guest meets; another `atLeast` makes another policy. */
export function policyOf({
  atLeast = '6.5',
  atMost,
}: {
  atLeast?: string
  atMost?: string
} = {}): PolicyCompiler.Compiled {
  return PolicyCompiler.compile(
    {
      medseal: 'policy/1',
      name: `HbA1c of ${atLeast} % or more`,
      issuers: ['hospital'],
      record: { maximumAgeDays: 30 },
      require: {
        any: { category: 'observation', system: 'LOINC', code: '4548-4' },
        value: { min: atLeast, unit: '%', ...(atMost && { max: atMost }) },
      },
    },
    { valueSets: files.valueSets() },
  )
}

/** At noon of the day the samples are told on, unless told. */
export async function set({ today = Day.parse('2026-11-15') }: { today?: Day.Day } = {}): Promise<Scene> {
  const artifacts = ArtifactsNode.fromPaths(await buildCircuits())
  const town = await Town.found({ startsAt: new Date((today * 86_400 + 43_200) * 1000) })
  const hospital = await verifyHospital({ town, today }, { account: 3, key: 3 })
  const insurer = await Town.verifyRecipient(town, { account: 4, roles: ['insurer'] })
  return { town, artifacts, today, hospital, insurer, policy: policyOf() }
}

/** The same signing key for the same `key`, so that other chains can have the same hospital. */
export function verifyHospital(
  { town, today }: Pick<Scene, 'town' | 'today'>,
  { account, key }: { account: number; key: number },
): Promise<Town.TownHospital> {
  return Town.verifyHospital(town, {
    account,
    signingKey: new Uint8Array(32).fill(key) as Issuer.SigningKey,
    roles: ['hospital'],
    validUntil: (today + 365) as Day.Day,
  })
}

export function strike({ town }: Scene): Promise<void> {
  return town.chain.close()
}

/** A patient with Adela's record, a few days old so that proofs of the days before today can be made. */
export function invite({ hospital: { hospital }, today }: Scene, patient = Patient.create('guest')): Guest {
  const issued = issue({ hospital, today }, patient)
  return { patient, holding: Patient.receive(patient, issued, today) }
}

export function issue({ hospital, today }: { hospital: Hospital.Hospital; today: Day.Day }, patient: Patient.Patient) {
  return Hospital.issueFromBundle(hospital, files.bundleOf('adela'), {
    holder: Patient.holderAt(patient, hospital),
    asOf: (today - 3) as Day.Day,
    expires: (today + 30) as Day.Day,
    since: Day.parse('1900-01-01'),
    valueSets: files.valueSets(),
  })
}

export type Asked = { readonly request: Request.Request; readonly signature: string }

/** What a wallet does before it proves: the checks included. */
export async function prepare(
  scene: Scene,
  { patient, holding }: Guest,
  fields: Partial<Request.Request> & { part?: number; policies?: readonly PolicyCompiler.Compiled[] } = {},
): Promise<Answer.Prepared> {
  const { part = 0, policies = [scene.policy], ...changes } = fields
  const policyHashes = policies.map(({ hash }) => hash)
  const asked = await Town.ask(scene.town, scene.insurer, { policyHashes, ...changes })
  return answer(scene, { patient, holding }, { ...asked, policies }, part)
}

/** Prepares the answer to something already asked. */
export function answer(
  { town: { network } }: Scene,
  { patient, holding }: Guest,
  incoming: Answer.Incoming,
  part = 0,
): Promise<Answer.Prepared> {
  const patientKey = Patient.keyFor(patient, network, incoming.request.recipientId).address as Request.Address
  return Answer.prepare(network, holding, incoming, { part, patientKey, lifetimeSeconds: 7200n })
}

/** The same case for other terms, with everything that follows from them: what a wallet that checks nothing would do. */
export function retarget(
  prepared: Answer.Prepared,
  {
    requestSignature = prepared.requestSignature,
    signature = requestSignature,
    ...changes
  }: Partial<Submission.Terms & Asked & { requestSignature: string }>,
): Answer.Prepared {
  const changed = { ...prepared.terms, ...changes }
  const { request } = changed
  const scope = Scope.of(request)
  const subject = Eligibility.nullifierOf(prepared.subject.secret, scope)
  const own = { requestId: Request.idOf(request), recipientId: request.recipientId, subject }
  const { consent = changed.consent && { ...changed.consent, ...own } } = changes
  const terms: Submission.Terms = { ...changed, ...(consent && { consent }) }
  return {
    ...prepared,
    terms,
    requestSignature: signature,
    subject: { ...prepared.subject, scope, today: terms.today, context: Submission.contextOf(terms) },
  }
}

const engine = SnarkjsEngine.create({ keepWarm: true })

/** Really proves what was prepared. */
export async function prove(
  { artifacts }: Pick<Scene, 'artifacts'>,
  prepared: Answer.Prepared,
  { circuit = prepared.circuit }: { circuit?: Eligibility.Circuit } = {},
): Promise<Submission.Submission> {
  const proven = await Prove.prove(prepared.subject, { artifacts, allowDevelopmentKeys: true, circuit, engine })
  return Answer.complete({ ...prepared, circuit }, proven)
}

/** Enough for any call; fixed, so that nothing is estimated at another time than that of the block. */
const gasLimit = 2_000_000

/** Carries a submission to the chain, as anybody may. */
export async function submit({ town }: Scene, submission: Submission.Submission): Promise<ContractTransactionReceipt> {
  const registry = Network.contract(town.network, 'EligibilityRegistry', town.registrar)
  const sent = await registry.getFunction('verify')(Submission.toContractArgs(submission), { gasLimit })
  return sent.wait()
}

export async function submitBatch(
  { town }: Scene,
  submissions: readonly Submission.Submission[],
): Promise<ContractTransactionReceipt> {
  const registry = Network.contract(town.network, 'EligibilityRegistry', town.registrar)
  const sent = await registry.getFunction('verifyBatch')(submissions.map(Submission.toContractArgs), {
    gasLimit: gasLimit + 200_000 * submissions.length,
  })
  return sent.wait()
}

/** How an attempt ended: 'accepted', or the name of what refused it. */
export async function outcome(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'accepted',
    (cause: unknown) => Network.refusalOf(cause) ?? (cause instanceof Error ? cause.name : String(cause)),
  )
}

/** What `verify` makes of a submission, and nothing stays: the chain is put back. */
export async function tryOut(scene: Scene, submission: Submission.Submission): Promise<string> {
  const back = await scene.town.chain.snapshot()
  const found = await outcome(submit(scene, submission))
  await back()
  return found
}

/** Which items of a batch went in and which were skipped, and why. */
export function tally({ town }: Scene, receipt: ContractTransactionReceipt) {
  const registry = Network.contract(town.network, 'EligibilityRegistry')
  const events = receipt.logs.map((log) => registry.interface.parseLog(log))
  const skipped = events
    .filter((event) => event?.name === 'SubmissionSkipped')
    .map((event) => [Number(event?.args.index), Network.nameOfRefusal(event?.args.refusal)] as const)
  return { accepted: events.filter((event) => event?.name === 'AuditEntry').length, skipped }
}
