import { readdirSync, readFileSync } from 'node:fs'
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
import {
  byBundles,
  bySamples,
  type Expectation,
  fileOf,
  folder,
  haveFolder,
  mustHaveFolder,
  samples,
} from '../expectations.ts'
import { categories, categoriesBut } from './document.ts'

const repository = join(import.meta.dirname, '../../..')

const valueSets = Samples.load()
const { edition } = ValueSet.index(valueSets)
const policies = { P2: policyOf('glp1-type-2-diabetes'), P3: policyOf('wegovy-cardiovascular') }

function policyOf(name: string): Policy.Policy {
  return JSON.parse(readFileSync(join(repository, `samples/policies/${name}.json`), 'utf8'))
}

function importedFrom(path: string, asOf: Day.Day) {
  return Import.importBundle(readFileSync(path, 'utf8'), { asOf })
}

function expectAsByHand(path: string, [, written, p2, p3]: Expectation) {
  const asOf = Day.parse(written)
  const { attributes, complete } = importedFrom(path, asOf)
  const since = Day.parse('1900-01-01')
  const outcomes = Object.values(policies).map((policy) => {
    const circumstances = { today: asOf, asOf, valueSets, complete: { ...complete, setsEdition: edition, since } }
    const { met, predicates } = evaluate(policy, attributes, circumstances)
    return `${predicates.map(({ holds }) => (holds ? 'T' : 'F')).join('')} ${met ? 'yes' : 'no'}`
  })
  expect(outcomes).toEqual([p2, p3])
}

/** Lists whose elements are counted beside their resource. */
const partLists: { readonly [resourceType: string]: readonly string[] } = {
  Observation: ['component'],
  Claim: ['item'],
  ExplanationOfBenefit: ['item'],
}

/** Resources of the document, contained ones too, and their parts: counted without the importer. */
function countedIn(path: string) {
  const json = JSON.parse(readFileSync(path, 'utf8'))
  const entries: { resource: Resource }[] = Array.isArray(json) ? json : (json.entry ?? [{ resource: json }])
  const resources = entries.flatMap(({ resource }) => [resource, ...(resource.contained ?? [])])
  const parts = entries.flatMap(({ resource }) =>
    (partLists[resource.resourceType] ?? []).flatMap((name) => resource[name] ?? []),
  )
  return { resources: resources.length, parts: parts.length }
}
type Resource = { readonly resourceType: string; readonly contained?: Resource[]; readonly [list: string]: unknown }

function expectAccount(path: string) {
  const { account, omissions, attributes } = importedFrom(path, Day.parse('2026-10-01'))
  expect(account).toMatchObject(countedIn(path))
  expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
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
        record: { maximumAgeDays: 0, completeFrom: { date: '1900-01-01' }, setsEdition: edition },
        require: { count: { category, set: name, active }, range: { min: matches.length, max: matches.length } },
      }
      const since = Day.parse('1900-01-01')
      const signed: Completeness = {
        categories,
        systems: [CodeSystem.everSet, CodeSystem.activeSet],
        setsEdition: edition,
        since,
      }
      expect(evaluate(policy, attributes, { today: asOf, asOf, valueSets, complete: signed }).formula).toBe(true)
    }
  }
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
    expect([patients, complete.categories]).toEqual([1, categories])
    expect(complete.systems).toContain(CodeSystem.activeSet)
  })
})

it.runIf(mustHaveFolder)('the FHIR bundles are there, as MEDSEAL_REQUIRE says they must be', () => {
  expect(haveFolder).toBe(true)
})

describe.skipIf(!haveFolder)('published bundles', () => {
  const files = haveFolder ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const notFhir = ['shl_manifest-1.json', 'shl_payload-1.json']

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
      // One echocardiogram of hers, also billed, has a LOINC code that says it is of SNOMED CT.
      const spoilt = name === 'synthea_Michele_Wolf' ? ['procedure', 'charge'] : []
      // Explanations of benefit contain a Coverage each, in words.
      expect([patients, complete.categories]).toEqual([1, categoriesBut(...spoilt, 'coverage')])
      expect(complete.systems.includes(CodeSystem.everSet)).toBe(spoilt.length === 0)
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
    // A document lists what its author found relevant, and this one is nine years old and adds to another.
    expect(ips.complete.categories).toEqual([])
    // One panel of blood typing has a text and no code; "no known food allergies" beside an allergy to a medicine.
    expect(ips.omissions.flatMap(({ spoils }) => spoils.categories)).toEqual(['observation'])
    expect(ips.attributes.filter(({ category }) => category === 'condition').map(({ system }) => system)).toEqual([
      'SNOMED CT',
      'ICD-10',
      'SNOMED CT',
    ])
    // The published example's facts are about its Composition, not its Patient.
    const example = importedFrom(fileOf('shc_example-02-a'), asOf)
    expect(example.omissions.filter(({ reason }) => reason === 'other-subject')).toHaveLength(3)
    expect(example.omissions.flatMap(({ spoils }) => spoils.categories)).toEqual([
      'condition',
      'prescription',
      'allergy',
    ])
  })
})
