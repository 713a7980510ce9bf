import { parameters } from '../../src/generated/parameters.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import type {
  Codes,
  DayReference,
  DecimalRange,
  Formula,
  OpenWindow,
  Policy,
  Predicate,
  Role,
  ValueRange,
  Window,
} from '../../src/protocol/Policy.ts'

/** Seeded, so that a failure can be seen again: numbers in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of this run: MEDSEAL_SEED, or one never used before. Printed by whoever uses it. */
export const seed = Number(process.env.MEDSEAL_SEED ?? Date.now() % 2 ** 32)

export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1))
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[between(random, 0, items.length - 1)]
  if (item === undefined) throw new Error('Nothing to pick from.')
  return item
}

function maybe<const key extends string, T>(random: Random, key: key, make: () => T): { [k in key]?: T } {
  return random() < 0.5 ? ({ [key]: make() } as { [k in key]?: T }) : {}
}

/** A policy that a file can hold, of every form there is. Whether it compiles is another matter. */
export function policy(random: Random): Policy {
  const roles = Object.keys(parameters.roles) as Role[]
  const issuers = roles.filter(() => random() < 0.3)
  return {
    medseal: 'policy/1',
    name: text(random, 200),
    ...maybe(random, 'source', () => text(random, 2_000)),
    issuers: issuers.length > 0 ? issuers.sort(() => random() - 0.5) : [pick(random, roles)],
    record: {
      maximumAgeDays: pick(random, [0, 1, 30, between(random, 0, Day.offset), Day.offset]),
      ...maybe(random, 'completeFrom', () => dayReference(random)),
      ...maybe(random, 'setsEdition', () => between(random, 1, 65_535)),
    },
    ...maybe(random, 'blind', () => Array.from({ length: 32 }, (_, i) => (i ? hexDigit(random) : 'f')).join('')),
    require: formula(random, 4),
  }
}

/** A formula of at most so many connectives one in another. */
export function formula(random: Random, depth: number, leaf: (random: Random) => Formula = predicate): Formula {
  const form = depth === 0 ? 'leaf' : pick(random, ['leaf', 'leaf', 'allOf', 'anyOf', 'atLeast', 'not'])
  const children = () => Array.from({ length: between(random, 1, 3) }, () => formula(random, depth - 1, leaf))
  if (form === 'allOf') return { allOf: children() }
  if (form === 'anyOf') return { anyOf: children() }
  if (form === 'not') return { not: formula(random, depth - 1, leaf) }
  if (form === 'leaf') return leaf(random)
  const of = children()
  return { atLeast: between(random, 1, of.length), of }
}

function predicate(random: Random): Predicate {
  const open = () => maybe(random, 'window', (): OpenWindow => ({ from: dayReference(random) }))
  const kind = pick(random, ['any', 'any', 'latest', 'none', 'count', 'average', 'age'])
  switch (kind) {
    case 'any':
      return {
        any: codes(random),
        ...maybe(random, 'window', () => window(random)),
        ...maybe(random, 'value', () => value(random)),
      }
    case 'latest':
      return { latest: codes(random), ...open(), value: value(random) }
    case 'none':
      return { none: codes(random), ...open() }
    case 'count':
      return { count: codes(random), ...open(), range: bounds(random, () => between(random, 0, 4_095)) }
    case 'average':
      return {
        average: codes(random),
        ...open(),
        value: decimalRange(random),
        minimumCount: pick(random, [1, between(random, 1, 4_095)]),
      }
    default:
      return { age: bounds(random, () => between(random, 0, 150)) }
  }
}

const systems = (Object.keys(parameters.systems) as CodeSystem.CodeSystem[]).filter(
  (name) => name !== CodeSystem.everSet && name !== CodeSystem.activeSet,
)
const lettered = systems.filter((name) => parameters.systems[name].coding === 'base40')

function codes(random: Random): Codes {
  const category = pick(random, Object.keys(parameters.categories) as CodeSystem.Category[])
  const system = pick(random, systems)
  const letters = pick(random, lettered)
  return pick<() => Codes>(random, [
    () => ({ category, system, code: code(random, system) }),
    () => ({ category, system: letters, prefix: code(random, letters) }),
    () => ({ category, system, from: code(random, system), to: code(random, system) }),
    () => ({ category, set: setName(random) }),
    () => ({ category, set: setName(random), active: true }),
  ])()
}

/** Codes of lettered systems may spell the words of the language around them. */
function code(random: Random, system: CodeSystem.CodeSystem): string {
  if (system === 'LOINC') return `${between(random, 1, 99_999)}-${between(random, 0, 9)}`
  if (parameters.systems[system].coding === 'numeric') return String(between(random, 0, 2 ** 31)).padStart(3, '0')
  const spelled = [
    'from',
    'to',
    'starting',
    'with',
    'dated',
    'a',
    'is',
    'has',
    'of',
    'the',
    'value',
    'up',
    'in',
    'E11.9',
  ]
  return random() < 0.3 ? pick(random, spelled) : word(random, 'ABCXYZabcxyz0189-/_.', 8, 'K')
}

function setName(random: Random): string {
  return pick(random, ['type-2-diabetes', 'a', '2', 'still-active', word(random, 'abcxyz019', 20, 'x')])
}

function dayReference(random: Random): DayReference {
  if (random() < 0.4) return { date: Day.format(between(random, Day.earliest, Day.latest) as Day.Day) }
  return { daysBeforeToday: pick(random, [0, 1, 365, between(random, 0, Day.offset - 1)]) }
}

function window(random: Random): Window {
  const ends = {
    ...maybe(random, 'from', () => dayReference(random)),
    ...maybe(random, 'to', () => dayReference(random)),
  }
  return ends.from || ends.to ? ends : { from: dayReference(random) }
}

function value(random: Random): ValueRange {
  const system = pick(random, systems)
  return pick<() => ValueRange>(random, [
    () => decimalRange(random),
    () => ({ code: { system, code: code(random, system) } }),
    () => ({ text: pick(random, ['final', 'a value of', 'entered in', word(random, 'abcXYZ019-_/ ', 10, 'q')]) }),
  ])()
}

function decimalRange(random: Random): DecimalRange {
  const decimal = () =>
    pick(random, ['0', '-0', '6.50', '1e-6', '2.7E+1', '-999.123456789', String(between(random, 0, 10_000) / 100)])
  const unit = pick(random, [
    '%',
    'mm[Hg]',
    'mL/min/{1.73_m2}',
    '[degF]',
    ']',
    '1',
    word(random, '[]{}%"\\*.^', 20, '1'),
  ])
  return { ...bounds(random, decimal), unit }
}

function bounds<T>(random: Random, make: () => T): { min?: T; max?: T } {
  const both = { ...maybe(random, 'min', make), ...maybe(random, 'max', make) }
  return 'min' in both || 'max' in both ? both : { min: make() }
}

/** Anything a name may hold: quotes, line ends, what turns the writing direction, what looks like the next line. */
function text(random: Random, longest: number): string {
  const pieces = ['"', '\\', '\n', '\r\n', '\t', '\u0000', '\u202e', '\u2028', '\ufeff', '🩺', 'é', '\u{e0041}']
  const words = [
    'GLP-1',
    'It is required that',
    '  ',
    'Policy "',
    'x',
    '\\u0041',
    '__proto__',
    '\n  all of these hold:',
  ]
  const length = between(random, 1, 8)
  const joined = Array.from({ length }, () => pick(random, random() < 0.5 ? pieces : words)).join('')
  return joined.slice(0, longest).toWellFormed()
}

function word(random: Random, alphabet: string, longest: number, end: string): string {
  return (
    Array.from({ length: between(random, 0, longest) }, () => pick(random, [...alphabet]))
      .join('')
      .trim() + end
  )
}

function hexDigit(random: Random): string {
  return between(random, 0, 15).toString(16)
}
