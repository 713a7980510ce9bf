import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Value from '../../src/protocol/Value.ts'
import { fileOf, folder, haveFolder } from '../expectations.ts'
import { bundle, code, coverage, type Json, patient, uris, without } from './document.ts'

const asOf = Day.parse('2024-06-15')

function imported(...resources: readonly Json[]) {
  return Import.importBundle(JSON.stringify(bundle([patient(), ...resources])), { asOf })
}

function coverages(resource: Json) {
  return imported(resource).attributes.filter(({ category }) => category === 'coverage')
}

function only(resource: Json) {
  const [attribute, ...others] = coverages(resource)
  if (!attribute) throw new Error('no coverage')
  expect(others).toEqual([])
  return { ...attribute, day: Day.format(attribute.day), code: CodeSystem.decode(attribute.system, attribute.code) }
}

function omitted(resource: Json) {
  const { omissions, complete } = imported(resource)
  expect(omissions).toHaveLength(1)
  return [omissions[0]?.reason, complete.categories.includes('coverage')]
}

describe('Coverage', () => {
  it('is its type, from the first day to the last', () => {
    expect(only(coverage())).toMatchObject({
      system: 'HL7 ActCode',
      code: 'HIP',
      day: '2023-01-01',
      partialDay: false,
      value: 20241231n,
      bounded: false,
      active: true,
    })
  })

  it.each([
    ['in force on its last day', { start: '2023-01-01', end: '2024-06-15' }, 20240615n, true],
    ['in force on its last day, at any hour', { start: '2023-01-01', end: '2024-06-15T00:00:00Z' }, 20240615n, true],
    ['over the day after', { start: '2023-01-01', end: '2024-06-14' }, 20240614n, false],
    ['over at the end of a month', { start: '2023-01-01', end: '2024-05' }, undefined, false],
    ['in force to the end of a month', { start: '2023-01-01', end: '2024-06' }, undefined, true],
    ['over at the end of a year', { start: '2022', end: '2023' }, undefined, false],
    ['in force to the end of a year', { start: '2022', end: '2024' }, undefined, true],
    ['in force without end', { start: '2023-01-01' }, undefined, true],
    ['in force without end, as payers write it', { start: '2023-01-01', end: '9999-12-31' }, undefined, true],
    ['in force from its first day', { start: '2024-06-15', end: '2025-06-14' }, 20250614n, true],
  ])('is %s', (_what, period, value, active) => {
    expect(only(coverage({ period }))).toMatchObject({
      value: value ?? Value.none,
      bounded: value === undefined,
      active,
    })
  })

  it('without a period is in force at some time up to asOf', () => {
    expect(only(without(coverage(), 'period'))).toMatchObject({ day: '2024-06-15', partialDay: true, active: true })
    expect(only(coverage({ period: { start: '2022' } }))).toMatchObject({ day: '2022-12-31', partialDay: true })
    expect(only(coverage({ period: { end: '2023-12-31' } }))).toMatchObject({ partialDay: true, active: false })
  })

  it.each(['soon', '2024-13-01', '2500-01-01', '20241231'])('whose end, %s, is no day may be in force', (end) => {
    const { remarks, complete } = imported(coverage({ period: { start: '2023-01-01', end } }))
    expect(remarks.map(({ reason, path }) => [reason, path])).toEqual([['invalid-date', 'Coverage.period.end']])
    expect(only(coverage({ period: { start: '2023-01-01', end } }))).toMatchObject({ bounded: true, active: false })
    expect(complete.systems).not.toContain(CodeSystem.activeSet)
    expect(complete.systems).toContain(CodeSystem.everSet)
    expect(complete.categories).toContain('coverage')
  })

  it.each([
    ['cancelled', 'cancelled', true],
    ['draft', 'draft', true],
    ['entered-in-error', 'entered-in-error', true],
    ['retired', 'unknown-status', false],
    ['constructor', 'unknown-status', false],
    [undefined, 'unknown-status', false],
  ])('of status %s is left out: %s, and complete: %s', (status, reason, complete) => {
    expect(omitted(coverage({ status }))).toEqual([reason, complete])
  })

  it.each([
    ['after-as-of', true, { period: { start: '2024-06-16' } }],
    ['invalid-date', false, { period: { start: 'yesterday' } }],
    ['no-coding', false, { type: undefined }],
    ['no-coding', false, { type: { text: 'no insurance' } }],
    ['no-known-code', false, { type: code('http://terminology.hl7.org/CodeSystem/coverage-selfpay', 'pay') }],
    ['no-known-code', false, { type: code('https://nahdo.org/sopt', '1') }],
    ['other-subject', false, { beneficiary: { reference: 'Patient/q' } }],
    ['other-subject', false, { beneficiary: { display: 'Someone' } }],
    ['modified-meaning', false, { modifierExtension: [{ url: 'http://example.org/not' }] }],
    ['subsetted', false, { meta: { tag: [{ code: 'SUBSETTED' }] } }],
  ])('is left out: %s, and complete: %s', (reason, complete, change) => {
    expect(omitted(coverage(change))).toEqual([reason, complete])
  })

  it('whose end is withheld may be in force', () => {
    const { attributes, complete } = imported(coverage({ period: { start: '2023-01-01', _end: {} } }))
    expect(attributes.some(({ category, active }) => category === 'coverage' && active)).toBe(false)
    expect(complete.systems).not.toContain('value set (active)')
  })

  it('of an HL7 code system that has no number spoils all that share its bit', () => {
    const { complete } = imported(
      coverage({ type: code('http://terminology.hl7.org/CodeSystem/coverage-selfpay', 'pay') }),
    )
    expect(complete.systems.filter((system) => CodeSystem.numberOf(system) >= 32)).toEqual([])
  })

  it('keeps the type it knows beside one it does not', () => {
    const coding = [
      { system: 'https://nahdo.org/sopt', code: '1' },
      { system: uris.actCode, code: 'PUBLICPOL' },
    ]
    const { remarks, complete } = imported(coverage({ type: { coding } }))
    expect(only(coverage({ type: { coding } })).code).toBe('PUBLICPOL')
    expect(remarks.map(({ reason }) => reason)).toEqual(['unknown-system'])
    expect(complete.categories).toContain('coverage')
  })

  it('with anything of another type in it is left out, and spoils coverage', () => {
    for (const element of ['status', 'type', 'beneficiary', 'period', 'modifierExtension', 'meta', 'implicitRules']) {
      for (const value of [null, true, 7, 'x', [], [1], { a: 1 }]) {
        const { attributes, omissions, complete, account } = imported(coverage({ [element]: value }))
        expect(account.taken + account.leftOut).toBe(2)
        if (attributes.some(({ category }) => category === 'coverage')) continue
        expect([element, omissions.length, complete.categories.includes('coverage')]).toEqual([element, 1, false])
      }
    }
    expect(omitted(coverage({ period: { start: 1 } }))).toEqual(['wrong-type', false])
    expect(omitted(coverage({ period: { end: ['2024-01-01'] } }))).toEqual(['wrong-type', false])
    expect(omitted(coverage({ type: { coding: [{ system: uris.actCode, code: 5 }] } }))).toEqual(['wrong-type', false])
  })

  it.runIf(haveFolder)(
    `of the insurance card in ${folder.split('/').at(-1)} is a health insurance plan without end`,
    () => {
      const text = readFileSync(fileOf('carin_insurance_card'), 'utf8')
      const { attributes } = Import.importBundle(text, { asOf: Day.parse('2026-10-01') })
      const [found, ...others] = attributes.filter(({ category }) => category === 'coverage')
      expect(others).toEqual([])
      expect(found).toMatchObject({
        system: 'HL7 ActCode',
        code: CodeSystem.encode('HL7 ActCode', 'HIP'),
        day: Day.parse('2021-01-01'),
        bounded: true,
        active: true,
      })
    },
  )
})
