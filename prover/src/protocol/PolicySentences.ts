import type * as CodeSystem from './CodeSystem.ts'
import type { Codes, DayReference, DecimalRange, Formula, Policy, Predicate, ValueRange, Window } from './Policy.ts'

// How a policy is said, one sentence a line. What `PolicyText` reads back is said here and nowhere else.

/** A checked policy's whole text. */
export function printed({ name, source, blind, issuers, record, require }: Policy): string {
  const { maximumAgeDays, completeFrom, setsEdition } = record
  const lines = [
    `Policy ${quoted(name)}`,
    ...(source === undefined ? [] : [`Criteria published in ${quoted(source)}`]),
    ...(blind === undefined ? [] : [`Unlisted, blinded with ${blind}`]),
    `The record is signed by one with the role of ${listed(issuers)}`,
    `The record is at most ${days(maximumAgeDays)} old`,
    ...(completeFrom ? [`The record is complete from ${day(completeFrom)}`] : []),
    ...(setsEdition === undefined ? [] : [`The value sets are of edition ${setsEdition} or later`]),
    'It is required that',
    ...formulaLines(require, 1),
  ]
  return `${lines.join('\n')}\n`
}

function formulaLines(formula: Formula, level: number): string[] {
  const indent = blanks.repeat(level)
  const block = (heading: string, children: readonly Formula[]) => [
    indent + heading,
    ...children.flatMap((child) => formulaLines(child, level + 1)),
  ]
  if ('allOf' in formula) return block(headings.allOf, formula.allOf)
  if ('anyOf' in formula) return block(headings.anyOf, formula.anyOf)
  if ('atLeast' in formula) return block(`at least ${formula.atLeast} of these hold:`, formula.of)
  if ('not' in formula) return block(headings.not, [formula.not])
  return [indent + sentence(formula)]
}

/** One predicate in words. Absence is only ever about one issuer's record, and says so. */
export function sentence(predicate: Predicate): string {
  if ('any' in predicate) {
    const { any, window, value } = predicate
    return `some ${facts(any, singular)}${dated(window)}${value ? ` with ${valued(value)}` : ''}`
  }
  if ('latest' in predicate) {
    const { latest, window, value } = predicate
    return `the latest ${facts(latest, singular)}${dated(window)} has ${valued(value)}`
  }
  if ('none' in predicate)
    return `no ${facts(predicate.none, singular)}${dated(predicate.window)} is listed ${inRecord}`
  if ('count' in predicate) {
    const { count, window, range } = predicate
    return `the number of ${facts(count, plural)}${dated(window)} ${inRecord} is ${between(range)}`
  }
  if ('average' in predicate) {
    const { average, window, value, minimumCount } = predicate
    return `the mean of at least ${minimumCount} ${facts(average, plural)}${dated(window)} is ${measured(value)}`
  }
  return `age is ${between(predicate.age)} years`
}

function facts(codes: Codes, nouns: Nouns): string {
  const noun = nouns[codes.category]
  if ('set' in codes) return `${noun} of value set ${quoted(codes.set)}${codes.active ? ' still active' : ''}`
  if ('prefix' in codes) return `${noun} ${codes.system} starting with ${codes.prefix}`
  if ('code' in codes) return `${noun} ${codes.system} ${codes.code}`
  return `${noun} ${codes.system} from ${codes.from} to ${codes.to}`
}

function dated(window: Window | undefined): string {
  if (!window) return ''
  const { from, to } = window
  return ` dated${from ? ` from ${day(from)}` : ''}${to ? ` up to ${day(to)}` : ''}`
}

function valued(value: ValueRange): string {
  if ('code' in value) return `the value ${value.code.system} ${value.code.code}`
  if ('text' in value) return `the value ${quoted(value.text)}`
  return `a value of ${measured(value)}`
}

function measured(range: DecimalRange): string {
  return `${between(range)} [${range.unit}]`
}

function between({ min, max }: { readonly min?: number | string; readonly max?: number | string }): string {
  const low = min === undefined ? [] : [`at least ${min}`]
  const high = max === undefined ? [] : [`at most ${max}`]
  return [...low, ...high].join(' and ')
}

function day(reference: DayReference): string {
  return 'date' in reference ? reference.date : `${days(reference.daysBeforeToday)} before today`
}

function days(number: number): string {
  return number === 1 ? '1 day' : `${number} days`
}

function listed(names: readonly string[]): string {
  return [...names.slice(0, -2), names.slice(-2).join(' or ')].join(', ')
}

/** As JSON writes it, with everything escaped that does not show or that turns the text around it. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (hidden) =>
    Array.from({ length: hidden.length }, (_, i) => `\\u${hidden.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  )
}

export const blanks = '  '
export const headings = {
  allOf: 'all of these hold:',
  anyOf: 'any of these holds:',
  not: 'this does not hold:',
} as const
export const inRecord = "in this issuer's record as of its date"

export type Nouns = Readonly<Record<CodeSystem.Category, string>>
export const singular: Nouns = {
  demographic: 'demographic fact',
  condition: 'condition',
  observation: 'observation',
  prescription: 'prescription',
  dispense: 'dispense',
  allergy: 'allergy',
  immunization: 'immunization',
  procedure: 'procedure',
  encounter: 'encounter',
  coverage: 'coverage',
  'device-reading': 'device reading',
  charge: 'charge',
}
export const plural: Nouns = {
  demographic: 'demographic facts',
  condition: 'conditions',
  observation: 'observations',
  prescription: 'prescriptions',
  dispense: 'dispenses',
  allergy: 'allergies',
  immunization: 'immunizations',
  procedure: 'procedures',
  encounter: 'encounters',
  coverage: 'coverages',
  'device-reading': 'device readings',
  charge: 'charges',
}
