import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Absence from './Absence.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import * as Medication from './Medication.ts'
import type * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-medication-statement-status.html: why one of this status is no fact, if it is none. */
const statuses = {
  active: undefined,
  completed: undefined,
  stopped: undefined,
  'on-hold': undefined,
  unknown: undefined,
  intended: 'draft',
  'not-taken': 'not-taken',
  'entered-in-error': 'entered-in-error',
} as const

/**
 * A medicine the patient is or was on, whoever says so. It counts with the prescriptions: absence of a medicine must
 * see both. It has no value, and is bounded as a prescription that does not say what one fill is.
 * @throws {Element.WrongTypeError}
 */
export function read(statement: Element.Element, context: Resource.Context): Resource.Reading {
  const medicine = Medication.conceptOf(statement, context)
  const isResolved = medicine !== 'unresolved-reference'
  const activity = activityOf(statement, context)
  return Fact.read(statement, context, {
    category: 'prescription',
    concept: isResolved ? Coding.read(medicine) : medicine,
    status: Fact.meaningOf(Element.text(statement, 'status'), statuses),
    absence: isResolved ? Absence.statedBy(medicine, 'prescription') : undefined,
    date: dateOf(statement, context),
    bounded: true,
    active: activity === 'active',
    remarks: [
      Resource.remark(context, { path: statement.path, reason: 'no-value' }),
      ...(activity === 'unknown' ? [unknownActivity(statement, context)] : []),
    ],
  })
}

function dateOf(statement: Element.Element, context: Resource.Context): DateTime.DateTime | DateTime.Unusable {
  const written =
    Element.text(statement, 'effectiveDateTime') ??
    DateTime.startOf(statement, 'effectivePeriod') ??
    Element.text(statement, 'dateAsserted')
  return DateTime.readIfAny(written, context)
}

/** As an abatement, an end counts that does not lie wholly after asOf. An end that cannot be read may be either. */
function activityOf(statement: Element.Element, context: Resource.Context): 'active' | 'over' | 'unknown' {
  const status = Element.text(statement, 'status')
  const period = Element.child(statement, 'effectivePeriod')
  const written = period && Element.text(period, 'end')
  const isWithheld = period !== undefined && Element.isWithheld(period, 'end')
  const open = isWithheld ? 'invalid-date' : 'after-as-of'
  const end = written === undefined ? open : DateTime.read(written, context)
  if (status === 'unknown') return 'unknown'
  if (status !== 'active') return 'over'
  if (end === 'invalid-date') return 'unknown'
  return end === 'after-as-of' ? 'active' : 'over'
}

/** Nobody can say that this medicine is not taken now: no absence among active facts. */
function unknownActivity(statement: Element.Element, context: Resource.Context): Omission.Remark {
  return Resource.remark(context, {
    path: statement.path,
    reason: 'unknown-activity',
    systems: [CodeSystem.activeSet],
  })
}
