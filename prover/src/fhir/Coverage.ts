import * as Day from '../protocol/Day.ts'
import * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import type * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/**
 * hl7.org/fhir/R4/valueset-fm-status.html: why a coverage of this status is no fact, if it is none. Cancelled is
 * "withdrawn, rescinded or reversed": it is taken back, where one that merely ended is active with a period that did.
 */
const statuses = {
  active: undefined,
  cancelled: 'cancelled',
  draft: 'draft',
  'entered-in-error': 'entered-in-error',
} as const

/**
 * An insurance of the patient's, by its type. Its day is the first of the period, its value the last, where a whole day
 * is said; it is bounded where none is, as "ended by some day" would otherwise hold of a coverage without end.
 * @throws {Element.WrongTypeError}
 */
export function read(coverage: Element.Element, context: Resource.Context): Resource.Reading {
  const end = endOf(coverage)
  const value = typeof end === 'object' && !end.partialDay ? Value.ofDate(end.day) : undefined
  return Fact.read(coverage, context, {
    category: 'coverage',
    concept: Coding.read(Element.child(coverage, 'type')),
    status: Fact.meaningOf(Element.text(coverage, 'status'), statuses),
    date: DateTime.readIfAny(DateTime.startOf(coverage, 'period'), context),
    value,
    bounded: value === undefined,
    active: end === undefined || (typeof end === 'object' && end.day >= context.asOf),
    remarks: end === 'invalid-date' ? [unknownEnd(coverage, context)] : [],
  })
}

/** Last day of the period, that of a month or a year its last; undefined where the period is open. */
function endOf(coverage: Element.Element): DateTime.DateTime | 'invalid-date' | undefined {
  const period = Element.child(coverage, 'period')
  const written = period && Element.text(period, 'end')
  if (period && Element.isWithheld(period, 'end')) return 'invalid-date'
  if (written === undefined || isNever(written)) return undefined
  const end = DateTime.read(written, { asOf: Day.latest })
  return end === 'after-as-of' ? 'invalid-date' : end
}

/** 9999-12-31, which payers write for no end; no day can be placed after 2327 at all. */
function isNever(date: string): boolean {
  return /^9999(-12(-31(T.*)?)?)?$/.test(date)
}

/** It may be in force or not: no absence among active facts. */
function unknownEnd(coverage: Element.Element, context: Resource.Context): Omission.Remark {
  const path = `${coverage.path}.period.end`
  return Resource.remark(context, { path, reason: 'invalid-date', systems: ['value set (active)'] })
}
