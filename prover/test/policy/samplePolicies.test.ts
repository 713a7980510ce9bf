/**
 * The sample policies: each as it must read in English (`golden/`, held against the published criteria by eye), back
 * from there, and in words; and what of the policies Medseal is measured by cannot be said, refused with its reason.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type { Codes, Formula, Policy } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as PolicyFile from '../../src/protocol/PolicyFile.ts'
import * as PolicyFormula from '../../src/protocol/PolicyFormula.ts'
import * as PolicyText from '../../src/protocol/PolicyText.ts'

const valueSets = files.valueSets()
const namesIn = (folder: string, ending: string) =>
  readdirSync(folder)
    .map((file) => file.replace(ending, ''))
    .sort()
const golden = join(import.meta.dirname, 'golden')
const policies = join(import.meta.dirname, '../../../samples/policies')

/**
 * Slots and clauses, counted by hand: a count or a mean takes two slots, an alternative over a conjunction one clause
 * for each of its parts.
 */
const sizes: readonly (readonly [id: string, policy: string, slots: number, clauses: number, circuit: string])[] = [
  // age, BMI >= 30, >= 27, five conditions, two absences; "BMI or (BMI and one of five)" is two clauses
  ['P1', 'glp1-obesity', 10, 5, 'eligibility-l'],
  ['P2', 'glp1-type-2-diabetes', 5, 3, 'eligibility-m'],
  ['P3', 'wegovy-cardiovascular', 5, 3, 'eligibility-m'],
  // statin, three LDL codes, intolerance, absence; "(statin and LDL) or intolerance" is two clauses
  ['P4', 'pcsk9-inhibitor', 6, 3, 'eligibility-l'],
  // age, arthritis, two treatments, test, absence
  ['P5', 'adalimumab-rheumatoid-arthritis', 6, 5, 'eligibility-l'],
  // age, diabetes, HbA1c, BMI, two eGFR codes, six absences, one count; one clause each, the eGFR codes in one
  ['P6', 'type-2-diabetes-trial', 14, 12, 'eligibility-l'],
  // nicotine, two ages, two means, cholesterol, two ratios, sex, two absences; "(age and mean) or (age and mean)" is four
  ['P7', 'life-cover-best-class', 13, 10, 'eligibility-l'],
  ['P11', 'amoxicillin-safety', 2, 2, 'eligibility-m'],
  // four counts, five tests of immunity; "doses or (three tests)" is three clauses
  ['P13', 'school-immunisation', 13, 6, 'eligibility-l'],
  ['P14', 'maternity-waiting-period', 1, 1, 'eligibility-s'],
  ['P15', 'disability', 1, 1, 'eligibility-s'],
  ['P17', 'remote-blood-pressure', 2, 1, 'eligibility-m'],
]

it('every sample policy has its golden text and its size here', () => {
  const names = namesIn(policies, '.json')
  expect(namesIn(golden, '.txt')).toEqual(names)
  expect(sizes.map(([, name]) => name).sort()).toEqual(names)
})

describe.each(sizes)('%s %s', (_, name, slots, clauses, circuit) => {
  const file = files.policyText(name)
  const text = readFileSync(join(golden, `${name}.txt`), 'utf8')

  it('is written the one way it is formatted, and says where its criteria were published', () => {
    expect(PolicyFile.format(PolicyFile.parse(file))).toBe(file)
    expect(PolicyFile.parse(file).source).toBeDefined()
  })

  it('reads as its golden text, and back', () => {
    const policy = PolicyFile.parse(file)
    expect(PolicyText.print(policy)).toBe(text)
    expect(PolicyText.parse(text)).toStrictEqual(policy)
  })

  it(`takes ${slots} slots and ${clauses} clauses: ${circuit}`, () => {
    const compiled = PolicyCompiler.compile(files.policyOf(name), { valueSets })
    expect([compiled.words.slots.length, compiled.words.clauses.length]).toEqual([slots, clauses])
    expect(Eligibility.circuitFor(compiled.words)).toBe(circuit)
    expect(PolicyCompiler.compile(PolicyText.parse(text), { valueSets }).hash).toBe(compiled.hash)
  })

  it('asks for no range so narrow that a proof would tell the value', () => {
    expect(PolicyCompiler.needleNarrow(PolicyCompiler.compile(files.policyOf(name), { valueSets }))).toEqual([])
  })
})

/** A file that asks for this and nothing else. */
const asking = (require: unknown, change: object = {}) =>
  JSON.stringify({ ...files.policyOf('glp1-type-2-diabetes'), require, ...change })

/** What reading and compiling say of a file, whichever refuses it first. */
function refusalOf(file: string): string {
  try {
    PolicyCompiler.compile(PolicyFile.parse(file), { valueSets })
    return 'none'
  } catch (error) {
    if (error instanceof PolicyFile.InvalidPolicyError) return `file: ${error.path} ${error.rule}`
    if (error instanceof PolicyFormula.UnsayableError) return `compiler: ${error.path}: ${error.reason}`
    throw error
  }
}

/** A sample policy with one more thing required. */
function withAlso(name: string, formula: Formula): string {
  const policy: Policy = files.policyOf(name)
  const { require } = policy
  if (!('allOf' in require)) throw new Error(`${name} is no list of requirements.`)
  return JSON.stringify({ ...policy, require: { allOf: [...require.allOf, formula] } })
}

describe('what cannot be said is refused', () => {
  const bmi: Codes = { category: 'observation', system: 'LOINC', code: '39156-5' }
  const kinds = 'allOf, anyOf, atLeast, not, any, latest, none, count, average, age'
  const drug: Codes = { category: 'prescription', system: 'RxNorm', code: '861007' }
  const lastFill: Codes = { ...drug, category: 'dispense' }
  const noUnit = 'values of this code have no canonical unit to compare in'
  const egfr: Codes = { category: 'observation', system: 'LOINC', code: '62238-1' }
  const diastolic: Codes = { category: 'observation', system: 'LOINC', code: '8462-4' }

  it.each<[string, string, string]>([
    [
      'P1, BMI before the first fill: a window ends on a day, not on another fact',
      asking({ any: bmi, window: { to: { before: lastFill } }, value: { min: '30', unit: 'kg/m2' } }),
      'file: require.window.to must be an object with exactly one of the keys daysBeforeToday, date',
    ],
    [
      'P1, the last BMI before some day: "the latest" speaks up to today only',
      asking({
        latest: bmi,
        window: { from: { date: '2020-01-01' }, to: { date: '2026-01-01' } },
        value: { min: '30', unit: 'kg/m2' },
      }),
      'file: require.window must only have the keys from',
    ],
    [
      'P2 and P4, days of treatment in a row: a prescription has no value that compares',
      asking({ any: { category: 'prescription', set: 'metformin' }, value: { min: '90', unit: 'd' } }),
      `compiler: require.value: ${noUnit}`,
    ],
    [
      "P5, the prescriber's specialty: roles are what registrars verify",
      asking({ age: { min: 18 } }, { issuers: ['rheumatologist'] }),
      'file: issuers[0] must name a role: doctor, hospital, laboratory, insurer, pharmacy, keeper, guardian, arbiter, researcher, auditor',
    ],
    [
      'P8, P9 and P12, refills and days of supply: fields of a packed value',
      asking({ any: drug, value: { max: '5', unit: '{refills}' } }),
      `compiler: require.value: ${noUnit}`,
    ],
    [
      'P10, a share of the days supplied: a window counts days, not what another fact says',
      asking({ none: lastFill, window: { from: { shareOfDaysSupplied: 0.75 } } }),
      'file: require.window.from must be an object with exactly one of the keys daysBeforeToday, date',
    ],
    [
      'P10, the real last fill and its days of supply: fields of a packed value',
      asking({ latest: lastFill, value: { max: '30', unit: 'd' } }),
      `compiler: require.value: ${noUnit}`,
    ],
    [
      'P13, gaps between doses: a count counts',
      asking({ count: { category: 'immunization', system: 'CVX', code: '3' }, range: { min: 2 }, gapDays: 28 }),
      'file: require must only have the keys count, window, range',
    ],
    [
      "P16, a guardian's credential: a policy is about one person's one record",
      asking({ allOf: [{ age: { max: 17 } }, { guardian: { age: { min: 18 } } }] }),
      `file: require.allOf[1] must be an object with exactly one of the keys ${kinds}`,
    ],
    [
      'P6 with a third eGFR code: one slot too many',
      withAlso('type-2-diabetes-trial', { latest: egfr, value: { min: '30', unit: 'mL/min/{1.73_m2}' } }),
      'compiler: require: it takes 15 slots, and 14 is the most',
    ],
    [
      'P7 with its diastolic limit: a second mean has no room',
      withAlso('life-cover-best-class', {
        average: diastolic,
        window: { from: { daysBeforeToday: 365 } },
        value: { max: '85', unit: 'mm[Hg]' },
        minimumCount: 2,
      }),
      'compiler: require: it takes 15 slots, and 14 is the most',
    ],
  ])('%s', (_, file, refusal) => {
    expect(refusalOf(file)).toBe(refusal)
  })

  it('and nothing else stands in the way of these files', () => {
    expect(refusalOf(asking({ latest: bmi, value: { min: '30', unit: 'kg/m2' } }))).toBe('none')
    expect(refusalOf(asking({ any: drug, window: { from: { daysBeforeToday: 183 } } }))).toBe('none')
    expect(refusalOf(asking({ none: lastFill, window: { from: { daysBeforeToday: 23 } } }))).toBe('none')
    expect(refusalOf(asking({ age: { max: 17 } }))).toBe('none')
  })
})
