import { describe, expect, it } from 'vitest'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Value from '../../src/protocol/Value.ts'
import {
  categories,
  categoriesBut,
  code,
  dispense,
  type Json,
  prescription,
  statement,
  uris,
  without,
} from './document.ts'
import { day, facts, imported, omitted, only } from './reading.ts'

const days = (value: number) => ({ value, unit: 'days', system: uris.ucum, code: 'd' })

describe('MedicationStatement', () => {
  it.each([
    ['active', true],
    ['completed', false],
    ['stopped', false],
    ['on-hold', false],
  ])('of status %s is a prescription, active: %s', (status, active) => {
    const attribute = only(statement({ status }))
    expect(attribute).toMatchObject({ category: 'prescription', system: 'RxNorm', code: 861007n, active })
    expect(attribute).toMatchObject({ value: Value.none, bounded: true, fact: 'MedicationStatement/s' })
    expect(imported(statement({ status })).complete.categories).toEqual(categories)
  })

  it('of unknown status stays, and nobody can say which facts are active', () => {
    const { attributes, complete, remarks } = imported(statement({ status: 'unknown' }))
    expect(attributes.at(-1)).toMatchObject({ category: 'prescription', active: false })
    expect(remarks.map(({ reason }) => reason)).toEqual(['no-value', 'unknown-activity'])
    expect(complete.categories).toEqual(categories)
    expect(complete.systems).toContain(CodeSystem.everSet)
    expect(complete.systems).not.toContain(CodeSystem.activeSet)
  })

  it.each([
    ['intended', 'draft', true],
    ['not-taken', 'not-taken', true],
    ['entered-in-error', 'entered-in-error', true],
    ['perhaps', 'unknown-status', false],
    [undefined, 'unknown-status', false],
  ])('of status %s is left out as %s, explained: %s', (status, reason, isExplained) => {
    const result = omitted(statement({ status }))
    expect(result.reason).toBe(reason)
    expect(result.complete.categories).toEqual(isExplained ? categories : categoriesBut('prescription'))
    expect(result.complete.systems.includes('RxNorm')).toBe(isExplained)
  })

  it.each([
    ['2024-06-16', true],
    ['2024-07', true],
    ['2024-06-15', false],
    ['2024-06-14T23:59:59Z', false],
    ['2024', false],
  ])('whose period ends %s is active: %s', (end, active) => {
    expect(only(statement({ effectivePeriod: { start: '2024-01-03', end } })).active).toBe(active)
  })

  it('whose period has an end that is withheld may be active', () => {
    const { attributes, complete } = imported(statement({ effectivePeriod: { start: '2024-01-03', _end: {} } }))
    expect(attributes.some(({ category, active }) => category === 'prescription' && active)).toBe(false)
    expect(complete.systems).not.toContain('value set (active)')
  })

  it('whose period has an end that is no date may be active', () => {
    const { attributes, complete } = imported(statement({ effectivePeriod: { start: '2024-01-03', end: 'soon' } }))
    expect(attributes.at(-1)?.active).toBe(false)
    expect(complete.systems).not.toContain(CodeSystem.activeSet)
  })

  it('is dated by when it was taken, else by when that was said', () => {
    const dated = (change: Json) => {
      const attribute = only({ ...without(statement(), 'effectivePeriod'), ...change })
      return [day(attribute), attribute.partialDay]
    }
    expect(dated({ effectiveDateTime: '2024-02-01', dateAsserted: '2024-02-05' })).toEqual(['2024-02-01', false])
    expect(dated({ effectivePeriod: { start: '2023-11' }, dateAsserted: '2024-02-05' })).toEqual(['2023-11-30', true])
    expect(dated({ effectivePeriod: { end: '2024-05-01' }, dateAsserted: '2024-02-05' })).toEqual(['2024-02-05', false])
    expect(dated({ dateAsserted: '2024-02-05T08:00:00Z' })).toEqual(['2024-02-05', false])
    expect(dated({})).toEqual(['2024-06-15', true])
  })

  it('may refer to its medicine', () => {
    const medication = { resourceType: 'Medication', id: 'x', code: code(uris.rxnorm, '860975') }
    const referring = {
      ...without(statement(), 'medicationCodeableConcept'),
      medicationReference: { reference: 'Medication/x' },
    }
    expect(facts(medication, referring).map((attribute) => attribute.code)).toEqual([860975n])
    expect(omitted(referring).reason).toBe('unresolved-reference')
    expect(omitted(referring).complete.categories).toEqual(categoriesBut('prescription'))
  })

  it('counts beside a request for the same medicine, as a fact of its own', () => {
    expect(facts(prescription(), statement()).map(({ fact }) => fact)).toEqual([
      'MedicationRequest/m',
      'MedicationStatement/s',
    ])
  })
})

describe('MedicationDispense', () => {
  it('has the quantity and days that were handed over, with no refills', () => {
    const attribute = only(dispense({ quantity: { value: 60.5 }, daysSupply: days(30) }))
    expect(attribute).toMatchObject({
      category: 'dispense',
      system: 'RxNorm',
      code: 861007n,
      bounded: false,
      active: false,
    })
    // 60,500 thousandths in 32 bits, 30 days in 10, no refills in 7, schedule 0 in 3, 30 days in 10
    expect(attribute.value).toBe((((((60_500n << 10n) | 30n) << 7n) << 3n) << 10n) | 30n)
    expect([day(attribute), attribute.partialDay]).toEqual(['2024-01-04', false])
  })

  it.each([
    [{}, 'no-value'],
    [{ quantity: { value: 60 } }, 'no-value'],
    [{ daysSupply: days(30) }, 'no-value'],
    [{ quantity: { value: 60 }, daysSupply: { value: 30, unit: 'days' } }, 'unusable-value'],
    [{ quantity: { value: 60 }, daysSupply: days(30.5) }, 'unusable-value'],
    [{ quantity: { value: 60 }, daysSupply: days(1024) }, 'unusable-value'],
    [{ quantity: { value: 60, comparator: '<' }, daysSupply: days(30) }, 'unusable-value'],
    [{ quantity: { value: -60 }, daysSupply: days(30) }, 'unusable-value'],
  ])('without usable terms stays, with value 0 and bounded', (change, reason) => {
    const { attributes, remarks, complete } = imported(dispense(change))
    expect(attributes.at(-1)).toMatchObject({ category: 'dispense', value: Value.none, bounded: true })
    expect(remarks.map((remark) => remark.reason)).toEqual([reason])
    expect(complete.categories).toEqual(categories)
  })

  it('is dated by when it was handed over, else prepared', () => {
    const dated = (change: Json) => day(only({ ...without(dispense(), 'whenHandedOver'), ...change }))
    expect(dated({ whenHandedOver: '2024-02-03', whenPrepared: '2024-02-01' })).toBe('2024-02-03')
    expect(dated({ whenPrepared: '2024-02-01' })).toBe('2024-02-01')
    expect(dated({})).toBe('2024-06-15')
  })

  it.each([
    ['preparation', 'not-final'],
    ['in-progress', 'not-final'],
    ['on-hold', 'not-final'],
    ['cancelled', 'cancelled'],
    ['declined', 'cancelled'],
    ['stopped', 'cancelled'],
    ['entered-in-error', 'entered-in-error'],
  ])('of status %s is left out as %s, and explains itself', (status, reason) => {
    const result = omitted({ ...without(dispense(), 'whenHandedOver'), status })
    expect(result.reason).toBe(reason)
    expect(result.complete.categories).toEqual(categories)
  })

  it.each(['unknown', 'handed-over', undefined])('of status %s may be one', (status) => {
    const result = omitted(dispense({ status }))
    expect(result.reason).toBe('unknown-status')
    expect(result.complete.categories).toEqual(categoriesBut('dispense'))
  })

  it.each(['stopped', 'in-progress', 'cancelled'])(
    'of status %s that was handed over all the same is unfinished',
    (status) => {
      const result = omitted(dispense({ status }))
      expect(result.reason).toBe('unfinished')
      expect(result.complete.categories).toEqual(categoriesBut('dispense'))
    },
  )

  it('entered in error is none whenever it was handed over', () => {
    expect(omitted(dispense({ status: 'entered-in-error' })).reason).toBe('entered-in-error')
  })
})
