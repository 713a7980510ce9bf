import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PolicyFile from '@medseal/prover/protocol/PolicyFile'
import * as ValueSet from '@medseal/prover/protocol/ValueSet'
import { expect, test } from 'vitest'
import * as Narrowing from '../../src/wallet/Narrowing.ts'

const noSets = ValueSet.index([])

function known(require: unknown) {
  const policy = {
    medseal: 'policy/1',
    name: 'test',
    issuers: ['hospital'],
    record: { maximumAgeDays: 30, completeFrom: { daysBeforeToday: 3650 } },
    require,
  }
  return Narrowing.knownBy(PolicyCompiler.compile(PolicyFile.parse(JSON.stringify(policy)), { valueSets: noSets }))
}

const a1c = { category: 'observation', system: 'LOINC', code: '4548-4' }
const bmi = { category: 'observation', system: 'LOINC', code: '39156-5' }
const latest = (codes: object, value: object) => ({ latest: codes, value })

test('a range that must hold is known; an alternative is not', () => {
  const atLeast = latest(a1c, { min: '6.5', unit: '%' })
  expect(known(atLeast)).toMatchObject([{ kind: 'latest', subject: 'LOINC 4548-4', min: '6.5', unit: '%' }])
  expect(known({ anyOf: [atLeast, { age: { min: 70 } }] })).toEqual([])
  expect(known({ allOf: [atLeast, { age: { min: 18, max: 70 } }] })).toMatchObject([
    { kind: 'latest' },
    { kind: 'age', min: '18', max: '70' },
  ])
})

test('what is denied is known as the range it leaves', () => {
  expect(known({ not: { age: { min: 40 } } })).toMatchObject([{ kind: 'age', max: '39' }])
  // Below 7, or never measured: neither is certain.
  expect(known({ not: latest(a1c, { min: '7', unit: '%' }) })).toEqual([])
})

test('two bounds of two answers make a range that neither had', () => {
  const low = known(latest(a1c, { min: '6.5', unit: '%' }))
  const high = known(latest(a1c, { max: '8', unit: '%' }))
  expect(Narrowing.narrowed([low, high])).toMatchObject([{ min: '6.5', max: '8', answers: 2, isNeedle: false }])
})

test('answers about other numbers, other times or only wider ranges narrow nothing', () => {
  const low = known(latest(a1c, { min: '6.5', unit: '%' }))
  expect(Narrowing.narrowed([low, known(latest(bmi, { max: '30', unit: 'kg/m2' }))])).toEqual([])
  expect(Narrowing.narrowed([low, known(latest(a1c, { min: '5', unit: '%' }))])).toEqual([])
  const lately = known({ ...latest(a1c, { max: '8', unit: '%' }), window: { from: { daysBeforeToday: 90 } } })
  expect(Narrowing.narrowed([low, lately])).toEqual([])
  expect(Narrowing.narrowed([low, low])).toEqual([])
})

test('a needle is told as one', () => {
  const low = known(latest(a1c, { min: '7.0', unit: '%' }))
  const high = known(latest(a1c, { max: '7.1', unit: '%' }))
  expect(Narrowing.narrowed([low, high])).toMatchObject([{ isNeedle: true }])
  const born = Narrowing.narrowed([known({ age: { min: 40 } }), known({ age: { max: 41 } })])
  expect(born).toMatchObject([{ isNeedle: true }])
})

test('ranges that exclude each other are of a number that has changed', () => {
  const high = known(latest(a1c, { min: '8', unit: '%' }))
  const low = known(latest(a1c, { max: '7', unit: '%' }))
  expect(Narrowing.narrowed([high, low])).toMatchObject([{ isEmpty: true, isNeedle: false }])
})
