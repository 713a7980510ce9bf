import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'

/**
 * The 64-bit value of an attribute: a decimal times 10^6 plus 2^63, or a date as yyyymmdd, or a code, or a packed
 * prescription. What it is follows from the attribute's code.
 */
export type Value = bigint & Brand<'Value'>

/** Value of an attribute that has none, or none that can be used. Such an attribute is marked bounded. */
export const none = 0n as Value

/** Greatest value: with `lowest`, the range that even a bounded attribute meets. */
export const highest = ((1n << BigInt(parameters.value.bits)) - 1n) as Value
export const lowest = 0n as Value

const { decimals } = parameters.value
const zero = 1n << 63n

/**
 * A decimal, read as text so that no float ever rounds it; beyond six decimals it is rounded half to even.
 * @param text As FHIR writes decimals: sign, digits, fraction, exponent.
 * @throws {InvalidDecimalError} when it is no decimal, or 9.2 * 10^12 or more in size.
 */
export function ofDecimal(text: string): Value {
  const match = /^(-?)(\d{1,40})(?:\.(\d{1,100}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (!match) throw new InvalidDecimalError()
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = decimals - fraction.length + Number(exponent)
  if (Math.abs(shift) > 200) throw new InvalidDecimalError()
  const digits = BigInt(whole + fraction)
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : roundHalfEven(digits, 10n ** BigInt(-shift))
  const value = zero + (sign ? -size : size)
  if (value < lowest || value > highest) throw new InvalidDecimalError()
  return value as Value
}

/** The decimal a value stands for, without trailing zeros. */
export function toDecimal(value: Value): string {
  const scaled = value - zero
  const size = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0')
  const fraction = size.slice(-decimals).replace(/0+$/, '')
  return `${scaled < 0n ? '-' : ''}${size.slice(0, -decimals)}${fraction ? `.${fraction}` : ''}`
}

/** A date as yyyymmdd. */
export function ofDate(day: Day.Day): Value {
  return BigInt(Day.toDateNumber(day)) as Value
}

/** A coded value: a SNOMED CT answer, say. @throws {CodeSystem.InvalidCodeError} */
export function ofCode(system: CodeSystem.CodeSystem, code: string): Value {
  return CodeSystem.encode(system, code) as bigint as Value
}

/** A status or another short word of FHIR's, in base 40. @throws {CodeSystem.InvalidCodeError} */
export function ofText(text: string): Value {
  return CodeSystem.encodeText(text) as bigint as Value
}

/** What a prescription says of its fills, packed highest field first. */
export type PrescriptionTerms = {
  /** Quantity of one fill in thousandths of its unit, 32 bits. */
  readonly quantityThousandths: number
  /** Days one fill lasts, 10 bits. */
  readonly daysSupply: number
  /** Fills after the first, 7 bits. */
  readonly refills: number
  /** Controlled-substance schedule, 0 to 5, 3 bits. */
  readonly schedule: number
  /** Days between fills, 10 bits. */
  readonly intervalDays: number
}

const prescriptionFields = [
  ['quantityThousandths', 32n],
  ['daysSupply', 10n],
  ['refills', 7n],
  ['schedule', 3n],
  ['intervalDays', 10n],
] as const

/** @throws {FieldTooWideError} when a field does not fit its bits. */
export function ofPrescription(terms: PrescriptionTerms): Value {
  let packed = 0n
  for (const [field, bits] of prescriptionFields) {
    const number = terms[field]
    if (!Number.isSafeInteger(number) || number < 0 || BigInt(number) >> bits !== 0n) {
      throw new FieldTooWideError({ field, bits })
    }
    packed = (packed << bits) | BigInt(number)
  }
  return packed as Value
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twiceRest = (numerator % denominator) * 2n
  if (twiceRest < denominator) return quotient
  if (twiceRest > denominator) return quotient + 1n
  return quotient + (quotient & 1n)
}

/** The text is not a decimal that a value can carry. It is not repeated: it may be a result. */
export class InvalidDecimalError extends Error {
  override readonly name = 'Value.InvalidDecimalError'
  constructor() {
    super('Not a decimal below 9.2e12 in size.')
  }
}

/** A field does not fit the bits its packing gives it. */
export class FieldTooWideError extends Error {
  override readonly name = 'Value.FieldTooWideError'
  constructor({ field, bits }: { field: string; bits: bigint }) {
    super(`Field "${field}" does not fit ${bits} bits.`)
  }
}
