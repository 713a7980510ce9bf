// Small FHIR documents for tests: each part is valid by itself, and a test changes what it is about.

export type Json = { readonly [key: string]: unknown }

const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const verification = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
export const subject = { reference: 'Patient/p' }

export const uris = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
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

export function bundle(resources: readonly unknown[], change: Json = {}): Json {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })), ...change }
}

/** A copy without one member. */
export function without(resource: Json, name: string): Json {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => key !== name))
}
