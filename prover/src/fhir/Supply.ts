import * as Value from '../protocol/Value.ts'
import * as Element from './Element.ts'
import type * as Omission from './Omission.ts'

const ucum = 'http://unitsofmeasure.org'

/** What is handed over at once, and how often. */
export type Supply = {
  readonly quantity: Element.Element | undefined
  /** How long one fill lasts. */
  readonly duration: Element.Element | undefined
  /** Time between fills; as long as one lasts where nothing else is said. */
  readonly interval?: Element.Element | undefined
  /** Fills after the first, as written. */
  readonly refills?: string | undefined
}

export type Terms = { readonly value?: Value.Value; readonly reason?: Omission.RemarkReason }

/**
 * The packed value of a supply, or why it has none. FHIR has no controlled-substance schedule: imported prescriptions
 * say 0, and cannot be dispensed.
 * @throws {Element.WrongTypeError}
 */
export function termsOf({ quantity, duration, interval, refills = '0' }: Supply): Terms {
  if (!quantity || !duration) return { reason: 'no-value' }
  const quantityThousandths = thousandthsOf(Element.decimal(quantity, 'value') ?? '')
  const daysSupply = daysOf(duration)
  const intervalDays = interval ? daysOf(interval) : daysSupply
  const refillThousandths = thousandthsOf(refills)
  if (quantityThousandths === undefined || daysSupply === undefined || intervalDays === undefined)
    return { reason: 'unusable-value' }
  if (refillThousandths === undefined || refillThousandths % 1000 !== 0 || Element.text(quantity, 'comparator'))
    return { reason: 'unusable-value' }
  try {
    return {
      value: Value.ofPrescription({
        quantityThousandths,
        daysSupply,
        refills: refillThousandths / 1000,
        schedule: 0,
        intervalDays,
      }),
    }
  } catch (error) {
    if (error instanceof Value.FieldTooWideError) return { reason: 'unusable-value' }
    throw error
  }
}

/** Whole days of a duration in UCUM days or weeks. */
function daysOf(duration: Element.Element): number | undefined {
  const thousandths = thousandthsOf(Element.decimal(duration, 'value') ?? '')
  if (thousandths === undefined || thousandths % 1000 !== 0 || Element.text(duration, 'system') !== ucum)
    return undefined
  const code = Element.text(duration, 'code')
  if (code === 'wk') return (thousandths / 1000) * 7
  return code === 'd' ? thousandths / 1000 : undefined
}

/** A decimal of at most three places, exactly, in thousandths. */
function thousandthsOf(decimal: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,3})0*)?$/.exec(decimal) ?? []
  return whole === undefined ? undefined : Number(whole + fraction.padEnd(3, '0'))
}
