import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import { fileOf, folder, haveFolder } from '../expectations.ts'
import { bundle, claim, code, explanation, type Json, line, patient, uris, usd, without } from './document.ts'

const asOf = Day.parse('2024-06-15')
function imported(...resources: readonly Json[]) {
  const result = Import.importBundle(JSON.stringify(bundle([patient(), ...resources])), { asOf })
  const { account } = result
  expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
  return result
}

/** Code, day, millionths (undefined where bounded) and fact of each charge. */
function charges(...resources: readonly Json[]) {
  return imported(...resources)
    .attributes.filter(({ category }) => category === 'charge')
    .map(({ system, code: number, day, partialDay, value, bounded, active, fact }) => {
      expect(active).toBe(false)
      const amount = bounded ? undefined : value - 2n ** 63n
      return [CodeSystem.decode(system, number), `${Day.format(day)}${partialDay ? '?' : ''}`, amount, fact]
    })
}

function omitted(...resources: readonly Json[]) {
  const { omissions, complete } = imported(...resources)
  return {
    reasons: omissions.map(({ path, reason }) => `${path}: ${reason}`),
    complete: complete.categories.includes('charge'),
  }
}

const kinds = [
  ['Claim', claim],
  ['ExplanationOfBenefit', explanation],
] as const

describe.each(kinds)('%s', (type, make) => {
  const [id] = type === 'Claim' ? ['Claim/k'] : ['ExplanationOfBenefit/e']

  it('is a charge for each line: code, first day of service, amount', () => {
    const item = [
      line(),
      line({ sequence: 2, productOrService: code(uris.hcpcs, 'J1885'), net: usd(0.1), servicedDate: '2024-03' }),
      line({ sequence: 3, net: usd(-20), servicedDate: '2024-03-05T10:00:00-05:00' }),
    ]
    expect(charges(make({ item }))).toEqual([
      ['185349003', '2024-03-04', 129_160_000n, `${id}#0`],
      ['J1885', '2024-03-31?', 100_000n, `${id}#1`],
      ['185349003', '2024-03-05', -20_000_000n, `${id}#2`],
    ])
    const { account, complete } = imported(make({ item }))
    expect(account).toEqual({ resources: 2, parts: 3, taken: 5, leftOut: 0 })
    expect(complete.categories).toContain('charge')
  })

  it('never rounds an amount through a float', () => {
    const text = JSON.stringify(bundle([patient(), make()])).replace('129.16', '9007199254.740993')
    const { attributes } = Import.importBundle(text, { asOf })
    expect(attributes.at(-1)?.value).toBe(9_007_199_254_740_993n + 2n ** 63n)
  })

  it('is an attribute for each code of a line, all one charge', () => {
    const coding = [
      { system: uris.snomed, code: '185349003' },
      { system: 'http://www.ama-assn.org/go/cpt', code: '99213' },
      { system: 'http://hospital.example/charges', code: '17' },
    ]
    const item = [line({ productOrService: { coding } })]
    expect(charges(make({ item })).map(([number, , , fact]) => [number, fact])).toEqual([
      ['185349003', `${id}#0`],
      ['99213', `${id}#0`],
    ])
    expect(imported(make({ item })).remarks.map(({ reason }) => reason)).toEqual(['unknown-system'])
  })

  it.each([
    ['the day of service', { servicedDate: '2024-03-04' }, '2024-03-04'],
    ['the first day of service', { servicedPeriod: { start: '2024-03-02', end: '2024-03-09' } }, '2024-03-02'],
    ['the first billed day', {}, '2024-02-01'],
    [
      'the first billed day, as the period of service has no start',
      { servicedPeriod: { end: '2024-03-09' } },
      '2024-02-01',
    ],
  ])('is of %s', (_what, change, day) => {
    const item = [{ ...without(line(), 'servicedDate'), ...change }]
    expect(charges(make({ item, billablePeriod: { start: '2024-02-01', end: '2024-02-29' } }))[0]?.[1]).toBe(day)
  })

  it.each([
    ['cancelled', 'cancelled', true],
    ['draft', 'draft', true],
    ['entered-in-error', 'entered-in-error', true],
    ['paid', 'unknown-status', false],
    ['__proto__', 'unknown-status', false],
    [undefined, 'unknown-status', false],
  ])('of status %s is left out with its lines: %s, and complete: %s', (status, reason, complete) => {
    const item = [line(), line({ sequence: 2 })]
    expect(omitted(make({ status, item }))).toEqual({
      reasons: [`${type}: ${reason}`, `${type}.item[0]: ${reason}`, `${type}.item[1]: ${reason}`],
      complete,
    })
  })

  it.each([
    ['preauthorization', 'not-billed', true],
    ['predetermination', 'not-billed', true],
    ['toString', 'unknown-status', false],
    [undefined, 'unknown-status', false],
  ])('of use %s is left out: %s, and complete: %s', (use, reason, complete) => {
    expect(omitted(make({ use }))).toEqual({ reasons: [`${type}: ${reason}`, `${type}.item[0]: ${reason}`], complete })
  })

  it.each([
    ['other-subject', { patient: { reference: 'Patient/q' } }],
    ['modified-meaning', { modifierExtension: [{ url: 'http://example.org/not' }] }],
    ['modified-meaning', { implicitRules: 'http://example.org/rules' }],
    ['subsetted', { meta: { security: [{ code: 'REDACTED' }] } }],
  ])('that cannot be read as it stands is left out: %s', (reason, change) => {
    expect(omitted(make(change))).toEqual({
      reasons: [`${type}: ${reason}`, `${type}.item[0]: ${reason}`],
      complete: false,
    })
  })

  it.each([
    ['no-coding', false, { productOrService: { text: 'Follow-up' } }],
    ['no-coding', false, { productOrService: undefined }],
    ['no-known-code', false, { productOrService: code('http://hospital.example/charges', '17') }],
    ['no-date', false, { servicedDate: undefined }],
    ['invalid-date', false, { servicedDate: '2024-02-30' }],
    ['after-as-of', true, { servicedDate: '2024-06-16' }],
    ['modified-meaning', false, { modifierExtension: [{ url: 'http://example.org/not' }] }],
  ])('leaves out a line: %s, and is complete: %s', (reason, complete, change) => {
    const bad = line({ sequence: 2, ...change })
    expect(omitted(make({ item: [line(), bad] }))).toEqual({ reasons: [`${type}.item[1]: ${reason}`], complete })
    // With no other line, the whole is left out for the same reason.
    expect(omitted(make({ item: [bad] }))).toEqual({
      reasons: [`${type}: ${reason}`, `${type}.item[0]: ${reason}`],
      complete,
    })
  })

  it('without lines has charged for something nobody names', () => {
    for (const item of [undefined, []]) {
      expect(omitted(make({ item, total: usd(100) }))).toEqual({ reasons: [`${type}: no-coding`], complete: false })
    }
  })

  it.each([
    ['no-value', { net: undefined }],
    ['no-value', { net: { currency: 'USD' } }],
    ['no-value', { net: undefined, unitPrice: usd(3), quantity: { value: 2 } }],
    ['other-currency', { net: { value: 100, currency: 'EUR' } }],
    ['other-currency', { net: { value: 100, currency: 'usd' } }],
    ['other-currency', { net: { value: 100 } }],
    ['other-currency', { net: { value: 100, code: 'USD', system: 'urn:iso:std:iso:4217' } }],
    ['unusable-value', { net: usd(1e13) }],
  ])('keeps a line whose amount cannot be used, bounded: %s', (reason, change) => {
    const { remarks, complete } = imported(make({ item: [line(change)] }))
    expect(charges(make({ item: [line(change)] })).map(([, , amount]) => amount)).toEqual([undefined])
    expect(remarks.map((remark) => [remark.reason, remark.path])).toEqual([[reason, `${type}.item[0].net`]])
    expect(complete.categories).toContain('charge')
  })

  it('is in the currency of the record', () => {
    const item = [line(), line({ sequence: 2, net: { value: 80, currency: 'EUR' } })]
    const document = JSON.stringify(bundle([patient(), make({ item })]))
    const { attributes } = Import.importBundle(document, { asOf, currency: 'EUR' })
    const found = attributes.filter(({ category }) => category === 'charge')
    expect(found.map(({ bounded, value }) => [bounded, value])).toEqual([
      [true, 0n],
      [false, 80_000_000n + 2n ** 63n],
    ])
    for (const currency of ['', 'eur', 'EURO', 'US$', '€']) {
      expect(() => Import.importBundle(document, { asOf, currency })).toThrow(Import.InvalidCurrencyError)
    }
  })

  it('whose lines have details of their own codes does not say all it charges', () => {
    const item = [line({ detail: [{ sequence: 1, productOrService: code(uris.hcpcs, 'J1885'), net: usd(10) }] })]
    const { remarks, complete } = imported(make({ item }))
    expect(remarks.map(({ reason, path }) => [reason, path])).toEqual([['unread-lines', `${type}.item[0].detail`]])
    expect(complete.categories).not.toContain('charge')
    expect(charges(make({ item }))).toHaveLength(1)
  })

  it('with anything of another type in it gives a charge, or an omission that spoils charges', () => {
    const whole = make({ billablePeriod: { start: '2024-02-01' } })
    const adjudication = [{ category: code(uris.adjudication, 'submitted'), amount: usd(5) }]
    const part = { ...without(line(), 'net'), servicedPeriod: { start: '2024-03-04' }, adjudication, detail: [] }
    const documents = [
      ...Object.keys(whole).flatMap((name) => odd.map((value) => ({ ...whole, [name]: value }))),
      ...[...Object.keys(part), 'net', 'modifierExtension'].flatMap((name) =>
        odd.map((value) => ({ ...whole, item: [{ ...part, [name]: value }] })),
      ),
      ...odd.flatMap((value) => [
        { ...whole, billablePeriod: { start: value }, item: [without(line(), 'servicedDate')] },
        { ...whole, item: [line({ net: { value, currency: 'USD' } })] },
        { ...whole, item: [line({ net: { value: 1, currency: value } })] },
        { ...whole, item: [line({ servicedDate: undefined, servicedPeriod: { start: value } })] },
        { ...whole, item: [{ ...part, adjudication: [value] }] },
        { ...whole, item: [{ ...part, adjudication: [{ category: value, amount: value }] }] },
        {
          ...whole,
          item: [{ ...part, adjudication: [{ category: code(uris.adjudication, 'submitted'), amount: value }] }],
        },
        { ...whole, item: [line({ productOrService: { coding: value } })] },
        { ...whole, item: [line(), value] },
      ]),
    ]
    for (const document of documents) {
      const { attributes, complete, omissions } = imported(document)
      const found = attributes.filter(({ category }) => category === 'charge')
      const unread = omissions.some(({ reason }) => ['unread-type', 'opaque'].includes(reason))
      if (found.length === 0 && !unread) expect(complete.categories).not.toContain('charge')
    }
    expect(documents.length).toBeGreaterThan(200)
  })
})

const odd = [null, true, -7, 1e300, '', 'x', [], [null], [7], {}, { a: 1 }]

describe('ExplanationOfBenefit', () => {
  const submitted = (amount: Json) => ({ category: code(uris.adjudication, 'submitted'), amount })

  it('says what was submitted where a line has no net', () => {
    const benefit = { category: code(uris.adjudication, 'benefit'), amount: usd(60) }
    const amounts = (change: Json) => charges(explanation({ item: [line(change)] })).map(([, , amount]) => amount)
    expect(amounts({ net: undefined, adjudication: [benefit, submitted(usd(80))] })).toEqual([80_000_000n])
    expect(amounts({ net: usd(90), adjudication: [submitted(usd(80))] })).toEqual([90_000_000n])
    expect(amounts({ net: undefined, adjudication: [benefit] })).toEqual([undefined])
    expect(amounts({ net: undefined, adjudication: [submitted(usd(1)), submitted(usd(2))] })).toEqual([undefined])
    const elsewhere = { category: code('http://hospital.example', 'submitted'), amount: usd(80) }
    expect(amounts({ net: undefined, adjudication: [elsewhere] })).toEqual([undefined])
  })

  it('to which the payer added lines does not say all it charges', () => {
    const addItem = [{ itemSequence: [1], productOrService: code(uris.hcpcs, 'J1885'), net: usd(10) }]
    expect(imported(explanation({ addItem })).complete.categories).not.toContain('charge')
    expect(imported(explanation({ addItem: [] })).complete.categories).toContain('charge')
  })

  it('stands for the lines of its claim, wherever either comes in the bundle', () => {
    const item = [line(), line({ sequence: 2, net: usd(7) })]
    const expected = [
      ['185349003', '2024-03-04', 129_160_000n, 'ExplanationOfBenefit/e#0'],
      ['185349003', '2024-03-04', 7_000_000n, 'ExplanationOfBenefit/e#1'],
    ]
    for (const resources of [
      [claim({ item }), explanation({ item })],
      [explanation({ item }), claim({ item })],
    ]) {
      expect(charges(...resources)).toEqual(expected)
      expect(imported(...resources).account).toEqual({ resources: 3, parts: 4, taken: 4, leftOut: 3 })
      expect(omitted(...resources)).toEqual({
        reasons: ['Claim: adjudicated', 'Claim.item[0]: adjudicated', 'Claim.item[1]: adjudicated'],
        complete: true,
      })
    }
  })

  it('leaves the lines of its claim that it does not cover', () => {
    const item = [line(), line({ sequence: 2, net: usd(7) })]
    const resources = [claim({ item }), explanation()]
    expect(charges(...resources).map(([, , amount, fact]) => [amount, fact])).toEqual([
      [7_000_000n, 'Claim/k#1'],
      [129_160_000n, 'ExplanationOfBenefit/e#0'],
    ])
    expect(omitted(...resources)).toEqual({ reasons: ['Claim.item[0]: adjudicated'], complete: true })
  })

  it.each([
    ['it is cancelled', { status: 'cancelled' }],
    ['it is of no charge', { use: 'predetermination' }],
    ['it is of another claim', { claim: { reference: 'Claim/other' } }],
    ['it names no claim', { claim: undefined }],
    ['its line has no number', { item: [without(line(), 'sequence')] }],
    ['its line has another number', { item: [line({ sequence: 9 })] }],
    ['its line has no code', { item: [line({ productOrService: { text: 'x' } })] }],
    ['its line is later than asOf', { item: [line({ servicedDate: '2024-07-01' })] }],
  ])('does not stand for a line of a claim when %s', (_why, change) => {
    expect(charges(claim(), explanation(change)).map(([, , , fact]) => fact)).toContain('Claim/k#0')
  })

  it('refers to its claim by fullUrl, relative or absolute, with or without a version', () => {
    const entry = (fullUrl: string, resource: Json) => ({ fullUrl, resource })
    const facts = (fullUrl: string, reference: string) => {
      const entries = [
        entry(`${fullUrl}-p`, patient()),
        entry(fullUrl, claim()),
        entry(`${fullUrl}-e`, explanation({ claim: { reference } })),
      ]
      const document = { resourceType: 'Bundle', type: 'collection', entry: entries }
      const { attributes } = Import.importBundle(JSON.stringify(document), { asOf })
      return attributes.filter(({ category }) => category === 'charge').map(({ fact }) => fact)
    }
    const told = ['ExplanationOfBenefit/e#0']
    expect(facts('urn:uuid:1', 'urn:uuid:1')).toEqual(told)
    expect(facts('urn:uuid:1', 'Claim/k')).toEqual(told)
    expect(facts('https://a.example/fhir/Claim/k', 'https://a.example/fhir/Claim/k')).toEqual(told)
    expect(facts('https://a.example/fhir/Claim/k', 'https://a.example/fhir/Claim/k/_history/3')).toEqual(told)
    expect(facts('https://a.example/fhir/Claim/k', 'Claim/k/_history/3')).toEqual(told)
    expect(facts('https://a.example/fhir/Claim/k', 'https://b.example/fhir/Claim/k')).toHaveLength(2)
    expect(facts('urn:uuid:1', '#k')).toHaveLength(2)
  })

  it('of a second insurer tells the same charge again, with or without the claim', () => {
    const second = explanation({ id: 'f', item: [line({ net: usd(50) })] })
    expect(charges(explanation(), second)).toEqual([
      ['185349003', '2024-03-04', 129_160_000n, 'ExplanationOfBenefit/e#0'],
    ])
    expect(omitted(explanation(), second, claim()).reasons).toEqual([
      'ExplanationOfBenefit: adjudicated',
      'ExplanationOfBenefit.item[0]: adjudicated',
      'Claim: adjudicated',
      'Claim.item[0]: adjudicated',
    ])
  })

  it('does not hide the details of a line of its claim', () => {
    const billed = claim({ item: [line({ detail: [{ sequence: 1, productOrService: code(uris.hcpcs, 'J1885') }] })] })
    const { omissions, complete } = imported(billed, explanation({ claim: { reference: `Claim/${billed.id}` } }))
    expect(omissions.map(({ reason }) => reason)).toContain('adjudicated')
    expect(complete.categories).not.toContain('charge')
  })

  it('with two lines of one number stands for two such lines, not for three', () => {
    const twice = [line(), line()]
    expect(
      charges(explanation({ item: twice }), claim({ item: [...twice, line()] })).map(([, , , fact]) => fact),
    ).toEqual(['ExplanationOfBenefit/e#0', 'ExplanationOfBenefit/e#1', 'Claim/k#2'])
  })

  it('that replaces a code of the claim makes the system of that code incomplete', () => {
    const cpt = (number: string) => code('http://www.ama-assn.org/go/cpt', number)
    const of = (claimed: Json) =>
      imported(explanation({ item: [line({ productOrService: cpt('99213') })] }), claim({ item: [line(claimed)] }))
    const same = of({ productOrService: cpt('99213') })
    expect([same.complete.systems.includes('CPT'), same.complete.systems.includes(CodeSystem.everSet)]).toEqual([
      true,
      true,
    ])
    const other = of({ productOrService: cpt('99214') })
    expect([other.complete.systems.includes('CPT'), other.complete.systems.includes(CodeSystem.everSet)]).toEqual([
      false,
      false,
    ])
    const further = of({ productOrService: { coding: [...cpt('99213').coding, ...code(uris.hcpcs, 'J1885').coding] } })
    expect([further.complete.systems.includes('CPT'), further.complete.systems.includes('HCPCS')]).toEqual([
      true,
      false,
    ])
    expect(further.complete.categories).toContain('charge')
  })

  it('of one claim, twenty thousand times over, is read in one pass', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => explanation({ id: `e${i}` }))
    const { account } = imported(...many)
    expect(account).toEqual({ resources: 20_001, parts: 20_000, taken: 3, leftOut: 39_998 })
  }, 60_000)

  it('keeps charges of two claims apart, and lines of one code on one day', () => {
    const other = { id: 'l', item: [line(), line({ sequence: 2 })] }
    expect(charges(claim(), claim(other)).map(([, , , fact]) => fact)).toEqual(['Claim/k#0', 'Claim/l#0', 'Claim/l#1'])
  })
})

/**
 * Counted with Python over the files: lines of explanations of benefit and of claims that none of those refers to; how
 * many of these have a net; the sum of their nets in cents.
 */
const byBundles = [
  ['synthea_Dana_Feest', 38, 27, 589_939],
  ['synthea_Fabian_Murray', 38, 9, 276_400],
  ['synthea_Hershel_Marvin', 28, 10, 1_623_241],
  ['synthea_Liz_Conn', 16, 7, 1_286_868],
  ['synthea_Mafalda_Turcotte', 57, 19, 18_390_561],
  ['synthea_Maria_Luisa_Razo', 31, 13, 594_039],
  // 46 lines, of which one has a LOINC code under the name of SNOMED CT, for 516.65.
  ['synthea_Michele_Wolf', 45, 22, 2_949_162 - 51_665],
  ['synthea_Patria_Schimmel', 42, 15, 7_222_179],
  ['synthea_Rudolf_Weber', 36, 14, 2_364_091],
  ['synthea_Tom_Goodwin', 29, 16, 506_355],
] as const

describe.runIf(haveFolder)(`bundles of ${folder.split('/').at(-1)}`, () => {
  const read = (name: string) =>
    Import.importBundle(readFileSync(fileOf(name), 'utf8'), { asOf: Day.parse('2026-10-01') })

  it.each(byBundles)('%s: %i charges, %i with an amount, %i cents in all', (name, count, withAmount, cents) => {
    const { attributes, account, complete } = read(name)
    const found = attributes.filter(({ category }) => category === 'charge')
    const amounts = found.filter(({ bounded }) => !bounded).map(({ value }) => value - 2n ** 63n)
    expect([found.length, amounts.length, amounts.reduce((sum, amount) => sum + amount, 0n)]).toEqual([
      count,
      withAmount,
      BigInt(cents) * 10_000n,
    ])
    expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
    expect(complete.categories.includes('charge')).toBe(name !== 'synthea_Michele_Wolf')
  })

  it.each(['pas_conformant', 'pas_pas_claim'])('%s asks beforehand, and bills nothing', (name) => {
    const { attributes, omissions } = read(name)
    expect(attributes.some(({ category }) => category === 'charge')).toBe(false)
    const claims = omissions.filter(({ resourceType }) => resourceType === 'Claim')
    expect(claims.map(({ reason }) => reason)).toEqual(['not-billed', 'not-billed'])
  })
})
