import { describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import * as Day from '../../src/protocol/Day.ts'
import type { Policy } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as PolicyFile from '../../src/protocol/PolicyFile.ts'
import * as PolicyWords from '../../src/protocol/PolicyWords.ts'

const valueSets = files.valueSets()
const hba1c = { category: 'observation', system: 'LOINC', code: '4548-4' } as const
const systolic = { category: 'observation', system: 'LOINC', code: '8480-6' } as const

/** The samples, and one policy for each kind of word that they do not use. */
const policies: Readonly<Record<string, Policy>> = {
  'glp1-type-2-diabetes': PolicyFile.parse(files.policyText('glp1-type-2-diabetes')),
  'wegovy-cardiovascular': PolicyFile.parse(files.policyText('wegovy-cardiovascular')),
  'one slot': {
    medseal: 'policy/1',
    name: 'Adult',
    issuers: ['keeper'],
    record: { maximumAgeDays: 0 },
    require: { age: { min: 18 } },
  },
  'mean, count and limited age, blinded': {
    medseal: 'policy/1',
    name: 'Monitoring',
    issuers: ['doctor', 'auditor'],
    record: { maximumAgeDays: Day.offset, completeFrom: { date: '1990-02-28' }, setsEdition: 65_535 },
    blind: 'ffffffffffffffffffffffffffffffff',
    require: {
      allOf: [
        {
          average: systolic,
          window: { from: { date: '2026-01-01' } },
          value: { max: '130', unit: 'mm[Hg]' },
          minimumCount: 12,
        },
        { atLeast: 2, of: [{ count: hba1c, range: { max: 3 } }, { age: { min: 18, max: 74 } }, { any: hba1c }] },
      ],
    },
  },
  'windows, prefixes, coded values and active sets': {
    medseal: 'policy/1',
    name: 'Windows',
    issuers: ['hospital'],
    record: { maximumAgeDays: 30 },
    require: {
      anyOf: [
        { any: hba1c, window: { from: { date: '1969-12-31' }, to: { daysBeforeToday: 131_071 } } },
        {
          any: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' },
          value: { code: { system: 'SNOMED CT', code: '73211009' } },
        },
        { any: { category: 'condition', system: 'ICD-10', from: 'E10', to: 'E14.9' }, value: { text: 'active' } },
        { any: { category: 'condition', set: 'stroke', active: true } },
        { latest: hba1c, window: { from: { daysBeforeToday: 365 } }, value: { min: '-1.5', max: '6.4', unit: '%' } },
        { not: { any: hba1c, window: { from: { daysBeforeToday: 60 } } } },
      ],
    },
  },
}

const compile = (policy: Policy) => PolicyCompiler.compile(policy, { valueSets })

/** The same bits, from their binary digits. */
function bits(...fields: readonly (readonly [value: bigint | number | boolean, width: number])[]): bigint {
  return BigInt(`0b${fields.map(([value, width]) => BigInt(value).toString(2).padStart(width, '0')).join('')}`)
}

describe('the words of a policy', () => {
  it('are the ones circuits and contracts are tested on', async () => {
    const vectors = Object.entries(policies).map(([name, policy]) => {
      const { words, hash } = compile(policy)
      const { header, clauses, slots } = words
      const packed = {
        header: PolicyWords.headerWord(header),
        clauses: PolicyWords.clausesWord(clauses),
        slots: slots.map(PolicyWords.slotWords),
      }
      return { name, policy, words, packed, hash }
    })
    const text = JSON.stringify(vectors, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)
    await expect(`${text}\n`).toMatchFileSnapshot('../vectors/policy-words.json')
  })

  it.each(Object.entries(policies))('are packed as the circuits say: %s', (_, policy) => {
    const { header: h, clauses, slots } = compile(policy).words
    expect(PolicyWords.headerWord(h)).toBe(
      bits(
        [h.blind, 128],
        [h.roles, 16],
        [h.categories, 16],
        [h.systems, 24],
        [h.setsEdition, 16],
        [h.completeFromRelative, 1],
        [h.completeFrom, 20],
        [h.maximumAgeDays, 20],
      ),
    )
    const reversed = clauses.toReversed().flatMap((c) => [[c.threshold, 5] as const, [c.mask, 16] as const])
    expect(PolicyWords.clausesWord(clauses)).toBe(bits(...reversed))
    for (const s of slots) {
      const flags = [s.windowed, s.fromRelative, s.toRelative, s.anyValue, s.age, s.ageLimited]
      expect(PolicyWords.slotWords(s)).toEqual([
        bits(
          [s.minimumCount, 13],
          [s.maximumCount, 13],
          [s.kind, 3],
          ...flags.map((flag) => [flag, 1] as const),
          [s.category, 8],
          [s.system, 8],
          [s.codeLow, 64],
          [s.codeHigh, 64],
          [s.from, 20],
          [s.to, 20],
        ),
        bits([s.valueLow, 64], [s.valueHigh, 64]),
      ])
    }
  })

  it('do not depend on what the policy is called', () => {
    const policy = policies['glp1-type-2-diabetes'] as Policy
    expect(compile({ ...policy, name: 'Other', source: 'Elsewhere' }).hash).toBe(compile(policy).hash)
  })
})

type Change = readonly [name: string, words: PolicyWords.Words]

const sample = compile(policies['mean, count and limited age, blinded'] as Policy).words
const changedIn = <T extends object>(whole: T, change: (value: unknown) => unknown): (readonly [string, T])[] =>
  Object.entries(whole).map(([field, value]) => [field, { ...whole, [field]: change(value) }] as const)
const flip = (value: unknown) =>
  typeof value === 'boolean' ? !value : typeof value === 'bigint' ? value ^ 1n : Number(value) ^ 1
/** Every field of a slot changed, to words that are still about something; an unused slot given a kind is not. */
const changedSlots = (slot: PolicyWords.Predicate) =>
  Object.entries(slot).flatMap(([field, value]): (readonly [string, PolicyWords.Predicate])[] => {
    if (field === 'kind' && value === 0) return []
    if (field === 'codeLow' && slot.codeLow > 0n) return [[field, { ...slot, codeLow: slot.codeLow - 1n }]]
    if (field === 'codeHigh') return [[field, { ...slot, codeHigh: slot.codeHigh + 1n }]]
    if (field === 'category') return [[field, { ...slot, category: slot.category ^ 2 }]]
    return [[field, { ...slot, [field]: flip(value) }]]
  })

describe('a policy hash', () => {
  it('is refused to words about nothing', () => {
    const [slot = PolicyWords.unused] = compile(policies['one slot'] as Policy).words.slots
    for (const words of [{ category: 0 }, { codeLow: slot.codeHigh + 1n }]) {
      expect(() => PolicyWords.hashOf({ ...sample, slots: [{ ...slot, ...words }] })).toThrow(
        PolicyWords.WordsAboutNothingError,
      )
    }
  })

  it('changes with every field of every word, and with their number and order', () => {
    const { header, slots, clauses } = sample
    const changes: Change[] = [
      ['nothing', sample],
      ...changedIn(header, flip).map(([field, other]): Change => [`header.${field}`, { ...sample, header: other }]),
      ...slots.flatMap((slot, i) =>
        changedSlots(slot).map(
          ([field, other]): Change => [`slots[${i}].${field}`, { ...sample, slots: slots.with(i, other) }],
        ),
      ),
      ...clauses.flatMap((clause, i) =>
        changedIn(clause, flip).map(
          ([field, other]): Change => [`clauses[${i}].${field}`, { ...sample, clauses: clauses.with(i, other) }],
        ),
      ),
      ['slots reversed', { ...sample, slots: slots.toReversed() }],
      ['clauses reversed', { ...sample, clauses: clauses.toReversed() }],
      ['one slot more', { ...sample, slots: [...slots, PolicyWords.unused] }],
      ['one slot less', { ...sample, slots: slots.slice(0, -1) }],
      ['one clause less', { ...sample, clauses: clauses.slice(0, -1) }],
    ]
    const unused = slots.filter(({ kind }) => kind === 0).length
    expect(changes).toHaveLength(1 + 8 + slots.length * 17 - unused + clauses.length * 2 + 5)
    const hashes = new Map(changes.map(([name, words]) => [PolicyWords.hashOf(words), name]))
    expect([...hashes.values()]).toEqual(changes.map(([name]) => name))
  })
})

describe('CIR-6: a field one over its width', () => {
  const headerWidths: Record<string, number> = {
    blind: 128,
    roles: 16,
    categories: 16,
    systems: 24,
    setsEdition: 16,
    completeFrom: 20,
    maximumAgeDays: 20,
  }
  const slotWidths: Record<string, number> = {
    minimumCount: 13,
    maximumCount: 13,
    kind: 3,
    category: 8,
    system: 8,
    codeLow: 64,
    codeHigh: 64,
    from: 20,
    to: 20,
    valueLow: 64,
    valueHigh: 64,
  }

  it.each(Object.entries(headerWidths))('is refused in the header: %s, %i bits', (field, width) => {
    const at = (value: bigint) => PolicyWords.headerWord({ ...sample.header, [field]: value })
    expect(() => at((1n << BigInt(width)) - 1n)).not.toThrow()
    for (const value of [1n << BigInt(width), -1n]) {
      expect(() => at(value)).toThrow(`Field "${field}" does not fit its bits in a policy's words.`)
      expect(() => PolicyWords.hashOf({ ...sample, header: { ...sample.header, [field]: value } })).toThrow(
        PolicyWords.FieldTooWideError,
      )
    }
  })

  it.each(Object.entries(slotWidths))('is refused in a slot: %s, %i bits', (field, width) => {
    const at = (value: bigint) => PolicyWords.slotWords({ ...PolicyWords.unused, [field]: value })
    expect(() => at((1n << BigInt(width)) - 1n)).not.toThrow()
    for (const value of [1n << BigInt(width), -1n]) {
      expect(() => at(value)).toThrow(`Field "${field}" does not fit its bits in a policy's words.`)
    }
  })

  it.each([
    ['threshold', 5],
    ['mask', 16],
  ])('is refused in a clause: %s, %i bits', (field, width) => {
    const at = (value: number) => PolicyWords.clausesWord([{ threshold: 1, mask: 1, [field]: value }])
    expect(() => at(2 ** width - 1)).not.toThrow()
    expect(() => at(2 ** width)).toThrow(`Field "${field}" does not fit its bits in a policy's words.`)
    expect(() => at(-1)).toThrow(PolicyWords.FieldTooWideError)
  })

  it('is a thirteenth clause', () => {
    const clause = { threshold: 31, mask: 65_535 }
    expect(PolicyWords.clausesWord(Array(12).fill(clause))).toBe((1n << 252n) - 1n)
    expect(() => PolicyWords.clausesWord(Array(13).fill(clause))).toThrow('Field "clauses" does not fit')
  })

  it('covers every field that is not a flag', () => {
    const flags = Object.entries(PolicyWords.unused).filter(([, value]) => typeof value === 'boolean')
    expect(Object.keys(slotWidths).length + flags.length).toBe(Object.keys(PolicyWords.unused).length)
    expect(Object.keys(headerWidths).length + 1).toBe(Object.keys(sample.header).length)
  })
})
