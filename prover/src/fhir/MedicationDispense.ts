import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import * as Medication from './Medication.ts'
import type * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'
import * as Supply from './Supply.ts'

/** hl7.org/fhir/R4/valueset-medicationdispense-status.html: why one of this status is no fact, if it is none. */
const statuses = {
  completed: undefined,
  preparation: 'not-final',
  'in-progress': 'not-final',
  'on-hold': 'not-final',
  cancelled: 'cancelled',
  declined: 'cancelled',
  stopped: 'cancelled',
  'entered-in-error': 'entered-in-error',
  unknown: 'unknown-status',
} as const

/**
 * A medicine handed over: its value is how much, and for how many days, as a prescription without refills has it.
 * @throws {Element.WrongTypeError}
 */
export function read(dispense: Element.Element, context: Resource.Context): Resource.Reading {
  const { path } = dispense
  const terms = Supply.termsOf({
    quantity: Element.child(dispense, 'quantity'),
    duration: Element.child(dispense, 'daysSupply'),
  })
  const written = Element.text(dispense, 'whenHandedOver') ?? Element.text(dispense, 'whenPrepared')
  return Fact.read(dispense, context, {
    category: 'dispense',
    concept: Medication.codesOf(dispense, context),
    status: statusOf(dispense),
    date: DateTime.readIfAny(written, context),
    value: terms.value,
    bounded: terms.value === undefined,
    active: false,
    remarks: terms.reason ? [Resource.remark(context, { path, reason: terms.reason })] : [],
  })
}

/** Who says when it was handed over does not explain by its status that it was not: some of it may have been. */
function statusOf(dispense: Element.Element): Omission.Reason | undefined {
  const reason = Fact.meaningOf(Element.text(dispense, 'status'), statuses)
  const isHandedOver = Element.text(dispense, 'whenHandedOver') !== undefined
  return isHandedOver && (reason === 'not-final' || reason === 'cancelled') ? 'unfinished' : reason
}
