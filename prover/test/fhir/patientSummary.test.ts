import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as PatientSummary from '../../src/fhir/PatientSummary.ts'
import * as Day from '../../src/protocol/Day.ts'
import { fileOf, haveFolder } from '../expectations.ts'
import { bundle, code, condition, type Json, observation, patient, prescription, uris, without } from './document.ts'

const asOf = Day.parse('2024-06-15')
const codes = {
  problems: '11450-4',
  pastIllnesses: '11348-0',
  functionalStatus: '47420-5',
  results: '30954-2',
  vitalSigns: '8716-3',
  socialHistory: '29762-2',
  pregnancies: '10162-6',
  medicines: '10160-0',
  allergies: '48765-2',
  immunizations: '11369-6',
  procedures: '47519-4',
}
type Title = keyof typeof codes

/** What a document that knows of nothing is complete for. Of encounters, dispenses, covers and charges no section tells. */
const all = ['demographic', 'condition', 'observation', 'prescription', 'allergy', 'immunization', 'procedure']
const allBut = (...categories: readonly string[]) => all.filter((category) => !categories.includes(category))

function empty(reason: string): Json {
  return { emptyReason: code('http://terminology.hl7.org/CodeSystem/list-empty-reason', reason) }
}

function listing(...references: readonly string[]): Json {
  return { entry: references.map((reference) => ({ reference })) }
}

/** A summary whose every section says that nothing is known, but for the changes. */
function composition(sections: { readonly [title in Title]?: Json | undefined } = {}, change: Json = {}): Json {
  const section = (Object.keys(codes) as Title[])
    .filter((title) => !(title in sections && sections[title] === undefined))
    .map((title) => ({ code: code(uris.loinc, codes[title]), ...(sections[title] ?? empty('nilknown')) }))
  return {
    resourceType: 'Composition',
    status: 'final',
    type: code(uris.loinc, '60591-5'),
    subject: { reference: 'Patient/p' },
    date: '2024-06-15T17:00:00+02:00',
    author: [{ reference: 'Practitioner/x' }],
    title: 'Summary',
    section,
    ...change,
  }
}

/** Said of every document: of encounters no section tells. */
const untold = 'Composition.section no-section'

function imported(composed: Json, ...resources: readonly Json[]) {
  const document = bundle([composed, patient(), ...resources], { type: 'document' })
  const { complete, remarks, attributes, omissions, account } = Import.importBundle(JSON.stringify(document), { asOf })
  const said = remarks.filter(({ resourceType }) => ['Composition', 'Bundle'].includes(resourceType))
  const told = said.map(({ path, reason }) => `${path} ${reason}`).filter((line) => line !== untold)
  return { categories: complete.categories, told, attributes, omissions, account }
}

describe('a document that knows of nothing', () => {
  it('is complete where all its sections say so, final or amended', () => {
    expect(imported(composition())).toMatchObject({ categories: all, told: [] })
    expect(imported(composition({}, { status: 'amended' })).categories).toEqual(all)
    expect(imported(composition({}, { date: '2024-06-16' })).categories).toEqual(all)
    expect(imported(composition({}, { relatesTo: [{ code: 'replaces' }] })).categories).toEqual(all)
  })

  it.each(['notasked', 'withheld', 'unavailable', 'notstarted', 'closed', 'NILKNOWN', ''])(
    'does not know what a section leaves out as %j',
    (reason) => {
      const { categories, told } = imported(composition({ problems: reason ? empty(reason) : {} }))
      expect(categories).toEqual(allBut('condition'))
      expect(told).toEqual(['Composition.section[0] not-known'])
    },
  )

  it.each<[Title, string]>([
    ['problems', 'condition'],
    ['pastIllnesses', 'condition'],
    ['functionalStatus', 'condition'],
    ['results', 'observation'],
    ['vitalSigns', 'observation'],
    ['socialHistory', 'observation'],
    ['pregnancies', 'observation'],
    ['medicines', 'prescription'],
    ['allergies', 'allergy'],
    ['immunizations', 'immunization'],
    ['procedures', 'procedure'],
  ])('says nothing of what its section %s would tell, where it has none or is not known', (title, category) => {
    expect(imported(composition({ [title]: undefined })).categories).toEqual(allBut(category))
    expect(imported(composition({ [title]: empty('unavailable') })).categories).toEqual(allBut(category))
  })

  it.each([
    ['another reason beside it', { emptyReason: { coding: [nilKnown(), { ...nilKnown(), code: 'withheld' }] } }],
    ['a reason of another system', { emptyReason: { coding: [{ ...nilKnown(), system: 'http://example.org' }] } }],
    ['a reason in words', { emptyReason: { text: 'nilknown' } }],
    ['words that say more', { ...empty('nilknown'), text: { status: 'additional', div: '<div>Gout.</div>' } }],
    ['words alone', { text: { status: 'generated', div: '<div>Gout.</div>' } }],
    ['a section within it', { ...empty('nilknown'), section: [{ title: 'More', text: { status: 'generated' } }] }],
  ])('is not sure where a section has %s', (_what, section) => {
    expect(imported(composition({ problems: section })).categories).not.toContain('condition')
  })

  function nilKnown() {
    return { system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'nilknown' }
  }

  it('is not sure of anything beside a section it does not name', () => {
    const sections = (composition() as { readonly section: readonly Json[] }).section
    const withSection = (section: Json) => imported(composition({}, { section: [...sections, section] })).categories
    expect(withSection({ title: 'Sensitive', ...empty('withheld') })).toEqual([])
    expect(withSection({ code: code(uris.loinc, '104605-1'), ...empty('withheld') })).toEqual([])
    // A plan, a will and devices are no facts of these categories.
    for (const other of ['18776-5', '42348-3', '46264-8'])
      expect(withSection({ code: code(uris.loinc, other), ...empty('withheld') })).toEqual(all)
    expect(withSection({ title: 'Chapter', section: [{ title: 'Sensitive', ...empty('withheld') }] })).toEqual([])
    expect(withSection({ title: 'Chapter', section: [{ title: 'Nothing', ...empty('nilknown') }] })).toEqual(all)
    expect(withSection({ title: 'Chapter', text: { status: 'generated' }, section: [empty('nilknown')] })).toEqual([])
    const inChapter = composition({}, { section: [{ title: 'Chapter', section: sections }] })
    expect(imported(inChapter).categories).toEqual(all)
    expect(withSection({ title: 'Nothing', ...empty('nilknown') })).toEqual(all)
  })
})

describe('a document that lists', () => {
  it('is read, and is complete for nothing that it lists: it is a selection', () => {
    const listed = composition({ problems: listing('Condition/c'), medicines: listing('MedicationRequest/m') })
    const { categories, told, attributes } = imported(listed, condition(), prescription())
    expect(attributes.map(({ category }) => category)).toEqual([
      'demographic',
      'demographic',
      'condition',
      'prescription',
    ])
    expect(categories).toEqual(allBut('condition', 'prescription'))
    expect(told).toEqual(['Composition.section[0] selection', 'Composition.section[7] selection'])
  })

  it('is not believed to know of nothing where it holds something all the same', () => {
    const { categories, told } = imported(composition(), observation())
    expect(categories).toEqual(allBut('observation'))
    expect(told).toEqual(['Composition.section selection'])
    // By what it is, whatever section it stands in.
    const misplaced = composition({ procedures: listing('Condition/c') })
    expect(imported(misplaced, condition()).categories).toEqual(allBut('condition', 'procedure'))
  })

  it('may state by an entry that no allergy is known, and is then complete for allergies', () => {
    const allergy = (value: Json): Json => ({
      resourceType: 'AllergyIntolerance',
      id: 'a',
      clinicalStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
      code: value,
      patient: { reference: 'Patient/p' },
    })
    const ips = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips'
    const listed = composition({ allergies: listing('AllergyIntolerance/a') })
    const categoriesWith = (value: Json) => imported(listed, allergy(value)).categories
    expect(categoriesWith(code(ips, 'no-known-allergies'))).toEqual(all)
    expect(categoriesWith(code(uris.snomed, '716186003'))).toEqual(all)
    expect(categoriesWith(code(ips, 'no-known-food-allergies'))).toEqual(allBut('allergy'))
    expect(categoriesWith(code(ips, 'no-allergy-info'))).toEqual(allBut('allergy'))
  })

  it.each(['no-known-problems', 'no-problem-info'])('is not complete for conditions by the code %s', (value) => {
    // The first is defined as "none known, or those known are not relevant for the purpose of this record".
    const stated = condition({ code: code('http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', value) })
    const { categories, attributes } = imported(composition({ problems: listing('Condition/c') }), stated)
    expect(categories).toEqual(allBut('condition'))
    expect(attributes.map(({ category }) => category)).toEqual(['demographic', 'demographic'])
  })

  it.each([
    ['problems', 'Condition/gone', ['condition']],
    ['problems', 'Procedure/gone', ['condition', 'procedure']],
    ['problems', 'urn:uuid:53fefa32-0000-4000-8000-000000000000', ['condition']],
    ['medicines', 'https://server.example/fhir/MedicationRequest/gone/_history/2', ['prescription']],
    ['medicines', '#contained', ['prescription']],
  ] as const)('has lost what %s lists as %s and it does not hold', (title, reference, lost) => {
    const { categories, told } = imported(composition({ [title]: listing(reference) }))
    expect(categories).toEqual(allBut(...lost))
    expect(told).toEqual([expect.stringMatching(/^Composition\.section\[[07]\]\.entry\[0\] missing-entry$/)])
  })

  it('finds what it lists by fullUrl, by type and id, and in whatever version', () => {
    const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'
    for (const reference of [fullUrl, 'Condition/c', 'Condition/c/_history/3']) {
      const entry = [
        { fullUrl: 'urn:uuid:1', resource: composition({ problems: listing(reference) }) },
        { fullUrl: 'urn:uuid:2', resource: patient() },
        { fullUrl, resource: condition() },
      ]
      const document = JSON.stringify({ resourceType: 'Bundle', type: 'document', entry })
      const { remarks } = Import.importBundle(document, { asOf })
      expect(remarks.map(({ reason }) => reason)).toContain('selection')
      expect(remarks.map(({ reason }) => reason)).not.toContain('missing-entry')
    }
  })

  it('that lists a thing of a section and of a type nobody knows may have lost anything', () => {
    const sections = [{ title: 'Other', ...listing('urn:uuid:gone') }]
    expect(imported(composition({}, { section: sections })).categories).toEqual([])
  })
})

describe('a document as a whole', () => {
  it.each<[string, Json, string]>([
    ['is preliminary', { status: 'preliminary' }, 'status not-attested'],
    ['has a status FHIR does not have', { status: 'done' }, 'status not-attested'],
    ['has no status', { status: undefined }, 'status not-attested'],
    ['is older than the record', { date: '2024-06-14' }, 'date older-than-as-of'],
    ['has the month alone', { date: '2024-06' }, 'date older-than-as-of'],
    ['has no date', { date: undefined }, 'date older-than-as-of'],
    ['has a date that is none', { date: '15/06/2024' }, 'date older-than-as-of'],
    ['adds to another', { relatesTo: [{ code: 'appends' }] }, 'relatesTo appendix'],
    ['relates to another in no known way', { relatesTo: [{}] }, 'relatesTo appendix'],
    ['is about somebody else', { subject: { reference: 'Patient/q' } }, 'subject other-subject'],
    ['is about nobody', { subject: undefined }, 'subject other-subject'],
  ])('is complete for nothing when it %s', (_what, change, told) => {
    expect(imported(composition({}, change))).toMatchObject({ categories: [], told: [`Composition.${told}`] })
  })

  it.each<[string, Json, string]>([
    ['has its meaning modified', { modifierExtension: [{ url: 'http://example.org' }] }, 'modified-meaning'],
    ['follows rules of its own', { implicitRules: 'http://example.org' }, 'modified-meaning'],
    ['was cut by a server', { meta: { tag: [{ code: 'SUBSETTED' }] } }, 'subsetted'],
    ['has sections of another type', { section: 'none' }, 'wrong-type'],
    ['has a section whose meaning is modified', { section: [{ modifierExtension: [{}] }] }, 'modified-meaning'],
  ])('is complete for nothing when it %s', (_what, change, reason) => {
    const { categories, told } = imported(composition({}, change))
    expect(categories).toEqual([])
    expect(told.some((line) => line.endsWith(reason))).toBe(true)
  })

  it('is complete for nothing without a Composition at its beginning', () => {
    for (const resources of [[patient()], [patient(), composition()], []]) {
      const document = JSON.stringify(bundle(resources, { type: 'document' }))
      const { complete, remarks } = Import.importBundle(document, { asOf })
      expect(complete.categories).toEqual([])
      expect(remarks.map(({ reason }) => reason)).toContain('no-composition')
    }
  })

  it('is not read at all when it was entered in error', () => {
    expect(() => imported(composition({}, { status: 'entered-in-error' }), condition())).toThrow(
      PatientSummary.EnteredInErrorError,
    )
  })

  it('is another thing than a collection that happens to hold one', () => {
    const resources = [without(composition({}, { status: 'preliminary' }), 'date'), patient(), condition()]
    const { complete } = Import.importBundle(JSON.stringify(bundle(resources)), { asOf })
    expect(complete.categories).toContain('condition')
  })
})

describe.skipIf(!haveFolder)('the published summaries', () => {
  const read = (name: string, day: string) =>
    Import.importBundle(readFileSync(fileOf(name), 'utf8'), { asOf: Day.parse(day) })
  const toldBy = ({ remarks }: Import.Imported) =>
    remarks.filter(({ resourceType }) => resourceType === 'Composition').map(({ path, reason }) => `${path} ${reason}`)

  it('are accounted for entry by entry: IPS', () => {
    const summary = read('ips_', '2017-12-11')
    // Not read: Composition, Practitioner, two Organizations, two Medications. A panel without a code. No food allergy.
    expect(summary.account).toEqual({ resources: 20, parts: 0, taken: 12, leftOut: 8 })
    expect(toldBy(summary)).toEqual([
      'Composition.relatesTo appendix',
      'Composition.section[0] selection',
      'Composition.section[1] selection',
      'Composition.section[2] selection',
      'Composition.section[3] selection',
      'Composition.section[5] selection',
      untold,
    ])
    expect(summary.complete.categories).toEqual([])
    expect(toldBy(read('ips_', '2017-12-12'))).toContain('Composition.date older-than-as-of')
  })

  it('are accounted for entry by entry: the example of a health card', () => {
    const example = read('shc_example-02-a', '2020-12-11')
    expect(example.account).toEqual({ resources: 8, parts: 0, taken: 1, leftOut: 7 })
    // Its sections name resources by ids which the card's bundle no longer has, and its subject is itself.
    expect(toldBy(example).slice(0, 5)).toEqual([
      'Composition.subject other-subject',
      'Composition.relatesTo appendix',
      'Composition.section[0].entry[0] missing-entry',
      'Composition.section[1].entry[0] missing-entry',
      'Composition.section[2].entry[0] missing-entry',
    ])
    expect(example.complete.categories).toEqual([])
  })
})
