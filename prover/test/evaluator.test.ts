import { describe, expect, it } from 'vitest'
import type * as Attribute from '../src/protocol/Attribute.ts'
import * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Day from '../src/protocol/Day.ts'
import type * as Policy from '../src/protocol/Policy.ts'
import * as Value from '../src/protocol/Value.ts'
import type * as ValueSet from '../src/protocol/ValueSet.ts'
import { type Completeness, evaluate, RefusedError } from './evaluator.ts'

const today = Day.parse('2024-06-15')
const since = Day.parse('2000-01-01')

const hba1c = { category: 'observation', system: 'LOINC', code: '4548-4' } as const
const aboveSix = { min: '6.5', unit: '%' }
const lastYear = { from: { daysBeforeToday: 365 } }

const complete: Completeness = {
  categories: ['demographic', 'condition', 'observation', 'prescription'],
  systems: ['SNOMED CT', 'LOINC', 'ICD-10-CM', 'RxNorm', 'value set (ever)', 'value set (active)'],
  setsEdition: 1,
  since,
}

const valueSets: ValueSet.ValueSet[] = [
  {
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
  },
]

function result(
  decimal: string | undefined,
  date: string,
  change: Partial<Attribute.Attribute> = {},
): Attribute.Attribute {
  return {
    category: 'observation',
    system: 'LOINC',
    code: CodeSystem.encode('LOINC', '4548-4'),
    day: Day.parse(date),
    partialDay: false,
    value: decimal === undefined ? Value.none : Value.ofDecimal(decimal),
    bounded: decimal === undefined,
    detail: 0n,
    active: false,
    fact: `${decimal} ${date}`,
    time: '',
    ...change,
  }
}

function diagnosis(
  system: CodeSystem.CodeSystem,
  code: string,
  change: Partial<Attribute.Attribute> = {},
): Attribute.Attribute {
  const value = Value.ofText('active')
  return result('0', '2020-01-01', {
    category: 'condition',
    system,
    code: CodeSystem.encode(system, code),
    value,
    active: true,
    ...change,
  })
}

function born(date: string, change: Partial<Attribute.Attribute> = {}): Attribute.Attribute {
  const value = Value.ofDate(Day.parse(date))
  return result('0', '2020-01-01', {
    category: 'demographic',
    code: CodeSystem.encode('LOINC', '21112-8'),
    day: Day.earliest,
    value,
    ...change,
  })
}

type Given = {
  readonly signed?: Partial<Completeness>
  readonly on?: Day.Day
  readonly record?: Partial<Policy.RecordRequirement>
}

function outcome(
  require: Policy.Formula,
  attributes: readonly Attribute.Attribute[],
  { signed, on = today, record }: Given = {},
) {
  const requirement = { maximumAgeDays: 30, completeFrom: { date: '2010-01-01' }, setsEdition: 1, ...record }
  const policy: Policy.Policy = { medseal: 'policy/1', name: 'test', issuers: ['keeper'], record: requirement, require }
  return evaluate(policy, attributes, { today: on, asOf: today, valueSets, complete: { ...complete, ...signed } })
}

const met = (require: Policy.Formula, attributes: readonly Attribute.Attribute[], given?: Given) =>
  outcome(require, attributes, given).met
const not = (formula: Policy.Formula): Policy.Formula => ({ not: formula })

describe('ANY', () => {
  it('holds when one attribute has such a value, to the millionth', () => {
    const any: Policy.Formula = { any: hba1c, value: aboveSix }
    expect(met(any, [result('5', '2024-01-01'), result('6.5', '2001-01-01')])).toBe(true)
    expect(met(any, [result('6.499999', '2024-01-01')])).toBe(false)
    expect(met({ any: hba1c, value: { max: '-0.000001', unit: '%' } }, [result('-0.000001', '2024-01-01')])).toBe(true)
    expect(met({ any: hba1c, value: { min: '6.4999995', unit: '%' } }, [result('6.5', '2024-01-01')])).toBe(true)
    expect(met({ any: hba1c, value: { min: '6.4999995', unit: '%' } }, [result('6.499999', '2024-01-01')])).toBe(false)
  })

  it('finds a bounded one only where no value is asked for', () => {
    expect(met({ any: hba1c }, [result(undefined, '2024-01-01')])).toBe(true)
    expect(met({ any: hba1c, value: { min: '-9000000000000', unit: '%' } }, [result(undefined, '2024-01-01')])).toBe(
      false,
    )
  })

  it('finds a partly dated one only without a window', () => {
    const partial = [result('7', '2024-03-31', { partialDay: true })]
    expect(met({ any: hba1c, value: aboveSix }, partial)).toBe(true)
    expect(met({ any: hba1c, value: aboveSix, window: lastYear }, partial)).toBe(false)
  })

  it('counts both ends of its window in', () => {
    const window = { from: { date: '2024-01-01' }, to: { daysBeforeToday: 90 } }
    const at = (date: string) => met({ any: hba1c, window }, [result('7', date)])
    expect(['2023-12-31', '2024-01-01', '2024-03-17', '2024-03-18'].map(at)).toEqual([false, true, true, false])
  })

  it('needs no completeness', () => {
    expect(met({ any: hba1c }, [result('7', '2024-01-01')], { signed: { categories: [], systems: [] } })).toBe(true)
  })

  it('ranges over prefixes and from one code to another', () => {
    const icd = { category: 'condition', system: 'ICD-10-CM' } as const
    const has = (codes: Policy.Codes, code: string) => met({ any: codes }, [diagnosis('ICD-10-CM', code)])
    expect(has({ ...icd, prefix: 'e11' }, 'E11.9')).toBe(true)
    expect(has({ ...icd, prefix: 'E11.9' }, 'E11')).toBe(false)
    expect(has({ ...icd, from: 'E08', to: 'E13' }, 'E11.9')).toBe(true)
    expect(has({ ...icd, from: 'E08', to: 'E13' }, 'E13.1')).toBe(false)
    const snomed = { category: 'condition', system: 'SNOMED CT', from: '99', to: '1000' } as const
    expect(met({ any: snomed }, [diagnosis('SNOMED CT', '440')])).toBe(true)
    expect(met({ any: snomed }, [diagnosis('SNOMED CT', '98')])).toBe(false)
  })

  it('compares coded values and texts', () => {
    const codes = { category: 'condition', system: 'SNOMED CT', code: '44054006' } as const
    expect(met({ any: codes, value: { text: 'active' } }, [diagnosis('SNOMED CT', '44054006')])).toBe(true)
    expect(met({ any: codes, value: { text: 'resolved' } }, [diagnosis('SNOMED CT', '44054006')])).toBe(false)
    const answer = [result('0', '2024-01-01', { value: 8517006n as Value.Value })]
    expect(met({ any: hba1c, value: { code: { system: 'SNOMED CT', code: '8517006' } } }, answer)).toBe(true)
    expect(met({ any: hba1c, value: { code: { system: 'SNOMED CT', code: '8517007' } } }, answer)).toBe(false)
  })
})

describe('LATEST', () => {
  const latest: Policy.Formula = { latest: hba1c, value: aboveSix }
  const inYear: Policy.Formula = { latest: hba1c, value: aboveSix, window: lastYear }

  it('is decided by the last, by day, then time as written, then resource', () => {
    expect(met(latest, [result('7', '2024-02-01'), result('6', '2024-01-01')])).toBe(true)
    expect(met(latest, [result('7', '2024-01-01'), result('6', '2024-02-01')])).toBe(false)
    const morning = result('6', '2024-01-01', { time: '08:00:00Z', fact: 'b' })
    const evening = result('7', '2024-01-01', { time: '20:00:00Z', fact: 'a' })
    expect(met(latest, [evening, morning])).toBe(true)
    expect(met(latest, [{ ...evening, time: '08:00:00Z' }, morning])).toBe(false)
  })

  it('is false, affirmed or denied, where the last is a bound or partly dated', () => {
    for (const mark of [{ partialDay: true }, { bounded: true }]) {
      const attributes = [result('7', '2024-01-01'), result('8', '2024-02-01', mark)]
      expect([met(latest, attributes), met(not(latest), attributes)]).toEqual([false, false])
    }
  })

  it('is denied by another value, or by none at all', () => {
    expect(met(not(latest), [result('6', '2024-01-01')])).toBe(true)
    expect(met(not(latest), [])).toBe(true)
    expect(met(latest, [])).toBe(false)
    expect([met(inYear, [result('7', '2023-01-01')]), met(not(inYear), [result('7', '2023-01-01')])]).toEqual([
      false,
      true,
    ])
  })

  it('is false, affirmed or denied, in an incomplete record', () => {
    const { met: whole, formula } = outcome(not(latest), [], { signed: { categories: ['condition'] } })
    expect([whole, formula]).toEqual([false, false])
    expect(outcome(latest, [result('7', '2024-01-01')], { signed: { systems: ['SNOMED CT'] } }).formula).toBe(false)
  })
})

describe('NONE', () => {
  const none = { none: { category: 'condition', set: 'diabetes' } } as const

  it('holds when there is nothing, whatever its value or mark', () => {
    expect(met(none, [])).toBe(true)
    expect(met(none, [diagnosis('SNOMED CT', '44054006')])).toBe(false)
    expect(met({ none: hba1c, window: lastYear }, [result('7', '2023-06-16')])).toBe(false)
    expect(met({ none: hba1c, window: lastYear }, [result('7', '2023-06-15')])).toBe(true)
    expect(met({ none: hba1c, window: lastYear }, [result(undefined, '2024-01-01', { partialDay: true })])).toBe(false)
  })

  it.each([
    [{ categories: ['observation'] }],
    [{ systems: ['SNOMED CT', 'ICD-10-CM'] }],
    [{ setsEdition: 0 }],
    [{ since: Day.parse('2010-01-02') }],
  ] as const)('CIR-13: is false for a record signed %j', (signed) => {
    const { met: whole, formula } = outcome(none, [], { signed })
    expect([whole, formula]).toEqual([false, false])
  })

  it('needs the edition the policy names, and is content with a later one', () => {
    expect(met(none, [], { record: { setsEdition: 2 } })).toBe(false)
    expect(met(none, [], { record: { setsEdition: 2 }, signed: { setsEdition: 3 } })).toBe(true)
  })

  it('must name the edition of the set at least, where nothing of it may be there', () => {
    const unnamed = { record: { setsEdition: undefined } } as unknown as Given
    const count: Policy.Formula = { count: none.none, range: { max: 3 } }
    for (const whole of [none, count, not(count), not({ any: none.none })]) {
      expect(() => met(whole, [], unnamed)).toThrow(RefusedError)
      expect(() => met(whole, [], { record: { setsEdition: 0 } })).toThrow(RefusedError)
    }
    const diabetic = [diagnosis('SNOMED CT', '44054006')]
    expect([met({ any: none.none }, diabetic, unnamed), met(not(none), diabetic, unnamed)]).toEqual([true, true])
    expect(met({ none: hba1c, window: lastYear }, [], unnamed)).toBe(true)
  })

  it('must say since when the record is complete, unless a window does', () => {
    const forgetful = { record: { completeFrom: undefined } } as unknown as Given
    expect(() => met(none, [], forgetful)).toThrow(RefusedError)
    expect(met({ none: hba1c, window: lastYear }, [], forgetful)).toBe(true)
    expect(
      met({ none: hba1c, window: lastYear }, [], { ...forgetful, signed: { since: Day.parse('2023-06-17') } }),
    ).toBe(false)
    expect(() => met({ none: hba1c, window: { from: { date: '2009-12-31' } } }, [])).toThrow(RefusedError)
  })
})

describe('COUNT', () => {
  const three = ['2024-01-01', '2024-02-01', '2024-03-01'].map((date) => result('7', date))
  const count = (min: number, max: number, window?: Policy.OpenWindow): Policy.Formula => ({
    count: hba1c,
    range: { min, max },
    ...(window && { window }),
  })

  it('counts, whatever the values', () => {
    expect([met(count(3, 3), three), met(count(0, 2), three), met(count(4, 9), three), met(count(0, 0), [])]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect(met(not(count(0, 2)), three)).toBe(true)
    expect(met(not(count(3, 3)), three)).toBe(false)
    expect(met(count(2, 2, { from: { date: '2024-01-02' } }), three)).toBe(true)
  })

  it('in a window is false, affirmed or denied, over anything marked', () => {
    for (const mark of [{ partialDay: true }, { bounded: true }]) {
      const marked = [...three, result('7', '2024-04-01', mark)]
      expect(met(count(4, 4), marked)).toBe(true)
      expect([met(count(4, 4, lastYear), marked), met(not(count(4, 4, lastYear)), marked)]).toEqual([false, false])
      expect(met(count(3, 3, lastYear), [...three, result('7', '2023-01-01', mark)])).toBe(true)
    }
  })

  it('counts a fact of a set once, and only active ones where asked', () => {
    const facts = [
      diagnosis('SNOMED CT', '44054006', { fact: 'a' }),
      diagnosis('ICD-10-CM', 'E11.9', { fact: 'a' }),
      diagnosis('ICD-10-CM', 'E11.65', { fact: 'b', active: false, bounded: true }),
    ]
    const inSet = (active: boolean, number: number): Policy.Formula => ({
      count: { category: 'condition', set: 'diabetes', active },
      range: { min: number, max: number },
      window: { from: { date: '2011-01-01' } },
    })
    expect([met(inSet(false, 2), facts), met(inSet(true, 1), facts)]).toEqual([true, true])
  })
})

describe('AVERAGE', () => {
  const average = (value: Partial<Policy.DecimalRange>, minimumCount = 2): Policy.Formula => ({
    average: hba1c,
    window: lastYear,
    value: { unit: '%', ...value },
    minimumCount,
  })
  const results = ['6.4', '6.5', '6.6'].map((decimal, i) => result(decimal, `2024-0${i + 1}-01`))

  it('compares the mean without rounding it', () => {
    expect(met(average({ min: '6.5', max: '6.5' }), results)).toBe(true)
    expect(met(average({ min: '6.500001' }), results)).toBe(false)
    const thirds = ['1', '1', '1.000001'].map((decimal, i) => result(decimal, `2024-0${i + 1}-01`))
    expect([met(average({ max: '1' }), thirds), met(average({ max: '1.000001' }), thirds)]).toEqual([false, true])
  })

  it('needs so many, and none is not zero', () => {
    expect([met(average({ max: '9' }, 3), results), met(average({ max: '9' }, 4), results)]).toEqual([true, false])
    expect(met(average({ min: '-1', max: '1' }, 1), [])).toBe(false)
    expect(() => met(average({ max: '9' }, 0), results)).toThrow(RefusedError)
  })

  it('is false, affirmed or denied, over anything marked in its window', () => {
    for (const mark of [{ partialDay: true }, { bounded: true }]) {
      const marked = [...results, result('6.5', '2024-04-01', mark)]
      expect([met(average({ min: '6' }), marked), met(not(average({ min: '6' })), marked)]).toEqual([false, false])
    }
    expect([met(not(average({ min: '6' })), results), met(not(average({ min: '7' })), results)]).toEqual([false, true])
    expect(met(not(average({ min: '6' }, 4)), results)).toBe(true)
    const unwindowed: Policy.Formula = { average: hba1c, value: { min: '6', unit: '%' }, minimumCount: 2 }
    expect(met(not(unwindowed), [result(undefined, '2024-01-01')])).toBe(true)
  })
})

describe('CIR-10: ages', () => {
  const adult: Policy.Formula = { age: { min: 18 } }
  const minor: Policy.Formula = { age: { max: 17 } }

  it('change on the birthday, and on 1 March for those born on 29 February', () => {
    const on = (date: string, birth: string) =>
      met(adult, [born(birth)], { on: Day.parse(date), record: { maximumAgeDays: 131_071 } })
    expect([on('2024-06-15', '2006-06-15'), on('2024-06-15', '2006-06-16')]).toEqual([true, false])
    expect(outcome(adult, [born('2004-02-29')], { on: Day.parse('2022-02-28') }).formula).toBe(false)
    expect(outcome(adult, [born('2004-02-29')], { on: Day.parse('2022-03-01') }).formula).toBe(true)
  })

  it.each(['1900-01-01', '1904-02-29', '1969-12-31', '1970-01-01'])('count from %s', (birth) => {
    expect([met(adult, [born(birth)]), met(minor, [born(birth)])]).toEqual([true, false])
  })

  it('with an upper bound are false on a partial birth date, also when denied', () => {
    const partial = [born('1990-12-31', { partialDay: true })]
    expect([met(adult, partial), met(minor, partial), met(not(adult), partial), met(not(minor), partial)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('are false of what is no date', () => {
    for (const value of [0n, 17991231n, 2n ** 63n, 20240616n]) {
      const attributes = [born('1990-01-01', { value: value as Value.Value })]
      expect([met(adult, attributes), met(minor, attributes)]).toEqual([false, false])
    }
    expect(met(minor, [])).toBe(false)
  })
})

describe('formulas', () => {
  const yes: Policy.Formula = { any: hba1c }
  const no: Policy.Formula = { any: { ...hba1c, code: '2339-0' } }
  const attributes = [result('7', '2024-01-01')]

  it('are thresholds, and not goes through them', () => {
    const two = (...of: Policy.Formula[]): Policy.Formula => ({ atLeast: 2, of })
    expect([met(two(yes, yes, no), attributes), met(two(yes, no, no), attributes)]).toEqual([true, false])
    expect([met(not(two(yes, yes, no)), attributes), met(not(two(yes, no, no)), attributes)]).toEqual([false, true])
    expect([met({ allOf: [yes, no] }, attributes), met(not({ allOf: [yes, no] }), attributes)]).toEqual([false, true])
    expect([met({ anyOf: [yes, no] }, attributes), met(not({ anyOf: [yes, no] }), attributes)]).toEqual([true, false])
    expect(met(not(not(yes)), attributes)).toBe(true)
  })

  it('turn not any into none, and not none into any', () => {
    expect([met(not(yes), attributes), met(not(no), attributes), met(not({ none: hba1c }), attributes)]).toEqual([
      false,
      true,
      true,
    ])
    expect(met(not(no), attributes, { signed: { categories: [] } })).toBe(false)
    expect(met(not({ none: hba1c }), attributes, { signed: { categories: [] } })).toBe(true)
  })

  it.each<[string, Policy.Formula]>([
    ['not any of a value', { not: { any: hba1c, value: aboveSix } }],
    ['not any that ends before today', { not: { any: hba1c, window: { to: { daysBeforeToday: 1 } } } }],
    [
      'a window over a prefix',
      { any: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' }, window: lastYear },
    ],
    [
      'the latest of a prefix',
      { latest: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' }, value: { text: 'active' } },
    ],
    ['a value over several codes', { any: { category: 'condition', set: 'diabetes' }, value: aboveSix }],
    ['a set nobody published', { any: { category: 'condition', set: 'gout' } }],
    ['a clause of none', { atLeast: 0, of: [yes] }],
    ['more than there are', { atLeast: 2, of: [yes] }],
    ['an age without bounds', { age: {} }],
  ])('are refused for %s', (_, formula) => {
    expect(() => met(formula, attributes)).toThrow(RefusedError)
  })

  it('are not enough when the record is too old, or from tomorrow', () => {
    const on = (day: number) => outcome(yes, attributes, { on: (today + day) as Day.Day })
    expect([0, 30, 31, -1].map((day) => on(day).met)).toEqual([true, true, false, false])
    expect(on(31).formula).toBe(true)
  })
})
