import { describe, expect, it } from 'vitest'
import {
  allergy,
  categories,
  categoriesBut,
  code,
  condition,
  immunization,
  type Json,
  prescription,
  procedure,
  statement,
  uris,
} from './document.ts'
import { facts, imported } from './reading.ts'

const clinical = (kind: string, status: string) => ({
  clinicalStatus: code(`http://terminology.hl7.org/CodeSystem/${kind}-clinical`, status),
})
const verification = (status: string) => ({
  verificationStatus: code('http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', status),
})

const none = code(uris.snomed, '716186003')
const noAllergy = (change: Json = {}) => allergy({ id: 'none', code: none, onsetDateTime: undefined, ...change })

function read(...resources: readonly Json[]) {
  const { omissions, complete } = imported(...resources)
  return { reasons: omissions.map(({ reason }) => reason), complete: complete.categories }
}

describe('a statement that there is none', () => {
  it.each([
    [allergy({ code: none }), 'no-known-allergy'],
    [allergy({ code: code(uris.snomed, '160244002') }), 'no-known-allergy'],
    [allergy({ code: code('urn:oid:2.16.840.1.113883.6.96', '716186003') }), 'no-known-allergy'],
    [allergy({ code: code(uris.summary, 'no-known-allergies') }), 'no-known-allergy'],
    [allergy({ code: code(uris.snomed, '409137002') }), 'no-known-allergy-of-a-kind'],
    [allergy({ code: code(uris.snomed, '428607008') }), 'no-known-allergy-of-a-kind'],
    [allergy({ code: code(uris.snomed, '429625007') }), 'no-known-allergy-of-a-kind'],
    [allergy({ code: code(uris.summary, 'no-known-food-allergies') }), 'no-known-allergy-of-a-kind'],
    [allergy({ code: code(uris.summary, 'no-known-medication-allergies') }), 'no-known-allergy-of-a-kind'],
    [allergy({ code: code(uris.summary, 'no-known-environmental-allergies') }), 'no-known-allergy-of-a-kind'],
    [condition({ code: code(uris.snomed, '160245001') }), 'no-known-condition'],
    [statement({ medicationCodeableConcept: code(uris.snomed, '787481004') }), 'no-known-medicine'],
    [immunization({ vaccineCode: code(uris.snomed, '787482006') }), 'no-known-immunization'],
    [procedure({ code: code(uris.snomed, '787480003') }), 'no-known-procedure'],
  ])('gives no attribute and lets the category be complete: %#', (resource, reason) => {
    expect(facts(resource)).toEqual([])
    expect(read(resource)).toEqual({ reasons: [reason], complete: categories })
    expect(imported(resource).complete.systems).toContain('value set (ever)')
  })

  it.each([
    [allergy({ code: code(uris.summary, 'no-allergy-info') }), 'no-information', 'allergy'],
    [condition({ code: code(uris.summary, 'no-problem-info') }), 'no-information', 'condition'],
    [
      statement({ medicationCodeableConcept: code(uris.summary, 'no-medication-info') }),
      'no-information',
      'prescription',
    ],
    [immunization({ vaccineCode: code(uris.summary, 'no-immunization-info') }), 'no-information', 'immunization'],
    [procedure({ code: code(uris.summary, 'no-procedure-info') }), 'no-information', 'procedure'],
    // Defined as "none known, or those known are not relevant for the purpose of this record".
    [condition({ code: code(uris.summary, 'no-known-problems') }), 'none-relevant', 'condition'],
    [
      statement({ medicationCodeableConcept: code(uris.summary, 'no-known-medications') }),
      'none-relevant',
      'prescription',
    ],
    [immunization({ vaccineCode: code(uris.summary, 'no-known-immunizations') }), 'none-relevant', 'immunization'],
    [procedure({ code: code(uris.summary, 'no-known-procedures') }), 'none-relevant', 'procedure'],
  ])('that may hide something spoils its category and no other: %#', (resource, reason, spoilt) => {
    expect(facts(resource)).toEqual([])
    expect(read(resource)).toEqual({ reasons: [reason], complete: categoriesBut(spoilt) })
    expect(imported(resource).complete.systems).toContain('value set (ever)')
  })

  it('says as little as the code that says least', () => {
    const both = (...codes: readonly { readonly coding: readonly unknown[] }[]) => ({
      coding: codes.flatMap(({ coding }) => coding),
    })
    const some = code(uris.snomed, '429625007')
    expect(read(noAllergy({ code: both(none, code(uris.summary, 'no-known-allergies')) })).reasons).toEqual([
      'no-known-allergy',
    ])
    expect(read(noAllergy({ code: both(none, some) })).reasons).toEqual(['no-known-allergy-of-a-kind'])
    expect(read(noAllergy({ code: both(none, code(uris.summary, 'no-allergy-info')) })).reasons).toEqual([
      'no-information',
    ])
    expect(read(noAllergy({ code: both(none, code('http://example.org/local', 'NKA')) })).reasons).toEqual([
      'no-known-allergy',
    ])
    for (const named of [code(uris.snomed, '91934008'), code(uris.snomed, 'nuts')]) {
      expect(read(noAllergy({ code: both(none, named) }))).toEqual({
        reasons: ['contradicted'],
        complete: categoriesBut('allergy'),
      })
    }
  })

  it('is of its own category only', () => {
    expect(facts(condition({ code: none })).map(({ code: number }) => number)).toEqual([716186003n])
    expect(read(condition({ code: code(uris.summary, 'no-known-allergies') }))).toEqual({
      reasons: ['no-known-code'],
      complete: categoriesBut('condition'),
    })
  })

  it('is as doubtful as any fact that cannot be read', () => {
    expect(read(noAllergy({ patient: { reference: 'Patient/q' } })).reasons).toEqual(['other-subject'])
    expect(read(noAllergy({ recordedDate: 'one day' })).reasons).toEqual(['invalid-date'])
    expect(read(noAllergy({ recordedDate: '2024-06-16' })).reasons).toEqual(['after-as-of'])
    expect(read(noAllergy(verification('entered-in-error'))).reasons).toEqual(['entered-in-error'])
  })
})

describe('a document that states none and states one', () => {
  const resolved = clinical('allergyintolerance', 'resolved')

  it('keeps the fact, and is not complete: nobody can tell which of the two is out of date', () => {
    for (const resources of [
      [noAllergy(), allergy()],
      [allergy(), noAllergy()],
      [allergy({ clinicalStatus: undefined }), noAllergy()],
    ]) {
      expect(facts(...resources).map(({ category }) => category)).toEqual(['allergy'])
      expect(read(...resources)).toEqual({ reasons: ['contradicted'], complete: categoriesBut('allergy') })
    }
  })

  it('does not contradict itself where the one has ended, or the denial has', () => {
    expect(read(noAllergy(), allergy(resolved))).toEqual({ reasons: ['no-known-allergy'], complete: categories })
    expect(read(noAllergy(resolved), allergy())).toEqual({ reasons: ['refuted'], complete: categories })
  })

  it('does not where it denies only a kind: which kind an allergy is, its code does not say', () => {
    const noFood = noAllergy({ code: code(uris.snomed, '429625007') })
    expect(read(noFood, allergy())).toEqual({ reasons: ['no-known-allergy-of-a-kind'], complete: categories })
  })

  it('does where the denial itself is refuted', () => {
    expect(read(noAllergy(verification('refuted')))).toEqual({
      reasons: ['contradicted'],
      complete: categoriesBut('allergy'),
    })
  })

  it.each([
    ['condition', condition({ id: 'n', code: code(uris.snomed, '160245001') }), condition(), true],
    [
      'condition',
      condition({ id: 'n', code: code(uris.snomed, '160245001') }),
      condition(clinical('condition', 'resolved')),
      false,
    ],
    [
      'prescription',
      statement({ id: 'n', medicationCodeableConcept: code(uris.snomed, '787481004') }),
      prescription(),
      true,
    ],
    [
      'prescription',
      statement({ id: 'n', medicationCodeableConcept: code(uris.snomed, '787481004') }),
      statement(),
      true,
    ],
    [
      'prescription',
      statement({ id: 'n', medicationCodeableConcept: code(uris.snomed, '787481004') }),
      prescription({ status: 'stopped' }),
      false,
    ],
    ['immunization', immunization({ id: 'n', vaccineCode: code(uris.snomed, '787482006') }), immunization(), true],
    ['procedure', procedure({ id: 'n', code: code(uris.snomed, '787480003') }), procedure(), true],
    ['allergy', noAllergy(), condition(), false],
  ])('holds for %s likewise: %#', (category, denial, fact, isContradicted) => {
    const { reasons, complete } = read(denial, fact)
    expect(reasons.includes('contradicted')).toBe(isContradicted)
    expect(complete).toEqual(categoriesBut(...(isContradicted ? [category] : [])))
  })
})
