import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Attribute from '../../prover/src/protocol/Attribute.ts'
import * as Day from '../../prover/src/protocol/Day.ts'
import * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import type { Policy } from '../../prover/src/protocol/Policy.ts'
import * as PolicyCompiler from '../../prover/src/protocol/PolicyCompiler.ts'
import type * as PolicyWords from '../../prover/src/protocol/PolicyWords.ts'
import * as files from '../../samples/files.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

const { predicate, policy, daysAgo, percent, conditions, age } = Subject
let medium: Forge.BuiltTarget
let chain: Forge.Chain
beforeAll(async () => {
  medium = Forge.open('eligibility-m')
  chain = await Forge.openChain()
})
afterAll(async () => {
  await chain.close()
  await endWorkers()
})

/** Four haemoglobin A1c, their mean 6.9 %, the last 6.6 %; three conditions. */
const attributes = [
  Subject.birth('1980-02-29'),
  Subject.attribute({ day: daysAgo(300), value: percent('6') }),
  Subject.attribute({ day: daysAgo(200), value: percent('7') }),
  Subject.attribute({ day: daysAgo(100), value: percent('8') }),
  Subject.attribute({ day: daysAgo(10), value: percent('6.6') }),
  Subject.condition('E11.9', { day: daysAgo(2000) }),
  Subject.condition('I10', { day: daysAgo(1000) }),
  Subject.condition('E66.9', { day: daysAgo(500) }),
]
const base = Subject.scene({ policy: policy([predicate('ANY')]), attributes })
const subjectOf = (asked: { readonly words: PolicyWords.Words }): Eligibility.Case => ({ ...base, policy: asked })

const boundary = predicate('BOUNDARY')
const relative = (from: number, to = 0) => ({ windowed: true, fromRelative: true, toRelative: true, from, to })
const fixed = (from: number, to: number) => ({
  windowed: true,
  from: Number(Day.toField(daysAgo(from))),
  to: Number(Day.toField(daysAgo(to))),
})
const exactly = (count: number) => ({ minimumCount: count, maximumCount: count })

/** Whether the policy is met: the circuit says what is told, and the dry run does. */
function says(what: string, asked: { readonly words: PolicyWords.Words }, met: boolean, target = medium): void {
  const subject = subjectOf(asked)
  const input = Subject.toInput(subject, target.name as Eligibility.Circuit)
  const witness = target.calculate(input)
  if (met) Verdict.accepted(target, witness, what)
  else Verdict.refused(target, witness, /clause\./, what)
  expect(Eligibility.dryRun(subject).met, what).toBe(met)
}

describe('Predicates', () => {
  const single: Readonly<Record<string, readonly (readonly [string, Partial<PolicyWords.Predicate>, boolean])[]>> = {
    ANY: [
      ['the highest value', { valueLow: percent('8') }, true],
      ['above the highest value', { valueLow: percent('8.000001') }, false],
      ['the lowest value', { valueHigh: percent('6') }, true],
      ['below the lowest value', { valueHigh: percent('5.999999') }, false],
      ['between two values', { valueLow: percent('7.000001'), valueHigh: percent('7.999999') }, false],
      ['a window of the one day', relative(300, 300), true],
      ['a window that ends before', relative(400, 301), false],
      ['a window that opens after, and ends before the next', relative(299, 201), false],
      ['a window up to it', relative(299, 200), true],
      ['fixed days, both inclusive', fixed(300, 300), true],
      ['fixed days between two', fixed(299, 201), false],
      ['value and window of one attribute', { ...relative(200, 101), valueLow: percent('7') }, true],
      ['the value of another day', { ...relative(200, 101), valueLow: percent('7.000001') }, false],
      ['codes from E11 on', { ...conditions('E11', 'E65'), anyValue: true }, true],
      ['codes behind E11', { ...conditions('E12', 'E65'), anyValue: true }, false],
      ['codes before E11', { ...conditions('A', 'E10'), anyValue: true }, false],
    ],
    LATEST: [
      ['its value', { valueLow: percent('6.6'), valueHigh: percent('6.6') }, true],
      ['more', { valueLow: percent('6.600001') }, false],
      ['less', { valueHigh: percent('6.599999') }, false],
      ['a window that opens on its day', relative(10), true],
      ['a window that opens after', relative(9), false],
      ['fixed days', fixed(10, 0), true],
      ['fixed days after', fixed(9, 0), false],
    ],
    NONE: [
      ['another chapter', conditions('F'), true],
      ['the code', conditions('E11'), false],
      ['the codes before', conditions('A', 'E10'), true],
      ['the codes up to it', conditions('A', 'E11'), false],
      ['the codes between two', conditions('E12', 'E65'), true],
      ['the codes from it on', conditions('E66', 'E99'), false],
      ['a window after the last', relative(9), true],
      ['a window from the last on', relative(10), false],
    ],
  }
  for (const [kind, cases] of Object.entries(single)) {
    it(`CIR-7 ${kind} holds just inside each bound, and fails just outside`, () => {
      for (const [what, change, met] of cases) {
        says(`${kind}, ${what}`, policy([predicate(kind as 'ANY', change)]), met)
      }
    })
  }

  const pairs: readonly (readonly ['COUNT' | 'AVERAGE', string, Partial<PolicyWords.Predicate>, boolean])[] = [
    ['COUNT', 'as many', exactly(4), true],
    ['COUNT', 'one more', { minimumCount: 5 }, false],
    ['COUNT', 'one less', { maximumCount: 3 }, false],
    ['COUNT', 'since that day', { ...relative(200), ...exactly(3) }, true],
    ['COUNT', 'since the day before', { ...relative(201), ...exactly(3) }, true],
    ['COUNT', 'since the day after', { ...relative(199), ...exactly(3) }, false],
    ['COUNT', 'since the day after, one less', { ...relative(199), ...exactly(2) }, true],
    ['COUNT', 'over codes', { ...conditions('E', 'I'), ...exactly(3) }, true],
    ['COUNT', 'over fewer codes', { ...conditions('E'), ...exactly(3) }, false],
    ['COUNT', 'none of none', { ...conditions('F'), ...exactly(0) }, true],
    ['COUNT', 'one of none', { ...conditions('F'), minimumCount: 1 }, false],
    ['AVERAGE', 'as it is', { valueLow: percent('6.9'), valueHigh: percent('6.9'), minimumCount: 3 }, true],
    ['AVERAGE', 'more', { valueLow: percent('6.900001') }, false],
    ['AVERAGE', 'less', { valueHigh: percent('6.899999') }, false],
    ['AVERAGE', 'of one more', { minimumCount: 4 }, false],
    ['AVERAGE', 'of one less', { maximumCount: 3 }, false],
    ['AVERAGE', 'since that day', { ...relative(200), valueLow: percent('7.2'), valueHigh: percent('7.2') }, true],
    [
      'AVERAGE',
      'since the day after',
      { ...relative(199), valueLow: percent('7.2'), valueHigh: percent('7.2') },
      false,
    ],
  ]
  it('CIR-7 COUNT and AVERAGE hold just inside each bound, and fail just outside', () => {
    for (const [kind, what, change, met] of pairs) {
      says(`${kind}, ${what}`, policy([boundary, predicate(kind, change)]), met)
    }
  })

  it('CIR-7 each clause asks for as many as it says, of those it names', () => {
    const [yes, no] = [predicate('ANY'), predicate('ANY', { valueLow: percent('9') })]
    const slots = [yes, no, yes]
    const clauses: readonly (readonly [string, PolicyWords.Clause[], boolean])[] = [
      ['two of three', [{ threshold: 2, mask: 0b111 }], true],
      ['three of three', [{ threshold: 3, mask: 0b111 }], false],
      [
        'one and the other',
        [
          { threshold: 1, mask: 0b011 },
          { threshold: 1, mask: 0b110 },
        ],
        true,
      ],
      [
        'one and the false one',
        [
          { threshold: 1, mask: 0b101 },
          { threshold: 1, mask: 0b010 },
        ],
        false,
      ],
      [
        'two of two',
        [
          { threshold: 2, mask: 0b101 },
          { threshold: 1, mask: 0b011 },
        ],
        true,
      ],
      [
        'two of two, one false',
        [
          { threshold: 1, mask: 0b101 },
          { threshold: 2, mask: 0b011 },
        ],
        false,
      ],
      ['more than it names', [{ threshold: 4, mask: 0b111 }], false],
      ['31 of three', [{ threshold: 31, mask: 0b111 }], false],
    ]
    for (const [what, asked, met] of clauses) says(what, policy(slots, { clauses: asked }), met)
  })

  it('CIR-7 eligibility-l: twelve predicates hold; with any clause or predicate flipped there is no proof', () => {
    const large = Forge.open('eligibility-l')
    const slots = [
      predicate('ANY', { valueLow: percent('8') }),
      predicate('LATEST', { valueHigh: percent('6.6') }),
      predicate('NONE', conditions('F')),
      boundary,
      predicate('COUNT', exactly(4)),
      boundary,
      predicate('AVERAGE', { valueLow: percent('6.9') }),
      age({ min: 18 }),
      predicate('ANY', { ...conditions('I10'), anyValue: true }),
      predicate('NONE', relative(9)),
      boundary,
      predicate('COUNT', { ...relative(200), ...exactly(3) }),
    ]
    says('all', policy(slots), true, large)
    const flips: readonly (readonly [number, Partial<PolicyWords.Predicate>])[] = [
      [0, { valueLow: percent('8.000001') }],
      [4, exactly(3)],
      [7, { valueHigh: 470_000n }],
      [11, relative(199)],
    ]
    for (const [slot, change] of flips) {
      const flipped = slots.map((each, i) => (i === slot ? { ...each, ...change } : each))
      says(`slot ${slot}`, policy(flipped), false, large)
    }
    const last = { threshold: 3, mask: 0b1011 << 8 }
    says('threshold', policy(slots, { clauses: [...policy(slots).words.clauses.slice(0, 8), last] }), true, large)
    says('threshold', policy(slots, { clauses: [{ threshold: 10, mask: 0xfff }] }), false, large)
  })

  it('CIR-7 proofs of a false count and a false clause are refused, of a true one accepted', async () => {
    const witness = (asked: { words: PolicyWords.Words }) =>
      medium.calculate(Subject.toInput(subjectOf(asked), 'eligibility-m'))
    await Verdict.provenAndAccepted(medium, witness(policy([boundary, predicate('COUNT', exactly(4))])), chain)
    await Verdict.provenAndRefused(medium, witness(policy([boundary, predicate('COUNT', exactly(5))])), chain)
  })
})

describe('Slot edges', () => {
  const refusedAs = (what: string, asked: { words: PolicyWords.Words }, about: RegExp, change: Subject.Input = {}) => {
    const input = { ...Subject.toInput(subjectOf(asked), 'eligibility-m'), ...change }
    Verdict.refused(medium, medium.calculate(input), about, what)
  }
  const met = predicate('ANY')

  it('CIR-14 no window, LATEST or AVERAGE ranges over several codes', () => {
    const range = { ...conditions('E', 'I'), anyValue: true }
    for (const [what, slots] of [
      ['ANY with a window', [predicate('ANY', { ...range, ...relative(2000, 1500) })]],
      ['NONE with a window', [predicate('NONE', { ...range, ...relative(100) })]],
      ['LATEST', [predicate('LATEST', range)]],
      ['AVERAGE', [boundary, predicate('AVERAGE', range)]],
      ['COUNT with a window', [boundary, predicate('COUNT', { ...range, ...relative(3000) })]],
    ] as const) {
      refusedAs(
        what,
        policy([...slots, met], { clauses: [{ threshold: 1, mask: 2 ** (slots.length + 1) - 1 }] }),
        /predicateCode/,
      )
    }
    says('ANY without a window', policy([predicate('ANY', range)]), true)
  })

  it('CIR-14 there is no mean of nothing, and no window that ends before it opens', () => {
    says('mean of none', policy([boundary, predicate('AVERAGE', { codeLow: 1n, codeHigh: 1n })]), false)
    says('window', policy([predicate('ANY', relative(10, 300))]), false)
    says('window', policy([predicate('ANY', fixed(10, 300))]), false)
    says('window', policy([predicate('ANY', fixed(300, 10))]), true)
    const none = policy([boundary, predicate('AVERAGE')])
    refusedAs('least count less than none', none, /predicateMinimumCount|clause|Poseidon/, {
      predicateMinimumCount: [0n, -1n, 0n, 0n, 0n],
    })
  })

  it('CIR-14 a leaf dated after asOf counts for nothing, and hides nothing', () => {
    for (const [day, asOf] of [
      [daysAgo(2), daysAgo(5)],
      [daysAgo(-3), daysAgo(0)],
    ] as const) {
      const late = Subject.attribute({ day, value: percent('12') })
      const ask = (slots: PolicyWords.Predicate[]) =>
        Subject.scene({ policy: policy(slots), attributes: [...attributes, late], statement: { asOf } })
      const windows = { windowed: true, from: 0, to: Number(Day.toField(daysAgo(-30))) }
      const lateLeaf = Subject.indexOf(ask([met]), Subject.hba1c, day)
      for (const slots of [
        [predicate('ANY', { valueLow: percent('12') })],
        [predicate('ANY', { valueLow: percent('12'), ...windows })],
        [predicate('ANY', { anyValue: true, ...windows, from: Number(Day.toField(day)) })],
        [predicate('LATEST')],
        [predicate('LATEST', { valueHigh: percent('6.6') })],
        [predicate('NONE', relative(4))],
      ]) {
        const subject = ask(slots)
        const input = Subject.toInput(subject, 'eligibility-m')
        for (const leaf of [0, lateLeaf - 1, lateLeaf]) {
          const witness = medium.calculate(Subject.opening(input, subject, { 0: leaf }))
          Verdict.refused(medium, witness, /clause\./, `leaf ${leaf}`)
        }
        expect(Eligibility.dryRun(subject).met).toBe(false)
      }
      const before = ask([predicate('ANY', { valueLow: percent('8') })])
      Verdict.accepted(medium, medium.calculate(Subject.toInput(before, 'eligibility-m')))
    }
  })

  it('CIR-14 words that are all zero hold nowhere, on the sentinel neither', () => {
    const zero = policy([predicate('BOUNDARY')], { clauses: [{ threshold: 1, mask: 1 }] })
    for (let leaf = 0; leaf < base.record.leaves.length; leaf++) {
      const input = Subject.opening(Subject.toInput(subjectOf(zero), 'eligibility-m'), base, { 0: leaf })
      Verdict.refused(medium, medium.calculate(input), /clause\./)
    }
    // Nothing lies below the sentinel, so nothing of category 0 is ever absent or the latest. (ANY would find the
    // sentinel itself there; no policy can be written about category 0.)
    for (const kind of ['LATEST', 'NONE'] as const) {
      const onSentinel = { ...boundary, kind: predicate(kind).kind }
      says(`${kind} of category 0`, policy([onSentinel]), false)
    }
  })

  it('CIR-14 an age is about the birth date alone, and false where that is no date', () => {
    const min = age({ min: 0 })
    const max = age({ min: 0, max: 150 })
    const words = /predicateFlags|valueLowBit|valueHighBit|predicateCode/
    for (const [what, slot] of [
      ['another code', { ...min, codeLow: Subject.hba1c, codeHigh: Subject.hba1c }],
      ['another category', { ...min, category: 3 }],
      ['another system', { ...min, system: 1 }],
      ['codes up to it', { ...min, codeLow: 0n }],
      ['codes from it on', { ...min, codeHigh: Subject.birthDate + 1n }],
      ['LATEST', { ...min, kind: predicate('LATEST').kind }],
      ['NONE', { ...min, kind: predicate('NONE').kind }],
      ['an upper bound that is no age', { ...max, age: false }],
      ['from before all dates', { ...min, valueLow: 0n }],
      ['2^21 years', { ...min, valueHigh: 1n << 21n }],
      ['2^63 years', { ...min, valueHigh: 1n << 63n }],
      ['2^21 years at most', { ...max, valueLow: 1n << 21n }],
    ] as const) {
      const either = policy([slot, met], { clauses: [{ threshold: 1, mask: 3 }] })
      refusedAs(what, either, words)
    }
    const born = (attribute: Attribute.Attribute, slot: PolicyWords.Predicate) => {
      const subject = Subject.scene({ policy: policy([slot]), attributes: [attribute] })
      return { subject, witness: medium.calculate(Subject.toInput(subject, 'eligibility-m')) }
    }
    const holds = (attribute: Attribute.Attribute, slot: PolicyWords.Predicate, expected: boolean) => {
      const { subject, witness } = born(attribute, slot)
      if (expected) Verdict.accepted(medium, witness)
      else Verdict.refused(medium, witness, /clause\./)
      expect(Eligibility.dryRun(subject).met).toBe(expected)
    }
    for (const slot of [min, max]) {
      holds(Subject.birth('1980-02-29'), slot, true)
      holds(Subject.birth('1980-02-29', { bounded: true }), slot, false)
      for (const value of [0n, 5n, 18_000_100n, percent('1')]) {
        holds(Subject.birth('1980-02-29', { value: value as Attribute.Attribute['value'] }), slot, false)
      }
    }
    holds(Subject.birth('1980-02-29', { partialDay: true }), min, true)
    holds(Subject.birth('1980-02-29', { partialDay: true }), max, false)
  })

  it('CIR-14 COUNT and AVERAGE are true for their two leaves alone; other leaves fail the predicate, not the witness', () => {
    for (const kind of ['COUNT', 'AVERAGE'] as const) {
      const leaves = base.record.leaves.length
      const slot = predicate(kind, {
        ...relative(250),
        valueLow: percent('1'),
        valueHigh: percent('20'),
        maximumCount: 4095,
      })
      const either = policy([boundary, slot, met], { clauses: [{ threshold: 1, mask: 0b110 }] })
      const subject = subjectOf(either)
      const input = Subject.toInput(subject, 'eligibility-m')
      const before = Subject.indexOf(base, Subject.hba1c, daysAgo(300))
      const last = Subject.indexOf(base, Subject.hba1c, daysAgo(10))
      for (let low = 0; low < leaves; low++) {
        for (let high = 0; high < leaves; high++) {
          // All falling pairs, and those beside the right one.
          if (low < high && Math.abs(low - before) + Math.abs(high - last) > 1) continue
          const witness = medium.calculate(Subject.opening(input, subject, { 0: low, 1: high }))
          Verdict.accepted(medium, witness, `${low}, ${high}`)
          const counted = Forge.signalOf(medium, witness, 'clause.counted[0][1]')
          expect(counted, `${kind} ${low}, ${high}`).toBe(low === before && high === last ? 1n : 0n)
        }
      }
      const alone = policy([boundary, slot, met], { clauses: [{ threshold: 2, mask: 0b110 }] })
      const wrong = Subject.opening(Subject.toInput(subjectOf(alone), 'eligibility-m'), base, { 0: last, 1: before })
      Verdict.refused(medium, medium.calculate(wrong), /clause\./)
    }
  })

  it('CIR-14 a pair has a free slot below it; there are five kinds; used slots come first', () => {
    const count = predicate('COUNT')
    // The clause is met by the true one: what is refused is the order.
    const order = (what: string, ...slots: PolicyWords.Predicate[]) => {
      const threshold = { threshold: 1, mask: 2 ** slots.length - 1 }
      refusedAs(what, policy(slots, { clauses: [threshold] }), /predicateKind|kindBit|predicate\[0]/)
    }
    order('pair in slot 0', count, met)
    order('AVERAGE in slot 0', predicate('AVERAGE'), met)
    order('pair above ANY', met, count, met)
    order('pair above a pair', boundary, count, count, met)
    for (const kind of [6, 7]) order(`kind ${kind}`, { ...met, kind }, met)
    const used = /slotUsed|chain|clause\./
    const two = policy([met, met])
    refusedAs('none', two, used, { slotUsed: [0n, 0n, 0n, 0n, 0n] })
    refusedAs('second without first', two, used, { slotUsed: [0n, 1n, 0n, 0n, 0n] })
    refusedAs('a gap', two, used, { slotUsed: [1n, 0n, 1n, 0n, 0n] })
    refusedAs('no bit', two, used, { slotUsed: [1n, 2n, 0n, 0n, 0n] })
    refusedAs('unused with a kind', two, used, { slotUsed: [1n, 0n, 0n, 0n, 0n] })
    const one = policy([met])
    refusedAs('unused with a kind, in no clause', one, used, { predicateKind: [1n, 1n, 0n, 0n, 0n] })
    refusedAs('unused in a clause', policy([met], { clauses: [{ threshold: 1, mask: 3 }] }), /slotUsed|clause\./)
    says('two', two, true)
  })

  it('CIR-14 there is a clause; it asks for at least one; every slot is in one', () => {
    const clauses = /clause/
    const ask = (slots: readonly PolicyWords.Predicate[], ...asked: PolicyWords.Clause[]) =>
      policy(slots, { clauses: asked })
    refusedAs('no clause', ask([met]), clauses)
    refusedAs('nothing of one', ask([met], { threshold: 0, mask: 1 }), clauses)
    refusedAs('one of nothing', ask([met], { threshold: 1, mask: 0 }), clauses)
    refusedAs('a second of nothing', ask([met, met], { threshold: 1, mask: 1 }, { threshold: 0, mask: 2 }), clauses)
    refusedAs('the first absent', ask([met], { threshold: 0, mask: 0 }, { threshold: 1, mask: 1 }), clauses)
    refusedAs('a slot in none', ask([met, met], { threshold: 1, mask: 1 }), clauses)
    refusedAs('a false slot in none', ask([met, predicate('NONE')], { threshold: 1, mask: 1 }), clauses)
    refusedAs('a pair in none', ask([met, boundary, predicate('COUNT')], { threshold: 1, mask: 1 }), clauses)
    says('all in one', ask([met, met], { threshold: 2, mask: 3 }), true)
  })

  it('CIR-14 words about nothing, which the circuits would call true of anybody, are not compiled from any text', () => {
    // The sentinel is a leaf of category 0; a range that ends before it starts holds no leaf.
    const first = policy([{ ...boundary, kind: met.kind }])
    const empty = { ...conditions('I'), codeHigh: conditions('E').codeLow }
    for (const [asked, leaf] of [
      [first, 0],
      [policy([predicate('NONE', empty)]), 1],
    ] as const) {
      const subject = subjectOf(asked)
      const input = Subject.opening(Subject.toInput(subject, 'eligibility-m'), subject, { 0: leaf })
      Verdict.accepted(medium, medium.calculate(input))
      expect(Eligibility.dryRun(subject).met).toBe(false)
    }
    const compiled = (category: string, from: string, to: string) => () => {
      const none = { category: category as 'condition', system: 'ICD-10-CM', from, to } as const
      const asked: Policy = {
        medseal: 'policy/1',
        name: 'none',
        issuers: ['hospital'],
        record: { maximumAgeDays: 30, completeFrom: { daysBeforeToday: 4000 } },
        require: { none },
      }
      return PolicyCompiler.compile(asked, { valueSets: files.valueSets() })
    }
    expect(compiled('condition', 'E', 'I')).not.toThrow()
    expect(compiled('condition', 'I', 'E')).toThrow('empty')
    expect(compiled('nothing', 'E', 'I')).toThrow('category')
  })

  it('CIR-14 proofs of a mean over several codes, and of kind 7, are refused', async () => {
    const over = policy([boundary, predicate('AVERAGE', conditions('E', 'I'))])
    for (const asked of [over, policy([{ ...met, kind: 7 }])]) {
      const witness = medium.calculate(Subject.toInput(subjectOf(asked), 'eligibility-m'))
      await Verdict.provenAndRefused(medium, witness, chain)
    }
  })
})
