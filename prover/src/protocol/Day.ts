import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'

/** A calendar day: whole days since 1970-01-01, negative before it. Never an instant, never through UTC. */
export type Day = number & Brand<'Day'>

/** The same day as eight decimal digits, e.g. 20240229: what ages are compared by. */
export type DateNumber = number & Brand<'DateNumber'>

/** Added to a day in protocol fields, so that days before 1970 sort and range-check as 20-bit numbers. */
export const offset = parameters.day.offset

/** Days a protocol field can carry: 1611-02-19 to the last day whose field stays below 2^18. */
export const earliest = -offset as Day
export const latest = (offset - 1) as Day

/**
 * The day of a date written yyyy-mm-dd.
 * @throws {InvalidDateError} on another form, or a day no calendar has.
 */
export function parse(text: string): Day {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) throw new InvalidDateError()
  return fromCivil(Number(match[1]), Number(match[2]), Number(match[3]))
}

/** The day written yyyy-mm-dd. */
export function format(day: Day): string {
  const { year, month, dayOfMonth } = toCivil(day)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
}

/**
 * The day of a proleptic Gregorian date.
 * @throws {InvalidDateError} for a day no calendar has, or one a protocol field cannot carry.
 */
export function fromCivil(year: number, month: number, dayOfMonth: number): Day {
  if (year < 1611 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > lastDayOfMonth(year, month))
    throw new InvalidDateError()
  // Date.UTC reads years below 100 as 19xx; the range check below refuses those anyway.
  const days = Date.UTC(year, month - 1, dayOfMonth) / millisecondsPerDay
  if (days < earliest || days > latest) throw new InvalidDateError()
  return days as Day
}

/** Year, month (1 to 12) and day of the month of a day. */
export function toCivil(day: Day): { year: number; month: number; dayOfMonth: number } {
  const date = new Date(day * millisecondsPerDay)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() }
}

/** Last day of a month, leap years counted. */
export function lastDayOfMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 && leap ? 29 : (([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const)[month - 1] ?? 0)
}

/** The day as eight decimal digits. */
export function toDateNumber(day: Day): DateNumber {
  const { year, month, dayOfMonth } = toCivil(day)
  return (year * 10_000 + month * 100 + dayOfMonth) as DateNumber
}

/**
 * The day of eight decimal digits.
 * @throws {InvalidDateError} when they are not a date.
 */
export function fromDateNumber(date: number): Day {
  return fromCivil(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100)
}

/** The day an instant falls on in UTC, which is how contracts read block times. @param seconds Unix seconds. */
export function ofUnixSeconds(seconds: number): Day {
  return Math.floor(seconds / 86_400) as Day
}

/** The 20-bit protocol field. */
export function toField(day: Day): bigint {
  return BigInt(day + offset)
}

/** @throws {InvalidDateError} when the field is not one of 20 bits. */
export function fromField(field: bigint): Day {
  if (field < 0n || field >= 1n << BigInt(parameters.day.bits)) throw new InvalidDateError()
  return (Number(field) - offset) as Day
}

const millisecondsPerDay = 86_400_000

/** The text or number is not a calendar day between 1611 and 2328. It is not repeated: a birth date is a medical value. */
export class InvalidDateError extends Error {
  override readonly name = 'Day.InvalidDateError'
  constructor() {
    super('Not a calendar day (yyyy-mm-dd, 1611 to 2328).')
  }
}
