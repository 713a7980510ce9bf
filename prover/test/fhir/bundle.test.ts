import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as Bundle from '../../src/fhir/Bundle.ts'
import * as Import from '../../src/fhir/Import.ts'
import * as Day from '../../src/protocol/Day.ts'
import { fileOf, folder, haveFolder } from '../expectations.ts'
import { bundle, condition, type Json, observation, patient } from './document.ts'

const asOf = Day.parse('2024-06-15')
const imported = (document: unknown) => Import.importBundle(JSON.stringify(document), { asOf })

/** What a document gives, whatever its shape. */
function summary(document: unknown) {
  const { account, patients, attributes, remarks } = imported(document)
  const facts = attributes.filter(({ category }) => category !== 'demographic').map(({ category }) => category)
  return { resources: account.resources, taken: account.taken, patients, facts, remarks: remarks.map((r) => r.reason) }
}

const three = [patient(), condition(), observation()]
const whole = { resources: 3, taken: 3, patients: 1, facts: ['condition', 'observation'], remarks: [] }

describe('a bundle', () => {
  it.each(['transaction', 'collection', 'searchset', 'batch'])('of type %s is read', (type) => {
    expect(summary(bundle(three, { type }))).toEqual(whole)
  })

  it.each(['history', 'message', 'transaction-response', 'batch-response', 'subscription', 'constructor', '', 7, null])(
    'of type %s is refused',
    (type) => {
      expect(() => imported(bundle(three, { type }))).toThrow(Bundle.UnsupportedTypeError)
    },
  )

  it('may be a list of resources, of entries, or of both', () => {
    expect(summary(three)).toEqual(whole)
    expect(summary(three.map((resource) => ({ resource })))).toEqual(whole)
    expect(summary([{ resource: three[0], fullUrl: 'urn:uuid:1' }, three[1], { resource: three[2] }])).toEqual(whole)
  })

  it('that is a list is resolved by fullUrl, too', () => {
    const fullUrl = 'urn:uuid:7b1c2a54-0f5e-4f35-9f2d-2a9c0f3c6a11'
    const list = [
      { fullUrl, resource: patient({ id: undefined }) },
      { fullUrl: 'urn:uuid:2', resource: condition({ subject: { reference: fullUrl } }) },
      { fullUrl: 'urn:uuid:3', resource: observation({ subject: { reference: 'urn:uuid:other' } }) },
    ]
    expect(summary(list)).toMatchObject({ taken: 2, facts: ['condition'] })
  })

  it.each([
    [[]],
    [[1, 'two', null]],
    [[[patient()]]],
    [[{ name: 'a list of something else' }]],
    [[{ resourceType: 'x' }]],
  ])('is not any list: %j', (list) => {
    expect(() => imported(list)).toThrow(Bundle.NotAResourceError)
  })

  it('that is a list spoils everything by what in it is no resource', () => {
    for (const odd of [1, null, 'x', [], {}, { resource: 1 }, { resourceType: 'x' }, { verifiableCredential: [] }]) {
      const { account, complete } = imported([...three, odd])
      expect([account.resources, account.leftOut, complete.categories]).toEqual([4, 1, []])
    }
  })

  it('that is a list is as long as a bundle may be', () => {
    const list = Array.from({ length: Bundle.mostEntries + 1 }, () => ({ resourceType: 'Basic' }))
    expect(() => imported(list)).toThrow(Bundle.TooManyEntriesError)
    expect(imported(list.slice(1)).account.leftOut).toBe(Bundle.mostEntries)
  })

  it('within a bundle, or bundles in a list, are not looked into and spoil everything', () => {
    for (const document of [bundle([...three, bundle(three)]), [...three, bundle(three)]]) {
      const { account, omissions, complete } = imported(document)
      expect([account.resources, omissions.map(({ reason }) => reason), complete.categories]).toEqual([
        4,
        ['opaque'],
        [],
      ])
    }
  })
})

describe('a search result', () => {
  const found = (resource: Json, mode?: unknown) => ({ resource, ...(mode !== undefined && { search: { mode } }) })
  const searchset = (entry: readonly unknown[], change: Json = {}) => ({
    ...bundle([]),
    type: 'searchset',
    entry,
    ...change,
  })

  it('includes what came along', () => {
    const entry = [found(condition(), 'match'), found(patient(), 'include'), found(observation())]
    expect(summary(searchset(entry, { total: 2 }))).toEqual(whole)
  })

  it('spoils everything by an outcome: the server warns', () => {
    const outcome = found({ resourceType: 'OperationOutcome', issue: [] }, 'outcome')
    const { omissions, complete } = imported(searchset([...three.map((resource) => found(resource)), outcome]))
    expect(omissions.map(({ reason }) => reason)).toEqual(['opaque'])
    expect(complete.categories).toEqual([])
  })

  it.each([
    ['a link to the next page', { link: [{ relation: 'next', url: 'x' }] }],
    ['a link to the page before', { link: [{ relation: 'self' }, { relation: 'previous' }] }],
    ['the same, as some servers say it', { link: [{ relation: 'prev' }] }],
    ['the same in capitals', { link: [{ relation: 'NEXT' }] }],
    ['a link that is none', { link: [null] }],
    ['a link that says nothing', { link: [{ url: 'x' }] }],
    ['links of no list', { link: { relation: 'self' } }],
    ['a total above the matches', { total: 3 }],
    ['a total of another type', { total: '2' }],
  ])('is one page of several by %s', (_why, change) => {
    const entry = [found(condition(), 'match'), found(observation(), 'match'), found(patient(), 'include')]
    const { remarks, complete } = imported(searchset(entry, change))
    expect(remarks.map(({ reason }) => reason)).toEqual(['more-pages'])
    expect(complete.categories).toEqual([])
  })

  it.each([
    ['a link to itself, the first and the last', { link: ['self', 'first', 'last'].map((relation) => ({ relation })) }],
    ['the total of its matches', { total: 2 }],
    ['a lower total: matches may come twice', { total: 1 }],
  ])('is whole with %s', (_what, change) => {
    const entry = [found(condition(), 'match'), found(observation(), 'match'), found(patient(), 'include')]
    expect(imported(searchset(entry, change)).remarks).toEqual([])
  })
})

describe('an entry', () => {
  it.each<[string, Json]>([
    ['that the server refused', { response: { status: '412 Precondition Failed' } }],
    ['that is gone', { response: { status: '410' } }],
    ['of which the server does not say what came of it', { response: {} }],
    ['that an extension modifies', { modifierExtension: [{ url: 'http://example.org/not', valueBoolean: true }] }],
  ])('%s holds nothing, and may have held anything', (_, change) => {
    const entry = [{ resource: patient() }, { resource: condition(), ...change }]
    const { attributes, complete } = imported({ ...bundle([]), entry })
    expect(attributes.every(({ category }) => category === 'demographic')).toBe(true)
    expect(complete.categories).toEqual([])
  })

  it('that the server took is read', () => {
    const entry = [{ resource: patient() }, { resource: condition(), response: { status: '201 Created' } }]
    expect(imported({ ...bundle([]), entry }).attributes.map(({ category }) => category)).toContain('condition')
  })
})

describe('a bundle as a whole', () => {
  it('cannot pass for no document by a type in a list', () => {
    expect(() => imported({ ...bundle([patient()]), type: ['document'] })).toThrow(Bundle.UnsupportedTypeError)
  })

  it('by rules nobody here knows is complete for nothing', () => {
    const { remarks, complete } = imported({ ...bundle([patient()]), implicitRules: 'http://example.org/rules' })
    expect(remarks.map(({ reason }) => reason)).toEqual(['modified-meaning'])
    expect(complete.categories).toEqual([])
  })
})

describe('a transaction', () => {
  const asked = (resource: Json, method: unknown) => ({ resource, request: { method, url: 'x' } })
  const transaction = (entry: readonly unknown[]) => ({ ...bundle([]), type: 'transaction', entry })

  it('holds what it asks to create or to update', () => {
    expect(summary(transaction(three.map((resource, i) => asked(resource, i ? 'PUT' : 'POST'))))).toEqual(whole)
  })

  it.each(['DELETE', 'PATCH', 'GET', 'HEAD', 'post', 1, null])('does not hold what it asks to %s', (method) => {
    const { attributes, omissions, complete } = imported(
      transaction([asked(patient(), 'POST'), asked(condition(), method)]),
    )
    expect(attributes.every(({ category }) => category === 'demographic')).toBe(true)
    expect(omissions.map(({ reason }) => reason)).toEqual(['no-resource'])
    expect(complete.categories).toEqual([])
  })
})

describe.runIf(haveFolder)(`bundles of ${folder.split('/').at(-1)}`, () => {
  it('include an insurance card that is a list of entries, of two persons', () => {
    const text = readFileSync(fileOf('carin_insurance_card'), 'utf8')
    const { account, patients, complete } = Import.importBundle(text, { asOf: Day.parse('2026-10-01') })
    // Coverage, Organization, Patient, Patient.
    expect([account.resources, patients, complete.categories]).toEqual([4, 2, []])
  })
})

describe('references to the patient', () => {
  const about = (reference: string, fullUrl: string | undefined, person: Json) => {
    const entry = [
      { ...(fullUrl && { fullUrl }), resource: person },
      { resource: condition({ subject: { reference } }) },
    ]
    const { attributes } = imported({ resourceType: 'Bundle', type: 'collection', entry })
    return attributes.some(({ category }) => category === 'condition')
  }
  const url = 'https://a.example/fhir/Patient/p'

  it.each([
    ['urn:uuid:1', 'urn:uuid:1', patient()],
    ['Patient/p', undefined, patient()],
    ['Patient/p', 'urn:uuid:1', patient()],
    ['Patient/p', url, patient()],
    ['Patient/p/_history/2', url, patient()],
    [url, url, patient()],
    [`${url}/_history/2`, url, patient()],
    // A fullUrl on a server says the id that the resource does not.
    ['Patient/p', url, patient({ id: undefined })],
    // Without a fullUrl, the address may be the patient's own.
    [url, undefined, patient()],
    // As the insurance card's.
    ['resource:2', 'resource:2', patient({ id: undefined })],
  ])('%s leads to the one of %s', (reference, fullUrl, person) => {
    expect(about(reference, fullUrl, person)).toBe(true)
  })

  it.each([
    ['urn:uuid:2', 'urn:uuid:1', patient()],
    ['Patient/q', url, patient()],
    ['p', url, patient()],
    ['Person/p', url, patient()],
    ['patient/p', url, patient()],
    ['#p', url, patient()],
    [`${url}#p`, url, patient()],
    ['https://b.example/fhir/Patient/p', url, patient()],
    ['https://b.example/fhir/Patient/p', 'urn:uuid:1', patient()],
    ['Patient/p', 'urn:uuid:p', patient({ id: undefined })],
    ['Patient?identifier=x|1', url, patient()],
    ['Patient/__proto__', url, patient()],
    ['__proto__', url, patient({ id: '__proto__' })],
    ['urn:uuid:1', undefined, patient({ id: 'urn:uuid:1' })],
  ])('%s does not lead to the one of %s', (reference, fullUrl, person) => {
    expect(about(reference, fullUrl, person)).toBe(false)
  })
})
