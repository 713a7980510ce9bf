import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as CodeSystem from '../../prover/src/protocol/CodeSystem.ts'
import type * as Credential from '../../prover/src/protocol/Credential.ts'
import * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import * as Issuance from '../../prover/src/protocol/Issuance.ts'
import * as Issuer from '../../prover/src/protocol/Issuer.ts'
import type * as PolicyWords from '../../prover/src/protocol/PolicyWords.ts'
import * as StatusList from '../../prover/src/protocol/StatusList.ts'
import * as Tree from '../../prover/src/protocol/Tree.ts'
import { clinic } from '../../prover/test/clinic.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

const { predicate, policy, daysAgo } = Subject
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

const attributes = [Subject.attribute(), Subject.attribute({ day: daysAgo(40) }), Subject.condition('E11.9')]

describe('ValidCredential and PolicyHeader', () => {
  const anything = policy([predicate('ANY')])
  const honest = Subject.committed(
    Subject.toInput(
      Subject.scene({ policy: anything, attributes: [Subject.attribute({ day: daysAgo(40) })] }),
      'eligibility-s',
    ),
  )
  const today = honest.today as bigint

  /** Signed and enlisted as told, so that it is the rule that decides. */
  const rules: readonly (readonly [string, Subject.Input, Subject.Input, RegExp])[] = [
    ['expired yesterday', { expires: today }, { expires: today - 1n }, /credential\./],
    ['made tomorrow', { asOf: today }, { asOf: today + 1n }, /credential\.|header\./],
    ['an issuer until yesterday', { issuerValidUntil: today }, { issuerValidUntil: today - 1n }, /credential\./],
    ['revoked', { statusWord: ~(1n << 5n) & ((1n << 248n) - 1n) }, { statusWord: 1n << 5n }, /NotRevoked/],
    ['no accepted role', { issuerRoles: 2n }, { issuerRoles: 0xfffdn }, /header\.|completeFor/],
    ['no role', { issuerRoles: 0xffffn }, { issuerRoles: 0n }, /header\.|completeFor/],
    ['no role accepted', { policyRoles: 4n, issuerRoles: 4n }, { policyRoles: 0n }, /header\.|completeFor/],
    ['older than allowed', { asOf: today - 30n }, { asOf: today - 31n }, /header\.|completeFor/],
    ['sets of an older edition', { policySetsEdition: 3n }, { policySetsEdition: 4n }, /header\.|completeFor/],
    [
      'not complete for a category',
      { policyCategories: 0b1110n },
      { policyCategories: 0b11110n },
      /header\.|completeFor/,
    ],
    ['not complete for a system', { policySystems: 1n << 21n }, { policySystems: 1n << 23n }, /header\.|completeFor/],
    [
      'complete since later',
      { policyCompleteFromRelative: 0n, policyCompleteFrom: honest.completeSince as bigint },
      { policyCompleteFromRelative: 0n, policyCompleteFrom: (honest.completeSince as bigint) - 1n },
      /header\.|completeFor/,
    ],
    [
      'complete since later than days ago',
      { policyCompleteFrom: today - (honest.completeSince as bigint) },
      { policyCompleteFrom: today - (honest.completeSince as bigint) + 1n },
      /header\.|completeFor/,
    ],
    [
      'more than 2^17 days ago',
      { completeSince: 0n, policyCompleteFrom: (1n << 17n) - 1n },
      { completeSince: 0n, policyCompleteFrom: 1n << 17n },
      /header\.|policyCompleteFrom/,
    ],
  ]

  it('CIR-7 each rule about issuer, dates, status and completeness holds on its edge, and refuses one beyond', () => {
    for (const [what, edge, beyond, about] of rules) {
      Verdict.accepted(small, small.calculate(Subject.committed({ ...honest, ...edge })), what)
      Verdict.refused(small, small.calculate(Subject.committed({ ...honest, ...beyond })), about, what)
    }
  })

  it('CIR-7 what is signed cannot be changed after', () => {
    for (const name of [
      'leafCount',
      'completeCategories',
      'completeSystems',
      'setsEdition',
      'completeSince',
      'asOf',
      'expires',
    ]) {
      const changed = { ...honest, [name]: (honest[name] as bigint) - 1n }
      expect(Forge.broken(small, small.calculate(changed)).flat().join(' '), name).toMatch(/SignedBy/)
    }
    const another = { ...honest, holderSecret: (honest.holderSecret as bigint) + 1n }
    Verdict.refused(small, small.calculate(another), /SignedBy/)
  })

  it('CIR-7 proofs of an expired and of a revoked credential are refused', async () => {
    await Verdict.provenAndAccepted(small, small.calculate(honest), chain)
    for (const change of [{ expires: today - 1n }, { statusWord: 1n << 5n }]) {
      await Verdict.provenAndRefused(small, small.calculate(Subject.committed({ ...honest, ...change })), chain)
    }
  })
})

describe('Completeness', () => {
  const complete = Subject.complete
  const everyKind = (codes: Partial<PolicyWords.Predicate> = {}) =>
    [
      [predicate('NONE', { codeLow: 1n, codeHigh: 1n, ...codes })],
      [predicate('LATEST', codes)],
      [predicate('BOUNDARY'), predicate('COUNT', codes)],
      [predicate('BOUNDARY'), predicate('AVERAGE', codes)],
    ] as const
  const ask = (
    slots: readonly PolicyWords.Predicate[],
    has: Partial<Credential.Completeness>,
    header: Partial<PolicyWords.Header> = {},
  ) => {
    const target = slots.length === 1 ? small : medium
    const subject = Subject.scene({
      policy: policy(slots, { header }),
      attributes,
      statement: { complete: { ...complete, ...has } },
    })
    const witness = target.calculate(Subject.toInput(subject, target.name as Eligibility.Circuit))
    return { target, witness, met: Eligibility.dryRun(subject).met }
  }
  const refused = (about: RegExp, what: string, ...asked: Parameters<typeof ask>) => {
    const { target, witness, met } = ask(...asked)
    Verdict.refused(target, witness, about, what)
    expect(met, what).toBe(false)
  }

  it('CIR-13 NONE, LATEST, COUNT and AVERAGE take a record that is complete for what they range over', () => {
    for (const slots of everyKind()) {
      const kind = `kind ${slots.at(-1)?.kind}`
      const { target, witness, met } = ask(slots, {})
      Verdict.accepted(target, witness, kind)
      expect(met, kind).toBe(true)
      // 1. The policy asks for completeness, as it must, and the record has it not.
      refused(/header\.|completeFor/, `${kind}: category`, slots, { categories: ['demographic', 'condition'] })
      refused(/header\.|completeFor/, `${kind}: system`, slots, {
        systems: complete.systems.filter((system) => system !== 'LOINC'),
      })
      refused(/header\.|completeFor/, `${kind}: since`, slots, { since: daysAgo(3999) })
      // 2. The policy's header does not ask, whatever the record has: the predicate is false.
      refused(/clause\./, `${kind}: category not asked`, slots, {}, { categories: 0b0110n })
      refused(/clause\./, `${kind}: system not asked`, slots, {}, { systems: 1n << 4n })
      refused(/clause\./, `${kind}: nothing asked`, slots, {}, { systems: 0n, categories: 0n })
    }
    // ANY speaks of what is there.
    const { target, witness, met } = ask(
      [predicate('ANY')],
      { categories: [], systems: [], setsEdition: 0 },
      {
        categories: 0n,
        systems: 0n,
        setsEdition: 0,
      },
    )
    Verdict.accepted(target, witness)
    expect(met).toBe(true)
  })

  it('CIR-13 absence from a set takes the sets of the edition asked for', () => {
    const system = CodeSystem.numberOf(CodeSystem.everSet)
    const slots = [predicate('NONE', { category: 2, system, codeLow: 7n, codeHigh: 7n })]
    const header = { systems: 1n << BigInt(system), categories: 0b100n, setsEdition: 3 }
    const { target, witness } = ask(slots, {}, header)
    Verdict.accepted(target, witness)
    refused(/header\.|completeFor/, 'newer than the record', slots, {}, { ...header, setsEdition: 4 })
    refused(/header\.|completeFor/, 'no sets', slots, { systems: ['LOINC', 'ICD-10-CM'], setsEdition: 0 }, header)
    refused(/clause\./, 'the other kind of set', slots, {}, { ...header, systems: 1n << 21n })
  })

  it('CIR-13 systems from 32 on share the bit 23, no system has the bits 24 to 31, and 23 has none of its own', () => {
    for (const system of [23, 24, 27, 31]) {
      const slots = [predicate('NONE', { system })]
      const all = { systems: (1n << 24n) - 1n }
      const input = Subject.toInput(
        Subject.scene({ policy: policy(slots, { header: all }), attributes }),
        'eligibility-s',
      )
      const signed = Subject.committed({ ...input, completeSystems: (1n << 24n) - 1n })
      Verdict.refused(small, small.calculate(signed), /clause\./, `system ${system}`)
    }
    for (const system of [32, 33, 64, 128, 255]) {
      const slots = [predicate('NONE', { system, category: 1 })]
      for (const [systems, holds] of [
        [1n << 23n, true],
        [(1n << 23n) - 1n, false],
      ] as const) {
        const asked = policy(slots, { header: { systems, categories: 2n } })
        const input = Subject.toInput(Subject.scene({ policy: asked, attributes }), 'eligibility-s')
        const witness = small.calculate(Subject.committed({ ...input, completeSystems: (1n << 24n) - 1n }))
        if (holds) Verdict.accepted(small, witness, `system ${system}`)
        else Verdict.refused(small, witness, /clause\./, `system ${system}`)
      }
    }
  })

  it('CIR-13 proofs of absence from an incomplete record are refused', async () => {
    const slots = [predicate('NONE', { codeLow: 1n, codeHigh: 1n })]
    await Verdict.provenAndAccepted(small, ask(slots, {}).witness, chain)
    const lacking = ask(slots, { systems: ['ICD-10-CM'], setsEdition: 0 })
    await Verdict.provenAndRefused(small, lacking.witness, chain)
    await Verdict.provenAndRefused(small, ask(slots, {}, { systems: 0n }).witness, chain)
  })
})

describe('Re-issue', () => {
  it('CIR-16 after a record is issued again the old credential is refused, the new one accepted', async () => {
    const { subject, hospital, issued, issuersTree } = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
    const before = medium.calculate(Subject.toInput(subject, 'eligibility-m'))
    Verdict.accepted(medium, before)
    const { credential } = issued
    const again = Issuance.issue(hospital, [], {
      holder: credential.holder,
      asOf: credential.asOf,
      expires: credential.expires,
      complete: credential.complete,
    })
    expect(again.changes).toHaveLength(1)
    Tree.update(issuersTree, 1, Issuer.toLeaf(hospital.issuer, StatusList.root(hospital.status)))
    const now = (of: Credential.Credential): Pick<Eligibility.Case, 'issuerPath' | 'status' | 'credential'> => ({
      credential: of,
      issuerPath: Tree.open(issuersTree, 1),
      status: StatusList.open(hospital.status, of.statusIndex),
    })
    const old = medium.calculate(Subject.toInput({ ...subject, ...now(credential) }, 'eligibility-m'))
    Verdict.refused(medium, old, /NotRevoked/)
    await Verdict.provenAndRefused(medium, old, chain)
    // With the word as it was before, the path leads to a root that is no longer the issuers'.
    expect(Forge.signalOf(medium, before, 'issuersRoot')).not.toBe(Tree.root(issuersTree))
    const stale = { ...subject, ...now(credential), status: subject.status }
    Verdict.refused(medium, medium.calculate(Subject.toInput(stale, 'eligibility-m')), /credential\./)
    const emptyWord = { ...subject, ...now(credential), status: { ...now(credential).status, word: 0n } }
    Verdict.refused(medium, medium.calculate(Subject.toInput(emptyWord, 'eligibility-m')), /credential\./)
    // The new credential stands, for a policy its empty record meets.
    const asked = policy([predicate('NONE', { codeLow: 1n, codeHigh: 1n })])
    const fresh = { ...subject, ...now(again.credential), record: again.record, policy: asked }
    Verdict.accepted(small, small.calculate(Subject.toInput(fresh, 'eligibility-s')))
  })
})
