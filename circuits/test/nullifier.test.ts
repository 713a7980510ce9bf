import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import * as Holder from '../../prover/src/protocol/Holder.ts'
import * as Issuer from '../../prover/src/protocol/Issuer.ts'
import type { Scope } from '../../prover/src/protocol/Scope.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

let circuit: Forge.BuiltTarget
let chain: Forge.Chain
beforeAll(async () => {
  circuit = Forge.open('eligibility-s')
  chain = await Forge.openChain()
})
afterAll(async () => {
  await chain.close()
  await endWorkers()
})

const seed = 8
const policy = Subject.policy([Subject.predicate('ANY')])
const scope = 0x5c0fen as Scope
const nullifierIn = (witness: Forge.Witness) => Forge.signalOf(circuit, witness, 'nullifier')

describe('Nullifier', () => {
  const variants = Verdict.isFullDose ? 10_000 : 30
  it(`CIR-8 ${variants} witnesses of one statement have one nullifier, the TypeScript one (seed ${seed})`, {
    timeout: 4 * Verdict.timeout,
  }, () => {
    const random = Verdict.seeded(seed)
    const pick = (most: number) => Math.floor(random() * most)
    const expected = Eligibility.nullifierOf(Subject.secret, scope)
    const witnesses = new Set<string>()
    for (let i = 0; i < variants; i++) {
      if (i > 0 && i % 1_000 === 0) console.info(`CIR-8: ${i} witnesses, one nullifier`)
      const days = [0, 1, 2, 3].map((day) => Subject.daysAgo(day + pick(20) * 4))
      // 1. Another record, other salts, another place in another tree of issuers, another context.
      const subject = Subject.scene({
        policy,
        attributes: [...days.map((day) => Subject.attribute({ day })), Subject.birth('1980-02-29')],
        neighbours: Array.from({ length: 1 + pick(6) }, () => BigInt(pick(1_000_000))),
        context: BigInt(pick(1_000_000)),
        scope,
      })
      const input = Subject.toInput(subject, 'eligibility-s')
      // 2. Another of the leaves that meet the policy, another status index, other signature nonces with it.
      const leaf = Subject.indexOf(subject, Subject.hba1c, days[pick(4)] ?? Subject.today)
      const statusIndex = (2n << 8n) | BigInt(pick(248))
      const varied = Subject.committed(Subject.opening({ ...input, statusIndex }, subject, { 0: leaf }))
      const witness = circuit.calculate(varied)
      Verdict.accepted(circuit, witness, `variant ${i}`)
      expect(nullifierIn(witness)).toBe(expected)
      witnesses.add(createHash('sha256').update(witness.join()).digest('hex'))
    }
    expect(witnesses.size).toBe(variants)
    expect(expected).not.toBe(0n)
  })

  const secrets = Verdict.isFullDose ? 10_000 : 1000
  it(`CIR-8 ${secrets} secrets and scopes have as many nullifiers, none of them 0; each is the same again`, () => {
    const random = Verdict.seeded(seed)
    const found = new Set<bigint>()
    for (let i = 0; i < secrets; i++) {
      const secret = BigInt(Math.floor(random() * 2 ** 50)) as Holder.HolderSecret
      const where = BigInt(Math.floor(random() * 2 ** 50)) as Scope
      const nullifier = Eligibility.nullifierOf(secret, where)
      expect(nullifier).toBe(Eligibility.nullifierOf(secret, where))
      expect(nullifier).not.toBe(0n)
      found.add(nullifier)
    }
    expect(found.size).toBe(secrets)
    for (const edge of [0n, 1n, fieldOrder - 1n]) {
      expect(Eligibility.nullifierOf(edge as Holder.HolderSecret, 0n as Scope)).not.toBe(0n)
    }
  })

  it('CIR-8 a wallet that was lost and recovered from its words has the same one', () => {
    const words = Holder.createWords()
    const [before, after] = [words, ` ${words.toUpperCase()} `].map((each) => Holder.secretOf(Holder.seedOf(each)))
    expect(after).toBe(before)
    const other = Holder.secretOf(Holder.seedOf(Holder.createWords()))
    const nullifier = Eligibility.nullifierOf(before as Holder.HolderSecret, scope)
    expect(Eligibility.nullifierOf(after as Holder.HolderSecret, scope)).toBe(nullifier)
    expect(Eligibility.nullifierOf(other, scope)).not.toBe(nullifier)
  })

  it('CIR-8 no other nullifier, and not 0, is proven for a statement; another secret has no credential', async () => {
    const input = Subject.toInput(Subject.scene({ policy, attributes: [Subject.attribute()], scope }), 'eligibility-s')
    const witness = circuit.calculate(input)
    await Verdict.provenAndAccepted(circuit, witness, chain)
    const right = nullifierIn(witness)
    for (const nullifier of [0n, 1n, right + 1n, fieldOrder - right]) {
      Verdict.refused(circuit, Forge.edited(circuit, witness, { nullifier }), /nullifier/)
    }
    await Verdict.provenAndRefused(circuit, Forge.edited(circuit, witness, { nullifier: 0n }), chain)
    // The scope is the contract's: another one is another occasion.
    const elsewhere = circuit.calculate({ ...input, scope: scope + 1n })
    expect(nullifierIn(elsewhere)).not.toBe(right)
    expect(Forge.broken(circuit, elsewhere)).not.toEqual([])
    // Secret and secret + p are one number, to the circuit and in TypeScript.
    expect(circuit.calculate({ ...input, holderSecret: Subject.secret + fieldOrder })).toEqual(witness)
    expect(() => Eligibility.nullifierOf((Subject.secret + fieldOrder) as Holder.HolderSecret, scope)).toThrow()
    // With another secret the credential is about somebody else.
    const friend = circuit.calculate({ ...input, holderSecret: Subject.secret + 1n })
    Verdict.refused(circuit, friend, /SignedBy/)
    expect(Issuer.publicKeyOf(Subject.signingKey)).toEqual(input.issuerKey)
  })
})
