import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as Omission from '../../src/fhir/Omission.ts'
import * as Reader from '../../src/fhir/Reader.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Value from '../../src/protocol/Value.ts'
import {
  bundle,
  categories,
  categoriesBut,
  clinicalStatus,
  code,
  condition,
  immunization,
  type Json,
  observation,
  patient,
  prescription,
  procedure,
  quantity,
  statement,
  uris,
  verificationStatus,
  without,
} from './document.ts'
import { asOf, day, imported, omitted, only } from './reading.ts'

const medication = (rxnorm: string, change: Json = {}): Json => ({
  resourceType: 'Medication',
  id: 'x',
  code: code(uris.rxnorm, rxnorm),
  ...change,
})

function demographics(change: Json, on = asOf) {
  const document = JSON.stringify(bundle([patient(change)]))
  return Import.importBundle(document, { asOf: on }).attributes.map(({ code: number, value, partialDay, bounded }) => ({
    code: CodeSystem.decode('LOINC', number),
    value,
    partialDay,
    bounded,
  }))
}

describe('CIR-10: dates as written', () => {
  it.each([
    ['1900-01-01', 19000101n],
    ['1904-02-29', 19040229n],
    ['1969-12-31', 19691231n],
    ['1970-01-01', 19700101n],
    ['2000-02-29', 20000229n],
  ])('takes a birth on %s', (birthDate, value) => {
    expect(demographics({ birthDate })[0]).toEqual({ code: '21112-8', value, partialDay: false, bounded: false })
  })

  it.each([
    ['1949', 19491231n],
    ['1952-02', 19520229n],
    ['1953-02', 19530228n],
    ['2024', 20240615n],
    ['2024-06', 20240615n],
  ])('places the birth date %s on its last possible day', (birthDate, value) => {
    expect(demographics({ birthDate })[0]).toMatchObject({ value, partialDay: true })
  })

  it.each(['1900-02-29', '2023-02-29', '2023-13-01', '2023-00-10', '23-01-01', '1799-12-31', '0001-01-01', '2023-1-1'])(
    'has no birth date %s, and is then not complete for demographics',
    (birthDate) => {
      const result = Import.importBundle(JSON.stringify(bundle([patient({ birthDate })])), { asOf })
      expect(result.attributes.map(({ code: number }) => CodeSystem.decode('LOINC', number))).toEqual(['46098-0'])
      expect(result.remarks.map(({ reason }) => reason)).toEqual(['invalid-date'])
      expect(result.complete.categories).not.toContain('demographic')
    },
  )

  it.each([
    ['2024-03-04T23:59:59-12:00', '2024-03-04', '23:59:59-12:00'],
    ['2024-03-04T00:00:00+14:00', '2024-03-04', '00:00:00+14:00'],
    ['2024-02-29T23:30:00.000Z', '2024-02-29', '23:30:00.000Z'],
    ['2024-03-04T12:30', '2024-03-04', '12:30'],
    ['2024-03-04', '2024-03-04', ''],
    ['1965-07-20T02:56:15Z', '1965-07-20', '02:56:15Z'],
  ])('reads the day of %s as written, never through UTC', (effectiveDateTime, expected, time) => {
    const attribute = only(observation({ effectiveDateTime }))
    expect([day(attribute), attribute.time, attribute.partialDay]).toEqual([expected, time, false])
  })

  it.each([
    ['2023', '2023-12-31'],
    ['2024', '2024-06-15'],
    ['2024-06', '2024-06-15'],
    ['2024-02', '2024-02-29'],
    ['1948-02', '1948-02-29'],
  ])('places %s on its last possible day, at most asOf', (onsetDateTime, expected) => {
    const attribute = only(condition({ onsetDateTime }))
    expect([day(attribute), attribute.partialDay]).toEqual([expected, true])
  })

  it('places what has no date on asOf', () => {
    const attribute = only(without(condition(), 'onsetDateTime'))
    expect([day(attribute), attribute.partialDay]).toEqual(['2024-06-15', true])
  })

  it.each(['2024-06-16', '2024-06-16T00:00:00+14:00', '2024-07', '2025'])(
    'leaves out %s, after asOf, and is complete',
    (date) => {
      const resources = [
        condition({ onsetDateTime: date }),
        observation({ effectiveDateTime: date }),
        prescription({ authoredOn: date }),
      ]
      const { attributes, omissions, complete } = imported(...resources)
      expect(attributes.every(({ category }) => category === 'demographic')).toBe(true)
      expect(omissions.map(({ reason }) => reason)).toEqual(['after-as-of', 'after-as-of', 'after-as-of'])
      expect(complete.categories).toEqual(categories)
    },
  )

  it.each(['yesterday', '2024-02-30', '2024-06-15T24:00:00Z', '20240615', '2024-06-15 10:00', '1500-01-01', '9999'])(
    'leaves out a fact dated %s, and is not complete',
    (date) => {
      const { reason, complete } = omitted(condition({ onsetDateTime: date }))
      expect(reason).toBe('invalid-date')
      expect(complete.categories).toEqual(categoriesBut('condition'))
      expect(complete.systems).not.toContain('SNOMED CT')
    },
  )

  it('takes a period that is one day as that day, any other as partly dated on its end', () => {
    const within = (start: string, end?: string) =>
      only({ ...without(observation(), 'effectiveDateTime'), effectivePeriod: { start, ...(end && { end }) } })
    const oneDay = within('2024-01-05T08:00:00Z', '2024-01-05T20:00:00Z')
    expect([day(oneDay), oneDay.partialDay]).toEqual(['2024-01-05', false])
    const weeks = within('2024-01-05', '2024-02-05')
    expect([day(weeks), weeks.partialDay]).toEqual(['2024-02-05', true])
    const ongoing = within('2024-01-05')
    expect([day(ongoing), ongoing.partialDay]).toEqual(['2024-06-15', true])
  })
})

describe('Patient', () => {
  it('gives birth date, sex and date of death, on no day of their own', () => {
    expect(demographics({ gender: 'other', deceasedDateTime: '2024-01-02T03:04:05Z' })).toEqual([
      { code: '21112-8', value: 19700228n, partialDay: false, bounded: false },
      { code: '46098-0', value: Value.ofText('other'), partialDay: false, bounded: false },
      { code: '81954-0', value: 20240102n, partialDay: false, bounded: false },
    ])
    expect(imported().attributes.every(({ day: placed }) => Day.toField(placed) === 0n)).toBe(true)
  })

  it('knows a death without a date', () => {
    expect(demographics({ deceasedBoolean: true }).at(-1)).toEqual({
      code: '81954-0',
      value: Value.none,
      partialDay: true,
      bounded: true,
    })
    expect(demographics({ deceasedBoolean: false })).toHaveLength(2)
  })

  it('knows no death after asOf', () => {
    expect(demographics({ deceasedDateTime: '2024-06-16' })).toHaveLength(2)
  })

  it.each<[string, Json]>([
    ['replaced by another', { link: [{ type: 'replaced-by', other: { reference: 'Patient/q' } }] }],
    ['not in use', { active: false }],
  ])('that is %s is nobody to sign anything of as complete', (_, change) => {
    const { attributes, complete } = Import.importBundle(JSON.stringify(bundle([patient(change), condition()])), {
      asOf,
    })
    expect(attributes.filter(({ category }) => category === 'demographic')).toEqual([])
    expect(complete.categories).toEqual([])
  })

  it('in use, or known elsewhere as well, is the patient', () => {
    const change = { active: true, link: [{ type: 'seealso', other: { reference: 'Patient/q' } }] }
    const { complete } = Import.importBundle(JSON.stringify(bundle([patient(change)])), { asOf })
    expect(complete.categories).toEqual(categories)
  })

  it.each(['_deceasedDateTime', '_deceasedBoolean'])('may be dead by %s: no absence of a death', (name) => {
    const { attributes, complete } = Import.importBundle(JSON.stringify(bundle([patient({ [name]: {} })])), { asOf })
    expect(attributes).toHaveLength(2)
    expect(complete.categories).toEqual(categoriesBut('demographic'))
  })

  it('is not of this record when there are two, or none', () => {
    for (const resources of [[patient(), patient({ id: 'q' }), condition()], [condition()]]) {
      const result = Import.importBundle(JSON.stringify(bundle(resources)), { asOf })
      expect(result.patients).toBe(resources.length - 1)
      expect(result.complete).toEqual({ categories: [], systems: [] })
    }
  })
})

describe('Condition', () => {
  it.each([
    ['active', true],
    ['recurrence', true],
    ['relapse', true],
    ['inactive', false],
    ['remission', false],
    ['resolved', false],
  ])('of status %s is active: %s', (status, active) => {
    expect(only(condition(clinicalStatus(status)))).toMatchObject({
      value: Value.ofText(status),
      bounded: false,
      active,
    })
  })

  it('has ended by any abatement that is not after asOf', () => {
    const abated = (change: Json) => !only(condition(change)).active
    expect(abated({ abatementDateTime: '2024-06-15' })).toBe(true)
    expect(abated({ abatementDateTime: '2024' })).toBe(true)
    expect(abated({ abatementString: 'last year' })).toBe(true)
    expect(abated({ abatementDateTime: '2024-06-16' })).toBe(false)
    expect(abated({ abatementPeriod: { start: '2024-07-01' } })).toBe(false)
  })

  it.each([{ abatementString: 'ongoing' }, { abatementBoolean: false }, { abatementAge: { value: 80 } }])(
    'that is said to be active and to have ended, %o, is neither among the active nor absent from them',
    (change) => {
      const { attributes, remarks, complete } = imported(condition(change))
      expect(attributes.some(({ category, active }) => category === 'condition' && active)).toBe(false)
      expect(remarks.map(({ reason }) => reason)).toEqual(['unknown-activity'])
      expect(complete.systems).not.toContain('value set (active)')
      expect(complete.systems).toContain('value set (ever)')
      const resolved = imported(condition({ ...change, ...clinicalStatus('resolved') }))
      expect(resolved.complete.systems).toContain('value set (active)')
    },
  )

  it('without a clinical status stays, and nobody can say which facts are active', () => {
    const { attributes, complete } = imported(without(condition(), 'clinicalStatus'))
    expect(attributes.at(-1)).toMatchObject({ value: Value.none, bounded: true, active: false })
    expect(complete.categories).toContain('condition')
    expect(complete.systems).toContain('value set (ever)')
    expect(complete.systems).not.toContain('value set (active)')
  })

  it.each(['refuted', 'entered-in-error'])('that is %s is left out, and explains itself', (status) => {
    const { reason, complete } = omitted(condition(verificationStatus(status)))
    expect(reason).toBe(status)
    expect(complete.categories).toContain('condition')
    expect(complete.systems).toContain('SNOMED CT')
  })

  it('of a verification status FHIR does not have may be refuted', () => {
    expect(omitted(condition(verificationStatus('perhaps')))).toMatchObject({ reason: 'unknown-status' })
  })

  it('is dated by its onset, else by the day it was recorded', () => {
    const dated = (change: Json) => day(only({ ...without(condition(), 'onsetDateTime'), ...change }))
    expect(dated({ onsetDateTime: '2001-02-03', recordedDate: '2002-02-03' })).toBe('2001-02-03')
    expect(dated({ onsetPeriod: { start: '2001-02-03' } })).toBe('2001-02-03')
    expect(dated({ onsetAge: { value: 30 }, recordedDate: '2002-02-03' })).toBe('2002-02-03')
  })

  it('of another subject is not of this record, and might have been', () => {
    expect(omitted(condition({ subject: { reference: 'Patient/q' } }))).toMatchObject({ reason: 'other-subject' })
    expect(omitted(condition({ subject: { display: 'her' } })).complete.categories).not.toContain('condition')
    expect(only(condition({ subject: { reference: 'https://example.org/fhir/Patient/p' } })).category).toBe('condition')
  })
})

describe('CIR-13: absence is never ignorance', () => {
  it('is claimed only for categories that some reader reads', () => {
    const categories = [...Reader.readers.values()].map(({ category }) => category)
    expect(new Set(categories)).toEqual(new Set(Omission.readCategories))
  })

  const categoriesWith = (...resources: readonly Json[]) => imported(...resources).complete.categories

  it('is complete when everything was read', () => {
    const { complete, omissions, remarks } = imported(
      condition(),
      observation(),
      prescription({ dispenseRequest: supply }),
    )
    expect(complete.categories).toEqual(categories)
    expect(complete.systems).toContain('ICD-10-CM')
    expect([omissions, remarks]).toEqual([[], []])
  })

  it('is not complete for a category with one fact omitted', () => {
    const unknown = code('http://example.org/local', 'X1')
    expect(categoriesWith(condition(), condition({ id: 'd', code: unknown }))).toEqual(categoriesBut('condition'))
    expect(categoriesWith(condition({ code: { text: 'something' } }))).not.toContain('condition')
    expect(categoriesWith(observation({ code: unknown }))).not.toContain('observation')
    expect(categoriesWith(observation({ status: 'unknown' }))).not.toContain('observation')
    expect(categoriesWith(prescription({ medicationCodeableConcept: unknown }))).not.toContain('prescription')
    expect(categoriesWith(prescription({ intent: 'whim' }))).not.toContain('prescription')
    expect(
      categoriesWith(
        prescription({ medicationCodeableConcept: undefined, medicationReference: { reference: 'Medication/x' } }),
      ),
    ).not.toContain('prescription')
  })

  it('counts ICD codes with and without the dot, and in small letters, as one', () => {
    const codes = ['E11.9', 'E119', 'e11.9'].map((value) => only(condition({ code: code(uris.icd10cm, value) })).code)
    expect(new Set(codes).size).toBe(1)
    expect(codes[0]).toBe(CodeSystem.encode('ICD-10-CM', 'E11.9'))
  })

  it('makes one fact of a diagnosis coded twice, in each system', () => {
    const twin = { coding: [...code(uris.icd10cm, 'E11.9').coding, ...code(uris.snomed, '44054006').coding] }
    const { attributes } = imported(condition({ code: twin }))
    const conditions = attributes.filter(({ category }) => category === 'condition')
    expect(conditions.map(({ system }) => system)).toEqual(['ICD-10-CM', 'SNOMED CT'])
    expect(new Set(conditions.map(({ fact }) => fact)).size).toBe(1)
  })

  it('is not complete for a system of which a second coding was lost, nor for any value set', () => {
    const { complete, attributes } = imported(
      condition({
        code: { coding: [...code(uris.snomed, '73211009').coding, { system: uris.icd10cm, code: 'E10.9†' }] },
      }),
    )
    expect(attributes.at(-1)?.system).toBe('SNOMED CT')
    expect(complete.categories).toContain('condition')
    expect(complete.systems).toContain('SNOMED CT')
    expect(complete.systems).not.toContain('ICD-10-CM')
    expect(complete.systems).not.toContain('value set (ever)')
    expect(complete.systems).not.toContain('value set (active)')
  })

  it('reads systems named by OID', () => {
    expect(only(condition({ code: code('urn:oid:2.16.840.1.113883.6.96', '44054006') })).system).toBe('SNOMED CT')
  })

  it('never believes a document that it is in a value set', () => {
    for (const uri of ['medseal:value-set:ever', 'medseal:value-set:active']) {
      const { attributes, complete } = imported(condition({ code: code(uri, '6') }))
      expect(attributes.some(({ category }) => category === 'condition')).toBe(false)
      expect(complete.categories).not.toContain('condition')
    }
  })

  it('is not complete for medicines where one is known only as given', () => {
    const administration = imported({ resourceType: 'MedicationAdministration', id: 'g' })
    expect(administration.omissions.map(({ reason }) => reason)).toEqual(['unread-medicine'])
    expect(administration.complete.categories).toEqual(categoriesBut('prescription', 'dispense'))
    expect(categoriesWith({ resourceType: 'Goal', id: 'g' })).toEqual(categories)
  })

  it.each([
    ['a fact inside another resource', { resourceType: 'Goal', contained: [condition()] }, ['condition']],
    ['a bundle within', bundle([condition()]), categories],
    ['a type R4 does not have', { resourceType: 'Kondition' }, categories],
    ['a warning by the server', { resourceType: 'OperationOutcome' }, categories],
    ['a meaning modified', condition({ modifierExtension: [{ url: 'http://example.org/not' }] }), ['condition']],
    ['elements taken out', condition({ meta: { tag: [{ code: 'SUBSETTED' }] } }), ['condition']],
    ['rules we do not know', condition({ implicitRules: 'http://example.org/rules' }), ['condition']],
    ['a result about someone else', observation({ focus: [{ reference: 'Patient/child' }] }), ['observation']],
  ])('is not complete after %s', (_, resource, spoilt) => {
    expect(categoriesWith(resource)).toEqual(categoriesBut(...spoilt))
  })

  it('is not complete where a page is missing, or an entry empty', () => {
    const pages = bundle([patient()], {
      type: 'searchset',
      link: [{ relation: 'next', url: 'https://example.org?page=2' }],
    })
    expect(Import.importBundle(JSON.stringify(pages), { asOf }).complete.categories).toEqual([])
    const empty = bundle([patient()])
    const entry = [...(empty.entry as unknown[]), { fullUrl: 'urn:uuid:1', request: { method: 'DELETE' } }]
    expect(Import.importBundle(JSON.stringify({ ...empty, entry }), { asOf }).complete.categories).toEqual([])
  })

  it('counts the same resource once, and is not complete where two copies differ', () => {
    const same = imported(condition(), condition())
    expect(same.attributes.filter(({ category }) => category === 'condition')).toHaveLength(1)
    expect(same.omissions.map(({ reason }) => reason)).toEqual(['duplicate'])
    expect(same.complete.categories).toContain('condition')
    const different = imported(condition(), condition(verificationStatus('refuted')))
    expect(different.omissions.map(({ reason }) => reason)).toEqual(['conflicting-duplicate', 'conflicting-duplicate'])
    // Which of the two is the later nobody has to say: what it takes back must not be proven.
    expect(different.attributes.filter(({ category }) => category === 'condition')).toEqual([])
    expect(different.complete.categories).not.toContain('condition')
  })

  it.each<[string, Json, readonly string[]]>([
    [
      'a medicine given',
      { resourceType: 'MedicationAdministration', status: 'completed' },
      ['prescription', 'dispense'],
    ],
    ['a bundle', bundle([condition()]), categories],
    ['a type R4 does not have', { resourceType: 'Kondition' }, categories],
  ])('is not complete where %s goes by the name of something else', (_, resource, spoilt) => {
    const entry = [
      { resource: patient() },
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Goal' } },
      { fullUrl: 'urn:uuid:1', resource },
    ]
    const { complete } = Import.importBundle(JSON.stringify({ ...bundle([]), entry }), { asOf })
    expect(complete.categories).toEqual(categoriesBut(...spoilt))
  })

  it.each<[string, readonly Json[]]>([
    ['of which there are two versions', [medication('161'), medication('1991302')]],
    ['that was entered in error', [medication('161', { status: 'entered-in-error' })]],
    ['of which elements were taken out', [medication('161', { meta: { tag: [{ code: 'SUBSETTED' }] } })]],
    ['by rules we do not know', [medication('161', { implicitRules: 'http://example.org/rules' })]],
  ])('is not complete for medicines by a Medication %s, nor is its code one', (_, medications) => {
    const request = prescription({
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/x' },
    })
    const { attributes, complete } = imported(...medications, request)
    expect(attributes.filter(({ category }) => category === 'prescription')).toEqual([])
    expect(complete.categories).not.toContain('prescription')
  })

  it.each<[string, Json]>([
    ['said twice', { medicationReference: { reference: 'Medication/x' } }],
    [
      'that two contained resources are',
      {
        medicationCodeableConcept: undefined,
        medicationReference: { reference: '#x' },
        contained: [medication('161'), medication('1991302')],
      },
    ],
  ])('is not complete for medicines by one %s', (_, change) => {
    const { attributes, complete } = imported(medication('161'), prescription(change))
    expect(attributes.filter(({ category }) => category === 'prescription')).toEqual([])
    expect(complete.categories).not.toContain('prescription')
  })

  it.each<[string, Json]>([
    ['immunization', immunization({ notGiven: true })],
    ['immunization', immunization({ wasNotGiven: true })],
    ['prescription', statement({ taken: 'n' })],
    ['prescription', statement({ wasNotTaken: true })],
    ['procedure', procedure({ notDone: true })],
    ['procedure', procedure({ notPerformed: true })],
    ['prescription', prescription({ _doNotPerform: { extension: [] } })],
  ])('takes no %s that is denied as FHIR before R4 denies, or perhaps', (category, resource) => {
    const { attributes, complete } = imported(resource)
    expect(attributes.filter((attribute) => attribute.category === category)).toEqual([])
    expect(complete.categories).not.toContain(category)
  })
})

const supply = {
  numberOfRepeatsAllowed: 3,
  quantity: { value: 180 },
  expectedSupplyDuration: { value: 90, unit: 'days', system: uris.ucum, code: 'd' },
}

describe('Observation', () => {
  it.each<[string, Json]>([
    ['a reason why it has none', { dataAbsentReason: { text: 'the sample was lost' } }],
    ['a withheld comparator', quantity(6.5, '%', { _comparator: { extension: [] } })],
  ])('does not mean its value beside %s', (_, change) => {
    const [attribute] = imported(observation(change)).attributes.filter(({ category }) => category === 'observation')
    expect([attribute?.value, attribute?.bounded]).toEqual([Value.none, true])
  })

  it.each([
    [quantity(6.5, '%'), '6.5'],
    [quantity(48, 'mmol/mol'), '6.54304'],
    [{ valueQuantity: { value: 6.5, unit: '%' } }, '6.5'],
  ])('has a value in its canonical unit', (change, expected) => {
    const { value, bounded } = only(observation(change))
    expect([Value.toDecimal(value), bounded]).toEqual([expected, false])
  })

  it('keeps every digit of a number, as no float could', () => {
    const document = JSON.stringify(bundle([patient(), observation()])).replace(
      '"value":6.5',
      '"value":6.49999950000000000000000001',
    )
    const { attributes } = Import.importBundle(document, { asOf })
    expect(Value.toDecimal(attributes.at(-1)?.value as Value.Value)).toBe('6.5')
    const below = document.replace('6.49999950000000000000000001', '6.49999949999999999999999999')
    expect(Value.toDecimal(Import.importBundle(below, { asOf }).attributes.at(-1)?.value as Value.Value)).toBe(
      '6.499999',
    )
  })

  it.each([
    [quantity(6.5, 'furlong'), 'unknown-unit'],
    [quantity(6.5, '%', { system: 'http://example.org' }), 'unknown-unit'],
    [quantity(6.5, '%', { comparator: '<' }), 'comparator'],
    [{ valueQuantity: { unit: '%' } }, 'no-value'],
    [{ valueQuantity: undefined }, 'no-value'],
    [{ valueQuantity: undefined, valueString: 'high' }, 'unusable-value'],
    [{ valueCodeableConcept: code(uris.snomed, '10828004') }, 'unusable-value'],
    [{ valueQuantity: undefined, valueCodeableConcept: { text: 'positive' } }, 'unusable-value'],
  ])('without a usable value stays, with value 0 and bounded', (change, reason) => {
    const result = imported(observation(change))
    expect(result.attributes.at(-1)).toMatchObject({ value: Value.none, bounded: true })
    expect(result.remarks.map((remark) => remark.reason)).toEqual([reason])
    expect(result.complete.categories).toContain('observation')
  })

  it('has a coded answer', () => {
    const answer = { valueQuantity: undefined, valueCodeableConcept: code(uris.snomed, '10828004') }
    expect(only(observation(answer))).toMatchObject({ value: 10828004n, bounded: false })
  })

  it('is an attribute of its own beside each of its components', () => {
    const component = [
      { code: code(uris.loinc, '8480-6'), ...quantity(120, 'mm[Hg]') },
      { code: code(uris.loinc, '8462-4'), ...quantity(80, 'mm[Hg]') },
    ]
    const panel = observation({ code: code(uris.loinc, '85354-9'), valueQuantity: undefined, component })
    const { attributes, account } = imported(panel)
    const facts = attributes.filter(({ category }) => category === 'observation').map(({ fact }) => fact)
    expect(facts).toEqual(['Observation/o', 'Observation/o#0', 'Observation/o#1'])
    expect(account).toEqual({ resources: 2, parts: 2, taken: 4, leftOut: 0 })
  })

  it('loses one component without losing the others', () => {
    const component = [
      { code: 'systolic', ...quantity(120, 'mm[Hg]') },
      { code: code(uris.loinc, '8462-4'), ...quantity(80, 'mm[Hg]') },
    ]
    const { omissions, account, complete } = imported(observation({ component }))
    expect(omissions).toMatchObject([{ path: 'Observation.component[0].code', reason: 'wrong-type', index: 1 }])
    expect(account).toEqual({ resources: 2, parts: 2, taken: 3, leftOut: 1 })
    expect(complete.categories).not.toContain('observation')
  })

  it.each([
    ['preliminary', 'not-final'],
    ['registered', 'not-final'],
    ['cancelled', 'cancelled'],
    ['entered-in-error', 'entered-in-error'],
  ])('of status %s is left out, and explains itself', (status, reason) => {
    const result = omitted(observation({ status }))
    expect(result.reason).toBe(reason)
    expect(result.complete.categories).toContain('observation')
  })
})

describe('MedicationRequest', () => {
  it('has the terms of its fills where they are said', () => {
    expect(only(prescription({ dispenseRequest: supply }))).toMatchObject({
      category: 'prescription',
      bounded: false,
      active: true,
      value: Value.ofPrescription({
        quantityThousandths: 180_000,
        daysSupply: 90,
        refills: 3,
        schedule: 0,
        intervalDays: 90,
      }),
    })
    expect(only(prescription())).toMatchObject({ value: Value.none, bounded: true })
    expect(only(prescription({ dispenseRequest: { ...supply, quantity: { value: 1e12 } } }))).toMatchObject({
      bounded: true,
    })
  })

  it.each([
    [{ status: 'draft' }, 'draft'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'entered-in-error' }, 'entered-in-error'],
    [{ intent: 'proposal' }, 'not-an-order'],
    [{ doNotPerform: true }, 'not-performed'],
  ])('that is no order is left out, and explains itself', (change, reason) => {
    const result = omitted(prescription(change))
    expect(result.reason).toBe(reason)
    expect(result.complete.categories).toContain('prescription')
  })

  it.each([
    ['completed', false],
    ['stopped', false],
    ['on-hold', false],
    ['active', true],
  ])('of status %s is active: %s', (status, active) => {
    expect(only(prescription({ status })).active).toBe(active)
  })

  it('may refer to its medicine, in the bundle or inside itself', () => {
    const medication = { resourceType: 'Medication', id: 'x', code: code(uris.rxnorm, '861007') }
    const referring = (reference: string, change: Json = {}) => ({
      ...without(prescription(), 'medicationCodeableConcept'),
      medicationReference: { reference },
      ...change,
    })
    const { attributes } = imported(medication, referring('Medication/x'))
    expect(attributes.at(-1)?.code).toBe(861007n)
    expect(only(referring('#x', { contained: [medication] })).code).toBe(861007n)
    expect(imported(referring('Medication/gone')).omissions[0]?.reason).toBe('unresolved-reference')
  })

  it('reads NDC in its dashed forms as eleven digits', () => {
    const ndc = (value: string) =>
      imported(prescription({ medicationCodeableConcept: code('http://hl7.org/fhir/sid/ndc', value) }))
    for (const value of ['0002-1433-80', '00002-1433-80', '00002143380']) {
      expect(ndc(value).attributes.at(-1)?.code).toBe(2143380n)
    }
    expect(ndc('0002143380').attributes.at(-1)?.category).toBe('demographic')
  })
})
