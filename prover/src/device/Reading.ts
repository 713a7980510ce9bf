import { z } from 'zod'
import * as DateTime from '../fhir/DateTime.ts'
import * as Json from '../fhir/Json.ts'
import type * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import type * as Day from '../protocol/Day.ts'
import * as Unit from '../protocol/Unit.ts'
import * as Value from '../protocol/Value.ts'
import * as Batch from './Batch.ts'
import type * as Device from './Device.ts'

/** One reading, well formed and of a known code; whether it counts is not decided. */
export type Reading = {
  readonly sequence: number
  readonly code: CodeSystem.CodeNumber
  /** As written. */
  readonly value: string
  readonly unit: string
  readonly time: string
  /** Unix seconds. */
  readonly instant: number
}

/** Why a reading gives no attribute. */
export type Reason = (typeof explainedReasons)[number] | (typeof losses)[number]

/** Not a fact of this record: nothing is lost with it. */
export const explainedReasons = ['other-patient', 'duplicate', 'after-as-of', 'before-since'] as const

/** Perhaps a fact: the record is not complete for device readings without it. */
export const losses = [
  'unknown-device',
  'bad-signature',
  'revoked-device',
  'malformed',
  'out-of-sequence',
  'conflicting-duplicate',
  'code-not-allowed',
  'outside-enrolment',
  'clock-ahead',
  'clock-behind',
  'too-many-on-one-day',
  'no-room',
] as const

/** What is odd about a reading that is in the record all the same. */
export type RemarkReason = 'unknown-unit' | 'unusable-value' | 'implausible'

/** Seconds by which clocks may differ. */
export const clockTolerance = 300

/** One line of a batch; undefined where it is not exactly what a device writes. */
export function parse(line: string): Reading | undefined {
  const members = line.length <= longestLine ? Batch.membersOf(line) : undefined
  const result = members && schema.safeParse({ ...members })
  if (!result?.success) return undefined
  const { sequence, time, code, value, unit } = result.data
  return { sequence, time, code, value, unit, instant: Date.parse(time) / 1000 }
}

/** Why this reading of a device cannot be taken at its word, by itself and after the one before it. */
export function doubt(
  reading: Reading,
  {
    device,
    receivedAt,
    previous,
    asOf,
    since,
  }: {
    readonly device: Device.Device
    readonly receivedAt: number
    readonly previous: Reading | undefined
    readonly asOf: Day.Day
    readonly since: Day.Day
  },
): Reason | undefined {
  if (!device.measures.has(reading.code)) return 'code-not-allowed'
  if (reading.instant > receivedAt + clockTolerance) return 'clock-ahead'
  const date = DateTime.read(reading.time, { asOf })
  if (date === 'invalid-date') return 'malformed'
  if (date === 'after-as-of') return 'after-as-of'
  if (date.day < device.from || date.day > device.until) return 'outside-enrolment'
  if (previous && reading.instant < previous.instant - clockTolerance) return 'clock-behind'
  return date.day < since ? 'before-since' : undefined
}

/** The attribute of a reading without doubt: its day as written where it was, its value in the code's one unit. */
export function toAttribute(
  { sequence, code, value: decimal, unit, time }: Reading,
  device: Device.Device,
): { readonly attribute: Attribute.Attribute; readonly remark: RemarkReason | undefined } {
  const knownUnit =
    device.measures.get(code)?.includes(unit) && Unit.toValue({ code, decimal: '1', unit }) !== undefined
  const value = knownUnit ? Unit.toValue({ code, decimal, unit }) : undefined
  const date = DateTime.read(time, { asOf: device.until })
  if (typeof date === 'string') throw new RangeError('A reading without doubt has a day.')
  return {
    attribute: {
      category: 'device-reading',
      system: 'LOINC',
      code,
      day: date.day,
      partialDay: false,
      value: value ?? Value.none,
      bounded: value === undefined,
      detail: 0n,
      active: false,
      fact: `device/${device.id}#${sequence}`,
      time: date.time,
    },
    remark: remarkOn({ code, value, knownUnit: knownUnit === true }),
  }
}

function remarkOn({
  code,
  value,
  knownUnit,
}: {
  readonly code: CodeSystem.CodeNumber
  readonly value: Value.Value | undefined
  readonly knownUnit: boolean
}): RemarkReason | undefined {
  if (!knownUnit) return 'unknown-unit'
  if (value === undefined) return 'unusable-value'
  return Unit.isPlausible({ code, value }) ? undefined : 'implausible'
}

const longestLine = 1_000

const decimalSchema = z.custom<Json.Json>().transform((json, context) => {
  const decimal = Json.decimalOf(json)
  if (decimal !== undefined) return decimal
  context.addIssue({ code: 'custom', message: 'must be a number' })
  return z.NEVER
})

const schema = z.strictObject({
  sequence: decimalSchema.transform((decimal, context) => {
    const whole = Batch.wholeOf(decimal)
    if (whole !== undefined) return whole
    context.addIssue({ code: 'custom', message: 'must be a whole number from 1 on' })
    return z.NEVER
  }),
  // RFC 3339. A leap second has no place on the clock of a computer.
  time: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/)
    .refine((time) => !Number.isNaN(Date.parse(time))),
  code: z.string().transform((code, context) => {
    try {
      return CodeSystem.encode('LOINC', code)
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a LOINC code' })
      return z.NEVER
    }
  }),
  value: decimalSchema,
  unit: z.string().regex(/^[!-~]{1,64}$/),
})
