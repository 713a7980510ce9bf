/** CIR-12: what is just allowed is allowed. Valid inputs with boundary values all satisfy the constraints. */
import { describe, expect, it } from 'vitest'
import { fieldOrder, parameters } from '../../src/generated/parameters.ts'
import type * as Attribute from '../../src/protocol/Attribute.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type { Formula, OpenWindow, Policy, Predicate, RecordRequirement, Role } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as Record from '../../src/protocol/Record.ts'
import * as Tree from '../../src/protocol/Tree.ts'
import * as Value from '../../src/protocol/Value.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import { isFullDose, type Random, seeded } from '../random.ts'
import * as Scene from './scene.ts'

const valueSets = ValueSet.index([])
const today = Day.parse('2026-11-15')
const hba1c = { category: 'observation', system: 'LOINC', code: '4548-4' } as const
const anyHba1c: Formula = { any: hba1c }

function attribute(change: Partial<Attribute.Attribute>): Attribute.Attribute {
  return {
    category: 'observation',
    system: 'LOINC',
    code: CodeSystem.encode('LOINC', hba1c.code),
    day: today,
    partialDay: false,
    value: Value.none,
    bounded: false,
    detail: 0n,
    active: true,
    fact: 'fact',
    time: '',
    ...change,
  }
}

function policyOf(require: Formula, record: Partial<RecordRequirement> = {}, more: Partial<Policy> = {}): Policy {
  const stated = { maximumAgeDays: 0, completeFrom: { date: '1900-01-01' }, ...record }
  return { medseal: 'policy/1', name: 'boundary', issuers: ['hospital'], record: stated, require, ...more }
}

type Given = Omit<Partial<Scene.Scene>, 'policy' | 'record'> & {
  readonly policy: Policy
  readonly record: readonly Attribute.Attribute[] | Record.OpenRecord
  readonly circuit?: Eligibility.Circuit
}

/** The dry run says yes, and the witness obeys the circuit: the smallest that fits, unless told. */
function expectAccepted({ policy, record, circuit, ...given }: Given, what = ''): void {
  const day = given.today ?? today
  const asOf = given.asOf ?? day
  const compiled = PolicyCompiler.compile(policy, { valueSets })
  const subject = Scene.scene({
    today: day,
    asOf,
    expires: day,
    complete: { categories: ['observation', 'demographic'], systems: ['LOINC'], setsEdition: 0, since: Day.earliest },
    issuerRoles: ['hospital'],
    ...given,
    policy: compiled,
    record: 'leaves' in record ? record : Record.build(record, { asOf }),
  })
  expect(Eligibility.dryRun(subject), what).toMatchObject({ met: true, obstacles: [] })
  const fitting = circuit ?? Eligibility.circuitFor(compiled.words)
  expect(Scene.obeys(fitting, Eligibility.toCircuitInput(subject, { circuit: fitting })), what).toBe(true)
}

describe('CIR-12 records', () => {
  const most = parameters.tree.arity ** parameters.tree.depth - 1
  const days: Day.Day[] = [Day.earliest, (Day.latest - 1) as Day.Day, Day.latest]

  /** As many attributes as fit, of one code, of the greatest value; 1,024 of them on each of three days. */
  const full = (bounded: boolean) =>
    Record.build(
      Array.from({ length: most }, (_, i) => {
        const day = days[i % days.length] ?? Day.latest
        const isLast = i >= 3 * 1_024 - 1
        const code = BigInt(isLast ? 45_485 : 45_484) as CodeSystem.CodeNumber
        const fact = String(i).padStart(4, '0')
        return attribute({ code, day: isLast ? (i as Day.Day) : day, value: Value.highest, bounded, fact })
      }),
      { asOf: Day.latest },
    )
  const highest = Value.toDecimal(Value.highest)
  const atMost = { min: highest, max: highest, unit: '%' }
  const ofCode = 3 * 1_024 - 1
  const onLastDay = { today: Day.latest, expires: Day.latest, validUntil: Day.latest }
  const recent = { completeFrom: { daysBeforeToday: 131_071 } }
  const always = { completeFrom: { date: Day.format(Day.earliest) } }
  /** Said as the windows are said. */
  const sinceFor = (require: Formula) => (JSON.stringify(require).includes('daysBeforeToday') ? recent : always)

  it('of 4,095 attributes: first and last leaf, 1,024 on one day, the greatest sum, the first and last day there is', () => {
    const record = full(false)
    expect(record.leaves).toHaveLength(4_096)
    const all = { category: 'observation', system: 'LOINC', from: '0-1', to: '4548-5' } as const
    const accepts = (require: Formula, circuit?: Eligibility.Circuit) =>
      expectAccepted({
        policy: policyOf(require, sinceFor(require)),
        record,
        ...onLastDay,
        ...(circuit && { circuit }),
      })
    accepts({ count: all, range: { min: most, max: most } })
    accepts({ count: hba1c, range: { min: ofCode, max: ofCode } })
    accepts({ average: hba1c, value: atMost, minimumCount: ofCode })
    accepts({ latest: hba1c, value: atMost, window: { from: { daysBeforeToday: 0 } } })
    accepts({ count: hba1c, range: { min: 1_023, max: 1_024 }, window: { from: { daysBeforeToday: 0 } } })
    const first = { date: Day.format(Day.earliest) }
    accepts({ any: hba1c, value: atMost, window: { from: first, to: first } })
    accepts({ count: hba1c, range: { min: ofCode }, window: { from: first } }, 'eligibility-l')
    accepts({ none: { ...hba1c, code: '4548-6' } })
    accepts({ none: { ...hba1c, code: '4548-3' } })
  })

  it('of 4,095 marked attributes: a false predicate is false, and no reason against the others', () => {
    const record = full(true)
    const window: OpenWindow = { from: { daysBeforeToday: 131_071 } }
    const denied: Predicate[] = [
      { average: hba1c, value: { max: highest, unit: '%' }, minimumCount: 1 },
      { count: hba1c, range: { min: 1 }, window },
      { latest: hba1c, value: { max: highest, unit: '%' } },
    ]
    const require: Formula = { anyOf: [...denied.slice(0, 2), anyHba1c] }
    expectAccepted({ policy: policyOf(require, recent), record, ...onLastDay })
    expectAccepted({ policy: policyOf({ anyOf: [...denied, anyHba1c] }, recent), record, ...onLastDay })
    expectAccepted({
      policy: policyOf({ count: hba1c, range: { min: ofCode, max: ofCode } }, recent),
      record,
      ...onLastDay,
    })
  })

  it('of nothing but the sentinel', () => {
    for (const require of [
      { none: hba1c },
      { count: hba1c, range: { max: 0 } },
      { count: hba1c, range: { min: 0, max: 4_095 } },
      { count: hba1c, range: { max: 0 }, window: { from: { daysBeforeToday: 0 } } },
      { not: { latest: hba1c, value: { min: '0', unit: '%' } } },
      { not: { average: hba1c, value: { min: '0', unit: '%' }, minimumCount: 1 } },
    ] satisfies Formula[]) {
      expectAccepted({ policy: policyOf(require, sinceFor(require)), record: [] }, JSON.stringify(require))
    }
    const counted: Formula = { none: hba1c, window: { from: { daysBeforeToday: 131_071 } } }
    const complete = {
      categories: ['observation'],
      systems: ['LOINC'],
      setsEdition: 0,
      since: (Day.earliest + 1) as Day.Day,
    } as const
    const onFirstDay = { today: Day.parse('1970-01-01'), complete }
    expectAccepted({ policy: policyOf(counted, recent), record: [], ...onFirstDay }, 'as far back as days count')
  })

  it('with fourteen slots and twelve clauses', () => {
    const thresholds = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
    const value = (min: string) => ({ min, unit: '%' })
    const singles = thresholds.map((min): Predicate => ({ any: hba1c, value: value(min) }))
    const pair: Predicate = { average: hba1c, value: value('12'), minimumCount: 1 }
    const record = [attribute({ value: Value.ofDecimal('12') })]
    const clauses: Formula = { allOf: [...singles.slice(1), { anyOf: [singles[0] ?? pair, pair] }] }
    expectAccepted({ policy: policyOf(clauses), record })
    expectAccepted({ policy: policyOf({ atLeast: 12, of: [...singles.slice(1), pair] }), record })
    expect(PolicyCompiler.compile(policyOf(clauses), { valueSets }).words).toMatchObject({
      slots: { length: 14 },
      clauses: { length: 12 },
    })
  })
})

const capacity = Tree.capacity
const statusTree = Tree.build(Array.from({ length: capacity }, (_, i) => BigInt(i)))
const issuersTree = Tree.build(Array.from({ length: capacity }, (_, i) => BigInt(i + 1)))

/** Everything around the record, each at one of its ends. */
function circumstances(random: Random, maximumAgeDays: number, day: Day.Day) {
  const asOf = Math.max(day - random.pick([0, maximumAgeDays]), Day.earliest) as Day.Day
  const role = random.pick<Role>(['doctor', 'hospital', 'auditor'])
  return {
    today: day,
    asOf,
    expires: random.pick([day, Day.latest]),
    validUntil: random.pick([day, Day.latest]),
    role,
    issuerRoles: random.pick([[role], Object.keys(parameters.roles) as Role[]]),
    secret: random.pick([1n, fieldOrder - 1n, random.bits(250)]),
    scope: random.pick([0n, (1n << 160n) - 1n]),
    context: random.pick([0n, fieldOrder - 1n]),
    blind: random.pick([undefined, 'f'.repeat(32), '1'.padStart(32, '0')]),
    status: { position: random.pick([0, capacity - 1]), bit: random.pick([0, 247]), tree: statusTree },
    issuers: { position: random.pick([0, capacity - 1]), tree: issuersTree },
  }
}

const measures = [
  ['4548-4', '%'],
  ['39156-5', 'kg/m2'],
  ['8480-6', 'mm[Hg]'],
  ['2339-0', 'mg/dL'],
  ['2160-0', 'mg/dL'],
  ['8867-4', '/min'],
] as const

type Kind = 'any' | 'latest' | 'none' | 'count' | 'average' | 'age'

/** A predicate and what only just makes it true. */
function exact(
  random: Random,
  kind: Kind,
  { measure, day, asOf, opens }: { measure: number; day: Day.Day; asOf: Day.Day; opens: Day.Day },
): { predicate: Predicate; facts: Attribute.Attribute[] } {
  const [code, unit] = measures[measure % measures.length] ?? measures[0]
  const codes = { category: 'observation', system: 'LOINC', code } as const
  const number = CodeSystem.encode('LOINC', code)
  const value = random.pick([0n, Value.highest, 1n << 63n, (1n << 63n) - 1n, Value.ofDecimal('6.5')]) as Value.Value
  const decimal = Value.toDecimal(value)
  const range = { min: decimal, max: decimal, unit }
  const at = (on: number, change: Partial<Attribute.Attribute> = {}) => {
    const within = Math.min(Math.max(on, Day.earliest), asOf) as Day.Day
    return attribute({ code: number, day: within, value, fact: `${code} ${random.bits(64)}`, ...change })
  }
  const window: OpenWindow = { from: { date: Day.format(opens) } }
  const windowed = random.integer(2) ? { window } : {}
  switch (kind) {
    case 'any': {
      const on = random.pick([Day.earliest, opens, asOf])
      const ends = { from: { date: Day.format(on) }, to: { date: Day.format(on) } }
      const facts = [at(on), at(on - 1, { value: Value.highest }), at(asOf, { bounded: true })]
      return { predicate: { any: codes, value: range, window: ends }, facts }
    }
    case 'latest':
      return {
        predicate: { latest: codes, value: range, ...windowed },
        facts: [at(asOf, { time: '23:59:59' }), at(asOf, { value: 5n as Value.Value, time: '23:59:58' }), at(opens)],
      }
    case 'none': {
      const neighbours = [-1n, 1n].map((step) => at(asOf, { code: (number + step) as CodeSystem.CodeNumber }))
      const before = opens > Day.earliest ? [at(opens - 1), at(opens - 1)] : []
      return before.length > 0 && random.integer(2)
        ? { predicate: { none: codes, window }, facts: [...before, ...neighbours] }
        : { predicate: { none: codes }, facts: neighbours }
    }
    case 'count': {
      const count = random.pick([0, 1, 6])
      const facts = Array.from({ length: count }, () => at(random.pick([opens, asOf])))
      return { predicate: { count: codes, range: { min: count, max: count }, ...windowed }, facts }
    }
    case 'average': {
      const away = value < 9n || Value.highest - value < 9n ? 0n : random.bits(3)
      const facts = [value - away, value + away].map((each) => at(asOf, { value: each as Value.Value }))
      return { predicate: { average: codes, value: range, minimumCount: 2, ...windowed }, facts }
    }
    default: {
      const { year, month, dayOfMonth } = Day.toCivil(day)
      const years = random.pick([0, 18, 150])
      const birthday = Day.fromCivil(year - years, month, month === 2 ? Math.min(dayOfMonth, 28) : dayOfMonth)
      const born = (random.integer(2) && years < 150 ? birthday - 364 : birthday) as Day.Day
      const birth = {
        category: 'demographic',
        code: BigInt(parameters.birthDate.code) as CodeSystem.CodeNumber,
        value: Value.ofDate(born),
      } as const
      return { predicate: { age: { min: years, max: years } }, facts: [at(asOf, birth)] }
    }
  }
}

const kindsOf: { readonly [circuit in Eligibility.Circuit]: (random: Random) => readonly Kind[] } = {
  'eligibility-s': (random) => [random.pick(['any', 'latest', 'none', 'age'])],
  'eligibility-m': (random) => [
    random.pick(['count', 'average']),
    ...random.pick<readonly Kind[]>([[], ['average'], ['age', 'none', 'any'], ['latest', 'none']]),
  ],
  'eligibility-l': () => ['any', 'latest', 'none', 'count', 'average', 'average', 'age'],
}

const doses: readonly (readonly [circuit: Eligibility.Circuit, cases: number])[] = isFullDose
  ? [
      ['eligibility-s', 10_000],
      ['eligibility-m', 10_000],
      ['eligibility-l', 10_000],
    ]
  : [
      ['eligibility-s', 80],
      ['eligibility-m', 40],
      ['eligibility-l', 12],
    ]

it.each(doses)(
  'CIR-12 %s: %i cases that are only just met',
  { timeout: isFullDose ? 4 * 3_600_000 : 300_000 },
  (circuit, cases) => {
    const random = seeded(`CIR-12 ${circuit}`)
    for (let i = 0; i < cases; i++) {
      if (i > 0 && i % 1_000 === 0) console.info(`CIR-12 ${circuit}: ${i} cases are met`)
      const day = random.pick([Day.parse('1970-01-01'), Day.parse('2024-02-29'), today, Day.latest])
      const maximumAgeDays = random.pick([0, 1, 30, 131_072])
      const { role, blind, ...around } = circumstances(random, maximumAgeDays, day)
      const { asOf } = around
      // The window opens on the day the record is complete since, which is the day the policy says.
      const opens = Math.max(asOf - random.pick([0, 1, 365, 131_071]), Day.earliest) as Day.Day
      const parts = kindsOf[circuit](random).map((kind, measure) => exact(random, kind, { measure, day, asOf, opens }))
      const all = parts.map(({ predicate }) => predicate)
      const completeFrom =
        random.integer(2) && day - opens <= 131_071 && !all.some((each) => 'window' in each && !('any' in each))
          ? { daysBeforeToday: day - opens }
          : { date: Day.format(opens) }
      const policy = policyOf(
        random.pick<Formula>([{ allOf: all }, { atLeast: all.length, of: all }]),
        { maximumAgeDays, completeFrom },
        { issuers: [role], ...(blind !== undefined && { blind }) },
      )
      const complete = {
        categories: ['observation', 'demographic'] as const,
        systems: ['LOINC'] as const,
        setsEdition: 0,
        since: opens,
      }
      const record = parts.flatMap(({ facts }) => facts)
      expectAccepted({ ...around, complete, policy, record, circuit }, `case ${i} of MEDSEAL_SEED=${random.seed}`)
    }
  },
)
