import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import { fileOf, haveFolder } from '../expectations.ts'

function importedFrom(name: string) {
  return Import.importBundle(readFileSync(fileOf(name), 'utf8'), { asOf: Day.parse('2026-10-01') })
}

/** Attributes of each clinical category, as counted in the files by other means: codings of known systems, told apart. */
const counts = [
  [
    'synthea_Patria_Schimmel',
    {
      demographic: 2,
      condition: 8,
      observation: 71,
      prescription: 5,
      allergy: 5,
      immunization: 7,
      procedure: 8,
      encounter: 28,
    },
  ],
  [
    'synthea_Dana_Feest',
    { demographic: 2, condition: 1, observation: 67, prescription: 1, immunization: 23, procedure: 4, encounter: 18 },
  ],
  [
    'synthea_Hershel_Marvin',
    { demographic: 2, condition: 4, observation: 55, prescription: 4, immunization: 5, procedure: 5, encounter: 20 },
  ],
  [
    'synthea_Mafalda_Turcotte',
    { demographic: 2, condition: 13, observation: 120, prescription: 6, immunization: 12, procedure: 7, encounter: 38 },
  ],
  // Eleven procedures, of which one has a LOINC code that says it is of SNOMED CT.
  [
    'synthea_Michele_Wolf',
    { demographic: 3, condition: 3, observation: 149, prescription: 4, immunization: 12, procedure: 10, encounter: 32 },
  ],
  // Two medicines by statement, each in SNOMED CT and ATC; of two allergies one says that none to food is known.
  ['ips_', { demographic: 2, condition: 3, observation: 6, prescription: 4, allergy: 1 }],
  ['shc_example-00', { demographic: 1, immunization: 3 }],
] as const

describe.skipIf(!haveFolder)('published bundles', () => {
  it.each(counts)('%s gives as many attributes as it has codings', (name, expected) => {
    const found: Record<string, number> = {}
    for (const { category } of importedFrom(name).attributes) {
      if (category !== 'charge' && category !== 'coverage') found[category] = (found[category] ?? 0) + 1
    }
    expect(found).toEqual(expected)
  })

  it('say what an encounter was for', () => {
    const { attributes } = importedFrom('synthea_Patria_Schimmel')
    const reasons = attributes.filter(
      ({ category, system, value }) => category === 'encounter' && system === 'SNOMED CT' && value !== 0n,
    )
    expect(reasons.map(({ day, time, value }) => [Day.format(day), time, value])).toEqual([
      ['1976-05-27', '04:22:04+00:00', 446096008n],
      ['2016-05-16', '04:22:04+00:00', 444814009n],
      ['2019-06-15', '04:22:04+00:00', 195662009n],
    ])
  })

  it('take medicines that are only stated, and are active while their period lasts', () => {
    const medicines = importedFrom('ips_').attributes.filter(({ category }) => category === 'prescription')
    expect(
      medicines.map(({ system, code, day, partialDay, active }) => [
        CodeSystem.decode(system, code),
        Day.format(day),
        partialDay,
        active,
      ]),
    ).toEqual([
      ['108774000', '2015-03-31', true, true],
      ['L02BG03', '2015-03-31', true, true],
      ['412588001', '2016-01-31', true, true],
      ['G02CX04', '2016-01-31', true, true],
    ])
  })

  it('lose nothing by a denial of one kind of allergy beside an allergy of another', () => {
    const { omissions } = importedFrom('ips_')
    expect(omissions.filter(({ resourceType }) => resourceType === 'AllergyIntolerance')).toEqual([
      {
        resourceType: 'AllergyIntolerance',
        index: 19,
        path: 'AllergyIntolerance',
        reason: 'no-known-allergy-of-a-kind',
        spoils: { categories: [], systems: [] },
      },
    ])
  })
})
