import * as Absence from './Absence.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import type * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-immunization-status.html: why one of this status is no fact, if it is none. */
const statuses = {
  completed: undefined,
  'not-done': 'not-done',
  'entered-in-error': 'entered-in-error',
} as const

/**
 * A vaccine given. It has no value and needs none, so it is not bounded: that would make every count of doses false.
 * @throws {Element.WrongTypeError}
 */
export function read(immunization: Element.Element, context: Resource.Context): Resource.Reading {
  const vaccine = Element.child(immunization, 'vaccineCode')
  const status = Fact.meaningOf(Element.text(immunization, 'status'), statuses)
  return Fact.read(immunization, context, {
    category: 'immunization',
    concept: Coding.read(vaccine),
    // A dose too weak to count was given all the same (isSubpotent): neither a dose nor the absence of one.
    status: status ?? (Element.flag(immunization, 'isSubpotent') ? 'modified-meaning' : undefined),
    absence: Absence.statedBy(vaccine, 'immunization'),
    // An occurrence in words places nothing.
    date: DateTime.readIfAny(Element.text(immunization, 'occurrenceDateTime'), context),
    bounded: false,
    active: false,
  })
}
