import { describe, expect, it } from 'vitest'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Record from '../../src/protocol/Record.ts'
import * as Value from '../../src/protocol/Value.ts'
import {
  allergy,
  categories,
  categoriesBut,
  code,
  encounter,
  immunization,
  type Json,
  procedure,
  uris,
  without,
} from './document.ts'
import { asOf, day, facts, imported, omitted, only } from './reading.ts'

const clinical = (status: string) => ({
  clinicalStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', status),
})
const verification = (status: string) => ({
  verificationStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', status),
})

/** Left out for this reason, and whether the category is then still complete. */
function expectLeftOut(resource: Json, reason: string, spoilt?: string) {
  const result = omitted(resource)
  expect(result.reason).toBe(reason)
  expect(result.complete.categories).toEqual(categoriesBut(...(spoilt === undefined ? [] : [spoilt])))
}

describe('AllergyIntolerance', () => {
  it.each([
    ['active', true],
    ['inactive', false],
    ['resolved', false],
  ])('of status %s is active: %s', (status, active) => {
    const attribute = only(allergy(clinical(status)))
    expect(attribute).toMatchObject({
      category: 'allergy',
      system: 'SNOMED CT',
      code: 91934008n,
      active,
      bounded: false,
    })
    expect(attribute.value).toBe(Value.ofText(status))
    expect(day(attribute)).toBe('2019-08-07')
  })

  it('without a clinical status stays, and nobody can say which facts are active', () => {
    const { attributes, complete } = imported(without(allergy(), 'clinicalStatus'))
    expect(attributes.at(-1)).toMatchObject({ category: 'allergy', value: Value.none, bounded: true, active: false })
    expect(complete.categories).toEqual(categories)
    expect(complete.systems).toContain(CodeSystem.everSet)
    expect(complete.systems).not.toContain(CodeSystem.activeSet)
  })

  it.each(['confirmed', 'unconfirmed'])('that is %s is one', (status) => {
    expect(only(allergy(verification(status))).active).toBe(true)
  })

  it('that is refuted or entered in error is none; of another status it may be', () => {
    expectLeftOut(allergy(verification('refuted')), 'refuted')
    expectLeftOut(allergy(verification('entered-in-error')), 'entered-in-error')
    expectLeftOut(allergy(verification('guessed')), 'unknown-status', 'allergy')
  })

  it('is dated by its onset, else by the day it was recorded', () => {
    const dated = (change: Json) => day(only({ ...without(allergy(), 'onsetDateTime'), ...change }))
    expect(dated({ onsetDateTime: '2001-02-03', recordedDate: '2002-02-03' })).toBe('2001-02-03')
    expect(dated({ onsetPeriod: { start: '2001-02-03' }, recordedDate: '2002-02-03' })).toBe('2001-02-03')
    expect(dated({ onsetAge: { value: 30 }, recordedDate: '2002-02-03' })).toBe('2002-02-03')
    expect(dated({ onsetString: 'as a child' })).toBe('2024-06-15')
  })

  it('is of the patient it names as such', () => {
    expectLeftOut(allergy({ patient: { reference: 'Patient/q' } }), 'other-subject', 'allergy')
    expectLeftOut(allergy({ patient: { display: 'her' } }), 'other-subject', 'allergy')
    expectLeftOut(allergy({ subject: { reference: 'Patient/q' } }), 'other-subject', 'allergy')
    expect(only(allergy({ patient: { reference: 'Patient/p/_history/3' } })).category).toBe('allergy')
  })

  it('whose substance only a reaction names is lost', () => {
    const reaction = [{ substance: code(uris.snomed, '91934008'), manifestation: [code(uris.snomed, '247472004')] }]
    expectLeftOut({ ...without(allergy(), 'code'), reaction }, 'no-coding', 'allergy')
  })
})

describe('Immunization', () => {
  it('completed is a dose, with nothing that would keep it from being counted', () => {
    const attribute = only(immunization())
    expect(attribute).toMatchObject({ category: 'immunization', system: 'CVX', code: 140n, active: false })
    expect(attribute).toMatchObject({ value: Value.none, bounded: false, partialDay: false, time: '09:30:00+02:00' })
    expect(day(attribute)).toBe('2023-10-11')
  })

  it('not done or entered in error is none; of another status it may be', () => {
    expectLeftOut(immunization({ status: 'not-done' }), 'not-done')
    expectLeftOut(immunization({ status: 'entered-in-error' }), 'entered-in-error')
    expectLeftOut(immunization({ status: 'unknown' }), 'unknown-status', 'immunization')
    expectLeftOut(without(immunization(), 'status'), 'unknown-status', 'immunization')
  })

  it('in words only has no day', () => {
    const attribute = only({ ...without(immunization(), 'occurrenceDateTime'), occurrenceString: 'as a child' })
    expect([day(attribute), attribute.partialDay]).toEqual(['2024-06-15', true])
  })

  it('with a dose too weak is neither a dose nor the absence of one', () => {
    expectLeftOut(immunization({ isSubpotent: true }), 'modified-meaning', 'immunization')
    expect(only(immunization({ isSubpotent: false })).code).toBe(140n)
    expectLeftOut(immunization({ status: 'not-done', isSubpotent: true }), 'not-done')
  })

  it('is of the patient it names as such', () => {
    expectLeftOut(immunization({ patient: { reference: 'Patient/q' } }), 'other-subject', 'immunization')
  })
})

describe('Procedure', () => {
  it.each([
    ['completed', false],
    ['in-progress', true],
  ])('of status %s is one, active: %s', (status, active) => {
    const attribute = only(procedure({ status }))
    expect(attribute).toMatchObject({ category: 'procedure', system: 'SNOMED CT', code: 433236007n, active })
    expect(attribute).toMatchObject({ value: Value.none, bounded: false, time: '10:00:00Z' })
    expect(day(attribute)).toBe('2022-02-03')
  })

  it('that did not begin is none; one that began and did not end is neither done nor absent', () => {
    expectLeftOut(procedure({ status: 'preparation' }), 'not-final')
    expectLeftOut(procedure({ status: 'not-done' }), 'not-done')
    expectLeftOut(procedure({ status: 'entered-in-error' }), 'entered-in-error')
    expectLeftOut(procedure({ status: 'on-hold' }), 'unfinished', 'procedure')
    expectLeftOut(procedure({ status: 'stopped' }), 'unfinished', 'procedure')
    expectLeftOut(procedure({ status: 'unknown' }), 'unknown-status', 'procedure')
    expectLeftOut(procedure({ status: 'done' }), 'unknown-status', 'procedure')
  })

  it('is dated by when it began', () => {
    const dated = (change: Json) => {
      const attribute = only({ ...without(procedure(), 'performedPeriod'), ...change })
      return [day(attribute), attribute.partialDay]
    }
    expect(dated({ performedDateTime: '2021-05' })).toEqual(['2021-05-31', true])
    expect(dated({ performedPeriod: { end: '2021-05-06' } })).toEqual(['2024-06-15', true])
    expect(dated({ performedString: 'last spring' })).toEqual(['2024-06-15', true])
    expect(dated({ performedAge: { value: 30 } })).toEqual(['2024-06-15', true])
    expect(dated({ performedRange: { low: { value: 30 } } })).toEqual(['2024-06-15', true])
  })
})

describe('Encounter', () => {
  it('is one fact by its class and by each of its types', () => {
    const attributes = facts(
      encounter({
        type: [code(uris.snomed, '185347001'), code(uris.snomed, '185349003'), code(uris.snomed, '185347001')],
      }),
    )
    expect(attributes.map(({ system, code: number }) => [system, CodeSystem.decode(system, number)])).toEqual([
      ['HL7 ActCode', 'IMP'],
      ['SNOMED CT', '185347001'],
      ['SNOMED CT', '185349003'],
    ])
    expect(new Set(attributes.map(({ fact }) => fact))).toEqual(new Set(['Encounter/e']))
    expect(attributes.map(day)).toEqual(['2021-03-04', '2021-03-04', '2021-03-04'])
  })

  it.each([
    [[], 0n],
    [[code(uris.snomed, '195662009')], 195662009n],
    [[code(uris.snomed, '195662009'), code(uris.icd10cm, 'J02.9')], 195662009n],
    [[code(uris.snomed, '195662009'), code(uris.snomed, '195662009')], 195662009n],
    [[code(uris.snomed, '195662009'), code(uris.snomed, '444814009')], 0n],
    [[code(uris.icd10cm, 'J02.9')], 0n],
    [[{ text: 'sore throat' }], 0n],
  ])('has its one reason as its value, and is never bounded', (reasonCode, value) => {
    expect(facts(encounter({ reasonCode }))).toMatchObject([
      { value, bounded: false },
      { value, bounded: false },
    ])
  })

  it.each([
    ['arrived', true],
    ['triaged', true],
    ['in-progress', true],
    ['onleave', true],
    ['finished', false],
  ])('of status %s is one, active: %s', (status, active) => {
    expect(facts(encounter({ status })).map((attribute) => attribute.active)).toEqual([active, active])
  })

  it('planned, cancelled or entered in error is none; of another status it may be', () => {
    expectLeftOut(encounter({ status: 'planned' }), 'draft')
    expectLeftOut(encounter({ status: 'cancelled' }), 'cancelled')
    expectLeftOut(encounter({ status: 'entered-in-error' }), 'entered-in-error')
    expectLeftOut(encounter({ status: 'unknown' }), 'unknown-status', 'encounter')
    expectLeftOut(without(encounter(), 'status'), 'unknown-status', 'encounter')
  })

  it('says which of its codings is lost', () => {
    const kind = { system: 'http://example.org/class', code: 'X' }
    const { attributes, remarks, complete } = imported(encounter({ class: kind }))
    expect(attributes.at(-1)).toMatchObject({ category: 'encounter', system: 'SNOMED CT' })
    expect(remarks).toMatchObject([{ path: 'Encounter.class', reason: 'unknown-system' }])
    expect(complete.categories).toEqual(categories)
    expectLeftOut(encounter({ class: kind, type: [] }), 'no-known-code', 'encounter')
    expectLeftOut(encounter({ class: undefined, type: undefined }), 'no-coding', 'encounter')
  })

  it('without a period has no day', () => {
    expect(facts(without(encounter(), 'period')).map((attribute) => [day(attribute), attribute.partialDay])).toEqual([
      ['2024-06-15', true],
      ['2024-06-15', true],
    ])
  })
})

describe('any of them', () => {
  const makers = [
    ['AllergyIntolerance', allergy, 'allergy', 'onsetDateTime'],
    ['Immunization', immunization, 'immunization', 'occurrenceDateTime'],
    ['Procedure', procedure, 'procedure', 'performedDateTime'],
  ] as const

  it.each(makers)('%s after asOf is none, with no date that can be read may be', (_, make, category, date) => {
    const dated = (written: string) => make({ performedPeriod: undefined, [date]: written })
    expectLeftOut(dated('2024-06-16'), 'after-as-of')
    expectLeftOut(dated('one day'), 'invalid-date', category)
    expect(only(dated('2024-06-15')).partialDay).toBe(false)
  })

  it.each(makers)('%s modified, subsetted, by rules or contained is lost', (_, make, category) => {
    expectLeftOut(make({ modifierExtension: [{ url: 'http://example.org/not' }] }), 'modified-meaning', category)
    expectLeftOut(make({ implicitRules: 'http://example.org/rules' }), 'modified-meaning', category)
    expectLeftOut(make({ meta: { tag: [{ code: 'SUBSETTED' }] } }), 'subsetted', category)
    const { omissions, complete } = imported({ resourceType: 'Goal', id: 'g', contained: [make()] })
    expect(omissions.map(({ reason }) => reason)).toEqual(['unread-type', 'contained'])
    expect(complete.categories).toEqual(categoriesBut(category))
  })

  it.each(makers)('%s twice counts once, and twice differently is not complete', (_, make, category) => {
    const same = imported(make(), make())
    expect(same.omissions.map(({ reason }) => reason)).toEqual(['duplicate'])
    expect(same.complete.categories).toEqual(categories)
    const different = imported(make(), make({ note: [{ text: 'changed' }] }))
    expect(different.omissions.map(({ reason }) => reason)).toEqual(['conflicting-duplicate', 'conflicting-duplicate'])
    expect(different.attributes.filter((attribute) => attribute.category === category)).toEqual([])
    expect(different.complete.categories).toEqual(categoriesBut(category))
  })

  it('stands on one day in the order of its time as written, without a time first', () => {
    const at = (id: string, time: string, reason: string) =>
      encounter({
        id,
        class: undefined,
        period: { start: `2024-03-04${time}` },
        reasonCode: [code(uris.snomed, reason)],
      })
    const attributes = facts(
      at('a', 'T15:00:00+02:00', '195662009'),
      at('b', '', '444814009'),
      at('c', 'T09:00:00Z', '446096008'),
    )
    const { leaves } = Record.build(attributes, { asOf })
    expect(leaves.map(({ value }) => value)).toEqual([0n, 444814009n, 446096008n, 195662009n])
  })
})
