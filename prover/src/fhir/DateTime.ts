import * as Day from '../protocol/Day.ts'
import * as Element from './Element.ts'

/** When something was, as far as the record says. */
export type DateTime = {
  /** The calendar day as written, whatever the offset; of a month or a year the last day, at most asOf. */
  readonly day: Day.Day
  /** Only a month or a year was written, or nothing. */
  readonly partialDay: boolean
  /** Time of day and offset as written, empty where none was. */
  readonly time: string
}

export type Unusable = 'invalid-date' | 'after-as-of'

/** A FHIR date, dateTime or instant. One that cannot be before the end of asOf is after it. */
export function read(text: string, { asOf }: { readonly asOf: Day.Day }): DateTime | Unusable {
  const match = pattern.exec(text)
  if (!match) return 'invalid-date'
  const [, year = '', month, dayOfMonth, time = ''] = match
  const first = dayOf(`${year}-${month ?? '01'}-${dayOfMonth ?? '01'}`)
  if (first === undefined) return 'invalid-date'
  if (first > asOf) return 'after-as-of'
  if (dayOfMonth) return { day: first, partialDay: false, time }
  const lastMonth = Number(month ?? '12')
  const last = Day.fromCivil(Number(year), lastMonth, Day.lastDayOfMonth(Number(year), lastMonth))
  return { day: last < asOf ? last : asOf, partialDay: true, time: '' }
}

/** A date that may not be written at all. */
export function readIfAny(text: string | undefined, context: { readonly asOf: Day.Day }): DateTime | Unusable {
  return text === undefined ? unknown(context) : read(text, context)
}

/** When a period of a resource begins, as written. @throws {Element.WrongTypeError} */
export function startOf(resource: Element.Element, name: string): string | undefined {
  const period = Element.child(resource, name)
  return period && Element.text(period, 'start')
}

/** No date at all: some day up to asOf. */
export function unknown({ asOf }: { readonly asOf: Day.Day }): DateTime {
  return { day: asOf, partialDay: true, time: '' }
}

/** FHIR R4 dateTime; the seconds and the offset may be missing, as in many records. */
const pattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T((?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?))?)?)?$/

function dayOf(text: string): Day.Day | undefined {
  try {
    return Day.parse(text)
  } catch (error) {
    if (error instanceof Day.InvalidDateError) return undefined
    throw error
  }
}
