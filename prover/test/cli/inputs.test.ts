import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as CardMaker from '../fhir/cardMaker.ts'
import { type Desk, desk, patients, policies } from './medseal.ts'

const readings = join(patients, '../readings')
const terms = ['--as-of', '2026-10-01', '--complete-since', '1900-01-01']

let at: Desk
beforeAll(() => {
  at = desk()
})
afterAll(() => at.clear())

describe('readings of a device', () => {
  const bundle = join(patients, 'adela.json')
  const directory = ['--devices', join(readings, 'devices.json')]
  const adela = ['--patient', 'Patient/adela-patient']
  const steady = ['--readings', join(readings, 'steady.jsonl')]

  it('join the bundle in one record, which meets a policy about their mean', async () => {
    const given = [...terms, ...steady, ...directory, ...adela, '--out', 'joined.json']
    const joined = await at.json(['record', 'import', bundle, ...given])
    // Fourteen mornings, two pressures each; the bundle alone has eleven entries with two components.
    expect(joined.readings).toMatchObject({
      account: { readings: 28, taken: 28, leftOut: 0 },
      gaps: [],
      complete: true,
    })
    expect(joined.account).toEqual({ resources: 11, parts: 2, taken: 12, leftOut: 1 })
    expect(joined.complete.categories).toContain('device-reading')
    const policy = join(policies, 'remote-blood-pressure.json')
    const dryRun = ['policy', 'dry-run', policy, 'joined.json', '--today', '2026-10-01']
    expect((await at.run(dryRun)).code).toBe(0)
    await at.json(['record', 'import', bundle, ...terms, '--out', 'alone.json'])
    expect((await at.run(dryRun.with(3, 'alone.json'))).code).toBe(3)
  })

  it('of another patient are left out, and the record is not complete for readings', async () => {
    const of = ['--patient', 'Patient/bruno-patient']
    const joined = await at.json(['record', 'import', bundle, ...terms, ...steady, ...directory, ...of])
    expect(joined.readings).toMatchObject({ account: { readings: 28, taken: 0, leftOut: 28 }, silent: ['cuff-bruno'] })
    expect(joined.complete.categories).not.toContain('device-reading')
  })

  it("that another patient wore are warned of, and the bundle's own are not", async () => {
    const joined = ['record', 'import', bundle, ...terms, ...steady, ...directory]
    expect((await at.run([...joined, ...adela])).stderr).toBe('')
    const other = join(patients, 'bruno.json')
    const { code, stderr } = await at.run([...joined.with(2, other), ...adela])
    expect([code, stderr]).toEqual([0, expect.stringContaining('warning: the readings are of another patient')])
  })

  it('need the directory and the patient, and a file that is a batch', async () => {
    const alone = await at.run(['record', 'import', bundle, ...terms, ...steady])
    expect([alone.code, alone.stdout]).toEqual([2, ''])
    expect(alone.stderr).toContain('Record.ReadingsOptionsError')
    const wrong = await at.run(['record', 'import', bundle, ...terms, '--readings', bundle, ...directory, ...adela])
    expect([wrong.code, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain('adela.json')
  })
})

describe('a health card', () => {
  const iss = 'https://clinic.example/cards'
  const patient = '{"resourceType":"Patient","birthDate":"1990-03-01"}'
  const fhirBundle = `{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"resource:0","resource":${patient}}]}`
  let maker: CardMaker.Maker
  beforeAll(async () => {
    maker = await CardMaker.create(iss)
    const jws = await CardMaker.sign(maker, CardMaker.payloadOf(maker, { fhirBundle }))
    writeFileSync(at.path('card.smart-health-card'), JSON.stringify({ verifiableCredential: [jws] }))
    writeFileSync(at.path('jwks.json'), JSON.stringify({ keys: [maker.jwk] }))
    const other = await CardMaker.create(iss)
    writeFileSync(at.path('other.json'), JSON.stringify({ keys: [other.jwk] }))
  })
  const call = ['record', 'import-card', 'card.smart-health-card', '--issuer', iss]

  it('of an issuer one trusts becomes a record that is complete for nothing', async () => {
    const read = await at.json([...call, '--issuer-keys', 'jwks.json', '--out', 'card.json'])
    expect(read).toMatchObject({ valid: true, card: { issuer: iss }, complete: { categories: [], systems: [] } })
    expect(await at.json(['record', 'show', 'card.json'])).toMatchObject([{ code: '21112-8', value: '1990-03-01' }])
  })

  it('that another key signed is refused, and nothing is written', async () => {
    const refused = await at.run([...call, '--issuer-keys', 'other.json', '--out', 'refused.json', '--json'])
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([3, { valid: false, reason: 'unknown-key' }])
    expect(() => at.read('refused.json')).toThrow('ENOENT')
  })

  it('that is not there, or no card, is a wrong file', async () => {
    const second = await at.run([...call, '--issuer-keys', 'jwks.json', '--card', '2'])
    expect([second.code, second.stdout]).toEqual([2, ''])
    const none = await at.run(['record', 'import-card', 'jwks.json', '--issuer', iss, '--issuer-keys', 'jwks.json'])
    expect([none.code, none.stdout]).toEqual([2, ''])
  })
})
