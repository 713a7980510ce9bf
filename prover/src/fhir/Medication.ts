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
  if (!reference) return Element.child(resource, 'medicationCodeableConcept')
  const target = Element.text(reference, 'reference')
  if (target === undefined) return 'unresolved-reference'
  const medication = target.startsWith('#') ? containedMedication(resource, target.slice(1)) : medicationAt(target)
  if (!medication || Resource.isModified(medication)) return 'unresolved-reference'
  return Element.child(medication, 'code')
}

/** The codes of that medicine. @throws {Element.WrongTypeError} */
export function codesOf(resource: Element.Element, context: Resource.Context): Coding.Concept | 'unresolved-reference' {
  const concept = conceptOf(resource, context)
  return concept === 'unresolved-reference' ? concept : Coding.read(concept)
}

function containedMedication(resource: Element.Element, id: string): Element.Element | undefined {
  const isIt = (inner: Element.Element) =>
    Element.text(inner, 'resourceType') === 'Medication' && Element.text(inner, 'id') === id
  return Element.children(resource, 'contained').find(isIt)
}
