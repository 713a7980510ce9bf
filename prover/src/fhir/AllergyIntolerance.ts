import * as Assertion from './Assertion.ts'
import type * as Element from './Element.ts'
import type * as Resource from './Resource.ts'

const kind: Assertion.Kind = {
  category: 'allergy',
  clinicalUri: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  // hl7.org/fhir/R4/valueset-allergyintolerance-clinical.html
  clinicalStatuses: { active: true, inactive: false, resolved: false },
  verificationUri: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  // hl7.org/fhir/R4/valueset-allergyintolerance-verification.html
  verificationStatuses: {
    unconfirmed: undefined,
    confirmed: undefined,
    refuted: 'refuted',
    'entered-in-error': 'entered-in-error',
  },
}

/** An allergy or intolerance, by the code of the allergy or of the substance. @throws {Element.WrongTypeError} */
export function read(allergy: Element.Element, context: Resource.Context): Resource.Reading {
  return Assertion.read(allergy, context, kind)
}
