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
  /** The server has more pages than this one. */
  readonly hasMorePages: boolean
  /** The bundle itself, to look for labels on; undefined for a single resource. */
  readonly element: Element.Element | undefined
}

export const mostEntries = 100_000

/** Types that hold resources as they are. A history or a message says other things of them. */
const types = ['transaction', 'collection', 'document', 'searchset', 'batch']

/**
 * The resources of a bundle, or a single resource as if a bundle held it.
 * @throws {NotAResourceError} {UnsupportedTypeError} {TooManyEntriesError}
 */
export function read(json: Json.Json): Bundle {
  if (!Json.isObject(json)) throw new NotAResourceError()
  const type = typeOf(json)
  if (type === 'unknown') throw new NotAResourceError()
  if (type !== 'Bundle') return { entries: [entryOf({ json, index: 0 })], hasMorePages: false, element: undefined }

  if (!types.includes(String(Json.member(json, 'type')))) throw new UnsupportedTypeError()
  const entries = Json.member(json, 'entry') ?? []
  if (!Json.isList(entries)) throw new NotAResourceError()
  if (entries.length > mostEntries) throw new TooManyEntriesError()
  const links = Json.member(json, 'link') ?? []
  const isNext = (link: Json.Json) => Json.isObject(link) && Json.member(link, 'relation') === 'next'
  return {
    entries: entries.map((entry, index) => {
      if (!Json.isObject(entry)) return entryOf({ json: undefined, index })
      const fullUrl = Json.member(entry, 'fullUrl')
      return entryOf({ json: Json.member(entry, 'resource'), index, ...(typeof fullUrl === 'string' && { fullUrl }) })
    }),
    hasMorePages: !Json.isList(links) || links.some(isNext),
    element: { json, path: 'Bundle' },
  }
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
