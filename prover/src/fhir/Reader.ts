import * as AllergyIntolerance from './AllergyIntolerance.ts'
import * as Charge from './Charge.ts'
import * as Condition from './Condition.ts'
import * as Coverage from './Coverage.ts'
import type * as Element from './Element.ts'
import * as Encounter from './Encounter.ts'
import * as Immunization from './Immunization.ts'
import * as MedicationDispense from './MedicationDispense.ts'
import * as MedicationRequest from './MedicationRequest.ts'
import * as MedicationStatement from './MedicationStatement.ts'
import * as Observation from './Observation.ts'
import type * as Omission from './Omission.ts'
import * as Patient from './Patient.ts'
import * as Procedure from './Procedure.ts'
import type * as Resource from './Resource.ts'

/** How resources of one type become attributes. */
export type Reader = {
  /** @throws {Element.WrongTypeError} in what the whole resource depends on. */
  readonly read: (resource: Element.Element, context: Resource.Context) => Resource.Reading
  /** The category that is not complete when a resource of this type is lost. */
  readonly category: Omission.ReadCategory
  /** Lists whose elements are facts of their own, each counted beside the resource: the reading accounts for them all. */
  readonly parts?: readonly string[]
}

/** The reader of a resource type, or undefined where its resources are not read. */
export function of(resourceType: string): Reader | undefined {
  return readers.get(resourceType)
}

export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Patient', { read: Patient.read, category: 'demographic' }],
  ['Condition', { read: Condition.read, category: 'condition' }],
  ['Observation', { read: Observation.read, category: 'observation', parts: ['component'] }],
  ['MedicationRequest', { read: MedicationRequest.read, category: 'prescription' }],
  ['MedicationStatement', { read: MedicationStatement.read, category: 'prescription' }],
  ['MedicationDispense', { read: MedicationDispense.read, category: 'dispense' }],
  ['AllergyIntolerance', { read: AllergyIntolerance.read, category: 'allergy' }],
  ['Immunization', { read: Immunization.read, category: 'immunization' }],
  ['Procedure', { read: Procedure.read, category: 'procedure' }],
  ['Encounter', { read: Encounter.read, category: 'encounter' }],
  ['Coverage', { read: Coverage.read, category: 'coverage' }],
  ['Claim', { read: Charge.read, category: 'charge', parts: ['item'] }],
  ['ExplanationOfBenefit', { read: Charge.read, category: 'charge', parts: ['item'] }],
])
