import { describe, expect, it } from 'vitest'
import * as Coding from '../../src/fhir/Coding.ts'
import * as Import from '../../src/fhir/Import.ts'
import * as Json from '../../src/fhir/Json.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import { bundle, condition, patient, prescription, uris } from './document.ts'

const asOf = Day.parse('2024-06-15')
const ndcUri = 'http://hl7.org/fhir/sid/ndc'

function read(codings: readonly unknown[]): Coding.Concept {
  const json = Json.parse(JSON.stringify({ coding: codings }))
  if (!Json.isObject(json)) throw new Error('not an object')
  return Coding.read({ json, path: 'code' })
}

/** The eleven digits of an NDC, or why it is lost. */
function ndc(code: string, system = ndcUri): string | undefined {
  const { codings, lost } = read([{ system, code }])
  expect(codings.length + lost.length).toBe(1)
  const [coding] = codings
  return coding ? CodeSystem.decode('NDC-11', coding.code).padStart(11, '0') : lost[0]?.reason
}

describe('National Drug Codes', () => {
  it.each([
    ['4-4-2', '1234-5678-90', '01234567890'],
    ['5-3-2', '12345-678-90', '12345067890'],
    ['5-4-1', '12345-6789-0', '12345678900'],
    ['5-4-2', '12345-6789-01', '12345678901'],
    ['4-4-2 with zeros at the head of each', '0002-0510-01', '00002051001'],
    ['5-3-2 with zeros at the head of each', '00002-051-01', '00002005101'],
    ['5-4-1 with zeros at the head of each', '00002-0051-0', '00002005100'],
    ['eleven digits', '12345678901', '12345678901'],
    ['eleven digits with zeros before', '00002751001', '00002751001'],
    ['*4-4-2', '*1234-5678-90', '01234567890'],
    ['5-*3-2', '12345-*678-90', '12345067890'],
    ['5-4-*1', '12345-6789-*0', '12345678900'],
    ['*4-4-2 without dashes', '*1234567890', '01234567890'],
    ['5-*3-2 without dashes', '12345*67890', '12345067890'],
    ['5-4-*1 without dashes', '123456789*0', '12345678900'],
    ['6-4-2', '012345-6789-01', '12345678901'],
    ['6-4-1', '012345-6789-0', '12345678900'],
    ['6-3-2', '012345-678-90', '12345067890'],
    ['twelve digits', '012345678901', '12345678901'],
  ])('of the form %s: %s is %s', (_form, code, expected) => {
    expect(ndc(code)).toBe(expected)
    expect(ndc(code, 'urn:oid:2.16.840.1.113883.6.69')).toBe(expected)
  })

  it.each(['1234567890', '0002751001', '0000000000'])(
    'of ten digits without dashes, %s, have three readings',
    (code) => {
      expect(ndc(code)).toBe('ambiguous-code')
    },
  )

  it.each([
    ['nine digits', '123456789'],
    ['4-3-2', '1234-567-89'],
    ['4-4-1', '1234-5678-9'],
    ['5-3-1', '12345-678-9'],
    ['6-3-1', '012345-678-9'],
    ['3-4-2', '123-4567-89'],
    ['5-5-1', '12345-67890-1'],
    ['5-4-3', '12345-6789-012'],
    ['two segments', '12345-6789'],
    ['four segments', '1234-5678-90-1'],
    ['a labeler of six digits', '112345-6789-01'],
    ['twelve digits of which none is the leading zero', '112345678901'],
    ['thirteen digits', '0012345678901'],
    ['two asterisks', '*1234-*678-90'],
    ['a pack not said', '12345-6789-**'],
    ['an asterisk within a segment', '12345-6*78-90'],
    ['an asterisk too many', '*12345-6789-01'],
    ['an asterisk in the wrong place', '1*234567890'],
    ['letters', '1234A-6789-01'],
    ['a blank', '12345-6789-01 '],
    ['other digits', '١٢٣٤٥٦٧٨٩٠١'],
  ])('of no form are refused: %s', (_form, code) => {
    expect(ndc(code)).toBe('invalid-code')
  })

  it('that are ambiguous leave the medicine in the record by its other code, and NDC-11 incomplete', () => {
    const coding = [
      { system: uris.rxnorm, code: '861007' },
      { system: ndcUri, code: '0002751001' },
    ]
    const document = bundle([patient(), prescription({ medicationCodeableConcept: { coding } })])
    const { attributes, remarks, complete } = Import.importBundle(JSON.stringify(document), { asOf })
    expect(attributes.filter(({ category }) => category === 'prescription').map(({ system }) => system)).toEqual([
      'RxNorm',
    ])
    expect(remarks.map(({ reason, path }) => [reason, path])).toContainEqual([
      'ambiguous-code',
      'MedicationRequest.medicationCodeableConcept.coding[1]',
    ])
    expect(complete.categories).toContain('prescription')
    expect(complete.systems).not.toContain('NDC-11')
    expect(complete.systems).toContain('RxNorm')
  })
})

describe('several codings', () => {
  const coding = [
    { system: uris.snomed, code: '44054006' },
    { system: uris.icd10cm, code: 'E11.9' },
    { system: uris.icd10cm, code: 'e119' },
    { system: 'http://hospital.example/codes', code: 'DM2' },
  ]

  it('give one attribute for each supported system, all of one fact', () => {
    const document = bundle([patient(), condition({ code: { coding } })])
    const { attributes, remarks } = Import.importBundle(JSON.stringify(document), { asOf })
    const conditions = attributes.filter(({ category }) => category === 'condition')
    expect(conditions.map(({ system, code }) => [system, CodeSystem.decode(system, code)])).toEqual([
      ['SNOMED CT', '44054006'],
      ['ICD-10-CM', 'E119'],
    ])
    expect(new Set(conditions.map(({ fact }) => fact)).size).toBe(1)
    expect(remarks.map(({ reason }) => reason)).toContain('unknown-system')
  })

  it('count once in a value set that lists both', () => {
    const set: ValueSet.ValueSet = {
      medseal: 'value-set/1',
      number: 1,
      name: 'diabetes',
      title: 'Diabetes',
      category: 'condition',
      edition: 1,
      members: [
        { system: 'SNOMED CT', codes: ['44054006'] },
        { system: 'ICD-10-CM', prefixes: ['E11'] },
      ],
      source: 'this test',
    }
    const two = [condition({ code: { coding } }), condition({ id: 'd', code: { coding } })]
    const { attributes } = Import.importBundle(JSON.stringify(bundle([patient(), ...two])), { asOf })
    const matched = ValueSet.match(attributes, ValueSet.index([set]), { asOf })
    expect(matched.filter(({ system }) => system === CodeSystem.everSet)).toHaveLength(2)
    expect(matched.filter(({ system }) => system === CodeSystem.activeSet)).toHaveLength(2)
  })
})

describe('systems', () => {
  it.each([
    ['urn:oid:2.16.840.1.113883.6.96', '44054006', 'SNOMED CT'],
    ['urn:oid:2.16.840.1.113883.6.1', '4548-4', 'LOINC'],
    ['urn:oid:2.16.840.1.113883.6.88', '861007', 'RxNorm'],
    ['urn:oid:2.16.840.1.113883.6.90', 'E11.9', 'ICD-10-CM'],
    ['urn:oid:2.16.840.1.113883.12.292', '08', 'CVX'],
    ['urn:oid:2.16.840.1.113883.6.285', 'J1885', 'HCPCS'],
    ['https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', 'J1885', 'HCPCS'],
    ['urn:oid:2.16.840.1.113883.6.4', '0FT44ZZ', 'ICD-10-PCS'],
    ['http://www.cms.gov/Medicare/Coding/ICD10', '0FT44ZZ', 'ICD-10-PCS'],
    ['urn:oid:2.16.840.1.113883.5.4', 'AMB', 'HL7 ActCode'],
    ['http://terminology.hl7.org/CodeSystem/v3-ActCode', 'HIP', 'HL7 ActCode'],
  ])('%s with %s is of %s', (system, code, expected) => {
    expect(read([{ system, code }]).codings.map((coding) => coding.system)).toEqual([expected])
  })

  it.each([
    '',
    'medseal:value-set:ever',
    'medseal:value-set:active',
    'http://snomed.example/sct',
    'http://hl7.org/fhir/sid/icd-9-cm',
    '__proto__',
  ])('%s names none', (system) => {
    if (system === '') return expect(() => read([{ system, code: '1' }])).toThrow()
    expect(read([{ system, code: '1' }])).toEqual({
      codings: [],
      lost: [{ path: 'code.coding[0]', reason: 'unknown-system', system: undefined }],
    })
  })
  it.each([
    ['https://hl7.org/fhir/sid/icd-10-cm', 'ICD-10-CM'],
    ['http://hl7.org/fhir/sid/icd-10-cm ', 'ICD-10-CM'],
    ['http://hl7.org/fhir/sid/ICD-10-CM/', 'ICD-10-CM'],
    ['http://hl7.org/fhir/sid/icd-10-cm|2024', 'ICD-10-CM'],
    ['http://hl7.org/fhir/sid/icd-10/', 'ICD-10'],
    ['2.16.840.1.113883.6.90', 'ICD-10-CM'],
    ['URN:OID:2.16.840.1.113883.6.90', 'ICD-10-CM'],
    ['http://snomed.info/sct/', 'SNOMED CT'],
    ['http://snomed.info/sct/731000124108/version/20240301', 'SNOMED CT'],
    ['https://www.loinc.org', 'LOINC'],
    ['https://terminology.hl7.org/CodeSystem/v3-ActCode', 'HL7 ActCode'],
  ])('%s is meant to name %s: its codes are not guessed, and the system is not complete', (system, expected) => {
    expect(read([{ system, code: '44054006' }])).toEqual({
      codings: [],
      lost: [{ path: 'code.coding[0]', reason: 'invalid-code', system: expected }],
    })
  })

  it.each([
    ['a slip in its uri', 'http://hl7.org/fhir/sid/icd-10-cm ', 'E10.9', ['ICD-10-CM']],
    ['a slip in its code', uris.icd10cm, ' E10.9', ['ICD-10-CM']],
    ['no system', undefined, 'E10.9', []],
  ] as const)('of %s, a second coding lost leaves no absence in any value set', (_, system, code, spoilt) => {
    const diagnosis = condition({
      code: {
        coding: [
          { system: uris.snomed, code: '404684003' },
          { ...(system && { system }), code },
        ],
      },
    })
    const { complete } = Import.importBundle(JSON.stringify(bundle([patient(), diagnosis])), { asOf })
    for (const lost of [...spoilt, 'value set (ever)', 'value set (active)'])
      expect(complete.systems).not.toContain(lost)
    expect(complete.systems).toContain('SNOMED CT')
  })
})

describe('codes of ICD-10', () => {
  it.each(['E11', 'E11.9', 'e119', 'C4A.0', 'S72.001A', 'U07.1', 'O9A.2', 'Z3A.40'])('%s is one', (code) => {
    expect(read([{ system: uris.icd10cm, code }]).codings).toHaveLength(1)
  })

  it.each([' E10.9', 'E10.9 ', 'E10 .9', '_E10.9', 'E-10.9', '/E10', 'ı10', 'Ｅ10', 'ICD10-E10.9', '10', 'E10.9\n'])(
    '%j is none, as no value set would find it',
    (code) => {
      expect(read([{ system: uris.icd10cm, code }])).toEqual({
        codings: [],
        lost: [{ path: 'code.coding[0]', reason: 'invalid-code', system: 'ICD-10-CM' }],
      })
    },
  )
})
