import type * as Element from './Element.ts'
import * as Json from './Json.ts'

/** A resource as a bundle carries it; `resource` is undefined for an entry that carries none, or nothing readable. */
export type Entry = {
  readonly index: number
  readonly fullUrl: string | undefined
  readonly resource: Element.Element | undefined
  /** A FHIR R4 resource type; "unknown" for anything else. */
  readonly resourceType: string
}

export type Bundle = {
  readonly entries: readonly Entry[]
  /** The server found more than this page holds. */
  readonly hasMorePages: boolean
  /** The bundle itself, to look for labels on; undefined for a single resource or a list. */
  readonly element: Element.Element | undefined
}

export const mostEntries = 100_000

/** Types that hold resources as they are. A history or a message says other things of them. */
const types = ['transaction', 'collection', 'document', 'searchset', 'batch']

/**
 * The resources of a bundle. A single resource, or a list of resources or of entries, is read as if a bundle held it.
 * @throws {NotAResourceError} {UnsupportedTypeError} {TooManyEntriesError}
 */
export function read(json: Json.Json): Bundle {
  if (Json.isList(json)) return readList(json)
  if (!Json.isObject(json)) throw new NotAResourceError()
  const type = typeOf(json)
  if (type === 'unknown') throw new NotAResourceError()
  if (type !== 'Bundle') return { entries: [entryOf({ json, index: 0 })], hasMorePages: false, element: undefined }

  const bundleType = Json.member(json, 'type')
  if (typeof bundleType !== 'string' || !types.includes(bundleType)) throw new UnsupportedTypeError()
  const list = Json.member(json, 'entry') ?? []
  if (!Json.isList(list)) throw new NotAResourceError()
  const entries = entriesOf(list)
  return { entries, hasMorePages: hasMorePages(json, list), element: { json, path: 'Bundle' } }
}

/** What some systems export instead of a bundle. A list that holds neither resources nor entries is something else. */
function readList(list: readonly Json.Json[]): Bundle {
  const isPart = (json: Json.Json) =>
    Json.isObject(json) && (typeOf(json) !== 'unknown' || Json.isObject(Json.member(json, 'resource')))
  if (!list.some(isPart)) throw new NotAResourceError()
  const isEntry = (json: Json.Json) => Json.isObject(json) && Json.member(json, 'resourceType') === undefined
  const entries = entriesOf(list.map((json) => (isEntry(json) ? json : { resource: json })))
  return { entries, hasMorePages: false, element: undefined }
}

function entriesOf(list: readonly Json.Json[]): readonly Entry[] {
  if (list.length > mostEntries) throw new TooManyEntriesError()
  return list.map((json, index) => {
    if (!Json.isObject(json)) return entryOf({ json: undefined, index })
    const fullUrl = Json.member(json, 'fullUrl')
    const isResource = !isInstruction(json) && !isFailure(json) && !isModified(json)
    const resource = isResource ? Json.member(json, 'resource') : undefined
    return entryOf({ json: resource, index, ...(typeof fullUrl === 'string' && { fullUrl }) })
  })
}

/** An entry that asks a server to delete, change or look up something: what it carries is not the resource. */
function isInstruction(entry: Json.JsonObject): boolean {
  const request = Json.member(entry, 'request')
  if (request === undefined) return false
  const method = Json.isObject(request) ? Json.member(request, 'method') : undefined
  return method !== 'POST' && method !== 'PUT'
}

/** An entry of which a server says that it came to nothing. */
function isFailure(entry: Json.JsonObject): boolean {
  const response = Json.member(entry, 'response')
  if (response === undefined) return false
  const status = Json.isObject(response) ? Json.member(response, 'status') : undefined
  return typeof status !== 'string' || !/^2\d\d\b/.test(status)
}

/** An entry whose meaning an extension modifies that nobody here knows. */
function isModified(entry: Json.JsonObject): boolean {
  return Json.member(entry, 'modifierExtension') !== undefined
}

/**
 * Whether a server has found more than it sent: links to other pages, or a total above the matches that are here. Of a
 * link or total that cannot be read, as of one that says so.
 */
function hasMorePages(bundle: Json.JsonObject, list: readonly Json.Json[]): boolean {
  const links = Json.member(bundle, 'link') ?? []
  const isOtherPage = (link: Json.Json) => {
    const relation = Json.isObject(link) ? Json.member(link, 'relation') : undefined
    // Names of relations do not depend on case (RFC 8288, section 2.1.1).
    return typeof relation !== 'string' || ['next', 'previous', 'prev'].includes(relation.trim().toLowerCase())
  }
  if (!Json.isList(links) || links.some(isOtherPage)) return true
  const total = Json.member(bundle, 'total')
  return total !== undefined && !(Number(Json.decimalOf(total)) <= list.filter(isMatch).length)
}

/** Found by the search itself, as every entry is that does not say it came along. */
function isMatch(entry: Json.Json): boolean {
  const search = Json.isObject(entry) ? Json.member(entry, 'search') : undefined
  const mode = Json.isObject(search) ? Json.member(search, 'mode') : undefined
  return mode === undefined || mode === 'match'
}

/** A resource's type if FHIR R4 has it. Anything else is not repeated: it is text of the record. */
export function typeOf(json: Json.JsonObject): string {
  const type = Json.member(json, 'resourceType')
  return typeof type === 'string' && resourceTypes.has(type) ? type : 'unknown'
}

function entryOf({
  json,
  index,
  fullUrl,
}: {
  readonly json: Json.Json | undefined
  readonly index: number
  readonly fullUrl?: string
}): Entry {
  if (!Json.isObject(json)) return { index, fullUrl, resource: undefined, resourceType: 'unknown' }
  const resourceType = typeOf(json)
  return { index, fullUrl, resource: { json, path: resourceType }, resourceType }
}

/** hl7.org/fhir/R4/resourcelist.html */
const resourceTypes: ReadonlySet<string> = new Set(
  `Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
  BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
  ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
  CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
  CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
  DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
  EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
  FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
  ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
  Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
  MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
  MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
  MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged
  MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader
  MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition
  OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation
  Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse
  RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject
  RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition
  StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein
  SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task
  TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription`.split(/\s+/),
)

/** The text is JSON but no FHIR R4 resource or bundle of them. */
export class NotAResourceError extends Error {
  override readonly name = 'Bundle.NotAResourceError'
  constructor() {
    super('Not a FHIR R4 resource or bundle.')
  }
}

/** The bundle is of a type that does not hold resources as they are. */
export class UnsupportedTypeError extends Error {
  override readonly name = 'Bundle.UnsupportedTypeError'
  constructor() {
    super(`Bundle.type must be one of ${types.join(', ')}.`)
  }
}

/** More entries than a record could ever come from. */
export class TooManyEntriesError extends Error {
  override readonly name = 'Bundle.TooManyEntriesError'
  constructor() {
    super(`Bundle.entry has more than ${mostEntries} entries.`)
  }
}
