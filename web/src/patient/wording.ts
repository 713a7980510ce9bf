import type { Codes, DayReference, Policy, Predicate, ValueRange, Window } from '@medseal/prover/protocol/Policy'
import type * as Fact from '../wallet/Fact.ts'
import type * as Narrowing from '../wallet/Narrowing.ts'
import type { Speaker, T } from './words.ts'

// A policy, a fact or what is known of one, in the patient's language. Made from the policy's own JSON, which the device
// has compiled: never from a text that came with it.

/** One predicate as a sentence, without its full stop. */
export function sentence(t: T, say: Speaker, predicate: Predicate): string {
  if ('age' in predicate) return t('words.age', { range: between(t, say, predicate.age) })
  if ('any' in predicate) {
    const { any, window, value } = predicate
    const with_ = value ? t('words.with', { value: valued(t, say, value) }) : ''
    return t('words.any', { ...named(t, say, any), window: dated(t, say, window), value: with_ })
  }
  if ('latest' in predicate) {
    const { latest, window, value } = predicate
    return t('words.latest', {
      name: nameOf(t, say, latest),
      window: dated(t, say, window),
      value: valued(t, say, value),
    })
  }
  if ('none' in predicate) {
    const { none, window } = predicate
    const noun = t(`noNoun.${none.category}`)
    return t('words.none', { noun, name: nameOf(t, say, none), window: dated(t, say, window) })
  }
  if ('count' in predicate) {
    const { count, window, range } = predicate
    const name = nameOf(t, say, count)
    return t('words.count', { name, window: dated(t, say, window), range: between(t, say, range) })
  }
  const { average, window, value, minimumCount } = predicate
  const name = nameOf(t, say, average)
  const measured = valued(t, say, value)
  return t('words.average', { name, window: dated(t, say, window), value: measured, count: minimumCount })
}

/** What the rules ask of the record itself. */
export function recordSentence(t: T, say: Speaker, { issuers, record }: Policy): string {
  return t('request.learnRecord', { roles: say.roles(issuers), time: say.span(record.maximumAgeDays) })
}

/** A fact in one line. */
export function factLine(t: T, say: Speaker, fact: Fact.Fact): string {
  const value = shown(t, say, fact.value)
  return [
    factName(say, fact),
    ...(value === '' ? [] : [value]),
    ...(fact.day === null ? [] : [say.day(fact.day)]),
  ].join(', ')
}

export function factName(say: Speaker, { set, system, code }: Pick<Fact.Fact, 'set' | 'system' | 'code'>): string {
  return say.code(set ?? `${system} ${code}`)
}

export function shown(t: T, say: Speaker, value: Fact.Shown): string {
  switch (value.kind) {
    case 'none':
      return ''
    case 'decimal':
      return `${say.decimal(value.decimal)} ${unit(value.unit)}`.trim()
    case 'date':
      return say.day(value.day)
    case 'text':
      return say.code(value.text)
    case 'code':
      return say.code(`SNOMED CT ${value.code}`)
    case 'prescription':
      return value.daysSupply === 0 ? '' : t('record.prescription', { days: value.daysSupply, refills: value.refills })
    default:
      return value satisfies never
  }
}

/** What is known of one number, as a sentence. */
export function knownSentence(t: T, say: Speaker, known: Narrowing.Known): string {
  const { kind, subject, unit: of, min, max } = known
  const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  if (kind === 'age') return t('words.age', { range: between(t, say, range) })
  const value = `${between(t, say, range)} ${unit(of)}`
  const name = say.code(subject)
  if (kind === 'latest') return t('words.latest', { name, window: '', value })
  return kind === 'any' ? t('narrowed.some', { name, value }) : t('narrowed.mean', { name, value })
}

/** UCUM as people write it: mm[Hg] as mmHg, mL/min/{1.73_m2} as mL/min/1.73 m². */
export function unit(ucum: string): string {
  return ucum
    .replaceAll(/[[\]{}]/g, '')
    .replaceAll('_', ' ')
    .replace('m2', 'm²')
    .replace('iU', 'IU')
}

function named(t: T, say: Speaker, codes: Codes) {
  return { noun: t(`noun.${codes.category}`), name: nameOf(t, say, codes) }
}

function nameOf(t: T, say: Speaker, codes: Codes): string {
  if ('set' in codes) {
    const name = say.code(codes.set)
    return codes.active ? t('words.active', { name }) : name
  }
  if ('prefix' in codes) return t('words.codesFrom', { system: codes.system, code: codes.prefix })
  if ('from' in codes) return t('words.codesBetween', codes)
  return say.code(`${codes.system} ${plain(codes)}`)
}

/** Codes of lettered systems are kept without their dots. */
function plain({ system, code }: { readonly system: string; readonly code: string }): string {
  return system === 'LOINC' ? code : code.toUpperCase().replaceAll('.', '')
}

function valued(t: T, say: Speaker, value: ValueRange): string {
  if ('code' in value) return t('words.exactly', { value: say.code(`${value.code.system} ${plain(value.code)}`) })
  if ('text' in value) return t('words.exactly', { value: say.code(value.text.toLowerCase()) })
  return `${between(t, say, value)} ${unit(value.unit)}`
}

function between(
  t: T,
  say: Speaker,
  { min, max }: { readonly min?: number | string; readonly max?: number | string },
): string {
  const low = min === undefined ? undefined : say.decimal(String(min))
  const high = max === undefined ? undefined : say.decimal(String(max))
  if (low !== undefined && high !== undefined) return t('words.between', { min: low, max: high })
  return low === undefined ? t('words.most', { max: high }) : t('words.least', { min: low })
}

function dated(t: T, say: Speaker, window: Window | undefined): string {
  if (!window) return ''
  const { from, to } = window
  if (from && to) return t('words.fromTo', { from: dayOf(t, say, from), to: dayOf(t, say, to) })
  if (from)
    return 'date' in from
      ? t('words.sinceDay', { day: say.day(from.date) })
      : t('words.inLast', { time: say.span(from.daysBeforeToday) })
  if (!to) return ''
  return 'date' in to
    ? t('words.upToDay', { day: say.day(to.date) })
    : t('words.before', { time: say.span(to.daysBeforeToday) })
}

function dayOf(t: T, say: Speaker, reference: DayReference): string {
  return 'date' in reference ? say.day(reference.date) : t('words.ago', { time: say.span(reference.daysBeforeToday) })
}
