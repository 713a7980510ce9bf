import type * as AnswerFlow from '../prover/src/chain/Answer.ts'
import * as Audit from '../prover/src/chain/Audit.ts'
import * as Network from '../prover/src/chain/Network.ts'
import * as Submission from '../prover/src/chain/Submission.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as Issuance from '../prover/src/protocol/Issuance.ts'
import type * as PolicyCompiler from '../prover/src/protocol/PolicyCompiler.ts'
import * as files from './files.ts'
import * as Narrator from './Narrator.ts'
import * as Patient from './Patient.ts'
import * as Stage from './Stage.ts'
import * as Town from './Town.ts'

type Cast = Stage.Stage & {
  readonly insurer: Town.Stakeholder
  readonly policies: { readonly glp1: PolicyCompiler.Compiled; readonly wegovy: PolicyCompiler.Compiled }
  readonly patients: ReadonlyMap<string, { patient: Patient.Patient; holding: AnswerFlow.Holding }>
}

/** What the dry run must say, from samples/README.md: worked out by hand. */
const expected = {
  adela: { glp1: true, wegovy: false },
  bruno: { glp1: true, wegovy: false },
  clara: { glp1: false, wegovy: false },
  dorian: { glp1: false, wegovy: true },
  emeka: { glp1: false, wegovy: false },
  freya: { glp1: false, wegovy: true },
} as const satisfies Record<(typeof files.patients)[number], { glp1: boolean; wegovy: boolean }>

const today = Day.parse('2026-10-01')

/** The story with the six sample patients. Gives the exit code. */
export async function tellSamples(narrator: Narrator.Narrator): Promise<number> {
  const stage = await Stage.set(narrator, { today })
  const insurer = await Narrator.phase(narrator, 'the registrar verifies an insurer', () =>
    Town.verifyRecipient(stage.town, { account: 4, roles: ['insurer'] }),
  )
  const policies = { glp1: Stage.compile('glp1-type-2-diabetes'), wegovy: Stage.compile('wegovy-cardiovascular') }
  await Narrator.phase(narrator, 'the insurer publishes two policies', async () => {
    await Town.publishPolicy(stage.town, insurer, { compiled: policies.glp1, version: 1 })
    await Town.publishPolicy(stage.town, insurer, { compiled: policies.wegovy, version: 2 })
  })
  const patients = await Stage.admit(narrator, stage, files.patients)
  const cast: Cast = { ...stage, insurer, policies, patients }

  const used = await tellAcceptances(narrator, cast)
  await tellRefusals(narrator, cast, used)
  await tellAudit(narrator, cast)
  await Stage.strike(cast)
  return Narrator.close(narrator) ? 0 : 1
}

async function tellAcceptances(narrator: Narrator.Narrator, cast: Cast): Promise<Submission.Submission> {
  Narrator.chapter(narrator, 'The insurer asks; each patient looks first, on their own device')
  for (const [name, { glp1, wegovy }] of Object.entries(expected)) {
    const outcomes = {
      glp1: (await Stage.dryRun(cast, ask(cast, name, 'glp1'))).met,
      wegovy: (await Stage.dryRun(cast, ask(cast, name, 'wegovy'))).met,
    }
    const says = (met: boolean) => (met ? 'meets' : 'does not meet')
    Narrator.expect(
      narrator,
      `${name} ${says(outcomes.glp1)} the diabetes policy and ${says(outcomes.wegovy)} the cardiovascular one`,
      outcomes.glp1 === glp1 && outcomes.wegovy === wegovy,
    )
  }

  Narrator.chapter(narrator, 'Those who qualify prove it; the contract learns that they do, and nothing else')
  const single = await Narrator.phase(narrator, 'adela proves', () => prove(cast, 'adela', 'glp1'))
  await Narrator.accepted(narrator, 'one proof, alone', () => submit(cast, single))
  const batch: Submission.Submission[] = []
  for (const [name, policy] of [
    ['bruno', 'glp1'],
    ['dorian', 'wegovy'],
    ['freya', 'wegovy'],
    ['adela', 'glp1'],
  ] as const) {
    batch.push(await Narrator.phase(narrator, `${name} proves`, () => prove(cast, name, policy)))
  }
  await Narrator.accepted(narrator, 'a batch of 4, with one pairing check', () => submitBatch(cast, batch))
  const met = await Promise.all(batch.map((submission) => isMet(cast, submission)))
  Narrator.expect(narrator, 'the insurer reads on chain that all four requests are met', met.every(Boolean))
  return single
}

async function tellRefusals(narrator: Narrator.Narrator, cast: Cast, used: Submission.Submission): Promise<void> {
  Narrator.chapter(narrator, 'What is refused')
  await Narrator.refused(narrator, 'a patient who does not qualify', 'Prove.NotMetError', () =>
    prove(cast, 'clara', 'glp1'),
  )
  const fresh = await prove(cast, 'freya', 'wegovy')
  const tampered = { ...fresh, nullifier: (fresh.nullifier + 1n) as typeof fresh.nullifier }
  await Narrator.refused(narrator, 'a tampered signal', 'EligibilityRegistry_InvalidProof', () =>
    submit(cast, { ...tampered, ...(fresh.consent && { consent: { ...fresh.consent, subject: tampered.nullifier } }) }),
  )
  await Narrator.refused(narrator, 'a replay', 'NullifierStore_AlreadySpent', () => submit(cast, used))

  const stranger = await prove(cast, 'dorian', 'wegovy')
  await Narrator.refused(narrator, "a stranger's consent", 'EligibilityRegistry_ConsentOfAnother', () =>
    submit(cast, { ...fresh, ...(stranger.consent && { consent: stranger.consent }) }),
  )
  await Narrator.phase(narrator, 'dorian revokes his consent', () => revokeConsent(cast, 'dorian', stranger))
  await Narrator.refused(narrator, 'a consent revoked after the proof', 'EligibilityRegistry_ConsentRevoked', () =>
    submit(cast, stranger),
  )

  await tellRevocations(narrator, cast)
}

async function tellRevocations(narrator: Narrator.Narrator, cast: Cast): Promise<void> {
  const { town, hospital } = cast
  const revoked = await prove(cast, 'bruno', 'glp1')
  const superseded = await prove(cast, 'adela', 'glp1')
  await Narrator.phase(narrator, "the hospital revokes bruno's credential and issues adela a new one", async () => {
    const changes = Issuance.revoke(
      hospital.hospital,
      Patient.holderAt(person(cast, 'bruno').patient, hospital.hospital),
    )
    const reissued = Stage.issueTo(cast, person(cast, 'adela').patient, 'adela')
    await Town.publishStatus(town, hospital, [...changes, ...reissued.changes])
  })
  await Narrator.phase(narrator, 'the hour of grace for roots that were replaced passes', () => town.chain.pass(3601))
  await Narrator.refused(narrator, 'a proof of the revoked credential', 'EligibilityRegistry_UnknownRoot', () =>
    submit(cast, revoked),
  )
  await Narrator.refused(narrator, 'a proof of the superseded credential', 'EligibilityRegistry_UnknownRoot', () =>
    submit(cast, superseded),
  )
  await Narrator.refused(narrator, 'the revoked credential, asked to prove again', 'Answer.NotValidNowError', () =>
    prove(cast, 'bruno', 'glp1'),
  )
  await Narrator.refused(narrator, 'the superseded credential, asked to prove again', 'Answer.NotValidNowError', () =>
    prove(cast, 'adela', 'glp1'),
  )

  const lastOne = await prove(cast, 'dorian', 'wegovy')
  await Narrator.phase(narrator, 'the registrar suspends the hospital', () => Town.suspend(town, hospital))
  await Narrator.refused(
    narrator,
    'a proof by the suspended hospital, at once',
    'EligibilityRegistry_UnknownRoot',
    () => submit(cast, lastOne),
  )
}

async function tellAudit(narrator: Narrator.Narrator, cast: Cast): Promise<void> {
  Narrator.chapter(narrator, 'An auditor replays everything from the chain')
  const report = await Narrator.phase(narrator, 'signals recomputed, proofs checked, trails chained', () =>
    Audit.replay(cast.town.network),
  )
  Narrator.expect(
    narrator,
    `${report.receipts.length} receipts, every one sound`,
    report.receipts.length === 5 && report.receipts.every(({ findings }) => findings.length === 0),
  )
  Narrator.expect(narrator, `${report.entries} audit entries, no trail broken`, report.brokenTrails.length === 0)
}

type PolicyName = keyof Cast['policies']

function person(cast: Cast, name: string) {
  const found = cast.patients.get(name)
  if (!found) throw new Error(`There is no sample patient "${name}".`)
  return found
}

/** A fresh request of the insurer's to one patient. */
function ask(cast: Cast, name: string, policyName: PolicyName): Stage.Question {
  const policy = cast.policies[policyName]
  return { ...person(cast, name), asker: cast.insurer, policy }
}

async function prove(cast: Cast, name: string, policyName: PolicyName): Promise<Submission.Submission> {
  return Stage.prove(cast, ask(cast, name, policyName))
}

async function submit({ town }: Cast, submission: Submission.Submission): Promise<void> {
  await Stage.submit(town, submission)
}

async function submitBatch({ town }: Cast, submissions: readonly Submission.Submission[]): Promise<void> {
  const registry = Network.contract(town.network, 'EligibilityRegistry', town.registrar)
  await Town.sent(registry.getFunction('verifyBatch')(submissions.map(Submission.toContractArgs)))
}

async function isMet({ town }: Cast, submission: Submission.Submission): Promise<boolean> {
  const registry = Network.contract(town.network, 'EligibilityRegistry')
  const { request, nullifier } = Submission.toContractArgs(submission)
  return registry.getFunction('isMet')(request, nullifier)
}

/** Signed by the key the patient uses with this recipient, carried by somebody else: the patient needs no ether. */
async function revokeConsent(cast: Cast, name: string, { consent, request }: Submission.Submission): Promise<void> {
  if (!consent) throw new Error('There is no consent to revoke.')
  const key = Patient.keyFor(person(cast, name).patient, cast.town.network, request.recipientId)
  await Stage.revoke(cast.town, key, consent)
}
