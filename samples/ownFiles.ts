import { readFileSync } from 'node:fs'
import * as Audit from '../prover/src/chain/Audit.ts'
import * as Import from '../prover/src/fhir/Import.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import type * as DryRun from '../prover/src/protocol/DryRun.ts'
import * as PolicyCompiler from '../prover/src/protocol/PolicyCompiler.ts'
import * as PolicyFile from '../prover/src/protocol/PolicyFile.ts'
import * as PolicySentences from '../prover/src/protocol/PolicySentences.ts'
import * as PolicyText from '../prover/src/protocol/PolicyText.ts'
import * as Narrator from './Narrator.ts'
import * as Patient from './Patient.ts'
import * as Stage from './Stage.ts'
import * as Town from './Town.ts'

/**
 * The story with the caller's own bundle and policy: imported, issued, asked, looked at, proven, verified, replayed.
 * Gives the exit code: 0 proven and replayed, 2 a file is wrong, 3 the record does not meet the policy.
 */
export async function tellOwnFiles(
  narrator: Narrator.Narrator,
  { bundle, policy, today }: { bundle: string; policy: string; today: string | undefined },
): Promise<number> {
  const read = readBoth({ bundle, policy, today })
  if ('error' in read) {
    console.error(read.error)
    return 2
  }
  narrator.write(PolicyText.print(read.compiled.policy))
  const stage = await Stage.set(narrator, { today: read.today })
  try {
    const asker = await Narrator.phase(narrator, 'the registrar verifies an insurer', () =>
      Town.verifyRecipient(stage.town, { account: 4, roles: ['insurer'] }),
    )
    await Narrator.phase(narrator, 'the insurer publishes the policy', () =>
      Town.publishPolicy(stage.town, asker, { compiled: read.compiled, version: 1 }),
    )
    return await tellOne(narrator, stage, asker, read)
  } finally {
    await Stage.strike(stage)
  }
}

type Files = { readonly text: string; readonly compiled: PolicyCompiler.Compiled; readonly today: Day.Day }

async function tellOne(
  narrator: Narrator.Narrator,
  stage: Stage.Stage,
  asker: Town.Stakeholder,
  { text, compiled }: Files,
): Promise<number> {
  const patient = Patient.create('you')
  const issued = await attempt(() => Stage.issueBundle(stage, patient, text))
  if ('error' in issued) {
    console.error(issued.error)
    return 2
  }
  const holding = await Narrator.phase(narrator, 'you enrol, take your record home and check it', async () => {
    await Patient.enrol(patient, stage.hospital.hospital, stage)
    return Patient.receive(patient, issued.value, stage.today)
  })
  const question = { patient, holding, asker, policy: compiled }
  const outcome = await Stage.dryRun(stage, question)
  tellOutcome(narrator, compiled, outcome)
  if (!outcome.met) {
    await Narrator.refused(narrator, 'a proof of it', 'Prove.NotMetError', () => Stage.prove(stage, question))
    Narrator.close(narrator)
    return 3
  }
  await Narrator.accepted(narrator, 'proof, checked by the contract', async () =>
    Stage.submit(stage.town, await Stage.prove(stage, question)),
  )
  const report = await Narrator.phase(narrator, 'an auditor replays it', () => Audit.replay(stage.town.network))
  Narrator.expect(
    narrator,
    'one receipt, sound; no trail broken',
    report.receipts.length === 1 && report.receipts[0]?.findings.length === 0 && report.brokenTrails.length === 0,
  )
  return Narrator.close(narrator) ? 0 : 1
}

/** What the dry run says, on the patient's own terminal and nowhere else. */
function tellOutcome(narrator: Narrator.Narrator, compiled: PolicyCompiler.Compiled, outcome: DryRun.Outcome): void {
  Narrator.chapter(narrator, `You look first: the record ${outcome.met ? 'meets' : 'does not meet'} the policy`)
  for (const obstacle of outcome.obstacles) Narrator.say(narrator, `the record as a whole: ${obstacle}`)
  outcome.slots.forEach(({ holds }, slot) => {
    const predicate = compiled.predicates[slot]
    if (predicate) Narrator.say(narrator, `${holds ? 'holds    ' : 'does not '} ${PolicySentences.sentence(predicate)}`)
  })
}

function readBoth(options: { bundle: string; policy: string; today: string | undefined }): Files | { error: string } {
  try {
    const text = readFileSync(options.bundle, 'utf8')
    const policy = PolicyFile.parse(readFileSync(options.policy, 'utf8'))
    const compiled = PolicyCompiler.compile(policy, { valueSets: Stage.valueSets() })
    return { text, compiled, today: options.today === undefined ? lastDate(text) : Day.parse(options.today) }
  } catch (cause) {
    return { error: cause instanceof Error ? `${cause.name}: ${cause.message}` : 'A file cannot be read.' }
  }
}

/** The day of the last fact in a bundle, as far as the importer reads it. */
function lastDate(text: string): Day.Day {
  const { attributes } = Import.importBundle(text, { asOf: Day.ofUnixSeconds(Date.now() / 1000) })
  const days = attributes.filter(({ partialDay }) => !partialDay).map(({ day }) => day)
  return days.reduce((last, day) => Math.max(last, day) as Day.Day, Day.parse('1970-01-01'))
}

async function attempt<T>(act: () => T): Promise<{ value: T } | { error: string }> {
  try {
    return { value: act() }
  } catch (cause) {
    return { error: cause instanceof Error ? `${cause.name}: ${cause.message}` : 'Unknown error.' }
  }
}
