// Small FHIR documents for tests: each part is valid by itself, and a test changes what it is about.

import type * as CodeSystem from '../../src/protocol/CodeSystem.ts'

export type Json = { readonly [key: string]: unknown }

const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const verification = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
export const subject = { reference: 'Patient/p' }

/** The categories a document can be complete for, where nothing is lost. */
export const categories = [
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
] as const satisfies CodeSystem.Category[]

/** What is left to be complete for when these are spoilt. */
export function categoriesBut(...spoilt: readonly string[]) {
  return categories.filter((category) => !spoilt.includes(category))
}

export const uris = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  adjudication: 'http://terminology.hl7.org/CodeSystem/adjudication',
  hcpcs: 'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
  summary: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips',
  ucum: 'http://unitsofmeasure.org',
} as const

export function code(system: string, value: string) {
  return { coding: [{ system, code: value }] }
}

export function patient(change: Json = {}): Json {
  return { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1970-02-28', ...change }
}

export function condition(change: Json = {}): Json {
  return {
    resourceType: 'Condition',
    id: 'c',
    clinicalStatus: code(clinical, 'active'),
    verificationStatus: code(verification, 'confirmed'),
    code: code(uris.snomed, '44054006'),
    subject,
    onsetDateTime: '2020-05-06',
    ...change,
  }
}

export function clinicalStatus(value: string) {
  return { clinicalStatus: code(clinical, value) }
}

export function verificationStatus(value: string) {
  return { verificationStatus: code(verification, value) }
}

export function quantity(value: number, unit: string, change: Json = {}) {
  return { valueQuantity: { value, unit, system: uris.ucum, code: unit, ...change } }
}

export function observation(change: Json = {}): Json {
  return {
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: code(uris.loinc, '4548-4'),
    subject,
    effectiveDateTime: '2024-03-04T08:00:00+01:00',
    ...quantity(6.5, '%'),
    ...change,
  }
}

export function prescription(change: Json = {}): Json {
  return {
    resourceType: 'MedicationRequest',
    id: 'm',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: code(uris.rxnorm, '861007'),
    subject,
    authoredOn: '2024-01-02',
    ...change,
  }
}

export function statement(change: Json = {}): Json {
  return {
    resourceType: 'MedicationStatement',
    id: 's',
    status: 'active',
    medicationCodeableConcept: code(uris.rxnorm, '861007'),
    subject,
    effectivePeriod: { start: '2024-01-03' },
    ...change,
  }
}

export function dispense(change: Json = {}): Json {
  return {
    resourceType: 'MedicationDispense',
    id: 'd',
    status: 'completed',
    medicationCodeableConcept: code(uris.rxnorm, '861007'),
    subject,
    whenHandedOver: '2024-01-04',
    ...change,
  }
}

export function allergy(change: Json = {}): Json {
  return {
    resourceType: 'AllergyIntolerance',
    id: 'a',
    clinicalStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
    verificationStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', 'confirmed'),
    code: code(uris.snomed, '91934008'),
    patient: subject,
    onsetDateTime: '2019-08-07',
    ...change,
  }
}

export function immunization(change: Json = {}): Json {
  return {
    resourceType: 'Immunization',
    id: 'i',
    status: 'completed',
    vaccineCode: code(uris.cvx, '140'),
    patient: subject,
    occurrenceDateTime: '2023-10-11T09:30:00+02:00',
    ...change,
  }
}

export function procedure(change: Json = {}): Json {
  return {
    resourceType: 'Procedure',
    id: 'x',
    status: 'completed',
    code: code(uris.snomed, '433236007'),
    subject,
    performedPeriod: { start: '2022-02-03T10:00:00Z', end: '2022-02-03T11:00:00Z' },
    ...change,
  }
}

export function encounter(change: Json = {}): Json {
  return {
    resourceType: 'Encounter',
    id: 'e',
    status: 'finished',
    class: { system: uris.actCode, code: 'IMP' },
    type: [code(uris.snomed, '185347001')],
    subject,
    period: { start: '2021-03-04T05:06:07Z', end: '2021-03-09T10:00:00Z' },
    ...change,
  }
}

export function coverage(change: Json = {}): Json {
  return {
    resourceType: 'Coverage',
    id: 'v',
    status: 'active',
    type: code(uris.actCode, 'HIP'),
    beneficiary: subject,
    payor: [{ display: 'An insurer' }],
    period: { start: '2023-01-01', end: '2024-12-31' },
    ...change,
  }
}

export function usd(value: number) {
  return { value, currency: 'USD' }
}

/** A line of a claim or of an explanation of benefit. */
export function line(change: Json = {}): Json {
  return {
    sequence: 1,
    productOrService: code(uris.snomed, '185349003'),
    servicedDate: '2024-03-04',
    net: usd(129.16),
    ...change,
  }
}

export function claim(change: Json = {}): Json {
  return {
    resourceType: 'Claim',
    id: 'k',
    status: 'active',
    use: 'claim',
    patient: subject,
    created: '2024-05-01',
    item: [line()],
    ...change,
  }
}

/** An insurer's, of that claim. */
export function explanation(change: Json = {}): Json {
  return { ...claim(), resourceType: 'ExplanationOfBenefit', id: 'e', claim: { reference: 'Claim/k' }, ...change }
}

export function bundle(resources: readonly unknown[], change: Json = {}): Json {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })), ...change }
}

/** A copy without one member. */
export function without(resource: Json, name: string): Json {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => key !== name))
}
