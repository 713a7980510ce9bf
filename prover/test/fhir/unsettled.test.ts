import { describe, expect, it } from 'vitest'
import * as Samples from '../../../samples/valueSets.ts'
import * as RecordFile from '../../src/files/RecordFile.ts'
import * as Issue from '../../src/issue.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import {
  allergy,
  bundle,
  code,
  condition,
  encounter,
  immunization,
  type Json,
  observation,
  patient,
  prescription,
  uris,
} from './document.ts'

// CIR-13: what no value set can tell is not absent from them.

const valueSets = ValueSet.index(Samples.load())
const ndc = 'http://hl7.org/fhir/sid/ndc'

function contentOf(...resources: readonly Json[]): Issue.Content {
  const terms = { asOf: Day.parse('2024-06-15'), since: Day.parse('1900-01-01'), valueSets }
  return Issue.read(JSON.stringify(bundle([patient(), ...resources])), terms).content
}

function isIn(name: string, { attributes }: Issue.Content): boolean {
  const number = BigInt(valueSets.byName.get(name)?.number ?? 0)
  return attributes.some(({ system, code }) => system === CodeSystem.everSet && code === number)
}

const smoking = (answer: Json) =>
  observation({ code: code(uris.loinc, '72166-2'), valueQuantity: undefined, ...answer })
const stay = (reasons: Json) => encounter({ class: { system: uris.actCode, code: 'IMP' }, ...reasons })

describe('a fact of which no value set can tell whether it is in one', () => {
  it.each<[string, string, Json]>([
    [
      'prescription',
      'known by its package alone',
      prescription({ medicationCodeableConcept: code(ndc, '00169-4060-12') }),
    ],
    [
      'prescription',
      'coded in SNOMED CT',
      prescription({ medicationCodeableConcept: code(uris.snomed, '1153584000') }),
    ],
    ['allergy', 'to a package', allergy({ code: code(ndc, '00169-4060-12') })],
    ['condition', 'named by a procedure', condition({ code: code('http://www.ama-assn.org/go/cpt', '99213') })],
    ['immunization', 'coded in SNOMED CT', immunization({ vaccineCode: code(uris.snomed, '871831003') })],
    ['observation', 'that asks in SNOMED CT', observation({ code: code(uris.snomed, '229819007') })],
    ['observation', 'a smoker by LOINC', smoking({ valueCodeableConcept: code(uris.loinc, 'LA18976-3') })],
    [
      'observation',
      'a smoker by two codes',
      smoking({
        valueCodeableConcept: {
          coding: [
            { system: uris.snomed, code: '77176002' },
            { system: uris.snomed, code: '449868002' },
          ],
        },
      }),
    ],
    ['observation', 'a smoker in words', smoking({ valueCodeableConcept: { text: 'one pack a day' } })],
    ['observation', 'a smoker in a text', smoking({ valueString: 'one pack a day' })],
    ['encounter', 'for heart failure by ICD-10-CM', stay({ reasonCode: [code(uris.icd10cm, 'I50.9')] })],
    ['encounter', 'for a condition', stay({ reasonReference: [{ reference: 'Condition/c' }] })],
    ['encounter', 'with a diagnosis', stay({ diagnosis: [{ condition: { reference: 'Condition/c' } }] })],
    [
      'encounter',
      'for two reasons',
      stay({ reasonCode: [code(uris.snomed, '42343007'), code(uris.snomed, '44054006')] }),
    ],
    [
      'encounter',
      'for one it tells and one it does not',
      stay({
        reasonCode: [code(uris.snomed, '44054006'), code(uris.icd10cm, 'I50.9')],
      }),
    ],
  ])('leaves %s incomplete: %s', (category, _, resource) => {
    const { complete } = contentOf(resource)
    expect(complete.categories).not.toContain(category)
    expect(complete.categories).toHaveLength(10)
    expect(complete.systems).toContain(CodeSystem.everSet)
  })

  it.each<[string, string, Json]>([
    [
      'prescription',
      'of several codes, one of which the sets know',
      prescription({
        medicationCodeableConcept: {
          coding: [
            { system: ndc, code: '00169-4060-12' },
            { system: uris.rxnorm, code: '1991302' },
          ],
        },
      }),
    ],
    ['observation', 'a smoker', smoking({ valueCodeableConcept: code(uris.snomed, '77176002') })],
    [
      'observation',
      'nobody answered',
      smoking({ dataAbsentReason: code('http://terminology.hl7.org/CodeSystem/data-absent-reason', 'asked-declined') }),
    ],
    [
      'observation',
      'in words, where no set asks for words',
      observation({ valueQuantity: undefined, valueString: 'high' }),
    ],
    ['encounter', 'for heart failure', stay({ reasonCode: [code(uris.snomed, '42343007')] })],
    ['encounter', 'for no reason', stay({})],
    ['encounter', 'not a stay', stay({ class: { system: uris.actCode, code: 'AMB' }, diagnosis: [{}] })],
  ])('is none in %s: %s', (category, _, resource) => {
    expect(contentOf(resource).complete.categories).toContain(category)
  })

  it('is in those it is in all the same', () => {
    const admitted = contentOf(
      stay({ reasonCode: [code(uris.snomed, '42343007')], diagnosis: [{ condition: { reference: 'Condition/c' } }] }),
    )
    expect(isIn('heart-failure-admission', admitted)).toBe(true)
    expect(admitted.complete.categories).toContain('encounter')
    expect(
      isIn(
        'glp-1-receptor-agonist',
        contentOf(prescription({ medicationCodeableConcept: code(ndc, '00169-4060-12') })),
      ),
    ).toBe(false)
  })

  it('keeps its record readable from a file', () => {
    const content = contentOf(smoking({ valueString: 'one pack a day' }))
    const written = JSON.stringify(RecordFile.fieldsOf(content), (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
    const { attributes, complete } = RecordFile.kind.schema.parse(JSON.parse(written))
    expect(attributes).toHaveLength(content.attributes.length)
    expect(complete.categories).not.toContain('observation')
  })
})
