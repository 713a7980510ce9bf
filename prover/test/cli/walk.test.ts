import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileOf, haveFolder } from '../expectations.ts'
import { admit, type Desk, desk, patients, policies, settle } from './medseal.ts'

const glp1 = join(policies, 'glp1-type-2-diabetes.json')
const wegovy = join(policies, 'wegovy-cardiovascular.json')

describe('a newcomer with a sample patient, without a chain', () => {
  let at: Desk
  beforeAll(async () => {
    at = desk()
    await settle(at)
  })
  afterAll(() => at.clear())

  it('makes keys that only their owner can read, and does not show them', () => {
    for (const file of ['holder.json', 'hospital.key.json', 'insurer.key.json', 'issuer.json']) {
      expect(statSync(at.path(file)).mode & 0o777).toBe(0o600)
    }
    const words: string = JSON.parse(at.read('holder.json')).secret
    expect(words.split(' ')).toHaveLength(24)
    expect(at.said()).not.toContain(words)
    expect(at.said()).not.toContain(JSON.parse(at.read('insurer.key.json')).secret)
  })

  it('imports, and is told what was left out', async () => {
    const dates = ['--as-of', '2026-10-01', '--complete-since', '1900-01-01']
    const imported = await at.json(['record', 'import', join(patients, 'adela.json'), ...dates, '--out', 'record.json'])
    // Eleven entries, and the two components of a blood pressure.
    expect(imported.account).toEqual({ resources: 11, parts: 2, taken: 12, leftOut: 1 })
    expect(imported.omissions).toMatchObject([{ reason: 'unread-type', resourceType: 'Organization', index: 1 }])
    expect(imported.complete.categories).toContain('condition')
    expect(imported.complete.since).toBe('1900-01-01')
    expect(statSync(at.path('record.json')).mode & 0o777).toBe(0o600)
  })

  it('shows the record to its owner', async () => {
    const facts = await at.json(['record', 'show', 'record.json'])
    expect(facts).toContainEqual({
      category: 'observation',
      system: 'LOINC',
      code: '4548-4',
      day: '2026-09-08',
      value: '7.1 %',
      remarks: [],
    })
    const birth = { category: 'demographic', system: 'LOINC', code: '21112-8', value: '1968-02-29', remarks: [] }
    expect(facts).toContainEqual(birth)
  })

  it('enrols, and takes home a credential that checks', async () => {
    await admit(at)
    const checked = await at.json(['credential', 'check', 'credential.json', '--holder', 'holder.json', ...day])
    expect(checked).toMatchObject({ valid: true, asOf: '2026-10-01', expires: '2026-10-31' })
    const later = [
      'credential',
      'check',
      'credential.json',
      '--holder',
      'holder.json',
      '--today',
      '2026-11-01',
      '--json',
    ]
    const { code, stdout } = await at.run(later)
    expect([code, JSON.parse(stdout).reason]).toEqual([3, 'expired'])
  })

  it('cannot use an enrolment twice, but can be given a new record', async () => {
    const from = ['--issuer', 'issuer.json', '--signing-key', 'hospital.key.json', '--out', 'second.json']
    const again = await at.run(['credential', 'issue', 'record.json', ...from, '--enrolment', 'enrolment.json'])
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('IssuerDesk.EnrolmentRefusedError')
    const renewed = await at.json(['credential', 'issue', 'record.json', ...from, '--renew', 'enrolment.json'])
    expect(renewed.superseded).toBe(true)
    expect(await at.json(['issuer', 'show', 'issuer.json'])).toMatchObject({ issued: 2, alive: 1 })
  })

  it('reads what a policy asks', async () => {
    const checked = await at.json(['policy', 'check', glp1])
    expect(checked).toMatchObject({ circuit: 'eligibility-m', slots: 5, clauses: 3, issuers: ['hospital', 'keeper'] })
    expect(checked.needs).toMatchObject({
      maximumAgeDays: 30,
      categories: ['condition'],
      systems: ['value set (ever)'],
      completeFrom: '3650 days before today',
    })
    const { stdout } = await at.run(['policy', 'explain', glp1])
    expect(stdout).toMatch(/^Policy "GLP-1 receptor agonist for type 2 diabetes"\n/)
    expect(stdout).toContain('some prescription of value set "metformin" dated up to 90 days before today\n')
  })

  // Worked out by hand in samples/README.md.
  it.each([
    ['record.json', glp1, 0, [true, true, true, false, true]],
    ['credential.json', glp1, 0, [true, true, true, false, true]],
    ['record.json', wegovy, 3, [true, true, false, false, false]],
  ])('looks first: %s', async (file, policy, code, holds) => {
    const ended = await at.run(['policy', 'dry-run', policy, file, ...day, '--json'])
    expect(ended.code).toBe(code)
    const outcome = JSON.parse(ended.stdout)
    expect(outcome.predicates.map((predicate: { holds: boolean }) => predicate.holds)).toEqual(holds)
    expect(outcome).toMatchObject({ met: code === 0, obstacles: [] })
  })

  it('is told why a record that is not complete does not do', async () => {
    const short = ['--as-of', '2026-10-01', '--complete-since', '2026-09-30', '--out', 'short.json']
    await at.json(['record', 'import', join(patients, 'adela.json'), ...short])
    const unsaid = await at.json(['record', 'import', join(patients, 'adela.json'), '--as-of', '2026-10-01'])
    expect(unsaid.complete).toMatchObject({ categories: [], systems: [] })
    const { code, stdout } = await at.run(['policy', 'dry-run', glp1, 'short.json', ...day, '--as', 'doctor', '--json'])
    expect(code).toBe(3)
    const { obstacles } = JSON.parse(stdout)
    expect(obstacles.map(({ obstacle }: { obstacle: string }) => obstacle)).toEqual(['issuer-role', 'complete-since'])
  })

  it('proves nothing that does not hold, nor with a revoked credential', async () => {
    const asked = ['--account', 'insurer.key.json', '--recipient', '2', '--purpose', 'COVAUTH']
    await at.json(['request', 'create', wegovy, ...asked, '--out', 'wegovy.json'])
    await at.json(['issuer', 'publish', 'issuer.json', '--out', 'issuers.json'])
    const with_ = ['--holder', 'holder.json', '--issuers', 'issuers.json', ...day, '--out', 'no.json']
    const unmet = await at.run(['prove', 'wegovy.json', '--credential', 'second.json', ...with_])
    expect(unmet.code).toBe(3)
    expect(unmet.stderr).toContain('Prove.NotMetError')
    const old = await at.run(['prove', 'wegovy.json', '--credential', 'credential.json', ...with_])
    expect(old.code).toBe(3)
    expect(old.stderr).toContain('Answer.NotValidNowError')
    expect(readdirSync(at.folder)).not.toContain('no.json')
  })
})

describe.skipIf(!haveFolder)('a bundle of somebody else’s', () => {
  let at: Desk
  beforeAll(async () => {
    at = desk()
    await settle(at)
    const dates = ['--as-of', '2019-09-23', '--complete-since', '1900-01-01', '--out', 'record.json']
    await at.json(['record', 'import', fileOf('synthea_Patria_Schimmel'), ...dates])
    await admit(at)
    await at.json(['issuer', 'publish', 'issuer.json', '--out', 'issuers.json'])
    const asked = ['--account', 'insurer.key.json', '--recipient', '2', '--purpose', 'COVAUTH', '--out', 'request.json']
    await at.json(['request', 'create', glp1, ...asked])
  })
  afterAll(() => at.clear())

  // Metformin since 2019-06-25: the ninetieth day is 2019-09-23.
  it('meets the policy on the day, not the day before', async () => {
    const dates = ['--as-of', '2019-09-22', '--complete-since', '1900-01-01', '--out', 'before.json']
    await at.json(['record', 'import', fileOf('synthea_Patria_Schimmel'), ...dates])
    expect((await at.run(['policy', 'dry-run', glp1, 'before.json', '--today', '2019-09-22'])).code).toBe(3)
    expect((await at.run(['policy', 'dry-run', glp1, 'record.json', '--today', '2019-09-23'])).code).toBe(0)
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const ended = await at.run([...proving, '--out', 'cancelled.json'], {
      interrupt: (stderr) => (/prove$/m.test(stderr) ? 'SIGINT' : undefined),
    })
    expect(ended.code).toBe(130)
    expect(ended.stdout).toBe('')
    expect(readdirSync(at.folder).filter((name) => /cancelled|tmp|lock/.test(name))).toEqual([])
  })

  it('is proven and verified, and no altered proof is taken', async () => {
    const proven = await at.run([...proving, '--out', 'proof.json', '--json'])
    expect(proven.code).toBe(0)
    for (const phase of [
      'load the circuit and its key',
      'compute the witness',
      'prove',
      'verify the proof just made',
    ]) {
      expect(proven.stderr).toContain(phase)
    }
    expect(JSON.parse(proven.stdout)).toMatchObject({ circuit: 'eligibility-m', today: '2019-09-23', part: 0 })

    const onTheDay = ['--today', '2019-09-23']
    const expected = ['--policy', glp1, '--issuers', 'issuers.json', '--request', 'request.json', ...onTheDay]
    expect(await at.json(['verify', 'proof.json', ...expected])).toMatchObject({
      valid: true,
      keyClass: 'development',
      notChecked: [],
    })
    const late = await at.run(['verify', 'proof.json', '--json'])
    expect([late.code, JSON.parse(late.stdout).checks.filter(({ holds }: { holds: boolean }) => !holds)]).toEqual([
      3,
      [{ check: 'it is made for today and not past its deadline', holds: false }],
    ])
    const unasked = await at.run(['verify', 'proof.json', ...onTheDay, '--json'])
    expect(unasked.code).toBe(0)
    expect(unasked.stderr.match(/nobody said/g)).toHaveLength(2)
    const other = await at.run(['verify', 'proof.json', '--policy', wegovy, ...onTheDay, '--json'])
    expect([other.code, JSON.parse(other.stdout).valid]).toEqual([3, false])

    for (const alter of alterations) {
      const proof = JSON.parse(at.read('proof.json'))
      alter(proof)
      writeFileSync(at.path('altered.json'), JSON.stringify(proof))
      const { code, stdout } = await at.run(['verify', 'altered.json', ...onTheDay, '--json'])
      expect([code, JSON.parse(stdout).valid]).toEqual([3, false])
    }
  })

  const proving = [
    ...['prove', 'request.json', '--credential', 'credential.json', '--holder', 'holder.json'],
    ...['--issuers', 'issuers.json', '--today', '2019-09-23'],
  ]
})

const day = ['--today', '2026-10-01']

/** What a proof file says. */
type Json = {
  today: string
  deadline: string
  nullifier: string
  request: { nonce: string }
  proof: { a: string[]; c: string[] }
}

const alterations: readonly ((proof: Json) => void)[] = [
  (proof) => {
    proof.today = '2019-09-24'
  },
  (proof) => {
    proof.deadline = String(BigInt(proof.deadline) + 1n)
  },
  (proof) => {
    proof.nullifier = String(BigInt(proof.nullifier) + 1n)
  },
  (proof) => {
    proof.request.nonce = '7'
  },
  // A point of the curve, but another one.
  (proof) => {
    proof.proof.c = proof.proof.a
  },
]
