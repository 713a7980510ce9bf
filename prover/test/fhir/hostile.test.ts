import { describe, expect, it } from 'vitest'
import * as Bundle from '../../src/fhir/Bundle.ts'
import * as Import from '../../src/fhir/Import.ts'
import * as Json from '../../src/fhir/Json.ts'
import * as Omission from '../../src/fhir/Omission.ts'
import * as Day from '../../src/protocol/Day.ts'
import {
  allergy,
  bundle,
  claim,
  code,
  condition,
  coverage,
  type Json as Document,
  dispense,
  encounter,
  explanation,
  immunization,
  line,
  observation,
  patient,
  prescription,
  procedure,
  statement,
  uris,
  usd,
} from './document.ts'

const asOf = Day.parse('2024-06-15')
const imported = (text: string) => Import.importBundle(text, { asOf })

/** Stands for what must never leave the record. */
const canary = 'CANARY-4711'

const hostileValues: readonly unknown[] = [
  null,
  true,
  0,
  -1.5e300,
  '',
  canary,
  [],
  [[]],
  [null],
  [canary],
  {},
  { a: canary },
]

/** Every document that has one member, at any depth, replaced by something of another type. */
function* mutations(document: unknown): Generator<unknown> {
  if (typeof document !== 'object' || document === null) return
  for (const key of Object.keys(document)) {
    const member = (document as Document)[key]
    const put = (value: unknown) =>
      Array.isArray(document) ? document.with(Number(key), value) : { ...document, [key]: value }
    for (const value of hostileValues) yield put(value)
    for (const value of mutations(member)) yield put(value)
  }
}

describe('hostile documents', () => {
  it('of any type in any place give a record or a named error, and never a text of the record', () => {
    const component = [
      { code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: { value: 1, unit: 'kPa' } },
    ]
    const resources = [
      patient({ deceasedDateTime: '2024-01-01', meta: { tag: [{ code: 'x' }] } }),
      condition({ abatementDateTime: '2024-01-01' }),
      observation({ component }),
      prescription({ contained: [{ resourceType: 'Medication', id: 'x' }] }),
      statement({ effectivePeriod: { start: '2024-01-03', end: '2025-01-03' } }),
      dispense({ quantity: { value: 1 }, daysSupply: { value: 1, system: uris.ucum, code: 'd' } }),
      allergy(),
      immunization({ isSubpotent: false }),
      procedure(),
      encounter({ reasonCode: [{ coding: [{ system: uris.snomed, code: '195662009' }] }] }),
      coverage(),
      claim({ billablePeriod: { start: '2024-03-01' }, item: [line({ detail: [{ sequence: 1 }] })] }),
      explanation({
        claim: { reference: 'Claim/other' },
        addItem: [{ itemSequence: [1] }],
        item: [
          line({ net: undefined, adjudication: [{ category: code(uris.adjudication, 'submitted'), amount: usd(1) }] }),
          line({ servicedDate: undefined, servicedPeriod: { start: '2024-03-04' } }),
        ],
      }),
    ]
    let count = 0
    for (const mutation of mutations(bundle(resources, { link: [{ relation: 'self' }] }))) {
      count++
      try {
        const { account, omissions, remarks } = imported(JSON.stringify(mutation))
        expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
        expect(JSON.stringify([omissions, remarks])).not.toContain(canary)
      } catch (error) {
        expect(String(error)).toMatch(/^Bundle\.\w+Error: /)
        expect(String(error)).not.toContain(canary)
      }
    }
    expect(count).toBeGreaterThan(1_000)
  }, 120_000)

  it.each([
    ['condition', condition()],
    ['prescription', prescription()],
    ['prescription', statement()],
    ['dispense', dispense()],
    ['allergy', allergy()],
    ['immunization', immunization()],
    ['procedure', procedure()],
    ['encounter', encounter()],
  ] as const)('that spoil a resource never make the record complete for its category: %s, %#', (category, resource) => {
    let lost = 0
    for (const mutation of mutations(resource)) {
      const { attributes, complete, omissions } = imported(JSON.stringify(bundle([patient(), mutation])))
      if (attributes.some((attribute) => attribute.category === category)) continue
      lost++
      expect(omissions.every(({ reason }) => Omission.isExplained(reason))).toBe(false)
      expect(complete.categories).not.toContain(category)
    }
    expect(lost).toBeGreaterThan(50)
  })

  it('are refused when they are not JSON, not FHIR, too deep or too long, without a word of theirs', () => {
    expect(() => imported(`{"name": ${canary}`)).toThrow(Json.NotJsonError)
    expect(() => imported('')).toThrow(Json.NotJsonError)
    expect(() => imported('[]')).toThrow(Bundle.NotAResourceError)
    expect(() => imported(`{"resourceType": "${canary}"}`)).toThrow(Bundle.NotAResourceError)
    expect(() => imported('{"resourceType": "Bundle", "type": "history"}')).toThrow(Bundle.UnsupportedTypeError)
    expect(() => imported('{"resourceType": "Bundle", "type": "batch", "entry": {}}')).toThrow(Bundle.NotAResourceError)
    expect(() => imported('['.repeat(1_000_000))).toThrow(Json.TooDeepError)
    expect(() => imported(`{"a":`.repeat(101))).toThrow(Json.TooDeepError)
    expect(() => imported(' '.repeat(Json.longestText + 1))).toThrow(Json.TooLongError)
    let message = ''
    try {
      imported(`{"name": ${canary}`)
    } catch (error) {
      message = `${String(error)} ${String((error as Error).cause)} ${(error as Error).stack}`
    }
    expect(message).toContain('not JSON')
    expect(message).not.toContain(canary)
  })

  it.each([
    '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Condition"}}],"entry":[]}',
    '{"resourceType":"Bundle","type":"collection","entry":[],"\\u0065ntry":[]}',
    `{"resourceType":"Observation","status":"final","code":{"text":"${canary}","text":"b"}}`,
    `{"resourceType":"Patient","${canary}":{},"${canary}" : 1}`,
  ])('that say two things by one name are refused: the parser would forget the first, %#', (text) => {
    expect(() => imported(text)).toThrow(Json.RepeatedMemberError)
    expect(() => imported(text)).not.toThrow(canary)
  })

  it('may use a name again in another object, and colons and quotes in texts', () => {
    const text =
      '{"resourceType":"Patient","id":"a\\":\\"id","name":[{"text":"x:"},{"text":"\\\\"}],"text":{"id":"\\u0022:"}}'
    expect(imported(text).patients).toBe(1)
  })

  it('with brackets in texts are not deep', () => {
    const text = JSON.stringify(bundle([patient({ text: { div: '[{"\\'.repeat(5_000) } })]))
    expect(imported(text).patients).toBe(1)
  })

  it('cannot reach a prototype', () => {
    const text = `{"resourceType": "Bundle", "type": "collection", "__proto__": {"polluted": true}, "entry": [
      {"resource": {"resourceType": "Patient", "id": "__proto__", "constructor": {"prototype": {"polluted": true}}, "__proto__": {"birthDate": "1980-01-01"}}},
      {"resource": {"resourceType": "Condition", "id": "constructor", "__proto__": {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}}}},
      {"resource": {"resourceType": "constructor"}}, {"resource": {"resourceType": "__proto__"}},
      {"resource": {"resourceType": "MedicationRequest", "status": "constructor", "intent": "__proto__"}},
      {"resource": {"resourceType": "Observation", "status": "toString"}}]}`
    const { attributes, account } = imported(text)
    expect(attributes).toEqual([])
    expect(account).toEqual({ resources: 6, parts: 0, taken: 1, leftOut: 5 })
    expect(({} as Document).polluted).toBeUndefined()
  })

  it('that refer in circles end', () => {
    const circle = (id: string, to: string) => ({
      resourceType: 'Medication',
      id,
      ingredient: [{ itemReference: { reference: `Medication/${to}` } }],
    })
    const request = {
      ...prescription(),
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/a' },
    }
    const { omissions } = imported(JSON.stringify(bundle([patient(), circle('a', 'b'), circle('b', 'a'), request])))
    expect(omissions.map(({ reason }) => reason)).toEqual(['unread-type', 'unread-type', 'no-coding'])
  })

  it('of 100,000 entries are read, of more refused', () => {
    const many = Array.from({ length: 99_999 }, (_, i) => observation({ id: `o${i}` }))
    const text = JSON.stringify(bundle([patient(), ...many]))
    expect(imported(text).account.taken).toBe(100_000)
    expect(() => imported(text.replace('"entry":[', '"entry":[{},'))).toThrow(Bundle.TooManyEntriesError)
  })

  it('with a thousand copies of one resource count it once', () => {
    const copies = Array.from({ length: 1_000 }, () => condition())
    const { attributes, omissions } = imported(JSON.stringify(bundle([patient(), ...copies])))
    expect(attributes.filter(({ category }) => category === 'condition')).toHaveLength(1)
    expect(omissions).toHaveLength(999)
  })

  it('on an engine that does not keep numbers are refused clearly', () => {
    const parse = JSON.parse
    try {
      JSON.parse = (text: string, reviver?: (key: string, value: unknown) => unknown) =>
        parse(text, reviver && ((key, value) => reviver(key, value)))
      expect(() => imported(JSON.stringify(bundle([patient(), observation()])))).toThrow(Json.UnsupportedEngineError)
    } finally {
      JSON.parse = parse
    }
  })
})
