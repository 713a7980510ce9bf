import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import * as PolicyWords from '../../prover/src/protocol/PolicyWords.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

const { predicate, policy } = Subject
let small: Forge.BuiltTarget
let medium: Forge.BuiltTarget
let chain: Forge.Chain
beforeAll(async () => {
  small = Forge.open('eligibility-s')
  medium = Forge.open('eligibility-m')
  chain = await Forge.openChain()
})
afterAll(async () => {
  await chain.close()
  await endWorkers()
})

const met = predicate('ANY')
const attributes = [Subject.attribute(), Subject.birth('1980-02-29')]
const base = Subject.scene({ policy: policy([met]), attributes })
const inputOf = (asked: { words: PolicyWords.Words }, circuit: Eligibility.Circuit = 'eligibility-s') =>
  Subject.toInput({ ...base, policy: asked }, circuit)
const hashIn = (target: Forge.Target, witness: Forge.Witness) => Forge.signalOf(target, witness, 'policyHash')

/**
 * Two packed fields beside each other: `high` one more and `low` one limit less make the same word, so the forged
 * fields below carry the hash of an honest policy while they say something else.
 */
type Collision = { readonly what: string; readonly high: string; readonly low: string; readonly bits: number }
const header: readonly Collision[] = [
  { what: 'blind, roles', high: 'policyBlind', low: 'policyRoles', bits: 16 },
  { what: 'roles, categories', high: 'policyRoles', low: 'policyCategories', bits: 16 },
  { what: 'categories, systems', high: 'policyCategories', low: 'policySystems', bits: 24 },
  { what: 'systems, setsEdition', high: 'policySystems', low: 'policySetsEdition', bits: 16 },
  { what: 'setsEdition, relative', high: 'policySetsEdition', low: 'policyCompleteFromRelative', bits: 1 },
  { what: 'relative, completeFrom', high: 'policyCompleteFromRelative', low: 'policyCompleteFrom', bits: 20 },
  { what: 'completeFrom, maximumAgeDays', high: 'policyCompleteFrom', low: 'policyMaximumAgeDays', bits: 20 },
]
const slot: readonly Collision[] = [
  { what: 'minimumCount, maximumCount', high: 'predicateMinimumCount', low: 'predicateMaximumCount', bits: 13 },
  { what: 'maximumCount, kind', high: 'predicateMaximumCount', low: 'predicateKind', bits: 3 },
  { what: 'category, system', high: 'predicateCategory', low: 'predicateSystem', bits: 8 },
  { what: 'system, codeLow', high: 'predicateSystem', low: 'predicateCodeLow', bits: 64 },
  { what: 'codeLow, codeHigh', high: 'predicateCodeLow', low: 'predicateCodeHigh', bits: 64 },
  { what: 'codeHigh, from', high: 'predicateCodeHigh', low: 'predicateFrom', bits: 20 },
  { what: 'from, to', high: 'predicateFrom', low: 'predicateTo', bits: 20 },
  { what: 'valueLow, valueHigh', high: 'predicateValueLow', low: 'predicateValueHigh', bits: 64 },
]

describe('Packed words', () => {
  it('CIR-6 one word has one reading: neighbours that borrow from each other give the same hash, and are refused', () => {
    const honest = inputOf(policy([{ ...met, minimumCount: 1, from: 1, valueLow: 1n }], { header: { blind: 1n } }))
    const witness = small.calculate(honest)
    Verdict.accepted(small, witness)
    for (const { what, high, low, bits } of [...header, ...slot]) {
      const one = (name: string) => [honest[name] as Forge.Numbers].flat()[0] as bigint
      const wrap = (name: string, value: bigint) => (Array.isArray(honest[name]) ? [value] : value)
      const borrowed = {
        ...honest,
        [high]: wrap(high, one(high) - 1n),
        [low]: wrap(low, one(low) + (1n << BigInt(bits))),
      }
      const forged = small.calculate(borrowed)
      expect(hashIn(small, forged), what).toBe(hashIn(small, witness))
      expect(Forge.broken(small, forged).flat().join(' '), what).not.toBe('')
    }
    // Clause 1's mask beside clause 0's threshold; each flag beside its neighbour.
    const clauses = inputOf(
      policy([met, met], {
        clauses: [
          { threshold: 1, mask: 2 },
          { threshold: 1, mask: 1 },
        ],
      }),
      'eligibility-m',
    )
    const honestClauses = medium.calculate(clauses)
    Verdict.accepted(medium, honestClauses)
    const borrowed = { ...clauses, clauseMask: [2n, 0n, 0n, 0n, 0n], clauseThreshold: [1n + 32n, 1n, 0n, 0n, 0n] }
    expect(hashIn(medium, medium.calculate(borrowed))).toBe(hashIn(medium, honestClauses))
    expect(Forge.broken(medium, medium.calculate(borrowed))).not.toEqual([])
    const flags = honest.predicateFlags as readonly bigint[][]
    for (let i = 0; i < 5; i++) {
      const raised = (flags[0] ?? []).with(i, 1n).with(i + 1, -2n)
      const forged = small.calculate({ ...honest, predicateFlags: [raised] })
      expect(hashIn(small, forged)).toBe(hashIn(small, witness))
      Verdict.refused(small, Forge.edited(small, witness, { [`predicateFlags[0][${i}]`]: 2n }), /predicateFlags/)
      expect(Forge.broken(small, forged).flat().join(' ')).toMatch(/predicateFlags/)
    }
  })

  it('CIR-6 PolicyWords packs no field one over its width, and none below 0', () => {
    const header: Partial<Record<keyof PolicyWords.Header, number>> = {
      blind: 128,
      roles: 16,
      categories: 16,
      systems: 24,
      setsEdition: 16,
      completeFrom: 20,
      maximumAgeDays: 20,
    }
    const fields: Partial<Record<keyof PolicyWords.Predicate, number>> = {
      kind: 3,
      category: 8,
      system: 8,
      codeLow: 64,
      codeHigh: 64,
      from: 20,
      to: 20,
      valueLow: 64,
      valueHigh: 64,
      minimumCount: 13,
      maximumCount: 13,
    }
    const { words } = policy([met])
    for (const wide of [(bits: number) => 1n << BigInt(bits), () => -1n]) {
      for (const [name, bits] of Object.entries(header)) {
        const changed = { ...words.header, [name]: wide(bits) } as PolicyWords.Header
        expect(() => PolicyWords.hashOf({ ...words, header: changed }), name).toThrow(PolicyWords.FieldTooWideError)
      }
      for (const [name, bits] of Object.entries(fields)) {
        const changed = { ...met, [name]: wide(bits) } as PolicyWords.Predicate
        expect(() => PolicyWords.hashOf({ ...words, slots: [changed] }), name).toThrow(PolicyWords.FieldTooWideError)
      }
    }
    for (const clause of [
      { threshold: 32, mask: 1 },
      { threshold: 1, mask: 1 << 16 },
      { threshold: -1, mask: 1 },
    ]) {
      expect(() => PolicyWords.hashOf({ ...words, clauses: [clause] })).toThrow(PolicyWords.FieldTooWideError)
    }
    const most = Array.from({ length: 13 }, () => ({ threshold: 1, mask: 1 }))
    expect(() => PolicyWords.hashOf({ ...words, clauses: most })).toThrow(PolicyWords.FieldTooWideError)
  })

  it('CIR-6 what is signed, enlisted and opened has one reading too', () => {
    const honest = Subject.committed(inputOf(policy([met])))
    const one = (name: string) => honest[name] as bigint
    const collisions: readonly Subject.Input[] = [
      // The issuer signs one completeness; its parts borrow from each other.
      { completeCategories: one('completeCategories') - 1n, completeSystems: one('completeSystems') + (1n << 24n) },
      { completeSystems: one('completeSystems') - 1n, setsEdition: one('setsEdition') + (1n << 16n) },
      // The registrar enlists roles and a last day in one number.
      { issuerRoles: one('issuerRoles') - 1n, issuerValidUntil: one('issuerValidUntil') + (1n << 20n) },
      { issuerRoles: one('issuerRoles') + 1n, issuerValidUntil: one('issuerValidUntil') - (1n << 20n) },
      // The contract says scope, date and day in one number.
      { scope: one('scope') - 1n, date: one('date') + (1n << 27n) },
      { date: one('date') - 1n, today: one('today') + (1n << 20n) },
      { date: one('date') + 1n, today: one('today') - (1n << 20n) },
    ]
    Verdict.accepted(small, small.calculate(honest))
    for (const collision of collisions) {
      const forged = small.calculate({ ...honest, ...collision })
      const text = Forge.broken(small, forged).flat().join(' ')
      expect(text).not.toBe('')
      // Signature, issuer and occasion are as they were: only the widths are not.
      expect(text).not.toMatch(/SignedBy/)
      expect(Forge.signalOf(small, forged, 'issuersRoot')).toBe(
        Forge.signalOf(small, small.calculate(honest), 'issuersRoot'),
      )
    }
    for (const change of [{ leafKey: [1n << 112n] }, { leafValue: [1n << 64n] }, { leafNextKey: [1n << 112n] }]) {
      const forged = small.calculate(Subject.committed({ ...honest, ...change }))
      expect(Forge.broken(small, forged)).not.toEqual([])
    }
  })

  it('CIR-6 a status index has 248 bits a leaf: the eight a word does not have read as revoked', () => {
    const honest = Subject.committed(inputOf(policy([met])))
    for (const bit of [0n, 1n, 100n, 246n, 247n]) {
      const index = (2n << 8n) | bit
      Verdict.accepted(small, small.calculate(Subject.committed({ ...honest, statusIndex: index })))
      const revoked = Subject.committed({ ...honest, statusIndex: index, statusWord: 1n << bit })
      Verdict.refused(small, small.calculate(revoked), /NotRevoked/)
    }
    for (let bit = 248n; bit < 256n; bit++) {
      const none = Subject.committed({ ...honest, statusIndex: (2n << 8n) | bit })
      Verdict.refused(small, small.calculate(none), /NotRevoked/)
    }
    // The word of another leaf, and a word of more bits that is one modulo the field order.
    const wide = Subject.committed({ ...honest, statusWord: 1n << 248n })
    Verdict.refused(small, small.calculate(wide), /NotRevoked/)
  })

  it('CIR-6 proofs over borrowed fields are refused', async () => {
    const honest = inputOf(policy([met], { header: { blind: 1n } }))
    await Verdict.provenAndAccepted(small, small.calculate(honest), chain)
    const borrowed = { ...honest, policyBlind: 0n, policyRoles: (honest.policyRoles as bigint) + (1n << 16n) }
    await Verdict.provenAndRefused(small, small.calculate(borrowed), chain)
  })
})

describe('Sizes', () => {
  it('CIR-15 the same policy has the same hash in s, m, l and TypeScript', () => {
    const large = Forge.open('eligibility-l')
    const slots = [
      met,
      predicate('LATEST', { valueLow: Subject.percent('6'), windowed: true, fromRelative: true, from: 30 }),
      predicate('NONE', { ...Subject.conditions('F') }),
      Subject.age({ min: 18, max: 90 }),
    ]
    for (const [index, each] of slots.entries()) {
      const asked = policy([each], { header: { blind: BigInt(index) << 100n, maximumAgeDays: 30 + index } })
      for (const target of index === 0 ? [small, medium, large] : [small, medium]) {
        const witness = target.calculate(inputOf(asked, target.name as Eligibility.Circuit))
        Verdict.accepted(target, witness, target.name)
        expect(hashIn(target, witness), target.name).toBe(PolicyWords.hashOf(asked.words))
      }
    }
    const several = policy([...slots, Subject.predicate('BOUNDARY')].slice(0, 4))
    for (const target of [medium, large]) {
      const witness = target.calculate(inputOf(several, target.name as Eligibility.Circuit))
      Verdict.accepted(target, witness, target.name)
      expect(hashIn(target, witness), target.name).toBe(PolicyWords.hashOf(several.words))
    }
  })

  it('CIR-15 a policy of two slots does not fit into s, nor does a part of it pass for the whole', async () => {
    const two = policy([met, predicate('NONE')])
    expect(() => inputOf(two)).toThrow('slots')
    const whole = PolicyWords.hashOf(two.words)
    // 1. Its first slot and clause, as s takes them, have another hash; claimed to be the whole's they are refused.
    const part = inputOf(policy([met]))
    const witness = small.calculate(part)
    expect(hashIn(small, witness)).not.toBe(whole)
    const claimed = Forge.edited(small, witness, { policyHash: whole })
    Verdict.refused(small, claimed, /policyHash|Poseidon/)
    await Verdict.provenAndRefused(small, claimed, chain)
    // 2. One slot with a clause of two: mask 3 is beyond s, and threshold 0 in the second place needs a second place.
    for (const change of [{ clauseMask: [3n] }, { clauseMask: [2n] }, { clauseThreshold: [(1n << 21n) + 1n] }]) {
      expect(Forge.broken(small, small.calculate({ ...part, ...change }))).not.toEqual([])
    }
    // 3. In m, the second slot said to be unused.
    const inMedium = inputOf(two, 'eligibility-m')
    expect(Forge.broken(medium, medium.calculate({ ...inMedium, slotUsed: [1n, 0n, 0n, 0n, 0n] }))).not.toEqual([])
    expect(Forge.broken(small, small.calculate({ ...part, slotUsed: [0n] }))).not.toEqual([])
    expect(Forge.broken(small, small.calculate({ ...part, slotUsed: [fieldOrder - 1n] }))).not.toEqual([])
  })

  it('CIR-15 a pair does not fit into s', () => {
    for (const kind of ['COUNT', 'AVERAGE'] as const) {
      const input = inputOf(policy([predicate(kind)]))
      Verdict.refused(small, small.calculate(input), /predicateKind|kindBit|clause\./)
    }
  })

  it('CIR-15 a proof for one size is refused by the verifier of another', async () => {
    const proven = await Forge.prove(small, small.calculate(inputOf(policy([met]))))
    expect(await chain.verify(small, proven)).toBe(true)
    expect(await chain.verify(medium, proven)).toBe(false)
    expect(await Forge.verify(medium, proven)).toBe(false)
  })
})
