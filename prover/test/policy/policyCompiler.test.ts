import { describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import { parameters } from '../../src/generated/parameters.ts'
import type * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import type { Codes, DecimalRange, Formula, Policy, Predicate } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as PolicyFormula from '../../src/protocol/PolicyFormula.ts'
import * as Value from '../../src/protocol/Value.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import * as randomPolicy from './randomPolicy.ts'

const valueSets = ValueSet.index([
  ...files.valueSets().byName.values(),
  {
    medseal: 'value-set/1',
    number: 60_000,
    name: 'measured',
    title: 'HbA1c alone',
    category: 'observation',
    edition: 1,
    members: [{ system: 'LOINC', codes: ['4548-4'] }],
    source: 'Written for this test.',
  },
])

const stroke: Codes = { category: 'condition', set: 'stroke' }
const diabetes: Codes = { category: 'condition', set: 'diabetes' }
const hba1c: Codes = { category: 'observation', system: 'LOINC', code: '4548-4' }
const e11: Codes = { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' }
const aboveSix: DecimalRange = { min: '6.5', unit: '%' }
const lastYear = { from: { daysBeforeToday: 365 } }
const any = (set: string): Predicate => ({ any: { category: 'condition', set } })
const none = (set: string): Predicate => ({ none: { category: 'condition', set } })
const not = (formula: Formula): Formula => ({ not: formula })

function policyOf(require: Formula, change: Partial<Policy> = {}): Policy {
  return {
    medseal: 'policy/1',
    name: 'Test',
    issuers: ['hospital'],
    record: { maximumAgeDays: 30, completeFrom: { daysBeforeToday: 3_650 }, setsEdition: 2 },
    require,
    ...change,
  }
}

const compile = (policy: Policy) => PolicyCompiler.compile(policy, { valueSets })
const headerOf = (require: Formula, record: Partial<Policy['record']> = {}) =>
  compile(policyOf(require, { record: { maximumAgeDays: 30, ...record } })).words.header

function refusalOf(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    if (!(error instanceof PolicyFormula.UnsayableError)) throw error
    return `${error.path}: ${error.reason}`
  }
}

/** Whether the formula holds, given what holds of its predicates. Knows nothing of clauses. */
function isTrue(formula: Formula, holds: (predicate: Predicate) => boolean): boolean {
  if ('not' in formula) return !isTrue(formula.not, holds)
  if ('allOf' in formula) return formula.allOf.every((child) => isTrue(child, holds))
  if ('anyOf' in formula) return formula.anyOf.some((child) => isTrue(child, holds))
  if ('atLeast' in formula) return formula.of.filter((child) => isTrue(child, holds)).length >= formula.atLeast
  return holds(formula)
}

function clausesAreTrue(clauses: PolicyFormula.Conjunction, holds: (predicate: Predicate) => boolean): boolean {
  return clauses.every(({ threshold, predicates }) => predicates.filter(holds).length >= threshold)
}

/** Formulas that can be said, of those a seeded generator makes; the seed is in the test's name. */
function sayable(count: number, leaf: (random: randomPolicy.Random) => Formula): Formula[] {
  const random = randomPolicy.seeded(randomPolicy.seed)
  const formulas: Formula[] = []
  for (let tries = 0; formulas.length < count && tries < 3 * count; tries++) {
    const formula = randomPolicy.formula(random, 3, leaf)
    const refusal = refusalOf(() => PolicyFormula.toClauses(formula))
    if (refusal === 'none') formulas.push(formula)
    else expect(refusal).toMatch(/its alternatives multiply to too many clauses|it always holds/)
  }
  expect(formulas.length).toBe(count)
  return formulas
}

const dose = process.env.MEDSEAL_DOSE === 'full' ? 10_000 : 1_000

describe(`clauses (seed ${randomPolicy.seed})`, () => {
  const names = ['a', 'b', 'c', 'd', 'e']

  it(`hold exactly when their formula does, for every record: ${dose} formulas of any and none`, () => {
    const leaf = (random: randomPolicy.Random) =>
      randomPolicy.pick(random, [any, any, none])(randomPolicy.pick(random, names))
    for (const formula of sayable(dose, leaf)) {
      const clauses = PolicyFormula.toClauses(formula)
      for (let present = 0; present < 1 << names.length; present++) {
        const holds = (predicate: Predicate) => {
          const codes = 'any' in predicate ? predicate.any : 'none' in predicate ? predicate.none : hba1c
          const isPresent = 'set' in codes && ((present >> names.indexOf(codes.set)) & 1) === 1
          return 'any' in predicate ? isPresent : !isPresent
        }
        expect(clausesAreTrue(clauses, holds)).toBe(isTrue(formula, holds))
      }
    }
  })

  it(`hold exactly when their formula does, for random records: ${dose} formulas of every kind`, () => {
    const random = randomPolicy.seeded(randomPolicy.seed + 1)
    const codes: Codes[] = ['1-0', '2-0'].map((code) => ({ category: 'observation', system: 'LOINC', code }))
    const leaf = (from: randomPolicy.Random): Formula => {
      const target = randomPolicy.pick(from, codes)
      const [low, high] = [randomPolicy.between(from, 0, 2), randomPolicy.between(from, 2, 4)]
      const ends = <T>(of: (bound: number) => T) =>
        randomPolicy.pick<{ min?: T; max?: T }>(from, [
          { min: of(low) },
          { max: of(high) },
          { min: of(low), max: of(high) },
        ])
      const value = { ...ends(String), unit: '1' }
      return randomPolicy.pick<Formula>(from, [
        { any: target },
        { none: target },
        { latest: target, value },
        { count: target, range: ends((bound) => bound) },
        { average: target, value, minimumCount: randomPolicy.between(from, 1, 3) },
        { age: ends((bound) => bound) },
      ])
    }
    for (const formula of sayable(dose, leaf)) {
      const clauses = PolicyFormula.toClauses(formula)
      for (let i = 0; i < 20; i++) {
        const age = randomPolicy.between(random, 0, 5)
        const values = codes.map(() =>
          Array.from({ length: randomPolicy.between(random, 0, 4) }, () => randomPolicy.between(random, 0, 4)),
        )
        const of = (target: Codes) => values['code' in target && target.code === '1-0' ? 0 : 1] ?? []
        const holds = (predicate: Predicate): boolean => {
          if ('age' in predicate) return isWithin(age, predicate.age)
          if ('any' in predicate) return of(predicate.any).length > 0
          if ('none' in predicate) return of(predicate.none).length === 0
          if ('count' in predicate) return isWithin(of(predicate.count).length, predicate.range)
          const range = 'unit' in predicate.value ? predicate.value : {}
          const found = of('latest' in predicate ? predicate.latest : predicate.average)
          if ('latest' in predicate) return found.length > 0 && isWithin(found.at(-1) ?? Number.NaN, range)
          const mean = found.reduce((sum, each) => sum + each, 0) / found.length
          return found.length >= predicate.minimumCount && isWithin(mean, range)
        }
        expect(clausesAreTrue(clauses, holds)).toBe(isTrue(formula, holds))
      }
    }
  })

  it('say each thing once, and nothing that another clause implies', () => {
    const [a, b, c] = [any('a'), any('b'), any('c')]
    expect(PolicyFormula.toClauses({ allOf: [a, a, { anyOf: [b, a] }] })).toEqual([{ threshold: 1, predicates: [a] }])
    expect(PolicyFormula.toClauses({ allOf: [{ atLeast: 2, of: [a, b, c] }, { anyOf: [a, b, c] }] })).toEqual([
      { threshold: 2, predicates: [a, b, c] },
    ])
    expect(PolicyFormula.toClauses({ anyOf: [{ allOf: [a, b] }, c] })).toEqual([
      { threshold: 1, predicates: [a, c] },
      { threshold: 1, predicates: [b, c] },
    ])
    expect(PolicyFormula.toClauses({ atLeast: 2, of: [a, a, b] })).toEqual([{ threshold: 1, predicates: [a] }])
  })

  it('are refused where they would be too many, without being made', () => {
    const letters = Array.from({ length: 40 }, (_, i) => any(`s${i}`))
    const pairs = letters.slice(0, 20).map((letter, i): Formula => ({ allOf: [letter, any(`t${i}`)] }))
    const many = 'require: its alternatives multiply to too many clauses'
    expect(refusalOf(() => PolicyFormula.toClauses({ anyOf: pairs }))).toBe(many)
    expect(refusalOf(() => PolicyFormula.toClauses({ atLeast: 10, of: pairs }))).toBe(many)
    expect(refusalOf(() => PolicyFormula.toClauses({ atLeast: 20, of: [...letters, any('s0')] }))).toBe(many)
    expect(refusalOf(() => PolicyFormula.toClauses({ anyOf: [{ atLeast: 20, of: letters }, any('x')] }))).toBe(many)
    // Many alternatives, but one clause.
    expect(PolicyFormula.toClauses({ anyOf: [{ anyOf: letters }, any('x')] })).toHaveLength(1)
  })
})

function isWithin(number: number, { min, max }: { min?: number | string; max?: number | string }): boolean {
  return number >= Number(min ?? Number.NEGATIVE_INFINITY) && number <= Number(max ?? Number.POSITIVE_INFINITY)
}

describe('not', () => {
  const clause = (...predicates: Predicate[]) => [{ threshold: 1, predicates }]

  it.each<[string, Formula, PolicyFormula.Conjunction]>([
    ['none', { none: stroke }, clause({ any: stroke })],
    ['none in a window', { none: hba1c, window: lastYear }, clause({ any: hba1c, window: lastYear })],
    ['any', { any: stroke }, clause({ none: stroke })],
    ['any in a window', { any: hba1c, window: lastYear }, clause({ none: hba1c, window: lastYear })],
    ['not', not({ any: hba1c, value: aboveSix }), clause({ any: hba1c, value: aboveSix })],
    [
      'latest at least',
      { latest: hba1c, value: aboveSix },
      clause({ latest: hba1c, value: { max: '6.499999', unit: '%' } }, { none: hba1c }),
    ],
    [
      'latest within, in a window',
      { latest: hba1c, value: { min: '0', max: '6.50', unit: '%' }, window: lastYear },
      clause(
        { latest: hba1c, value: { max: '-0.000001', unit: '%' }, window: lastYear },
        { latest: hba1c, value: { min: '6.500001', unit: '%' }, window: lastYear },
        { none: hba1c, window: lastYear },
      ),
    ],
    [
      'count within',
      { count: stroke, range: { min: 2, max: 3 } },
      clause({ count: stroke, range: { max: 1 } }, { count: stroke, range: { min: 4 } }),
    ],
    ['count at least', { count: stroke, range: { min: 2 } }, clause({ count: stroke, range: { max: 1 } })],
    ['count at most', { count: stroke, range: { min: 0, max: 0 } }, clause({ count: stroke, range: { min: 1 } })],
    [
      'average',
      { average: hba1c, value: { max: '7', unit: '%' }, minimumCount: 3, window: lastYear },
      clause(
        { average: hba1c, value: { min: '7.000001', unit: '%' }, minimumCount: 3, window: lastYear },
        { count: hba1c, window: lastYear, range: { max: 2 } },
      ),
    ],
    ['age within', { age: { min: 18, max: 74 } }, clause({ age: { max: 17 } }, { age: { min: 75 } })],
    ['age at least', { age: { min: 18 } }, clause({ age: { max: 17 } })],
    ['age at most', { age: { min: 0, max: 17 } }, clause({ age: { min: 18 } })],
    ['all of', { allOf: [{ any: stroke }, { any: diabetes }] }, clause({ none: stroke }, { none: diabetes })],
    [
      'any of',
      { anyOf: [{ any: stroke }, { any: diabetes }] },
      [...clause({ none: stroke }), ...clause({ none: diabetes })],
    ],
    [
      'at least two of three',
      { atLeast: 2, of: [any('a'), any('b'), any('c')] },
      [{ threshold: 2, predicates: [none('a'), none('b'), none('c')] }],
    ],
  ])('%s is said the other way round', (_, formula, clauses) => {
    expect(PolicyFormula.toClauses(not(formula))).toEqual(clauses)
  })

  it.each<[string, Formula, string]>([
    ['any of a value', { any: hba1c, value: aboveSix }, 'that no attribute has a value in a range cannot be proven'],
    [
      'any that ends before today',
      { any: hba1c, window: { to: { daysBeforeToday: 1 } } },
      'absence can only be proven up to today',
    ],
    ['latest of a coded value', { latest: stroke, value: { text: 'x' } }, 'a coded value has no complement'],
    ['count at least none', { count: stroke, range: { min: 0 } }, 'it always holds, so its negation never does'],
    ['age at least 0', { age: { min: 0 } }, 'it always holds, so its negation never does'],
    ['a bound that is none', { latest: hba1c, value: { min: 'x', unit: '%' } }, 'a bound in % is not a decimal'],
  ])('%s is refused with its reason and place', (_, formula, reason) => {
    expect(refusalOf(() => compile(policyOf(not(formula))))).toBe(`require.not: ${reason}`)
    expect(refusalOf(() => compile(policyOf({ allOf: [any('stroke'), not({ anyOf: [formula] })] })))).toBe(
      `require.allOf[1].not.anyOf[0]: ${reason}`,
    )
  })
})

describe('a policy is refused', () => {
  const value = (range: object, target: Codes = hba1c) => ({ any: target, value: range }) as Formula

  it.each<[string, Formula]>([
    ['require.any: there is no such category', { any: { category: 'toString' as 'charge', set: 'stroke' } }],
    ['require.any: there is no such code system', { any: { ...hba1c, system: 'constructor' as 'LOINC' } }],
    ['require.any: value sets go by name', { any: { ...hba1c, system: 'value set (ever)' } }],
    ['require.any: there is no value set "gout"', any('gout')],
    ['require.any: there is no value set "__proto__"', any('__proto__')],
    ['require.none: value set "stroke" is not of category allergy', { none: { category: 'allergy', set: 'stroke' } }],
    ['require.count: LOINC has no such codes', { count: { ...hba1c, code: '45484' }, range: { min: 1 } }],
    ['require.any: SNOMED CT has no such codes', { any: { category: 'condition', system: 'SNOMED CT', prefix: '73' } }],
    [
      'require.any: the range of codes is empty',
      { any: { category: 'condition', system: 'ICD-10', from: 'E14', to: 'E10' } },
    ],
    ...[
      { latest: e11, value: { text: 'x' } },
      { average: e11, value: aboveSix, minimumCount: 1 },
    ].map((formula, i): [string, Formula] => [
      `require.${['latest', 'average'][i]}: days order attributes of one code only: name a single code or a value set`,
      formula,
    ]),
    [
      'require.window: days order attributes of one code only: name a single code or a value set',
      { any: e11, window: lastYear },
    ],
    ['require.window: it ends before it opens', { any: hba1c, window: { ...lastYear, to: { daysBeforeToday: 366 } } }],
    [
      'require.window: it ends before it opens',
      { any: hba1c, window: { from: { date: '2020-01-02' }, to: { date: '2020-01-01' } } },
    ],
    [
      `require.window.from: days before today lie between 0 and ${Day.offset - 1}`,
      { any: hba1c, window: { from: { daysBeforeToday: Day.offset } } },
    ],
    ['require.window.to: it is not a calendar day', { any: hba1c, window: { to: { date: '2023-02-29' } } }],
    ['require.value: values of this code have no canonical unit to compare in', value(aboveSix, e11)],
    ['require.value: values of this code have no canonical unit to compare in', value(aboveSix, diabetes)],
    ['require.value: values of this code are compared in %', value({ min: '6.5', unit: 'mmol/mol' })],
    ['require.value: it bounds nothing', value({ unit: '%' })],
    ['require.value: its range is empty', value({ min: '2', max: '1', unit: '%' })],
    ['require.value.min: it is not a decimal that a value can carry', value({ min: '1e13', unit: '%' })],
    ['require.value.max: it is not a decimal that a value can carry', value({ max: 'x', unit: '%' })],
    ['require.value.code: SNOMED CT has no such code', value({ code: { system: 'SNOMED CT', code: 'x' } })],
    ['require.value.code: there is no such code system', value({ code: { system: 'toString', code: '1' } })],
    ['require.value.text: no value is such a text', value({ text: 'thirteen-long' })],
    ...[{ text: 'x' }, { code: { system: 'SNOMED CT', code: '0' } }].map((range): [string, Formula] => [
      'require.value: facts of a value set carry no coded value: name the code, or a set that matches the value',
      value(range, diabetes),
    ]),
    ['require.range: it bounds nothing', { count: stroke, range: {} }],
    ['require.range: counts lie between 0 and 4095, least first', { count: stroke, range: { min: 2, max: 1 } }],
    ['require.range: counts lie between 0 and 4095, least first', { count: stroke, range: { max: 4_096 } }],
    ['require.range: counts lie between 0 and 4095, least first', { count: stroke, range: { min: 0.5 } }],
    ['require.minimumCount: a mean takes at least one attribute', { average: hba1c, value: aboveSix, minimumCount: 0 }],
    ['require.age: it bounds nothing', { age: {} }],
    ['require.age: ages lie between 0 and 150 years, least first', { age: { min: 18, max: 17 } }],
    ['require.age: ages lie between 0 and 150 years, least first', { age: { max: 151 } }],
    ['require: an empty list says nothing', { allOf: [] }],
    ['require: atLeast must lie between 1 and the length of its list', { atLeast: 0, of: [any('stroke')] }],
    ['require: atLeast must lie between 1 and the length of its list', { atLeast: 2, of: [any('stroke')] }],
    [
      'require: atLeast must lie between 1 and the length of its list',
      { atLeast: 1.5, of: [any('stroke'), { age: { min: 1 } }] },
    ],
    [
      'require: it takes 15 slots, and 14 is the most',
      { anyOf: Array.from({ length: 15 }, (_, i): Formula => ({ age: { min: i } })) },
    ],
    [
      'require: it takes 16 slots, and 14 is the most',
      { anyOf: Array.from({ length: 8 }, (_, i): Formula => ({ count: stroke, range: { min: i + 1 } })) },
    ],
    [
      'require: it takes 13 clauses, and 12 is the most',
      { allOf: Array.from({ length: 13 }, (_, i): Formula => ({ age: { min: i } })) },
    ],
  ])('%s (%#)', (refusal, formula) => {
    expect(refusalOf(() => compile(policyOf(formula)))).toBe(refusal)
    // Deeper, the place is deeper, unless the whole is at fault.
    if (/^require: it takes/.test(refusal)) return
    const inner: Formula = { anyOf: [{ any: stroke }, { allOf: [{ any: hba1c }, formula] }] }
    expect(refusalOf(() => compile(policyOf(inner)))).toBe(refusal.replace('require', 'require.anyOf[1].allOf[1]'))
  })

  it.each<[string, Partial<Policy>]>([
    ['issuers: no role is accepted', { issuers: [] }],
    ['issuers: there is no such role', { issuers: ['toString' as 'hospital'] }],
    ['record.maximumAgeDays: it must be a number of days', { record: { maximumAgeDays: -1 } }],
    ['record.maximumAgeDays: it must be a number of days', { record: { maximumAgeDays: 1.5 } }],
    ['record.maximumAgeDays: it must be a number of days', { record: { maximumAgeDays: Day.offset + 1 } }],
    ['record.setsEdition: it must lie between 1 and 65535', { record: { maximumAgeDays: 1, setsEdition: 0 } }],
    ['record.setsEdition: it must lie between 1 and 65535', { record: { maximumAgeDays: 1, setsEdition: 65_536 } }],
    ['record.completeFrom: it is not a calendar day', { record: { maximumAgeDays: 1, completeFrom: { date: 'x' } } }],
    ['blind: it must be 32 lower-case hexadecimal digits', { blind: 'F'.repeat(32) }],
    ['blind: zero hides nothing: leave it out', { blind: '0'.repeat(32) }],
  ])('%s', (refusal, change) => {
    expect(refusalOf(() => compile(policyOf(any('stroke'), change)))).toBe(refusal)
  })

  it(`or compiled, whatever a file can hold (seed ${randomPolicy.seed})`, () => {
    const random = randomPolicy.seeded(randomPolicy.seed)
    for (let i = 0; i < dose; i++) refusalOf(() => compile(randomPolicy.policy(random)))
  })
})

describe('the header', () => {
  const categoryBit = (category: CodeSystem.Category) => 1n << BigInt(parameters.categories[category])
  const systemBit = (system: number) => 1n << BigInt(system)
  const dayField = (date: string) => Number(Day.toField(Day.parse(date)))

  it('asks for no completeness where nothing speaks of the whole', () => {
    const header = headerOf({ allOf: [{ any: hba1c, value: aboveSix }, { age: { min: 18 } }] })
    expect(header).toMatchObject({ categories: 0n, systems: 0n, setsEdition: 0 })
    expect(header).toMatchObject({ completeFromRelative: false, completeFrom: (1 << 20) - 1 })
  })

  it.each<[string, Formula, CodeSystem.Category[], number[], number]>([
    ['none of a set', { none: stroke }, ['condition'], [20], 2],
    ['none of an active set', { none: { ...stroke, active: true } }, ['condition'], [21], 2],
    ['latest', { latest: hba1c, value: aboveSix }, ['observation'], [2], 2],
    ['count of a prefix', { count: e11, range: { max: 3 } }, ['condition'], [4], 2],
    ['average', { average: hba1c, value: aboveSix, minimumCount: 1 }, ['observation'], [2], 2],
    ['not any', not({ any: e11 }), ['condition'], [4], 2],
    ['not none', not({ none: e11 }), [], [], 2],
    [
      'systems from 32 on share a bit',
      { none: { category: 'demographic', system: 'HL7 AdministrativeGender', code: 'male' } },
      ['demographic'],
      [23],
      2,
    ],
    [
      'several',
      { anyOf: [{ none: stroke }, { count: hba1c, range: { min: 1 } }] },
      ['condition', 'observation'],
      [2, 20],
      2,
    ],
  ])('asks for what %s', (_, formula, categories, systems, setsEdition) => {
    const header = headerOf(formula, { completeFrom: { daysBeforeToday: 100 }, setsEdition: 2 })
    expect(header).toMatchObject({
      categories: categories.map(categoryBit).reduce((a, b) => a | b, 0n),
      systems: systems.map(systemBit).reduce((a, b) => a | b, 0n),
      setsEdition,
      completeFromRelative: true,
      completeFrom: 100,
    })
  })

  it('asks for an edition where any alone uses sets, and takes a later one that is stated', () => {
    expect(headerOf({ any: stroke }).setsEdition).toBe(1)
    expect(headerOf(not({ none: stroke })).setsEdition).toBe(1)
    expect(headerOf({ any: stroke }, { setsEdition: 1 }).setsEdition).toBe(1)
    expect(headerOf({ any: stroke }, { setsEdition: 7 }).setsEdition).toBe(7)
    expect(headerOf({ any: hba1c }, { setsEdition: 7 }).setsEdition).toBe(7)
    expect(headerOf({ any: hba1c }).setsEdition).toBe(0)
  })

  const measured: Codes = { category: 'observation', set: 'measured' }
  const old: Codes = { category: 'condition', set: 'hypertension' }

  it.each<[string, Formula, string, number]>([
    ['none', { none: stroke }, 'stroke', 2],
    ['none of an active set', { none: { ...stroke, active: true } }, 'stroke', 2],
    ['count', { count: stroke, range: { min: 1 } }, 'stroke', 2],
    ['not any', not({ any: stroke }), 'stroke', 2],
    ['none of a set of the first edition', { none: old }, 'hypertension', 1],
    ['latest', { latest: measured, value: aboveSix }, 'measured', 1],
    ['average', { average: measured, value: aboveSix, minimumCount: 1 }, 'measured', 1],
    ['the youngest of several', { allOf: [{ any: diabetes }, { none: old }, { none: stroke }] }, 'stroke', 2],
  ])('must state the edition of every set that is spoken of as a whole: %s', (_, formula, set, edition) => {
    const record = { completeFrom: { daysBeforeToday: 100 } }
    const told = `it must be stated as ${edition} at least: what is asked of value set "${set}" speaks of all its members`
    expect(refusalOf(() => headerOf(formula, { ...record, setsEdition: edition - 1 }))).toBe(
      edition > 1 ? `record.setsEdition: ${told}` : 'record.setsEdition: it must lie between 1 and 65535',
    )
    expect(headerOf(formula, { ...record, setsEdition: edition }).setsEdition).toBe(edition)
    expect(headerOf(formula, { ...record, setsEdition: edition + 1 }).setsEdition).toBe(edition + 1)
  })

  it('refuses an edition that is not stated rather than derive it: the next would change the hash', () => {
    const refusal = (formula: Formula) => refusalOf(() => headerOf(formula, { completeFrom: { daysBeforeToday: 100 } }))
    const told = (set: string, edition: number) =>
      `record.setsEdition: it must be stated as ${edition} at least: what is asked of value set "${set}" speaks of all its members`
    expect(refusal({ none: stroke })).toBe(told('stroke', 2))
    expect(refusal({ none: old })).toBe(told('hypertension', 1))
    expect(refusal({ latest: measured, value: aboveSix })).toBe(told('measured', 1))
    expect(refusal({ anyOf: [{ any: stroke }, { none: old }] })).toBe(told('hypertension', 1))
  })

  it('derives since when the record must be complete from the widest window', () => {
    const within = (days: number): Formula => ({ none: hba1c, window: { from: { daysBeforeToday: days } } })
    const since = (date: string): Formula => ({ none: hba1c, window: { from: { date } } })
    expect(headerOf({ allOf: [within(30), within(365)] })).toMatchObject({
      completeFromRelative: true,
      completeFrom: 365,
    })
    expect(headerOf({ allOf: [since('2020-05-01'), since('2019-12-31')] })).toMatchObject({
      completeFromRelative: false,
      completeFrom: dayField('2019-12-31'),
    })
    expect(headerOf(within(30), { completeFrom: { daysBeforeToday: 90 } }).completeFrom).toBe(90)
    expect(headerOf(since('2020-05-01'), { completeFrom: { date: '2020-05-01' } }).completeFrom).toBe(
      dayField('2020-05-01'),
    )
    // A window of any asks for no completeness.
    expect(headerOf({ any: hba1c, window: { from: { date: '1990-01-01' } } }).completeFrom).toBe((1 << 20) - 1)
  })

  it.each<[string, Formula, Partial<Policy['record']>]>([
    ['absence, counts and the latest without a window need it stated', { none: stroke }, {}],
    ['absence, counts and the latest without a window need it stated', { latest: hba1c, value: aboveSix }, {}],
    ['absence, counts and the latest without a window need it stated', not({ any: stroke }), {}],
    ['it is later than a window opens', { none: hba1c, window: lastYear }, { completeFrom: { daysBeforeToday: 364 } }],
    [
      'it is later than a window opens',
      { none: hba1c, window: { from: { date: '2019-12-31' } } },
      { completeFrom: { date: '2020-01-01' } },
    ],
    [
      'windows that open on a date and windows counted from today cannot be compared',
      { none: hba1c, window: lastYear },
      { completeFrom: { date: '1990-01-01' } },
    ],
  ])('refuses when %s (%#)', (reason, formula, record) => {
    expect(refusalOf(() => headerOf(formula, record))).toBe(`record.completeFrom: ${reason}`)
  })

  it('accepts any of the roles, and hides behind the blind word', () => {
    const { header } = compile(
      policyOf(any('stroke'), { issuers: ['doctor', 'auditor'], blind: `${'0'.repeat(31)}a` }),
    ).words
    expect(header).toMatchObject({ roles: 0b10_0000_0001n, blind: 10n, maximumAgeDays: 30 })
  })
})

describe('slots', () => {
  it('are shared by what reads the same, and a pair takes the one below', () => {
    const count: Predicate = { count: stroke, range: { min: 1 } }
    const { words, predicates } = compile(
      policyOf({ allOf: [{ anyOf: [any('stroke'), count] }, { anyOf: [count, { age: { min: 18 } }] }] }),
    )
    expect(predicates).toEqual([any('stroke'), undefined, count, { age: { min: 18 } }])
    expect(words.slots.map(({ kind }) => kind)).toEqual([1, 0, 4, 1])
    expect(words.clauses).toEqual([
      { threshold: 1, mask: 0b0101 },
      { threshold: 1, mask: 0b1100 },
    ])
  })

  it('hold bounds inclusive, ages as differences of dates, and one attribute less than a mean needs', () => {
    const [slot] = compile(policyOf({ any: hba1c, value: { min: '6.5', max: '7', unit: '%' } })).words.slots
    expect(slot).toMatchObject({
      kind: 1,
      anyValue: false,
      valueLow: 2n ** 63n + 6_500_000n,
      valueHigh: 2n ** 63n + 7_000_000n,
    })
    const [whole] = compile(policyOf({ any: hba1c })).words.slots
    expect(whole).toMatchObject({ anyValue: true, windowed: false, codeLow: 45484n, codeHigh: 45484n })
    const [age] = compile(policyOf({ age: { min: 18, max: 74 } })).words.slots
    expect(age).toMatchObject({
      age: true,
      ageLimited: true,
      codeLow: 211128n,
      valueLow: 749_999n,
      valueHigh: 180_000n,
    })
    const [adult] = compile(policyOf({ age: { min: 18 } })).words.slots
    expect(adult).toMatchObject({ age: true, ageLimited: false, valueLow: 18_000_101n, valueHigh: 180_000n })
    const [, mean] = compile(policyOf({ average: hba1c, value: aboveSix, minimumCount: 12 })).words.slots
    expect(mean).toMatchObject({ kind: 5, minimumCount: 11, maximumCount: 4_095, valueHigh: Value.highest })
    const [set] = compile(policyOf({ any: { category: 'observation', set: 'measured' }, value: aboveSix })).words.slots
    expect(set).toMatchObject({ category: 3, system: 20, codeLow: 60_000n, valueLow: 2n ** 63n + 6_500_000n })
  })
})

describe('a needle-narrow policy', () => {
  const within = (min: string, max: string): Formula => ({ any: hba1c, value: { min, max, unit: '%' } })

  it.each<[Formula, readonly number[]]>([
    [{ any: hba1c, value: aboveSix }, []],
    [within('6.5', '6.5'), [0]],
    [within('0', '0'), [0]],
    [within('-0', '0.0000001'), [0]],
    [within('9.51', '10'), [0]],
    [within('9.5', '10'), []],
    [within('-10', '-9.51'), [0]],
    [within('-10', '-9.5'), []],
    [within('-0.1', '0.1'), []],
    [{ latest: hba1c, value: { min: '7', max: '7.1', unit: '%' } }, [0]],
    [{ average: hba1c, value: { min: '7', max: '7.1', unit: '%' }, minimumCount: 3 }, [1]],
    [{ age: { min: 40, max: 40 } }, [0]],
    [{ age: { min: 40, max: 41 } }, [0]],
    [{ age: { min: 40, max: 42 } }, []],
    [{ age: { max: 1 } }, []],
    [{ anyOf: [{ any: stroke }, within('7', '7'), { age: { min: 1, max: 1 } }] }, [1, 2]],
    [{ any: hba1c, value: { text: 'x' } }, []],
  ])('is told by its slots %#', (formula, slots) => {
    expect(PolicyCompiler.needleNarrow(compile(policyOf(formula)))).toEqual(slots)
  })
})
