import { describe, expect, it } from 'vitest'
import * as Omission from '../../src/fhir/Omission.ts'
import {
  allergy,
  bundle,
  categories,
  code,
  condition,
  dispense,
  encounter,
  immunization,
  type Json,
  observation,
  prescription,
  procedure,
  statement,
  uris,
  verificationStatus,
  without,
} from './document.ts'
import { imported } from './reading.ts'

const line = { sequence: 1, productOrService: code(uris.snomed, '185349003'), servicedDate: '2024-03-04' }
const claim: Json = {
  resourceType: 'Claim',
  id: 'k',
  status: 'active',
  use: 'claim',
  patient: { reference: 'Patient/p' },
  item: [line],
}
const explanation: Json = { ...claim, resourceType: 'ExplanationOfBenefit', claim: { reference: 'Claim/k' } }
const local = code('http://example.org/local', 'X1')

/** For every reason, resources of which one is left out for it. */
const examples: { readonly [reason in Omission.Reason]: readonly Json[] } = {
  'unread-type': [{ resourceType: 'Goal', id: 'g' }],
  'after-as-of': [procedure({ performedPeriod: { start: '2024-06-16' } })],
  'entered-in-error': [immunization({ status: 'entered-in-error' })],
  refuted: [condition(verificationStatus('refuted'))],
  'not-final': [observation({ status: 'preliminary' })],
  cancelled: [encounter({ status: 'cancelled' })],
  draft: [statement({ status: 'intended' })],
  'not-an-order': [prescription({ intent: 'proposal' })],
  'not-performed': [prescription({ doNotPerform: true })],
  'not-taken': [statement({ status: 'not-taken' })],
  'not-done': [immunization({ status: 'not-done' })],
  'not-billed': [{ ...claim, use: 'preauthorization' }],
  adjudicated: [claim, explanation],
  duplicate: [condition(), condition()],
  'no-known-allergy': [allergy({ code: code(uris.snomed, '716186003') })],
  'no-known-allergy-of-a-kind': [allergy({ code: code(uris.snomed, '429625007') })],
  'no-known-condition': [condition({ code: code(uris.snomed, '160245001') })],
  'no-known-medicine': [statement({ medicationCodeableConcept: code(uris.snomed, '787481004') })],
  'no-known-immunization': [immunization({ vaccineCode: code(uris.snomed, '787482006') })],
  'no-known-procedure': [procedure({ code: code(uris.snomed, '787480003') })],
  'unread-medicine': [{ resourceType: 'MedicationAdministration', id: 'g' }],
  'no-coding': [condition({ code: { text: 'something' } })],
  'no-known-code': [procedure({ code: local })],
  'no-date': [{ ...claim, item: [without(line, 'servicedDate')] }],
  'invalid-date': [immunization({ occurrenceDateTime: 'one day' })],
  'unknown-status': [encounter({ status: 'unknown' })],
  unfinished: [procedure({ status: 'stopped' })],
  'wrong-type': [dispense({ quantity: 60 })],
  'modified-meaning': [allergy({ implicitRules: 'http://example.org/rules' })],
  'other-subject': [allergy({ patient: { reference: 'Patient/q' } })],
  'unresolved-reference': [
    { ...without(dispense(), 'medicationCodeableConcept'), medicationReference: { reference: 'Medication/gone' } },
  ],
  contained: [{ resourceType: 'Goal', id: 'g', contained: [allergy()] }],
  'conflicting-duplicate': [allergy(), allergy({ criticality: 'high' })],
  subsetted: [encounter({ meta: { tag: [{ code: 'SUBSETTED' }] } })],
  'no-resource': [undefined as unknown as Json],
  opaque: [bundle([condition()])],
  'no-information': [allergy({ code: code(uris.summary, 'no-allergy-info') })],
  'none-relevant': [condition({ code: code(uris.summary, 'no-known-problems') })],
  contradicted: [allergy({ id: 'none', code: code(uris.snomed, '716186003') }), allergy()],
}

describe('every reason for which something is left out', () => {
  it.each(Omission.explainedReasons)('%s explains itself', (reason) => {
    const { account, omissions, complete } = imported(...examples[reason])
    expect(omissions.map((omission) => omission.reason)).toContain(reason)
    expect(omissions.every(({ spoils }) => spoils.categories.length + spoils.systems.length === 0)).toBe(true)
    expect(complete.categories).toEqual(categories)
    expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
  })

  it.each(Omission.lossReasons)('%s spoils a category at least', (reason) => {
    const { account, omissions, complete } = imported(...examples[reason])
    const lost = omissions.filter((omission) => omission.reason === reason)
    expect(lost.length).toBeGreaterThan(0)
    for (const { spoils } of lost) {
      expect(spoils.categories.length).toBeGreaterThan(0)
      for (const category of spoils.categories) expect(complete.categories).not.toContain(category)
      for (const system of spoils.systems) expect(complete.systems).not.toContain(system)
    }
    expect(account.taken + account.leftOut).toBe(account.resources + account.parts)
  })
})
