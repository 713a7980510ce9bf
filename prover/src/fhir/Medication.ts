import * as Coding from './Coding.ts'
import * as Element from './Element.ts'
import * as Resource from './Resource.ts'

/**
 * The medicine that a request, a statement or a dispense is about, said there or by a Medication, contained or
 * elsewhere in the bundle. One step: no cycle to follow.
 * @throws {Element.WrongTypeError}
 */
export function conceptOf(
  resource: Element.Element,
  { medicationAt }: Resource.Context,
): Element.Element | undefined | 'unresolved-reference' {
  const reference = Element.child(resource, 'medicationReference')
  const concept = Element.child(resource, 'medicationCodeableConcept')
  if (!reference) return concept
  const target = Element.text(reference, 'reference')
  if (target === undefined || concept) return 'unresolved-reference'
  const medication = target.startsWith('#') ? containedMedication(resource, target.slice(1)) : medicationAt(target)
  return medication && isWhole(medication) ? Element.child(medication, 'code') : 'unresolved-reference'
}

/** The codes of that medicine. @throws {Element.WrongTypeError} */
export function codesOf(resource: Element.Element, context: Resource.Context): Coding.Concept | 'unresolved-reference' {
  const concept = conceptOf(resource, context)
  return concept === 'unresolved-reference' ? concept : Coding.read(concept)
}

/** Whether a Medication means its code: it is not withdrawn, and nothing modifies it or was taken out of it. */
function isWhole(medication: Element.Element): boolean {
  const isModified = Element.text(medication, 'implicitRules') !== undefined || Resource.isModified(medication)
  const status = Element.text(medication, 'status')
  const stands = status === undefined || status === 'active' || status === 'inactive'
  return stands && !isModified && !Resource.isSubsetted(medication)
}

/** Undefined also where two go by one name. */
function containedMedication(resource: Element.Element, id: string): Element.Element | undefined {
  const isIt = (inner: Element.Element) =>
    Element.text(inner, 'resourceType') === 'Medication' && Element.text(inner, 'id') === id
  const [medication, ...others] = Element.children(resource, 'contained').filter(isIt)
  return others.length === 0 ? medication : undefined
}
