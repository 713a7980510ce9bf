/**
 * P2 and P3 on every sample patient and every synthetic bundle: what was read off the documents by hand is what the
 * contract says.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as Forge from '../../../circuits/test/forge.ts'
import * as Patient from '../../../samples/Patient.ts'
import * as Stage from '../../../samples/Stage.ts'
import * as Town from '../../../samples/Town.ts'
import type * as Artifacts from '../../src/Artifacts.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import * as Answer from '../../src/chain/Answer.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Proof from '../../src/Proof.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type * as Issuer from '../../src/protocol/Issuer.ts'
import type * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as Request from '../../src/protocol/Request.ts'
import { byBundles, bySamples, type Expectation, haveFolder } from '../expectations.ts'
import * as SampleCase from './sampleCase.ts'
import * as Scene from './scene.ts'

const policies = { P2: Stage.compile('glp1-type-2-diabetes'), P3: Stage.compile('wegovy-cardiovascular') }
type PolicyName = keyof typeof policies
const rows: readonly Expectation[] = [...bySamples, ...(haveFolder ? byBundles : [])]
const bundleOf = ([file]: Expectation) => SampleCase.bundleOf(file)

/** Whether a row of the table says that a policy is met. */
function isMet(row: Expectation, policy: PolicyName): boolean {
  const outcome = policy === 'P2' ? row[2] : row[3]
  expect(outcome).toMatch(/^[TF]{5} (yes|no)$/)
  return outcome.endsWith('yes')
}

/** Days on which somebody meets a policy, and of those who do not, whom a forger sends all the same. */
const days: readonly { readonly day: string; readonly forged: readonly (readonly [string, PolicyName])[] }[] = [
  { day: '2019-09-23', forged: [['synthea_Patria_Schimmel', 'P3']] },
  {
    day: '2026-10-01',
    forged: [
      ['clara', 'P2'],
      ['emeka', 'P2'],
      ['adela', 'P3'],
    ],
  },
]

it('every day on which the table has somebody accepted has its chain below', () => {
  const accepting = rows.filter((row) => isMet(row, 'P2') || isMet(row, 'P3')).map(([, day]) => day)
  expect(days.map(({ day }) => day)).toEqual(expect.arrayContaining([...new Set(accepting)]))
})

describe.each(days.filter(({ day }) => rows.some((row) => row[1] === day)))(
  'the contract on $day',
  ({ day, forged }) => {
    const today = Day.parse(day)
    const ofDay = rows.filter((row) => row[1] === day)
    let stage: Stage.Stage
    let insurer: Town.Stakeholder

    beforeAll(async () => {
      const artifacts: Artifacts.Source = ArtifactsNode.fromPaths(await buildCircuits())
      const town = await Town.found({ startsAt: new Date((today * 86_400 + 43_200) * 1_000) })
      const hospital = await Town.verifyHospital(town, {
        account: 3,
        signingKey: new Uint8Array(32).fill(29) as Issuer.SigningKey,
        roles: ['hospital'],
        validUntil: (today + 365) as Day.Day,
      })
      stage = { town, hospital, artifacts, today }
      insurer = await Town.verifyRecipient(town, { account: 4, roles: ['insurer'] })
    })
    afterAll(() => Stage.strike(stage))

    function admitted(row: Expectation): { patient: Patient.Patient; holding: Answer.Holding } {
      const patient = Patient.create(row[0])
      const issued = Stage.issueBundle(stage, patient, bundleOf(row))
      return { patient, holding: Patient.receive(patient, issued, today) }
    }

    /** Answers a request with whatever witness there is: circuits and contracts alone stand in the way. */
    async function forge(row: Expectation, policy: PolicyCompiler.Compiled) {
      const { patient, holding } = admitted(row)
      const { town } = stage
      const { request, signature } = await Town.ask(town, insurer, { policyHashes: [policy.hash] })
      const patientKey = Patient.keyFor(patient, town.network, insurer.id).address as Request.Address
      const incoming = { request, signature, policies: [policy] }
      const prepared = await Answer.prepare(town.network, holding, incoming, { patientKey })
      const target = Scene.targetOf(prepared.circuit)
      const witness = target.calculate(Eligibility.toCircuitInput(prepared.subject, prepared))
      const { proof, publicSignals } = await Forge.prove(target, witness)
      const [nullifier, issuersRoot] = publicSignals.map(BigInt)
      if (nullifier === undefined || issuersRoot === undefined) throw new Error('The proof has no public signals.')
      return Answer.complete(prepared, { proof: Proof.fromSnarkjs(proof), signals: { nullifier, issuersRoot } })
    }

    const pairs = (['P2', 'P3'] as const).flatMap((name) => ofDay.map((row) => [row[0], name, row] as const))

    it.each(pairs.filter(([, name, row]) => isMet(row, name)))(
      'accepts the proof of %s for %s',
      async (_, name, row) => {
        const submission = await Stage.prove(stage, { ...admitted(row), asker: insurer, policy: policies[name] })
        expect(submission.today).toBe(today)
        await Stage.submit(stage.town, submission)
        const registry = Network.contract(stage.town.network, 'EligibilityRegistry')
        const { request, nullifier } = submission
        expect(await registry.getFunction('isMet')(Request.toTypedData(request), nullifier)).toBe(true)
      },
    )

    it.each(forged)('refuses the forged proof of %s for %s', async (who, name) => {
      const row = ofDay.find(([file]) => file === who)
      if (!row) throw new Error(`${who} is not in the table on ${day}.`)
      expect(isMet(row, name)).toBe(false)
      const submission = await forge(row, policies[name])
      const refusal = await Stage.submit(stage.town, submission).then(() => 'accepted', Network.refusalOf)
      expect(refusal).toBe('EligibilityRegistry_InvalidProof')
    })

    it('accepts what a forger sends for somebody who does meet the policy: nothing else stood in the way', async () => {
      const [, name, row] = pairs.find(([, policy, each]) => isMet(each, policy)) ?? []
      if (!row || !name) throw new Error(`Nobody is accepted on ${day}.`)
      await Stage.submit(stage.town, await forge(row, policies[name]))
    })
  },
)
