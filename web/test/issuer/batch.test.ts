import { readFileSync } from 'node:fs'
import * as ArtifactsNode from '@medseal/prover/ArtifactsNode'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as EnrolmentFile from '@medseal/prover/files/EnrolmentFile'
import * as Form from '@medseal/prover/files/Form'
import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import * as Context from '@medseal/prover/protocol/Context'
import * as Day from '@medseal/prover/protocol/Day'
import * as Holder from '@medseal/prover/protocol/Holder'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import * as ValueSet from '@medseal/prover/protocol/ValueSet'
import * as Prove from '@medseal/prover/prove'
import { expect, test } from 'vitest'
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as ValueSets from '../../../samples/valueSets.ts'
import * as Batch from '../../src/issuer/Batch.ts'
import * as Pairing from '../../src/issuer/Pairing.ts'
import * as SigningKeyFile from '../../src/issuer/SigningKeyFile.ts'

const bundle = readFileSync(new URL('../../../samples/patients/adela.json', import.meta.url), 'utf8')
const terms: Batch.Terms = {
  asOf: Day.parse('2026-11-22'),
  since: Day.parse('1990-01-01'),
  validDays: 30,
  valueSets: ValueSet.index(ValueSets.load()),
}

test('a batch issues what it can; what fails spends no invitation, what is issued anew revokes the one before', async () => {
  const open = openDesk()
  const enrolment = await enrol(open.desk)
  const [broken, nobody] = await Batch.issue(
    open,
    [
      { name: 'broken.json', bundle: '{', enrolment },
      { name: 'nobody.json', bundle, enrolment: undefined },
      { name: 'other.json', bundle, enrolment: '{}' },
    ],
    terms,
  )
  expect(broken).toMatchObject({ status: 'failed', name: 'broken.json' })
  expect(nobody).toMatchObject({ status: 'failed', error: { name: 'Batch.NoEnrolmentError' } })
  expect(open.desk.invitations.size).toBe(1)
  expect(open.desk.taken.size).toBe(0)

  const row = { name: 'adela.json', bundle, enrolment }
  const done: number[] = []
  const outcomes = await Batch.issue(open, [row, row], terms, { onRow: async (n) => void done.push(n) })
  expect(outcomes).toMatchObject([
    { status: 'issued', isSuperseding: false, expires: terms.asOf + 30 },
    { status: 'issued', isSuperseding: true },
  ])
  expect(done).toEqual([1, 2])
  expect(open.desk.invitations.size).toBe(0)
  expect([open.desk.taken.size, open.desk.alive.size]).toEqual([2, 1])
  // One update for the whole batch.
  expect(IssuerDesk.unpublished(open.desk, StatusList.create())).toHaveLength(1)

  const [first] = outcomes
  if (first?.status !== 'issued') throw new Error('Not issued.')
  const { credential } = Form.read(first.file, [CredentialFile.kind])
  expect(credential.leafCount).toBe(first.leaves)
  expect(StatusList.isRevoked(open.desk.status, credential.statusIndex)).toBe(true)
})

test('where nobody vouches the record is complete for nothing', async () => {
  const open = openDesk()
  const enrolment = await enrol(open.desk)
  const [outcome] = await Batch.issue(open, [{ name: 'adela.json', bundle, enrolment }], { ...terms, since: undefined })
  if (outcome?.status !== 'issued') throw new Error('Not issued.')
  const { credential } = Form.read(outcome.file, [CredentialFile.kind])
  expect(credential.complete.categories).toEqual([])
})

test('documents and enrolments are paired by their names up to the first dot', () => {
  const names = (...all: string[]) => all.map((name) => ({ name }))
  expect(Pairing.pair(names('Adela.json', 'bruno.fhir.json'), names('bruno.json', 'adela.enrolment.json'))).toEqual([
    'adela.enrolment.json',
    'bruno.json',
  ])
  expect(Pairing.pair(names('clara.json'), names('bruno.json'))).toEqual([undefined])
  expect(Pairing.pair(names('clara.json'), names('enrolment (1).json'))).toEqual(['enrolment (1).json'])
  expect(Pairing.pair(names('clara.json', 'bruno.json'), names('enrolment.json'))).toEqual([undefined, undefined])
})

function openDesk(): Parameters<typeof Batch.issue>[0] {
  const signingKey = SigningKeyFile.parse(SigningKeyFile.write(SigningKeyFile.create()))
  const issuer = {
    publicKey: Issuer.publicKeyOf(signingKey),
    roles: ['hospital'] as const,
    validUntil: Day.parse('2027-12-31'),
  }
  const empty = {
    status: StatusList.create(),
    alive: new Map(),
    taken: new Set<never>(),
    invitations: new Set<never>(),
  }
  return { signingKey, desk: { issuer, chainId: 31337n, ...empty } }
}

/** What a patient gives back to a fresh invitation. */
async function enrol(desk: Parameters<typeof Batch.issue>[0]['desk']): Promise<string> {
  const invitation = IssuerDesk.invite(desk)
  const secret = Holder.secretOf(Holder.seedOf(Holder.createWords()))
  const { issuerId, nonce } = invitation
  const { proof, signals } = await Prove.proveEnrolment(
    { secret, issuerId, context: Context.ofEnrolment({ issuerId, nonce }) },
    { artifacts: ArtifactsNode.fromPaths(await buildCircuits({ names: ['enrolment'] })), allowDevelopmentKeys: true },
  )
  const fields = EnrolmentFile.fieldsOf({ ...invitation, holder: signals.holder as Holder.Holder, proof })
  return Form.write(EnrolmentFile.enrolment.tag, fields)
}
