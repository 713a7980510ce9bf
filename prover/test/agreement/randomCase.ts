/**
 * A random patient, record, credential and policy. Codes, days and values are few, so that they collide and fall on
 * borders; what is drawn is what a hospital could honestly issue and a recipient could publish.
 */
import { parameters } from '../../src/generated/parameters.ts'
import type * as Attribute from '../../src/protocol/Attribute.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import type * as Credential from '../../src/protocol/Credential.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type {
  Codes,
  DayReference,
  DecimalRange,
  Formula,
  Policy,
  Predicate,
  Role,
  ValueRange,
} from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as PolicyFormula from '../../src/protocol/PolicyFormula.ts'
import * as Value from '../../src/protocol/Value.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import { evaluate, RefusedError } from '../evaluator.ts'
import type { Random } from '../random.ts'

export type RandomCase = {
  readonly policy: Policy
  readonly compiled: PolicyCompiler.Compiled
  /** Without those of value sets. */
  readonly facts: readonly Attribute.Attribute[]
  readonly today: Day.Day
  readonly asOf: Day.Day
  readonly expires: Day.Day
  readonly complete: Credential.Completeness
  readonly issuerRoles: readonly Role[]
  /** By the evaluator; by hand for what it does not know: roles and expiry. */
  readonly expected: { readonly met: boolean; readonly formula: boolean }
}

/** Value sets of every kind there is: measured, with prefixes, in several systems, with coded values. */
export const sets: readonly ValueSet.ValueSet[] = [
  set(1, 'hba1c', 'observation', [{ system: 'LOINC', codes: ['4548-4'] }]),
  set(2, 'type-2-diabetes', 'condition', [
    { system: 'SNOMED CT', codes: ['44054006'] },
    { system: 'ICD-10-CM', prefixes: ['E11'] },
    { system: 'ICD-10', codes: ['E11'] },
  ]),
  set(3, 'diabetes', 'condition', [
    { system: 'SNOMED CT', codes: ['44054006', '73211009'] },
    { system: 'ICD-10-CM', prefixes: ['E10', 'E11'] },
  ]),
  set(4, 'metformin', 'prescription', [
    { system: 'RxNorm', codes: ['6809', '860975'] },
    { system: 'ATC', codes: ['A10BA02'] },
  ]),
  set(5, 'smoker', 'observation', [
    { system: 'LOINC', codes: ['72166-2'], values: [{ system: 'SNOMED CT', codes: ['77176002', '8517006'] }] },
  ]),
]
export const valueSets = ValueSet.index(sets)

function set(number: number, name: string, category: CodeSystem.Category, members: ValueSet.Member[]) {
  const edition = number === 5 ? 3 : 1
  return { medseal: 'value-set/1', number, name, title: name, category, edition, members, source: 'a test' } as const
}

const codes = {
  measured: [
    ['observation', '4548-4', '%'],
    ['observation', '39156-5', 'kg/m2'],
    ['device-reading', '4548-4', '%'],
  ],
  conditions: [
    ['ICD-10-CM', ['E10', 'E10.9', 'E11', 'E11.9', 'e11.65', 'I21.4']],
    ['ICD-10', ['E11', 'I21']],
    ['SNOMED CT', ['44054006', '44054007', '73211009']],
  ],
  prescriptions: [
    ['RxNorm', ['6809', '860975', '6810']],
    ['ATC', ['A10BA02', 'A10BB01', 'C10AA05']],
  ],
  answers: ['77176002', '8517006', '266919005'],
} as const

const decimals = ['-1', '-0.000001', '0', '6.4', '6.499999', '6.5', '6.500001', '7', '27', '9e12']
const offsets = [0, 1, 7, 30, 90, 365]

/** A case whose policy takes this circuit; most often, when sought, one that is met. */
export function randomCase(random: Random, circuit: Eligibility.Circuit, sought: boolean): RandomCase {
  for (let policies = 0; policies < 1_000; policies++) {
    const today = randomToday(random)
    const policy = randomPolicy(random, circuit, today)
    const compiled = compile(policy)
    if (!compiled || Eligibility.circuitFor(compiled.words) !== circuit) continue
    for (let records = 0; records < 30; records++) {
      const drawn = randomRecord(random, policy, compiled, today)
      if (drawn && (drawn.expected.met === sought || random.integer(300) === 0)) return drawn
    }
  }
  throw new Error('No case was found.')
}

/** Policies the compiler refuses are none; that it refuses all that has no sound meaning is held against it here. */
function compile(policy: Policy): PolicyCompiler.Compiled | undefined {
  try {
    return PolicyCompiler.compile(policy, { valueSets })
  } catch (error) {
    if (error instanceof PolicyFormula.UnsayableError) return undefined
    throw error
  }
}

/** Clauses may imply others, whose predicates then ask nothing of the record; the evaluator reads them all. */
function dropsPredicates({ policy, predicates }: PolicyCompiler.Compiled): boolean {
  const kept = new Set(predicates.flatMap((predicate) => (predicate ? [PolicyFormula.nameOf(predicate)] : [])))
  return kept.size < PolicyFormula.placesOf(policy.require).size
}

function randomRecord(
  random: Random,
  policy: Policy,
  compiled: PolicyCompiler.Compiled,
  today: Day.Day,
): RandomCase | undefined {
  const clipped = (day: number) => Math.min(Math.max(day, Day.earliest), Day.latest) as Day.Day
  const { maximumAgeDays } = policy.record
  const asOf = clipped(today - random.pick([0, 0, 0, 1, maximumAgeDays, random.integer(9) ? 0 : maximumAgeDays + 1]))
  const expires = Math.max(clipped(today + random.pick([0, 1, 30, random.integer(9) ? 3 : -1])), asOf) as Day.Day
  const dropped = dropsPredicates(compiled)
  const complete = dropped ? everything : randomCompleteness(random, policy, today, asOf)
  const issuerRoles = random.integer(15) ? ([...policy.issuers, 'doctor'] as const) : (['auditor'] as const)
  const facts = randomFacts(random, today, asOf)
  try {
    const circumstances = { today, asOf, valueSets: sets, complete }
    const { met, formula } = evaluate(policy, facts, circumstances)
    const allowed = expires >= today && issuerRoles.some((role) => policy.issuers.includes(role))
    const expected = { met: met && allowed, formula }
    return { policy, compiled, facts, today, asOf, expires, complete, issuerRoles, expected }
  } catch (error) {
    if (error instanceof RefusedError && dropped) return undefined
    throw error
  }
}

const everything: Credential.Completeness = {
  categories: Object.keys(parameters.categories) as CodeSystem.Category[],
  systems: Object.keys(parameters.systems) as CodeSystem.CodeSystem[],
  setsEdition: 65_535,
  since: Day.earliest,
}

function randomCompleteness(random: Random, policy: Policy, today: Day.Day, asOf: Day.Day): Credential.Completeness {
  const stated = policy.record.completeFrom
  const from = stated && 'daysBeforeToday' in stated ? today - stated.daysBeforeToday : today - random.pick(offsets)
  const some = <T>(all: readonly T[]) => (random.integer(3) ? [...all] : all.filter(() => random.integer(6) > 0))
  // HL7's systems share one bit: all of them are complete, or none is said to be.
  const isHl7 = (system: CodeSystem.CodeSystem) => system.startsWith('HL7 ')
  const drawn = some(everything.systems)
  const systems = everything.systems.filter(isHl7).every((each) => drawn.includes(each))
    ? drawn
    : drawn.filter((each) => !isHl7(each))
  const signsSets = systems.includes(CodeSystem.everSet) || systems.includes(CodeSystem.activeSet)
  const since = random.pick([Day.earliest, Day.earliest, from, from - 1, random.integer(3) ? from : from + 1])
  return {
    categories: some(everything.categories),
    systems,
    setsEdition: signsSets ? random.pick([1, 3, 3, 65_535]) : 0,
    since: Math.max(Math.min(since, asOf), Day.earliest) as Day.Day,
  }
}

function randomToday(random: Random): Day.Day {
  const rare = ['1970-01-01', '2000-02-29', '2100-03-01', Day.format(Day.latest)]
  return Day.parse(random.pick([...rare, ...Array<string>(20).fill('2026-11-15'), '2024-02-29', '2025-03-01']))
}

function randomFacts(random: Random, today: Day.Day, asOf: Day.Day): Attribute.Attribute[] {
  const length = random.integer(8) ? random.integer(12) : 40
  return Array.from({ length }, (_, i) => randomFact(random, { today, asOf, fact: `f${i}` })).flat()
}

/** One fact, as one attribute or, coded twice, as two. */
function randomFact(
  random: Random,
  { today, asOf, fact }: { today: Day.Day; asOf: Day.Day; fact: string },
): Attribute.Attribute[] {
  const near = today - random.pick([...offsets, random.integer(1_000)]) + random.integer(3) - 1
  const day = Math.max(Math.min(near, asOf), Day.earliest) as Day.Day
  const about = {
    day,
    partialDay: random.integer(10) === 0,
    detail: random.integer(4) ? 0n : random.bits(248),
    active: random.integer(2) === 0,
    fact,
    time: random.pick(['', '08:00', '08:00:30', '14:05:00+02:00']),
  }
  const kind = random.integer(12)
  if (kind < 5) {
    const [category, code] = random.pick(codes.measured)
    return [{ ...about, ...measured(random), category, system: 'LOINC', code: CodeSystem.encode('LOINC', code) }]
  }
  if (kind < 6) return [{ ...about, ...answered(random) }]
  if (kind < 8) {
    const born = {
      category: 'demographic',
      system: 'LOINC',
      code: BigInt(parameters.birthDate.code) as CodeSystem.CodeNumber,
    } as const
    return [{ ...about, ...born, ...birth(random, today) }]
  }
  if (kind < 9) {
    const system = 'HL7 AdministrativeGender'
    const code = CodeSystem.encode(system, random.pick(['female', 'male']))
    const value = random.pick([Value.none, Value.ofText('active')])
    return [{ ...about, category: 'demographic', system, code, value, bounded: false }]
  }
  const listed = kind < 11 ? codes.conditions : codes.prescriptions
  const coded = (category: CodeSystem.Category): Attribute.Attribute => {
    const [system, list] = random.pick<(typeof listed)[number]>(listed)
    const value = random.pick([Value.none, Value.ofText('active'), Value.highest])
    const code = CodeSystem.encode(system, random.pick<string>(list))
    return { ...about, category, system, code, value, bounded: random.integer(10) === 0 }
  }
  const first = coded(kind < 11 ? 'condition' : 'prescription')
  const second = coded(first.category)
  return random.integer(3) === 0 && second.system !== first.system ? [first, second] : [first]
}

function measured(random: Random) {
  const bounded = random.integer(8) === 0
  const value = random.pick([...decimals.map(Value.ofDecimal), ...decimals.map(Value.ofDecimal), Value.highest])
  return { value: bounded ? Value.none : value, bounded }
}

function answered(random: Random) {
  const value = Value.ofCode('SNOMED CT', random.pick(codes.answers))
  const code = CodeSystem.encode('LOINC', '72166-2')
  return { category: 'observation', system: 'LOINC', code, value, bounded: random.integer(8) === 0 } as const
}

/** Born around a birthday of 0, 18, 75 or 150 years, on a leap day, in the future; or no date at all. */
function birth(random: Random, today: Day.Day) {
  const { year, month, dayOfMonth } = Day.toCivil(today)
  const born = year - random.pick([0, 18, 18, 19, 75, 76, 150])
  const last = Day.lastDayOfMonth(born, month)
  const birthday = Day.fromCivil(born, month, Math.min(dayOfMonth, last)) + random.integer(3) - 1
  const value = random.pick<() => bigint>([
    ...Array.from({ length: 6 }, () => () => Value.ofDate(Math.min(birthday, Day.latest) as Day.Day)),
    () => Value.ofDate(Day.parse('2008-02-29')),
    () => random.pick([0n, 18_000_100n, 18_000_101n, 17_991_231n, Value.highest, Value.ofDecimal('7')]),
  ])()
  return { value: value as Value.Value, bounded: random.integer(10) === 0 }
}

function randomPolicy(random: Random, circuit: Eligibility.Circuit, today: Day.Day): Policy {
  const some = <T>(value: T, key: string) => (random.integer(2) ? { [key]: value } : {})
  const roles = Object.keys(parameters.roles) as Role[]
  return {
    medseal: 'policy/1',
    name: 'random',
    issuers: roles.filter((role) => role !== 'auditor' && (role === 'hospital' || random.integer(4) === 0)),
    record: {
      maximumAgeDays: random.pick([0, 1, 30, 365, Day.offset]),
      ...(random.integer(6) ? { completeFrom: { daysBeforeToday: random.pick([365, 365, 3_650, 90]) } } : {}),
      ...(random.integer(4) ? { setsEdition: random.pick([1, 1, 3, 4]) } : {}),
    },
    ...some(random.bits(128).toString(16).padStart(32, '1'), 'blind'),
    require: randomFormula(random, circuit, today),
  }
}

function randomFormula(random: Random, circuit: Eligibility.Circuit, today: Day.Day): Formula {
  const leaf = (): Formula => {
    const predicate = randomPredicate(random, today)
    const turned = random.integer(4)
    if (turned === 0) return { not: predicate }
    return turned === 1 && random.integer(3) === 0 ? { not: { not: predicate } } : predicate
  }
  if (circuit === 'eligibility-s') {
    const only = leaf()
    return random.pick([only, only, { anyOf: [only] }, { allOf: [only, only] }, { not: { atLeast: 1, of: [only] } }])
  }
  const few = circuit === 'eligibility-m'
  const pool = Array.from({ length: few ? 2 + random.integer(3) : 5 + random.integer(6) }, leaf)
  const tree = (depth: number): Formula => {
    if (depth === 0 || random.integer(4) === 0) return random.pick(pool)
    const of = Array.from({ length: 1 + random.integer(3) }, () => tree(depth - 1))
    return random.pick<Formula>([
      { allOf: of },
      { anyOf: of },
      { atLeast: 1 + random.integer(of.length), of },
      { not: { atLeast: 1 + random.integer(of.length), of } },
    ])
  }
  if (few) return tree(2)
  // All of the pool is used, in groups; a few of them again, somewhere.
  const size = 2 + random.integer(4)
  const groups = Array.from({ length: Math.ceil(pool.length / size) }, (_, i) => {
    const of = [...pool.slice(i * size, (i + 1) * size), ...(random.integer(2) ? [tree(1)] : [])]
    return random.pick<Formula>([{ anyOf: of }, { atLeast: 1 + random.integer(of.length), of }, { anyOf: of }])
  })
  return random.pick<Formula>([{ allOf: groups }, { atLeast: 1, of: groups.slice(0, 2) }, { allOf: groups }])
}

function randomPredicate(random: Random, today: Day.Day): Predicate {
  const kind = random.pick([
    'any',
    'any',
    'any',
    'latest',
    'latest',
    'none',
    'none',
    'count',
    'count',
    'average',
    'age',
  ])
  const reference = (): DayReference => {
    const offset = random.pick(offsets)
    const back = { daysBeforeToday: random.integer(9) ? offset : random.pick([91, 3_650, 131_071]) }
    const shown = Math.min(Math.max(today - offset + (random.integer(12) ? 0 : 10), Day.earliest), Day.latest)
    return random.integer(4) ? back : { date: Day.format(shown as Day.Day) }
  }
  const opens = random.integer(2) ? { window: { from: reference() } } : {}
  const target = kind === 'latest' || kind === 'average' ? measurable(random) : randomCodes(random, 'window' in opens)
  const answer = randomCodes(random, true)
  const range = () => decimalRange(random, target.unit ?? '%')
  switch (kind) {
    case 'any': {
      const ends = random.integer(3) ? {} : { to: reference() }
      const hasWindow = target.single && random.integer(2) === 0
      const window = { ...(random.integer(3) ? { from: reference() } : {}), ...ends }
      return {
        any: target.codes,
        ...(hasWindow && ('from' in window || 'to' in window) && { window }),
        ...(target.unit && random.integer(3) && { value: range() }),
        ...(target.coded && { value: target.coded }),
      }
    }
    case 'latest':
      if (answer.coded && random.integer(2)) return { latest: answer.codes, ...opens, value: answer.coded }
      return { latest: target.codes, ...opens, value: range() }
    case 'none':
      return { none: target.codes, ...opens }
    case 'count': {
      const [min, max] = [random.integer(4), 1 + random.integer(5)]
      const ends = random.pick([{ min }, { max }, { min: Math.min(min, max), max }, { min: 1 }, { min: 0 }])
      return { count: target.codes, ...opens, range: ends }
    }
    case 'average':
      return { average: target.codes, ...opens, value: range(), minimumCount: 1 + random.integer(3) }
    default: {
      const [min, max] = [random.pick([0, 1, 18, 19, 75, 150]), random.pick([17, 18, 74, 75, 149, 150])]
      return { age: random.pick<{ min?: number; max?: number }>([{ min }, { max }, { min: Math.min(min, max), max }]) }
    }
  }
}

type Target = {
  readonly codes: Codes
  readonly single: boolean
  readonly unit?: string
  readonly coded?: Exclude<ValueRange, DecimalRange>
}

function measurable(random: Random): Target {
  const [category, code, unit] = random.pick(codes.measured)
  const ofSet: Codes = { category: 'observation', set: 'hba1c', ...(random.integer(2) && { active: true }) }
  if (random.integer(4) === 0) return { codes: ofSet, single: true, unit: '%' }
  return { codes: { category, system: 'LOINC', code }, single: true, unit }
}

function randomCodes(random: Random, onlySingle: boolean): Target {
  const kind = random.integer(11) - 1
  if (kind < 3 && kind >= 0) return measurable(random)
  if (kind === 3) {
    const system = 'SNOMED CT'
    const coded = { code: { system, code: random.pick(codes.answers) } } as const
    return { codes: { category: 'observation', system: 'LOINC', code: '72166-2' }, single: true, coded }
  }
  if (kind === 4 || kind < 0) {
    const gender = { category: 'demographic', system: 'HL7 AdministrativeGender', code: 'Female' } as const
    const born: Codes = { ...gender, system: 'LOINC', code: '21112-8' }
    return random.pick<Target>([
      { codes: gender, single: true, coded: { text: 'ACTIVE' } },
      { codes: gender, single: true },
      { codes: born, single: true, coded: { code: { system: 'SNOMED CT', code: '20080229' } } },
      { codes: born, single: true },
    ])
  }
  if (kind < 7) {
    const { name, category } = random.pick(sets)
    return { codes: { category, set: name, ...(random.integer(2) && { active: true }) }, single: true }
  }
  const category = random.pick(['condition', 'condition', 'prescription'] as const)
  const listed = category === 'condition' ? codes.conditions : codes.prescriptions
  const [system, list] = random.pick<(typeof listed)[number]>(listed)
  const [from, to] = [random.pick<string>(list), random.pick<string>(list)]
  const single: Target = { codes: { category, system, code: from }, single: true }
  if (onlySingle || random.integer(2)) {
    return random.integer(4) ? single : { ...single, coded: { text: 'active' } }
  }
  const prefixes = parameters.systems[system].coding === 'base40' && random.integer(2) === 0
  if (prefixes) return { codes: { category, system, prefix: from.slice(0, 1 + random.integer(3)) }, single: false }
  return { codes: { category, system, from, to }, single: false }
}

function decimalRange(random: Random, unit: string): DecimalRange {
  const [first, second] = [random.integer(decimals.length), random.integer(decimals.length)]
  const min = decimals[Math.min(first, second)] ?? '0'
  const max = decimals[Math.max(first, second)] ?? '0'
  return random.pick<DecimalRange>([
    { min, unit },
    { max, unit },
    { min, max, unit },
  ])
}
