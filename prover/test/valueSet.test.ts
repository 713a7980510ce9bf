import { describe, expect, it } from 'vitest'
import * as Samples from '../../samples/valueSets.ts'
import type * as Attribute from '../src/protocol/Attribute.ts'
import * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Day from '../src/protocol/Day.ts'
import * as Value from '../src/protocol/Value.ts'
import * as ValueSet from '../src/protocol/ValueSet.ts'

const asOf = Day.parse('2024-06-15')

const set = {
  medseal: 'value-set/1',
  number: 7,
  name: 'a-set',
  title: 'A set',
  category: 'condition',
  edition: 1,
  members: [
    { system: 'SNOMED CT', codes: ['44054006'] },
    { system: 'ICD-10-CM', prefixes: ['E11'] },
  ],
  source: 'this test',
}

function attribute(
  system: CodeSystem.CodeSystem,
  code: string,
  change: Partial<Attribute.Attribute> = {},
): Attribute.Attribute {
  return {
    category: 'condition',
    system,
    code: CodeSystem.encode(system, code),
    day: Day.parse('2024-01-01'),
    partialDay: false,
    value: Value.ofText('active'),
    bounded: false,
    detail: 9n,
    active: true,
    fact: `${system} ${code}`,
    time: '',
    ...change,
  }
}

function matched(sets: readonly unknown[], ...attributes: readonly Attribute.Attribute[]) {
  const index = ValueSet.index(sets.map((each) => ValueSet.parse(JSON.stringify(each))))
  return ValueSet.match(attributes, index, { asOf })
}

describe('matching', () => {
  it('adds for each fact in a set that it is in it, and that it still is', () => {
    const fact = attribute('ICD-10-CM', 'E11.65', { partialDay: true, time: '10:00' })
    expect(matched([set], fact)).toEqual([
      { ...fact, system: CodeSystem.everSet, code: 7n, value: Value.none, detail: 0n },
      { ...fact, system: CodeSystem.activeSet, code: 7n, value: Value.none, detail: 0n },
    ])
    expect(matched([set], { ...fact, active: false }).map(({ system }) => system)).toEqual([CodeSystem.everSet])
  })

  it('counts a fact once that is coded in two systems, and two facts twice', () => {
    const twice = [attribute('SNOMED CT', '44054006', { fact: 'x' }), attribute('ICD-10-CM', 'E11', { fact: 'x' })]
    expect(matched([set], ...twice)).toHaveLength(2)
    expect(matched([set], ...twice.map((each, i) => ({ ...each, fact: `${i}` })))).toHaveLength(4)
  })

  it('keeps to category, system and whole prefix', () => {
    expect(matched([set], attribute('ICD-10-CM', 'E119'))).toHaveLength(2)
    for (const other of [
      attribute('ICD-10-CM', 'E1'),
      attribute('ICD-10-CM', 'E10.9'),
      attribute('ICD-10-CM', 'E12'),
      attribute('ICD-10', 'E11'),
      attribute('SNOMED CT', '440540060'),
      attribute('SNOMED CT', '44054006', { category: 'procedure' }),
    ]) {
      expect(matched([set], other)).toEqual([])
    }
  })

  it('asks for a coded value where the set does', () => {
    const smoker = {
      ...set,
      category: 'observation',
      members: [
        { system: 'LOINC', codes: ['72166-2'], values: [{ system: 'SNOMED CT', codes: ['449868002', '8517006'] }] },
      ],
    }
    const status = (change: Partial<Attribute.Attribute>) =>
      attribute('LOINC', '72166-2', { category: 'observation', active: false, ...change })
    expect(matched([smoker], status({ value: 8517006n as Value.Value }))).toHaveLength(1)
    expect(matched([smoker], status({ value: 266919005n as Value.Value }))).toEqual([])
    expect(matched([smoker], status({ value: 8517006n as Value.Value, bounded: true }))).toEqual([])
  })

  it('carries value and mark only where the set has one code and unit', () => {
    const measured = { ...set, category: 'observation', members: [{ system: 'LOINC', codes: ['39156-5'] }] }
    const several = { ...measured, number: 8, name: 'b', members: [{ system: 'LOINC', codes: ['39156-5', '4548-4'] }] }
    const result = attribute('LOINC', '39156-5', {
      category: 'observation',
      active: false,
      value: Value.ofDecimal('27'),
      bounded: true,
    })
    expect(matched([measured, several], result)).toMatchObject([
      { code: 7n, value: Value.ofDecimal('27'), bounded: true },
      { code: 8n, value: Value.none, bounded: false },
    ])
  })

  it('refuses what is dated after the record', () => {
    expect(() => matched([set], attribute('SNOMED CT', '1', { day: (asOf + 1) as Day.Day }))).toThrow(
      ValueSet.AfterAsOfError,
    )
    expect(matched([set], attribute('SNOMED CT', '44054006', { day: asOf }))).toHaveLength(2)
  })
})

describe('a value-set file', () => {
  it('is read as it is written', () => {
    expect(ValueSet.parse(JSON.stringify(set))).toEqual(set)
  })

  it.each([
    ['', '$ must be JSON'],
    ['null', '$ must be an object'],
    ['[]', '$ must be an object'],
    ['{"__proto__": {"medseal": "value-set/1"}}', '$ may only have'],
    [{ medseal: 'value-set/2' }, '$.medseal'],
    [{ number: 0 }, '$.number'],
    [{ number: 1.5 }, '$.number'],
    [{ number: '7' }, '$.number'],
    [{ number: 65_536 }, '$.number'],
    [{ edition: 0 }, '$.edition'],
    [{ name: 'A set' }, '$.name'],
    [{ name: 'a--b' }, '$.name'],
    [{ title: '' }, '$.title'],
    [{ title: 'x'.repeat(501) }, '$.title'],
    [{ source: undefined }, '$.source'],
    [{ category: 'constructor' }, '$.category'],
    [{ members: [] }, '$.members'],
    [{ members: {} }, '$.members'],
    [{ members: [null] }, '$.members[0]'],
    [{ members: [{ system: 'SNOMED CT' }] }, '$.members[0] must list'],
    [{ members: [{ system: 'SNOMED', codes: ['1'] }] }, '$.members[0].system'],
    [{ members: [{ system: 'value set (ever)', codes: ['1'] }] }, '$.members[0].system'],
    [{ members: [{ system: 'SNOMED CT', codes: ['E11'] }] }, '$.members[0].codes[0]'],
    [{ members: [{ system: 'SNOMED CT', codes: [44054006] }] }, '$.members[0].codes[0]'],
    [{ members: [{ system: 'SNOMED CT', prefixes: ['44'] }] }, '$.members[0].prefixes[0]'],
    [{ members: [{ system: 'ICD-10-CM', prefixes: [''] }] }, '$.members[0].prefixes[0]'],
    [{ members: [{ system: 'ICD-10-CM', prefixes: ['E11'], values: [{}] }] }, '$.members[0].values[0]'],
    [{ surprise: 1 }, '$ may only have'],
  ])('%j is refused at %s', (change, place) => {
    const text = typeof change === 'string' ? change : JSON.stringify({ ...set, ...change })
    expect(() => ValueSet.parse(text)).toThrow(ValueSet.InvalidValueSetError)
    expect(() => ValueSet.parse(text)).toThrow(place)
  })

  it('shares neither number nor name with another', () => {
    const one = ValueSet.parse(JSON.stringify(set))
    expect(() => ValueSet.index([one, { ...one, name: 'other' }])).toThrow(ValueSet.DuplicateError)
    expect(() => ValueSet.index([one, { ...one, number: 8 }])).toThrow(ValueSet.DuplicateError)
  })
})

describe('the sample sets', () => {
  it('are numbered for good, and as old as their last change', () => {
    const { edition, byNumber } = ValueSet.index(Samples.load())
    expect(edition).toBe(2)
    expect([...byNumber].map(([number, set]) => `${number} ${set.name} ${set.edition}`)).toEqual([
      '1 type-2-diabetes 2',
      '2 type-1-diabetes 2',
      '3 diabetes 2',
      '4 metformin 1',
      '5 metformin-intolerance 1',
      '6 myocardial-infarction 2',
      '7 stroke 2',
      '8 peripheral-artery-disease 1',
      '9 hypertension 1',
      '10 dyslipidaemia 2',
      '11 sleep-apnoea 2',
      '12 cardiovascular-disease 2',
      '13 pancreatitis 2',
      '14 heart-failure 2',
      '15 rheumatoid-arthritis 2',
      '16 pregnancy 2',
      '17 severe-hypoglycaemia 2',
      '18 statin-intolerance 2',
      '19 disabling-condition 2',
      '20 opioid-use-disorder 2',
      '21 glp-1-receptor-agonist 2',
      '22 high-intensity-statin 2',
      '23 pcsk9-inhibitor 2',
      '24 csdmard 2',
      '25 biologic-dmard 2',
      '26 immunomodulator 2',
      '27 amoxicillin-interaction 2',
      '28 warfarin-interaction 2',
      '29 isotretinoin 2',
      '30 schedule-ii-substance 2',
      '31 schedule-iii-iv-substance 2',
      '32 penicillin-allergy 2',
      '33 mmr-vaccine 2',
      '34 varicella-vaccine 2',
      '35 polio-vaccine 2',
      '36 hepatitis-b-vaccine 2',
      '37 nicotine-use 2',
      '38 tuberculosis-test-negative 2',
      '39 pregnancy-test-negative 2',
      '40 measles-immunity 2',
      '41 mumps-immunity 2',
      '42 rubella-immunity 2',
      '43 varicella-immunity 2',
      '44 hepatitis-b-immunity 2',
      '45 heart-failure-admission 2',
      '46 immunomodulator-other-than-adalimumab 2',
    ])
  })

  it('hold every kind of diabetes in diabetes', () => {
    const sets = Samples.load()
    const membersOf = (name: string) =>
      sets
        .find((each) => each.name === name)
        ?.members.flatMap(({ system, codes = [], prefixes = [] }) =>
          [...codes, ...prefixes].map((code) => `${system} ${code}`),
        ) ?? []
    for (const kind of ['type-1-diabetes', 'type-2-diabetes']) {
      expect(membersOf('diabetes')).toEqual(expect.arrayContaining(membersOf(kind)))
    }
  })
})
