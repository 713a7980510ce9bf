import type * as Attribute from '../protocol/Attribute.ts'
import type { Category, CodeSystem } from '../protocol/CodeSystem.ts'
import type * as Day from '../protocol/Day.ts'
import type * as Charge from './Charge.ts'
import type * as Coding from './Coding.ts'
import * as Element from './Element.ts'
import * as Omission from './Omission.ts'

/** What a reader of one resource knows of the rest. */
export type Context = {
  readonly asOf: Day.Day
  readonly resourceType: string
  readonly index: number
  /** Names the resource within the record. */
  readonly fact: string
  /** Whether a reference is to the one patient this record is about. */
  readonly isPatient: (reference: string) => boolean
  /** The Medication a reference leads to, if the bundle has it. */
  readonly medicationAt: (reference: string) => Element.Element | undefined
  /** The fact of the Claim a reference leads to; where the bundle lacks it, the reference, which others may share. */
  readonly claimAt: (reference: string) => string
  /** The charges read before this resource. */
  readonly charges: Charge.Ledger
  /** ISO 4217 code of the currency that values of the record are in. */
  readonly currency: string
}

/** What one resource gave: every unit, itself and each of its parts (Reader.ts), is taken or in `omissions`. */
export type Reading = {
  readonly attributes: readonly Attribute.Attribute[]
  readonly taken: number
  readonly omissions: readonly Omission.Omission[]
  readonly remarks: readonly Omission.Remark[]
}

export const emptyReading: Reading = { attributes: [], taken: 0, omissions: [], remarks: [] }

/** Readings of parts as the reading of the whole. */
export function joined(readings: readonly Reading[]): Reading {
  return {
    attributes: readings.flatMap(({ attributes }) => attributes),
    taken: readings.reduce((sum, { taken }) => sum + taken, 0),
    omissions: readings.flatMap(({ omissions }) => omissions),
    remarks: readings.flatMap(({ remarks }) => remarks),
  }
}

/** Leaves out one unit. @param spoils What it makes the record incomplete for; nothing where the reason explains it. */
export function leftOut(
  { resourceType, index }: Context,
  {
    path,
    reason,
    spoils = Omission.nothing,
  }: { readonly path: string; readonly reason: Omission.Reason; readonly spoils?: Omission.Spoils },
): Reading {
  return { ...emptyReading, omissions: [{ resourceType, index, path, reason, spoils }] }
}

export function remark(
  { resourceType, index }: Context,
  {
    path,
    reason,
    systems = [],
    categories = [],
  }: {
    readonly path: string
    readonly reason: Omission.RemarkReason
    readonly systems?: readonly CodeSystem[]
    readonly categories?: readonly Category[]
  },
): Omission.Remark {
  return { resourceType, index, path, reason, spoils: { categories, systems } }
}

/** A fact of this category is lost, and with it the codes of these systems. */
export function spoiling(category: Category, concept?: Coding.Concept): Omission.Spoils {
  const systems = [...(concept?.codings ?? []), ...(concept?.lost ?? [])].map(({ system }) => system)
  return { categories: [category], systems: [...new Set(systems.filter((system) => system !== undefined))] }
}

/** Remarks on the codings of a taken fact that are lost. */
export function lostCodings(context: Context, { lost }: Coding.Concept): readonly Omission.Remark[] {
  return lost.map(({ path, reason, system }) => remark(context, { path, reason, systems: system ? [system] : [] }))
}

/**
 * Why a resource cannot be read as it stands, before its own rules: an extension that modifies its meaning, rules it
 * refers to, elements a server took out, a subject (which some types call patient or beneficiary) who is not the patient.
 * @throws {Element.WrongTypeError}
 */
export function obstacle(resource: Element.Element, context: Context): Omission.Reason | undefined {
  if (Element.text(resource, 'implicitRules') !== undefined || isModified(resource)) return 'modified-meaning'
  if (formerDenials.some((name) => Object.hasOwn(resource.json, name))) return 'modified-meaning'
  if (isSubsetted(resource)) return 'subsetted'
  if (Element.children(resource, 'focus').length > 0) return 'other-subject'
  const subjects = ['subject', 'patient', 'beneficiary'].map((name) => Element.child(resource, name))
  const isAnother = (subject: Element.Element) => {
    const reference = Element.text(subject, 'reference')
    return reference === undefined || !context.isPatient(reference)
  }
  return subjects.some((subject) => subject && isAnother(subject)) ? 'other-subject' : undefined
}

/**
 * Elements by which DSTU2 and STU3 say that something was not given, taken or done. R4 has none of them; a resource of
 * theirs is otherwise read as if it was.
 */
const formerDenials = ['wasNotGiven', 'notGiven', 'wasNotTaken', 'taken', 'notPerformed', 'notDone']

/** FHIR R4 2.4.1.1: who does not know a modifier extension must not process the element. @throws {Element.WrongTypeError} */
export function isModified(element: Element.Element): boolean {
  return Element.children(element, 'modifierExtension').length > 0
}

/** A server says it took elements out (_summary, _elements, masking). @throws {Element.WrongTypeError} */
export function isSubsetted(resource: Element.Element): boolean {
  const meta = Element.child(resource, 'meta')
  const labels = meta ? [...Element.children(meta, 'tag'), ...Element.children(meta, 'security')] : []
  return labels.some((label) => ['SUBSETTED', 'REDACTED', 'MASKED'].includes(Element.text(label, 'code') ?? ''))
}
