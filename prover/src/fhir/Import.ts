import { parameters } from '../generated/parameters.ts'
import type * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import type * as Day from '../protocol/Day.ts'
import * as Absence from './Absence.ts'
import * as Bundle from './Bundle.ts'
import type * as Charge from './Charge.ts'
import * as Element from './Element.ts'
import * as Json from './Json.ts'
import * as Omission from './Omission.ts'
import * as PatientSummary from './PatientSummary.ts'
import * as Reader from './Reader.ts'
import * as Reference from './Reference.ts'
import * as Resource from './Resource.ts'

/** What a FHIR document says about a patient, and what of it was not understood. */
export type Imported = {
  /** Without those of value sets, which `ValueSet.match` adds. */
  readonly attributes: readonly Attribute.Attribute[]
  /** Every resource and part that is not in `attributes`, and why. */
  readonly omissions: readonly Omission.Omission[]
  /** What was read in part, and what is odd about the whole. */
  readonly remarks: readonly Omission.Remark[]
  readonly account: Account
  readonly complete: Complete
  /** Number of Patient resources. A record is about exactly one. */
  readonly patients: number
}

/** taken + leftOut = resources + parts, always. */
export type Account = {
  /** Resources of the bundle, and those contained in them. */
  readonly resources: number
  /** What is a fact of its own within a resource: components of Observations, lines of claims. */
  readonly parts: number
  readonly taken: number
  readonly leftOut: number
}

/**
 * What an issuer may sign of this document as complete.
 *
 * Bits are read in pairs: category C with system S says that every fact of C which the document holds up to asOf, in
 * every code of S it is given, is among the attributes, so that NONE over C and S means absence. Hence:
 *
 * - A category is a kind of resource, as Reader.ts has it: demographic is Patient, observation is Observation with its
 *   components, prescription is MedicationRequest and MedicationStatement, and so on. A diagnosis that only a claim, an
 *   encounter or a report names belongs to those. Categories that are not read are never complete. A medicine known
 *   only as given (MedicationAdministration) spoils prescription and dispense: either may be what we lack.
 * - A category is spoilt by a resource or part of it that is, or may be, a fact and gave no attribute: no coding
 *   of a known system, unreadable date, status or type, another subject, a meaning modified, elements taken out.
 *   It is not spoilt by what explains itself: refuted, entered in error, not done, cancelled, a draft or proposal, not
 *   final, dated after asOf, a second copy of the same; nor by a statement that there is none, unless there is one.
 * - A system is spoilt by a coding of it that could not be read, also where the fact is in the record by another
 *   coding, and by every fact lost that was coded in it. A system that occurs nowhere is complete: NONE over it is
 *   true and says little, which is why absence of a disease is asked of a value set.
 * - The value-set systems stand for what will be matched: "ever" is complete when no coding of any system was lost,
 *   "active" when besides no fact is of unknown activity. Whoever matches an edition signs them with it.
 * - A document is complete only for what its Composition vouches for (PatientSummary.ts).
 * - What could be anything spoils every category: an entry without a resource, a resource type R4 does not have, a
 *   bundle within the bundle, further pages, a warning by the server. So does any number of patients but one.
 */
export type Complete = {
  readonly categories: readonly CodeSystem.Category[]
  readonly systems: readonly CodeSystem.CodeSystem[]
}

/**
 * Reads a FHIR R4 bundle, a list of resources or entries, or a single resource, as of a day.
 * @param currency ISO 4217 code of the currency that amounts are in: a value does not say its own.
 * @throws {Json.TooLongError} {Json.TooDeepError} {Json.RepeatedMemberError} {Json.NotJsonError}
 *         {Json.UnsupportedEngineError}
 *         {Bundle.NotAResourceError} {Bundle.UnsupportedTypeError} {Bundle.TooManyEntriesError} {InvalidCurrencyError}
 *         {PatientSummary.EnteredInErrorError}
 */
export function importBundle(
  text: string,
  { asOf, currency = 'USD' }: { readonly asOf: Day.Day; readonly currency?: string },
): Imported {
  if (!/^[A-Z]{3}$/.test(currency)) throw new InvalidCurrencyError()
  const bundle = Bundle.read(Json.parse(text))
  const patients = bundle.entries.filter(({ resourceType }) => resourceType === 'Patient')
  const copies = copiesIn(bundle.entries)
  const certain = bundle.entries.filter(({ index }) => copies.get(index) !== 'conflicting-duplicate')
  const references = referencesIn(certain, patients)
  const charges: Charge.Ledger = new Map()

  let resources = 0
  let parts = 0
  const readings: Resource.Reading[] = []
  for (const entry of claimsLast(bundle.entries)) {
    const { resource, resourceType, index } = entry
    const contained = containedIn(entry)
    const partCount = partCountOf(entry)
    resources += 1 + contained.length
    parts += partCount
    const context: Resource.Context = {
      asOf,
      resourceType,
      index,
      fact: factOf(entry),
      ...references,
      charges,
      currency,
    }
    const copy = copies.get(index)
    const own = resource && !copy ? readResource(resource, context, partCount) : emptyOr(copy, context, partCount)
    readings[index] = Resource.joined([own, ...contained.map((inner) => readContained(inner, context))])
  }

  const { attributes, taken, omissions: single, remarks } = Resource.joined(readings)
  const omissions = Absence.contradicted(single, attributes)
  const leftOut = omissions.length
  if (taken + leftOut !== resources + parts) throw new AccountError()
  const documentRemarks = PatientSummary.remarks(bundle, {
    asOf,
    isPatient: references.isPatient,
    attributes,
    omissions,
  })
  const allRemarks = [...remarks, ...remarksOn(bundle, patients.length), ...documentRemarks]
  return {
    attributes,
    omissions,
    remarks: allRemarks,
    account: { resources, parts, taken, leftOut },
    complete: completeOf([...omissions, ...allRemarks], patients.length),
    patients: patients.length,
  }
}

/** Who was given a medicine has had it prescribed or dispensed, here or elsewhere. */
const medicines: Omission.Spoils = { categories: ['prescription', 'dispense'], systems: [] }

const opaqueTypes = ['unknown', 'Bundle', 'Parameters', 'OperationOutcome']

function readResource(resource: Element.Element, context: Resource.Context, partCount: number): Resource.Reading {
  const { resourceType } = context
  const { path } = resource
  const reader = Reader.of(resourceType)
  if (!reader) return unread(path, resourceType, context)
  try {
    return reader.read(resource, context)
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
    const spoils = Resource.spoiling(reader.category)
    return withParts(context, partCount, { path: error.path, reason: 'wrong-type', spoils })
  }
}

function unread(path: string, resourceType: string, context: Resource.Context): Resource.Reading {
  const spoils = spoiltBy(resourceType)
  if (opaqueTypes.includes(resourceType)) return Resource.leftOut(context, { path, reason: 'opaque', spoils })
  const reason = resourceType === 'MedicationAdministration' ? 'unread-medicine' : 'unread-type'
  return Resource.leftOut(context, { path, reason, spoils })
}

/** What may be lost with a resource of this type of which nothing else is known. */
function spoiltBy(resourceType: string): Omission.Spoils {
  const reader = Reader.of(resourceType)
  if (reader) return Resource.spoiling(reader.category)
  if (opaqueTypes.includes(resourceType)) return Omission.everything
  return resourceType === 'MedicationAdministration' ? medicines : Omission.nothing
}

/** A fact contained in another resource has no identity of its own, so it cannot be told from a copy. */
function readContained({ json, path }: Element.Element, context: Resource.Context): Resource.Reading {
  const resourceType = Bundle.typeOf(json)
  const reader = Reader.of(resourceType)
  if (!reader) return unread(path, resourceType, { ...context, resourceType })
  const spoils = Resource.spoiling(reader.category)
  return Resource.leftOut({ ...context, resourceType }, { path, reason: 'contained', spoils })
}

function emptyOr(
  copy: 'duplicate' | 'conflicting-duplicate' | undefined,
  context: Resource.Context,
  partCount: number,
): Resource.Reading {
  const { resourceType } = context
  if (!copy)
    return Resource.leftOut(context, { path: 'Bundle.entry', reason: 'no-resource', spoils: Omission.everything })
  const spoils = copy === 'conflicting-duplicate' ? spoiltBy(resourceType) : Omission.nothing
  return withParts(context, partCount, { path: resourceType, reason: copy, spoils })
}

/** Leaves out a resource and, with it, its parts. */
function withParts(
  context: Resource.Context,
  partCount: number,
  omission: { readonly path: string; readonly reason: Omission.Reason; readonly spoils: Omission.Spoils },
): Resource.Reading {
  return Resource.joined(Array.from({ length: 1 + partCount }, () => Resource.leftOut(context, omission)))
}

/** Resources within a resource, each counted whatever it is. */
function containedIn({ resource }: Bundle.Entry): readonly Element.Element[] {
  if (!resource) return []
  const contained = Json.member(resource.json, 'contained')
  const list = contained === undefined || Json.isList(contained) ? (contained ?? []) : [contained]
  return list.map((json, i) => ({
    json: Json.isObject(json) ? json : {},
    path: `${resource.path}.contained[${i}]`,
  }))
}

/** Elements of the lists that are counted besides the resource itself, whatever its reader makes of them. */
function partCountOf({ resource, resourceType }: Bundle.Entry): number {
  if (!resource) return 0
  const lists = (Reader.of(resourceType)?.parts ?? []).map((name) => Json.member(resource.json, name))
  return lists.reduce<number>((sum, list) => sum + (Json.isList(list) ? list.length : 0), 0)
}

type Copy = 'duplicate' | 'conflicting-duplicate'

/**
 * The entries that are not the only ones of their resource, by type and id or by fullUrl. Of two that differ, as two
 * versions do, neither is read: the later may take back what the earlier says, and which is later nobody has to say.
 */
function copiesIn(entries: readonly Bundle.Entry[]): ReadonlyMap<number, Copy> {
  const firsts = new Map<string, Bundle.Entry>()
  const copies = new Map<number, Copy>()
  for (const entry of entries) {
    const names = namesOf(entry)
    const earlier = new Set(names.flatMap((name) => firsts.get(name) ?? []))
    for (const first of earlier) {
      const isSame = Json.equal(first.resource?.json, entry.resource?.json)
      if (!isSame) copies.set(first.index, 'conflicting-duplicate')
      if (copies.get(entry.index) !== 'conflicting-duplicate')
        copies.set(entry.index, isSame ? 'duplicate' : 'conflicting-duplicate')
    }
    for (const name of names) if (!firsts.has(name)) firsts.set(name, entry)
  }
  return copies
}

function namesOf({ resource, resourceType, fullUrl }: Bundle.Entry): readonly string[] {
  const id = resource && Reference.idOf(resource)
  return [
    ...(id === undefined ? [] : [`${resourceType}/${id}`]),
    ...(resource === undefined || fullUrl === undefined ? [] : [`url ${fullUrl}`]),
  ]
}

function factOf({ resource, resourceType, fullUrl, index }: Bundle.Entry): string {
  const id = resource && Reference.idOf(resource)
  return id === undefined ? (fullUrl ?? `${resourceType}/@${index}`) : `${resourceType}/${id}`
}

/** Explanations of benefit say which lines of claims are told already, so claims are read after them. */
function claimsLast(entries: readonly Bundle.Entry[]): readonly Bundle.Entry[] {
  const isClaim = ({ resourceType }: Bundle.Entry) => resourceType === 'Claim'
  return [...entries.filter((entry) => !isClaim(entry)), ...entries.filter(isClaim)]
}

/** Where references lead. With no patient or several, nothing can be told apart: each is to the patient. */
function referencesIn(
  entries: readonly Bundle.Entry[],
  [patient, ...others]: readonly Bundle.Entry[],
): Pick<Resource.Context, 'isPatient' | 'medicationAt' | 'claimAt'> {
  const resolve = Reference.resolver(entries)
  const find = (reference: string, type: string) => {
    const entry = resolve(reference)
    return entry?.resourceType === type ? entry : undefined
  }
  return {
    isPatient: (reference) => !patient || others.length > 0 || resolve(reference) === patient,
    medicationAt: (reference) => find(reference, 'Medication')?.resource,
    claimAt: (reference) => {
      const claim = find(reference, 'Claim')
      return claim ? factOf(claim) : Reference.unversioned(reference)
    },
  }
}

function remarksOn({ hasMorePages, element }: Bundle.Bundle, patients: number): readonly Omission.Remark[] {
  const reasons: Omission.RemarkReason[] = []
  if (hasMorePages) reasons.push('more-pages')
  if (element && isLabelledSubset(element)) reasons.push('subsetted')
  if (element && Json.member(element.json, 'implicitRules') !== undefined) reasons.push('modified-meaning')
  if (patients !== 1) reasons.push(patients === 0 ? 'no-patient' : 'several-patients')
  return reasons.map((reason) => ({
    resourceType: 'Bundle',
    index: -1,
    path: 'Bundle',
    reason,
    spoils: Omission.everything,
  }))
}

function isLabelledSubset(bundle: Element.Element): boolean {
  try {
    return Resource.isSubsetted(bundle)
  } catch (error) {
    if (error instanceof Element.WrongTypeError) return true
    throw error
  }
}

function completeOf(lost: readonly { readonly spoils: Omission.Spoils }[], patients: number): Complete {
  const categories = new Set(lost.flatMap(({ spoils }) => spoils.categories))
  const systems = new Set(lost.flatMap(({ spoils }) => spoils.systems))
  // One bit of a credential stands for all of HL7's systems.
  if (hl7Systems.some((system) => systems.has(system))) for (const system of hl7Systems) systems.add(system)
  if (systems.size > (systems.has(CodeSystem.activeSet) ? 1 : 0)) systems.add(CodeSystem.everSet)
  if (systems.has(CodeSystem.everSet)) systems.add(CodeSystem.activeSet)
  return {
    categories: patients === 1 ? Omission.readCategories.filter((category) => !categories.has(category)) : [],
    systems: patients === 1 ? allSystems.filter((system) => !systems.has(system)) : [],
  }
}

const allSystems = Object.keys(parameters.systems) as CodeSystem.CodeSystem[]
const hl7Systems = allSystems.filter((system) => CodeSystem.numberOf(system) >= 32)

/** Resources went missing between the bundle and the account of it: a defect of the importer, never of a record. */
export class AccountError extends Error {
  override readonly name = 'Import.AccountError'
  constructor() {
    super('The importer does not account for every resource and part.')
  }
}

/** The currency is not three capital letters. */
export class InvalidCurrencyError extends Error {
  override readonly name = 'Import.InvalidCurrencyError'
  constructor() {
    super('A currency must be given by its ISO 4217 code of three capital letters.')
  }
}
