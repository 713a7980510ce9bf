import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admit, type Desk, desk, patients, policies, settle } from './medseal.ts'

let at: Desk
beforeAll(async () => {
  at = desk()
  await settle(at)
  const dates = ['--as-of', '2026-10-01', '--complete-since', '1900-01-01', '--out', 'record.json']
  await at.json(['record', 'import', join(patients, 'adela.json'), ...dates])
  await admit(at)
})
afterAll(() => at.clear())

type Place = readonly (string | number)[]

/** Writes a file like another one, with something else in one place. */
function alter(from: string, to: string, place: Place, value: unknown): void {
  const json = JSON.parse(at.read(from))
  const last = place.at(-1) ?? ''
  const parent = place.slice(0, -1).reduce((within, key) => within[key], json)
  parent[last] = value
  writeFileSync(at.path(to), JSON.stringify(json))
}

describe('a wrong file', () => {
  it.each([
    ['is not there', undefined, 'File.UnreadableError: "file.json" cannot be read (ENOENT).'],
    ['is not JSON', '{"medseal": "record/1", ', 'File.InvalidError: "file.json": $ must be JSON.'],
    ['is of another kind', '{"medseal":"request/1"}', '"file.json": medseal must be "record/1" or "credential/1".'],
    ['has no tag', '[]', '"file.json": medseal must be "record/1" or "credential/1".'],
    [
      'lacks a field',
      '{"medseal":"record/1","patients":1,"complete":{},"attributes":[]}',
      '"file.json": asOf is missing.',
    ],
  ])('that %s', async (_, text, message) => {
    if (text !== undefined) writeFileSync(at.path('file.json'), text)
    const { code, stdout, stderr } = await at.run(['record', 'show', 'file.json'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it.each<[Place, unknown, string]>([
    [['attributes', 2, 'code'], 'CANARY', 'attributes[2].code must be a number'],
    [['attributes', 2, 'value'], '18446744073709551616', 'attributes[2].value must be a number'],
    [['attributes', 1, 'CANARY'], 1, 'attributes[1] must only have the keys of its kind'],
    [['attributes', 0, 'category'], 'CANARY', 'attributes[0].category must be one of demographic,'],
    [['complete', 'since'], '2026-02-30', 'complete.since must be a day, yyyy-mm-dd'],
    [['attributes'], 'CANARY', 'attributes must be of type array'],
  ])('names the place, not what is written there: %j', async (place, value, message) => {
    alter('record.json', 'altered.json', place, value)
    const { code, stderr } = await at.run(['record', 'show', 'altered.json'])
    expect(code).toBe(2)
    expect(stderr).toContain(`"altered.json": ${message}`)
    expect(stderr).not.toContain('CANARY')
  })

  it('of a policy names the place in the policy', async () => {
    const policy = JSON.parse(readFileSync(join(policies, 'wegovy-cardiovascular.json'), 'utf8'))
    policy.record.maximumAgeDays = -1
    writeFileSync(at.path('policy.json'), JSON.stringify(policy))
    const { code, stderr } = await at.run(['policy', 'check', 'policy.json'])
    expect(code).toBe(2)
    expect(stderr).toContain('"policy.json": PolicyFile.InvalidPolicyError: Policy file: record.maximumAgeDays must be')
  })

  it('of a bundle is refused by its rule', async () => {
    writeFileSync(at.path('bundle.json'), '{"resourceType":"Bundle","type":"history"}')
    const { code, stderr } = await at.run(['record', 'import', 'bundle.json', '--as-of', '2026-10-01'])
    expect(code).toBe(2)
    expect(stderr).toContain('"bundle.json": Bundle.UnsupportedTypeError')
  })

  it('about nobody is imported and not issued, and the invitation stays open', async () => {
    writeFileSync(at.path('nobody.json'), '{"resourceType":"Bundle","type":"collection","entry":[]}')
    await at.json(['record', 'import', 'nobody.json', '--as-of', '2026-10-01', '--out', 'nobody.record.json'])
    await at.json(['issuer', 'invite', 'issuer.json', '--out', 'open.json'])
    await at.json(['credential', 'enrol', 'open.json', '--holder', 'holder.json', '--out', 'open.enrolment.json'])
    const from = ['--issuer', 'issuer.json', '--signing-key', 'hospital.key.json', '--out', 'nobody.credential.json']
    const issue = ['credential', 'issue', 'nobody.record.json', ...from, '--enrolment', 'open.enrolment.json']
    for (const _ of [1, 2]) {
      const { code, stderr } = await at.run(issue)
      expect(code).toBe(2)
      expect(stderr).toContain('Issue.NotOnePatientError')
    }
  })

  it('is never overwritten unasked', async () => {
    const before = at.read('holder.json')
    const { code, stderr } = await at.run(['keys', 'create', 'holder', '--out', 'holder.json'])
    expect(code).toBe(2)
    expect(stderr).toContain('File.ExistsError')
    expect(at.read('holder.json')).toBe(before)
  })
})

describe('a credential that was altered', () => {
  it('in its record is no record', async () => {
    alter('credential.json', 'altered.json', ['record', 'leaves', 3, 'value'], '1')
    const { code, stderr } = await at.run(['credential', 'check', 'altered.json', '--holder', 'holder.json'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      '"altered.json": Record.MalformedRecordError: The record breaks the rule "running-sum" at leaf 3.',
    )
  })

  it.each<[string, Place, string]>([
    ['signature', ['credential', 'expires'], '2030-01-01'],
    ['not-this-record', ['record', 'leaves', 3, 'salt'], '9'.repeat(60)],
  ])('is refused: %s', async (reason, place, value) => {
    alter('credential.json', 'altered.json', place, value)
    const check = ['credential', 'check', 'altered.json', '--holder', 'holder.json', '--today', '2026-10-01', '--json']
    const { code, stdout } = await at.run(check)
    expect([code, JSON.parse(stdout).reason]).toEqual([3, reason])
  })

  it('is not for another holder', async () => {
    await at.json(['keys', 'create', 'holder', '--out', 'stranger.json'])
    const check = [
      'credential',
      'check',
      'credential.json',
      '--holder',
      'stranger.json',
      '--today',
      '2026-10-01',
      '--json',
    ]
    const { code, stdout } = await at.run(check)
    expect([code, JSON.parse(stdout).reason]).toEqual([3, 'not-this-holder'])
  })
})

describe('a secret', () => {
  const secretOf = (file: string): string => JSON.parse(at.read(file)).secret

  it.each([
    ['words', (words: string) => ['credential', 'check', 'credential.json', '--holder', words]],
    ['words one by one', (words: string) => ['keys', 'show', 'holder', ...words.split(' ')]],
    ['words behind =', (words: string) => ['credential', 'check', 'credential.json', `--holder=${words}`]],
  ])('in the command line is refused and not repeated: %s', async (_, args) => {
    const words = secretOf('holder.json')
    const { code, stdout, stderr } = await at.run(args(words))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Secret.InArgumentsError')
    expect(stderr).not.toContain(words.split(' ').slice(0, 2).join(' '))
  })

  it('in the command line is refused as a key as well', async () => {
    const key = secretOf('insurer.key.json')
    for (const text of [key, key.slice(2), `--account=${key}`]) {
      const { code, stderr } = await at.run(['keys', 'show', 'account', text])
      expect(code).toBe(2)
      expect(stderr).toContain('Secret.InArgumentsError')
      expect(stderr).not.toContain(key.slice(2))
    }
  })

  it('comes from a file, the environment or standard input, bare or as the file has it', async () => {
    const { address } = await at.json(['keys', 'show', 'account', '--file', 'insurer.key.json'])
    const secret = secretOf('insurer.key.json')
    const show = ['keys', 'show', 'account']
    expect((await at.json(show, { env: { MEDSEAL_ACCOUNT_KEY: secret } })).address).toBe(address)
    expect((await at.json([...show, '--file', '-'], { stdin: `${secret}\n` })).address).toBe(address)
    expect((await at.json([...show, '--file', '-'], { stdin: at.read('insurer.key.json') })).address).toBe(address)
    const { code, stderr } = await at.run(show)
    expect(code).toBe(2)
    expect(stderr).toContain('set MEDSEAL_ACCOUNT_KEY')
  })

  it('that is wrong is not repeated', async () => {
    const check = ['credential', 'check', 'credential.json', '--holder', '-']
    const { code, stderr } = await at.run(check, { stdin: 'abandon canary '.repeat(12) })
    expect(code).toBe(2)
    expect(stderr).toContain('Secret.InvalidError: What was given is not the 24 words of the holder.')
    expect(stderr).not.toMatch(/canary/i)
  })

  it('of one kind does not pass for another', async () => {
    const check = ['credential', 'check', 'credential.json', '--holder', 'insurer.key.json']
    const { code, stderr } = await at.run(check)
    expect(code).toBe(2)
    expect(stderr).toContain('medseal must be "holder-key/1"')
  })

  it('in a file that others can read is warned of', async () => {
    writeFileSync(at.path('open.key.json'), at.read('insurer.key.json'))
    chmodSync(at.path('open.key.json'), 0o644)
    const { code, stderr } = await at.run(['keys', 'show', 'account', '--file', 'open.key.json'])
    expect(code).toBe(0)
    expect(stderr).toContain('chmod 600')
  })

  it('is shown only where it is asked for', async () => {
    const show = ['keys', 'show', 'holder', '--file', 'holder.json']
    expect((await at.run(show)).stdout).not.toContain(secretOf('holder.json'))
    expect((await at.json([...show, '--reveal'])).secret).toBe(secretOf('holder.json'))
  })
})

describe('what a document says', () => {
  it('is in no output but that of record show', async () => {
    const outputs = desk()
    try {
      writeFileSync(outputs.path('planted.json'), planted)
      for (const file of ['holder.json', 'issuer.json', 'hospital.key.json']) {
        writeFileSync(outputs.path(file), at.read(file), { mode: 0o600 })
      }
      const dates = ['--as-of', '2026-10-01', '--complete-since', '1900-01-01']
      await outputs.run(['record', 'import', 'planted.json', ...dates, '--out', 'record.json'])
      await outputs.json(['record', 'import', 'planted.json', ...dates])
      await admit(outputs)
      await outputs.run(['credential', 'check', 'credential.json', '--holder', 'holder.json', '--today', '2026-10-01'])
      const policy = join(policies, 'wegovy-cardiovascular.json')
      await outputs.run(['policy', 'dry-run', policy, 'credential.json', '--today', '2026-10-01', '--json'])
      writeFileSync(outputs.path('broken.json'), planted.slice(0, -3))
      await outputs.run(['record', 'import', 'broken.json', ...dates, '--json'])
      expect(outputs.said()).toContain('left out')
      expect(outputs.said()).toContain('NotJsonError')
      expect(outputs.said()).not.toMatch(/canary|38341003|1966/i)
    } finally {
      outputs.clear()
    }
  })

  /** A hypertension of 38341003, of somebody born in 1966; names, texts, notes, ids and bad values all tell. */
  const planted = JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'urn:uuid:canary-url',
        resource: {
          resourceType: 'Patient',
          id: 'canary-patient',
          name: [{ family: 'Canary' }],
          gender: 'canary',
          birthDate: '1966-06-06',
        },
      },
      {
        resource: {
          resourceType: 'Condition',
          id: 'canary-condition',
          clinicalStatus: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
          },
          code: {
            coding: [
              { system: 'http://snomed.info/sct', code: '38341003', display: 'Canary display' },
              { system: 'http://snomed.info/sct', code: 'canary' },
              { system: 'urn:canary', code: '38341003' },
            ],
            text: 'canary text',
          },
          subject: { reference: 'Patient/canary-patient' },
          onsetDateTime: 'canary',
          note: [{ text: 'canary note' }],
        },
      },
      { resource: { resourceType: 'Canary', id: 'canary-type' } },
      {
        resource: {
          resourceType: 'Observation',
          id: 'canary-observation',
          status: 'canary',
          code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
          valueString: 'canary',
        },
      },
    ],
  })
})

describe('the call', () => {
  it.each([
    [['no-such-command']],
    [['record', 'import', 'bundle.json']],
    [['record', 'import', 'bundle.json', '--as-of', '2026-02-30']],
    [['record', 'show', 'a', 'b']],
    [['keys', 'create', 'nobody', '--out', 'x.json']],
    [['prove', 'request.json', '--no-such-option']],
    [['issuer', 'publish', 'issuer.json']],
    [['request', 'show', 'request.json', '--rpc', 'http://127.0.0.1:1']],
  ])('%j is wrong', async (args) => {
    const { code, stdout, stderr } = await at.run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: /m)
  })

  it('of two at once on one issuer loses nothing', async () => {
    const before = await at.read('issuer.json')
    const names = ['one', 'two', 'three', 'four'].map((name) => `${name}.json`)
    const ended = await Promise.all(names.map((out) => at.run(['issuer', 'invite', 'issuer.json', '--out', out])))
    const given = names.filter((name) => existsSync(at.path(name))).map((name) => JSON.parse(at.read(name)).nonce)
    expect(given.length).toBe(ended.filter(({ code }) => code === 0).length)
    expect(given.length).toBeGreaterThan(0)
    const known = [...JSON.parse(before).invitations, ...given].sort()
    expect([...JSON.parse(at.read('issuer.json')).invitations].sort()).toEqual(known)
    for (const { code, stderr } of ended) if (code !== 0) expect(stderr).toContain('IssuerDesk.BusyError')
  })
})
