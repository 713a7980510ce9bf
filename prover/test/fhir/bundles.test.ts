import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as Samples from '../../../samples/valueSets.ts'
import * as Bundle from '../../src/fhir/Bundle.ts'
import * as Import from '../../src/fhir/Import.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import type * as Policy from '../../src/protocol/Policy.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import { type Completeness, evaluate } from '../evaluator.ts'

const repository = join(import.meta.dirname, '../../..')
const folder = process.env.MEDSEAL_FHIR_DIR ?? join(repository, '../shared/fhir')
const samples = join(repository, 'samples/patients')
const haveFolder = existsSync(folder)
const mustHaveFolder = process.env.MEDSEAL_REQUIRE?.split(/[\s,]+/).includes('fhir') ?? false
if (!haveFolder) console.warn(`No FHIR bundles in ${folder} (MEDSEAL_FHIR_DIR): tests over them are skipped.`)

const valueSets = Samples.load()
const policies = { P2: policyOf('glp1-type-2-diabetes'), P3: policyOf('wegovy-cardiovascular') }

function policyOf(name: string): Policy.Policy {
  return JSON.parse(readFileSync(join(repository, `samples/policies/${name}.json`), 'utf8'))
}

function importedFrom(path: string, asOf: Day.Day) {
  return Import.importBundle(readFileSync(path, 'utf8'), { asOf })
}

/**
 * What P2 and P3 come to, read off the documents by eye. Letters are the predicates in the order of the policy files:
 * P2 type 2 diabetes, HbA1c >= 6.5 %, metformin by 90 days ago, adverse effect of it, no type 1 diabetes;
 * P3 latest BMI >= 27, infarction, stroke, peripheral artery disease, no diabetes.
 */
type Expectation = readonly [file: string, asOf: string, p2: string, p3: string, why: string]

const bySamples: readonly Expectation[] = [
  ['adela', '2026-10-01', 'TTTFT yes', 'TTFFF no', 'E11.9, metformin 2025-01-14; I21.4 and BMI 31.2, but diabetic'],
  ['bruno', '2026-10-01', 'FTFTT yes', 'TFFFT no', 'HbA1c 52 mmol/mol = 6.91 %, T38.3X5A; BMI 28.4 but no event'],
  ['clara', '2026-10-01', 'TTFFT no', 'TFFFF no', 'metformin 42 days ago, or in "2026-06"; diabetic, BMI 29.6'],
  ['dorian', '2026-10-01', 'FFFFT no', 'TTFFT yes', 'HbA1c 5.6 %, 44054006 entered in error; infarction, BMI 29.1'],
  ['emeka', '2026-10-01', 'TTTFF no', 'TFFTF no', 'E11.65 but also E10.9; PAD and BMI 27.5, but diabetic'],
  [
    'freya',
    '2026-10-01',
    'FFFFT no',
    'TFTFT yes',
    'HbA1c 6.2 % (9.9 preliminary), E10 refuted; stroke "2019", BMI 27.0 in the afternoon',
  ],
]

/** Each as of its last date; Patria's again around the 90th day after her first metformin. */
const byBundles: readonly Expectation[] = [
  ['synthea_Dana_Feest', '2020-12-15', 'FFFFT no', 'FFFFT no', 'child of one year: sinusitis, no BMI'],
  [
    'synthea_Fabian_Murray',
    '2020-12-22',
    'TTFFT no',
    'TFFFF no',
    '44054006, HbA1c 7.57 %, but metformin 17 days ago; diabetic',
  ],
  ['synthea_Hershel_Marvin', '2020-02-03', 'FFFFT no', 'TFFFT no', 'rheumatoid arthritis; BMI 29.26, no event'],
  ['synthea_Liz_Conn', '2018-08-17', 'FFFFT no', 'TFFFT no', 'hypertension; BMI 27.22, no event'],
  [
    'synthea_Mafalda_Turcotte',
    '2021-03-27',
    'FFFFT no',
    'TFFFT no',
    'prediabetes, HbA1c at most 6.14 %; BMI 30.0, fibrillation is no event',
  ],
  ['synthea_Maria_Luisa_Razo', '2020-08-05', 'FFFFT no', 'TFFFT no', 'coronary disease without infarction; BMI 30.19'],
  ['synthea_Michele_Wolf', '2016-04-05', 'FFFFT no', 'TFFFT no', 'heart failure is no event; BMI 29.15'],
  [
    'synthea_Patria_Schimmel',
    '2019-06-27',
    'TTFFT no',
    'TFFFF no',
    '44054006, HbA1c 7.56 %, but metformin 2 days ago; diabetic',
  ],
  ['synthea_Patria_Schimmel', '2019-09-22', 'TTFFT no', 'TFFFF no', 'metformin 89 days ago'],
  ['synthea_Patria_Schimmel', '2019-09-23', 'TTTFT yes', 'TFFFF no', 'metformin 90 days ago'],
  ['synthea_Rudolf_Weber', '2020-09-30', 'FFFFT no', 'FFFFT no', 'prediabetes, HbA1c at most 6.35 %; BMI 26.51'],
  [
    'synthea_Tom_Goodwin',
    '2020-06-02',
    'FFFFT no',
    'TFFFT no',
    'prediabetes, HbA1c at most 6.23 %; BMI 27.69, no event',
  ],
]

function expectAsByHand(path: string, [, written, p2, p3]: Expectation) {
  const asOf = Day.parse(written)
  const { attributes, complete } = importedFrom(path, asOf)
  const since = Day.parse('1900-01-01')
  const outcomes = Object.values(policies).map((policy) => {
    const circumstances = { today: asOf, asOf, valueSets, complete: { ...complete, setsEdition: 1, since } }
    const { met, predicates } = evaluate(policy, attributes, circumstances)
    return `${predicates.map(({ holds }) => (holds ? 'T' : 'F')).join('')} ${met ? 'yes' : 'no'}`
  })
  expect(outcomes).toEqual([p2, p3])
}

/** Resources of the document, contained ones too, and components: counted without the importer. */
function countedIn(path: string) {
  const json = JSON.parse(readFileSync(path, 'utf8'))
  const entries: { resource: Resource }[] = json.entry ?? [{ resource: json }]
  const resources = entries.flatMap(({ resource }) => [resource, ...(resource.contained ?? [])])
  const components = entries.flatMap(
    ({ resource }) => (resource.resourceType === 'Observation' && resource.component) || [],
  )
  return { resources: resources.length, components: components.length }
}
type Resource = { readonly resourceType: string; readonly contained?: Resource[]; readonly component?: unknown[] }

function expectAccount(path: string) {
  const { account, omissions, attributes } = importedFrom(path, Day.parse('2026-10-01'))
  expect(account).toMatchObject(countedIn(path))
  expect(account.taken + account.leftOut).toBe(account.resources + account.components)
  expect(omissions).toHaveLength(account.leftOut)
  expect(attributes.every(({ day }) => day <= Day.parse('2026-10-01'))).toBe(true)
}

/** The matched attributes name the same facts in the same sets as the evaluator, which reads codes its own way. */
function expectSameSets(path: string) {
  const asOf = Day.parse('2026-10-01')
  const { attributes } = importedFrom(path, asOf)
  const matched = ValueSet.match(attributes, ValueSet.index(valueSets), { asOf })
  for (const { name, number, category } of valueSets) {
    for (const active of [false, true]) {
      const system = active ? CodeSystem.activeSet : CodeSystem.everSet
      const matches = matched.filter((attribute) => attribute.system === system && attribute.code === BigInt(number))
      const policy: Policy.Policy = {
        medseal: 'policy/1',
        name: 'as many as matched',
        issuers: ['hospital'],
        record: { maximumAgeDays: 0, completeFrom: { date: '1900-01-01' } },
        require: { count: { category, set: name, active }, range: { min: matches.length, max: matches.length } },
      }
      const since = Day.parse('1900-01-01')
      const signed: Completeness = {
        categories: ['condition', 'prescription'],
        systems: [CodeSystem.everSet, CodeSystem.activeSet],
        setsEdition: 1,
        since,
      }
      expect(evaluate(policy, attributes, { today: asOf, asOf, valueSets, complete: signed }).formula).toBe(true)
    }
  }
}

function fileOf(name: string): string {
  const found = readdirSync(folder).find((file) => file.startsWith(name))
  if (!found) throw new Error(`${name} is missing from ${folder}.`)
  return join(folder, found)
}

describe('samples', () => {
  it('differ in what they may claim, twice yes and twice no for each policy', () => {
    for (const column of [2, 3] as const) {
      const answers = bySamples.map((row) => row[column].split(' ')[1])
      expect(answers.filter((answer) => answer === 'yes').length).toBeGreaterThanOrEqual(2)
      expect(answers.filter((answer) => answer === 'no').length).toBeGreaterThanOrEqual(2)
    }
    expect(readdirSync(samples).sort()).toEqual(bySamples.map(([name]) => `${name}.json`))
  })

  it.each(bySamples)('%s as of %s: P2 %s, P3 %s (%s)', (...row) => {
    const path = join(samples, `${row[0]}.json`)
    expectAccount(path)
    expectSameSets(path)
    expectAsByHand(path, row)
    const { patients, complete } = importedFrom(path, Day.parse(row[1]))
    expect([patients, complete.categories.length]).toEqual([1, 4])
    expect(complete.systems).toContain(CodeSystem.activeSet)
  })
})

it.runIf(mustHaveFolder)('the FHIR bundles are there, as MEDSEAL_REQUIRE says they must be', () => {
  expect(haveFolder).toBe(true)
})

describe.skipIf(!haveFolder)('published bundles', () => {
  const files = haveFolder ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const notFhir = ['carin_insurance_card.json', 'shl_manifest-1.json', 'shl_payload-1.json']

  it.each(files)('%s is read to the last resource, or refused', (name) => {
    const path = join(folder, name)
    if (notFhir.includes(name))
      expect(() => importedFrom(path, Day.parse('2026-10-01'))).toThrow(Bundle.NotAResourceError)
    else {
      expectAccount(path)
      expectSameSets(path)
    }
  })

  it.each(byBundles)('%s as of %s: P2 %s, P3 %s (%s)', (...row) => expectAsByHand(fileOf(row[0]), row))

  it('of Synthea are complete for what is read, and keep their values', () => {
    for (const [name, written] of byBundles) {
      const { complete, patients } = importedFrom(fileOf(name), Day.parse(written))
      expect([patients, complete.categories.length]).toEqual([1, 4])
    }
    const { attributes } = importedFrom(fileOf('synthea_Patria_Schimmel'), Day.parse('2019-06-27'))
    const hba1c = attributes.filter(({ code }) => code === CodeSystem.encode('LOINC', '4548-4'))
    // 5.848556810985231, 6.064349646167766 and 7.564455213778822 at six decimals, plus 2^63
    const expected = [5_848_557n, 6_064_350n, 7_564_455n].map((millionths) => millionths + 2n ** 63n)
    expect(hba1c.map(({ value }) => value)).toEqual(expected)
  })

  it('tell mL/min from mL/min per body surface', () => {
    const boundedIn = (name: string) => {
      const { attributes } = importedFrom(fileOf(name), Day.parse('2026-10-01'))
      return attributes
        .filter(({ code }) => code === CodeSystem.encode('LOINC', '33914-3'))
        .map(({ bounded }) => bounded)
    }
    expect(boundedIn('synthea_Michele_Wolf')).toEqual([true])
    expect(boundedIn('synthea_Liz_Conn')).toEqual([false, false, false])
  })

  it('are complete for what was left out only for a reason that explains itself', () => {
    const asOf = Day.parse('2026-10-01')
    const ips = importedFrom(fileOf('ips_'), asOf)
    // Medicines only as statements; one panel of blood typing that has a text and no code.
    expect(ips.complete.categories).toEqual(['demographic', 'condition'])
    expect(ips.attributes.filter(({ category }) => category === 'condition').map(({ system }) => system)).toEqual([
      'SNOMED CT',
      'ICD-10',
      'SNOMED CT',
    ])
    // The published example's condition is about its Composition, not its Patient.
    const example = importedFrom(fileOf('shc_example-02-a'), asOf)
    expect(example.omissions.map(({ reason }) => reason)).toContain('other-subject')
    expect(example.complete.categories).toEqual(['demographic', 'observation'])
  })
})
