import * as Absence from './Absence.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import type * as Resource from './Resource.ts'

/**
 * hl7.org/fhir/R4/valueset-event-status.html: why a procedure of this status is no fact, if it is none.
 *
 * One in progress "is currently occurring": the patient has it, and it is active. One that was stopped, or is on hold,
 * had commenced and was not completed: it is neither a procedure done nor the absence of one.
 */
const statuses = {
  completed: undefined,
  'in-progress': undefined,
  stopped: 'unfinished',
  'on-hold': 'unfinished',
  preparation: 'not-final',
  'not-done': 'not-done',
  'entered-in-error': 'entered-in-error',
  unknown: 'unknown-status',
} as const

/** Something done to the patient. It has no value and needs none, so it is not bounded. @throws {Element.WrongTypeError} */
export function read(procedure: Element.Element, context: Resource.Context): Resource.Reading {
  const code = Element.child(procedure, 'code')
  const status = Element.text(procedure, 'status')
  // Performed at an age, within a range or in words: that places nothing.
  const written = Element.text(procedure, 'performedDateTime') ?? DateTime.startOf(procedure, 'performedPeriod')
  return Fact.read(procedure, context, {
    category: 'procedure',
    concept: Coding.read(code),
    status: Fact.meaningOf(status, statuses),
    absence: Absence.statedBy(code, 'procedure'),
    date: DateTime.readIfAny(written, context),
    bounded: false,
    active: status === 'in-progress',
  })
}
