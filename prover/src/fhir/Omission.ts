import type { Category, CodeSystem } from '../protocol/CodeSystem.ts'

/** What was not read, and the categories and systems the record is therefore not complete for. */
export type Omission = Place & { readonly reason: Reason; readonly spoils: Spoils }

/** Something read in part: a coding lost, a value not usable. The fact itself is in the record. */
export type Remark = Place & { readonly reason: RemarkReason; readonly spoils: Spoils }

export type Place = {
  /** A FHIR R4 resource type, or "unknown". */
  readonly resourceType: string
  /** Position in Bundle.entry; 0 for a single resource, -1 for the bundle itself. */
  readonly index: number
  readonly path: string
}

export type Spoils = { readonly categories: readonly Category[]; readonly systems: readonly CodeSystem[] }

/** Nothing is lost: the record says as much without it. */
export const nothing: Spoils = { categories: [], systems: [] }

/** The categories whose facts are read: those that the readers of Reader.ts say, in the order of their numbers. */
export const readCategories = [
  'demographic',
  'condition',
  'observation',
  'prescription',
  'dispense',
  'allergy',
  'immunization',
  'procedure',
  'encounter',
  'coverage',
  'charge',
] as const satisfies Category[]
export type ReadCategory = (typeof readCategories)[number]

/** Facts of any category may be lost. */
export const everything: Spoils = { categories: readCategories, systems: [] }

/** Not a fact, or not one of this record: nothing is lost with it. */
export const explainedReasons = [
  'unread-type',
  'after-as-of',
  'entered-in-error',
  'refuted',
  'not-final',
  'cancelled',
  'draft',
  'not-an-order',
  'not-performed',
  'not-taken',
  'not-done',
  // A claim that asks beforehand; a charge that is in the record by an adjudication (Charge.ts).
  'not-billed',
  'adjudicated',
  'duplicate',
  // A statement that there is nothing to state (Absence.ts).
  'no-known-allergy',
  'no-known-allergy-of-a-kind',
  'no-known-condition',
  'no-known-medicine',
  'no-known-immunization',
  'no-known-procedure',
] as const

/** A fact, or perhaps one, that could not be read. */
export const lossReasons = [
  'unread-medicine',
  'no-coding',
  'no-known-code',
  'no-date',
  'invalid-date',
  'unknown-status',
  'unfinished',
  'wrong-type',
  'modified-meaning',
  'other-subject',
  'unresolved-reference',
  'contained',
  'conflicting-duplicate',
  'subsetted',
  'no-resource',
  'opaque',
  // A statement that something may be missing, or that another contradicts (Absence.ts).
  'no-information',
  'none-relevant',
  'contradicted',
] as const

export type Reason = (typeof explainedReasons)[number] | (typeof lossReasons)[number]

export function isExplained(reason: Reason): boolean {
  return (explainedReasons as readonly Reason[]).includes(reason)
}

export type RemarkReason =
  | 'unknown-system'
  | 'invalid-code'
  | 'ambiguous-code'
  | 'no-value'
  | 'unknown-unit'
  | 'other-currency'
  | 'unread-lines'
  | 'implausible'
  | 'comparator'
  | 'unusable-value'
  | 'no-clinical-status'
  | 'unknown-activity'
  | 'invalid-date'
  | 'after-as-of'
  | 'more-pages'
  | 'subsetted'
  | 'no-patient'
  | 'several-patients'
  // What a document says of itself (PatientSummary.ts), and a card (SmartHealthCard.ts).
  | 'selection'
  | 'no-composition'
  | 'not-attested'
  | 'appendix'
  | 'older-than-as-of'
  | 'other-subject'
  | 'modified-meaning'
  | 'wrong-type'
  | 'no-section'
  | 'not-known'
  | 'missing-entry'
