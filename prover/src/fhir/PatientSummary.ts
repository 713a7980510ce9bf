import type * as Attribute from '../protocol/Attribute.ts'
import type * as Day from '../protocol/Day.ts'
import type * as Bundle from './Bundle.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Json from './Json.ts'
import * as Omission from './Omission.ts'
import * as Reader from './Reader.ts'
import * as Resource from './Resource.ts'

// A document (FHIR R4 3.3, e.g. an International Patient Summary) is what its author chose to say on one day. Its
// sections list what was found relevant: the summary's own data set is "minimal and non-exhaustive" (HL7/fhir-ips,
// CompositionUvIps). So from what a section does not list nothing follows. A category is complete in a document only
// where every section that tells of it is there and says that nothing is known.

/** What a document's Composition is judged by: what was imported of the rest. */
export type Circumstances = {
  readonly asOf: Day.Day
  readonly isPatient: (reference: string) => boolean
  readonly attributes: readonly Attribute.Attribute[]
  readonly omissions: readonly Omission.Omission[]
}

/**
 * Why a document is not complete: by its Composition as a whole, and by each section. Nothing for other bundles.
 * @throws {EnteredInErrorError} for a document that says it should not exist.
 */
export function remarks(bundle: Bundle.Bundle, circumstances: Circumstances): readonly Omission.Remark[] {
  if (!bundle.element || Json.member(bundle.element.json, 'type') !== 'document') return []
  const [first] = bundle.entries
  const composition = first?.resourceType === 'Composition' ? first.resource : undefined
  if (!composition) return [remark('Bundle', 'no-composition', Omission.everything)]
  try {
    return [...ofWhole(composition, circumstances), ...ofSections(composition, bundle, circumstances)]
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
    return [remark(error.path, 'wrong-type', Omission.everything)]
  }
}

function ofWhole(composition: Element.Element, { asOf, isPatient }: Circumstances): readonly Omission.Remark[] {
  const { path } = composition
  const status = Element.text(composition, 'status')
  if (status === 'entered-in-error') throw new EnteredInErrorError()
  const subject = Element.child(composition, 'subject')
  const reference = subject && Element.text(subject, 'reference')
  const isModified = Element.text(composition, 'implicitRules') !== undefined || Resource.isModified(composition)
  const found: readonly (readonly [path: string, reason: Omission.RemarkReason, stands: boolean])[] = [
    [path, 'modified-meaning', isModified],
    [path, 'subsetted', Resource.isSubsetted(composition)],
    [`${path}.status`, 'not-attested', status !== 'final' && status !== 'amended'],
    [`${path}.subject`, 'other-subject', reference === undefined || !isPatient(reference)],
    [`${path}.date`, 'older-than-as-of', !reaches(Element.text(composition, 'date'), asOf)],
    [`${path}.relatesTo`, 'appendix', Element.children(composition, 'relatesTo').some(isAddition)],
  ]
  return found.flatMap(([place, reason, stands]) => (stands ? [remark(place, reason, Omission.everything)] : []))
}

/** Whether a document was written on the last day of the record or later: of days after its own it knows nothing. */
function reaches(written: string | undefined, asOf: Day.Day): boolean {
  const date = written === undefined ? 'invalid-date' : DateTime.read(written, { asOf })
  return date === 'after-as-of' || (date !== 'invalid-date' && !date.partialDay && date.day >= asOf)
}

/** R4 document-relationship-type: only of these the other document is not needed besides this one. */
function isAddition(related: Element.Element): boolean {
  return !['replaces', 'transforms', 'signs'].includes(Element.text(related, 'code') ?? '')
}

function ofSections(
  composition: Element.Element,
  bundle: Bundle.Bundle,
  { attributes, omissions }: Circumstances,
): readonly Omission.Remark[] {
  const targets = targetsOf(bundle)
  const denials = new Set(omissions.filter(({ reason }) => denialReasons.includes(reason)).map(({ index }) => index))
  const sections = sectionsOf(composition).map((section) => sectionOf(section, targets, denials))
  const remarks = sections.flatMap((section) => section.remarks)
  const told = new Set(sections.flatMap(({ codes }) => codes))
  const spoilt = new Set(remarks.flatMap(({ spoils }) => spoils.categories))
  const silent = Omission.readCategories.filter((category) => category !== 'demographic' && !spoilt.has(category))
  const held = silent.filter((category) => attributes.some((attribute) => attribute.category === category))
  const untold = silent.filter((category) => !held.includes(category) && !isToldOf(category, told))
  const ofRest = [
    remark(`${composition.path}.section`, 'selection', { categories: held, systems: [] }),
    remark(`${composition.path}.section`, 'no-section', { categories: untold, systems: [] }),
  ]
  return [...remarks, ...ofRest].filter(({ spoils }) => spoils.categories.length > 0)
}

/** Whether all the sections are there that tell of a category. Of some categories no section does. */
function isToldOf(category: Omission.ReadCategory, codes: ReadonlySet<string>): boolean {
  const needed = codesByCategory[category] ?? []
  return needed.length > 0 && needed.every((code) => codes.has(code))
}

/** All sections, those within others after them. @throws {Element.WrongTypeError} */
function sectionsOf(element: Element.Element): readonly Element.Element[] {
  return Element.children(element, 'section').flatMap((section) => [section, ...sectionsOf(section)])
}

type Section = { readonly codes: readonly string[]; readonly remarks: readonly Omission.Remark[] }

function sectionOf(section: Element.Element, targets: Targets, denials: ReadonlySet<number>): Section {
  const { path } = section
  const code = Element.child(section, 'code')
  const codes = code ? Coding.codesOf(code, 'http://loinc.org') : []
  const entries = Element.children(section, 'entry').map((entry) => ({ entry, target: targetOf(entry, targets) }))
  const found = entries.flatMap(({ target }) => (target && !denials.has(target.index) ? [target.resourceType] : []))
  const lost = entries.filter(({ target }) => target === undefined)
  const remarks = lost.map(({ entry }) => remark(entry.path, 'missing-entry', spoiltBy(codes, [typeOf(entry) ?? ''])))
  if (found.length > 0) remarks.push(remark(path, 'selection', spoiltBy(codes, found)))
  if (entries.length === 0 && !isHeading(section) && !isNilKnown(section))
    remarks.push(remark(path, 'not-known', spoiltBy(codes, [])))
  if (Resource.isModified(section)) remarks.push(remark(path, 'modified-meaning', Omission.everything))
  return { codes, remarks }
}

/** Whether a section says nothing itself and only stands above others. */
function isHeading(section: Element.Element): boolean {
  const saysNothing = ['code', 'text', 'emptyReason'].every((name) => Element.child(section, name) === undefined)
  return saysNothing && Element.children(section, 'section').length > 0
}

/** What a section tells of by its codes and by the types of what it lists; if neither says it, of anything. */
function spoiltBy(codes: readonly string[], types: readonly string[]): Omission.Spoils {
  const told = Omission.readCategories.filter((category) => codesByCategory[category]?.some((c) => codes.includes(c)))
  const listed = types.flatMap((type) => Reader.of(type)?.category ?? [])
  const categories = [...new Set([...told, ...listed])]
  const isUnknown = categories.length === 0 && !codes.some((code) => otherCodes.includes(code))
  return isUnknown ? Omission.everything : { categories, systems: [] }
}

/**
 * Whether an empty section says that nothing is known after reasonable investigation. Any other reason for being empty
 * (not asked, withheld, unavailable, not started, closed), and none, says that the document does not know.
 */
function isNilKnown(section: Element.Element): boolean {
  const reason = Element.child(section, 'emptyReason')
  const codes = reason ? Coding.codesOf(reason, 'http://terminology.hl7.org/CodeSystem/list-empty-reason') : []
  const text = Element.child(section, 'text')
  const saysMore = text !== undefined && Element.text(text, 'status') === 'additional'
  return codes.length === 1 && codes[0] === 'nilknown' && !saysMore && Element.children(section, 'section').length === 0
}

/** Why a resource was left out that states that there is nothing at all of its kind (`Absence`). */
const denialReasons: readonly string[] = [
  'no-known-allergy',
  'no-known-condition',
  'no-known-medicine',
  'no-known-immunization',
  'no-known-procedure',
]

/** The bundle's resources by what references call them. */
type Targets = ReadonlyMap<string, Bundle.Entry>

function targetsOf({ entries }: Bundle.Bundle): Targets {
  const targets = new Map<string, Bundle.Entry>()
  for (const entry of entries) {
    if (!entry.resource) continue
    const id = Json.member(entry.resource.json, 'id')
    if (entry.fullUrl !== undefined) targets.set(entry.fullUrl, entry)
    if (typeof id === 'string') targets.set(`${entry.resourceType}/${id}`, entry)
  }
  return targets
}

function targetOf(entry: Element.Element, targets: Targets): Bundle.Entry | undefined {
  const reference = Element.text(entry, 'reference')
  return reference === undefined ? undefined : targets.get(reference.replace(/\/_history\/[^/]+$/, ''))
}

/** The type a reference says it leads to. */
function typeOf(entry: Element.Element): string | undefined {
  const reference = Element.text(entry, 'reference') ?? ''
  return /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[^/]+)?$/.exec(reference)?.[1]
}

/** The sections of an International Patient Summary that tell of each category, by LOINC (HL7/fhir-ips, CompositionUvIps). */
const codesByCategory: { readonly [category: string]: readonly string[] } = {
  // Problems, past illnesses, functional status.
  condition: ['11450-4', '11348-0', '47420-5'],
  // Results, vital signs, social history, pregnancies.
  observation: ['30954-2', '8716-3', '29762-2', '10162-6'],
  prescription: ['10160-0'],
  allergy: ['48765-2'],
  immunization: ['11369-6'],
  procedure: ['47519-4'],
}

/** Its sections that tell of no category here: plan of care, advance directives, devices. */
const otherCodes = ['18776-5', '42348-3', '46264-8']

function remark(path: string, reason: Omission.RemarkReason, spoils: Omission.Spoils): Omission.Remark {
  return path === 'Bundle'
    ? { resourceType: 'Bundle', index: -1, path, reason, spoils }
    : { resourceType: 'Composition', index: 0, path, reason, spoils }
}

/** The document was entered in error: nothing in it may be taken for a fact. */
export class EnteredInErrorError extends Error {
  override readonly name = 'PatientSummary.EnteredInErrorError'
  constructor() {
    super('The document says that it was entered in error (Composition.status).')
  }
}
