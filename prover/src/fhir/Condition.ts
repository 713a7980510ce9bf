import * as Assertion from './Assertion.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import type * as Resource from './Resource.ts'

const kind: Assertion.Kind = {
  category: 'condition',
  clinicalUri: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  // hl7.org/fhir/R4/valueset-condition-clinical.html
  clinicalStatuses: {
    active: true,
    recurrence: true,
    relapse: true,
    inactive: false,
    remission: false,
    resolved: false,
  },
  verificationUri: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  // hl7.org/fhir/R4/valueset-condition-ver-status.html
  verificationStatuses: {
    unconfirmed: undefined,
    provisional: undefined,
    differential: undefined,
    confirmed: undefined,
    refuted: 'refuted',
    'entered-in-error': 'entered-in-error',
  },
  hasEnded: hasAbated,
}

/** A diagnosis. @throws {Element.WrongTypeError} */
export function read(condition: Element.Element, context: Resource.Context): Resource.Reading {
  return Assertion.read(condition, context, kind)
}

/** Any abatement counts that does not lie wholly after asOf. */
function hasAbated(condition: Element.Element, context: Resource.Context): boolean {
  if (Element.choices(condition, 'abatement').length === 0) return false
  const written = Element.text(condition, 'abatementDateTime') ?? DateTime.startOf(condition, 'abatementPeriod')
  return written === undefined || DateTime.read(written, context) !== 'after-as-of'
}
