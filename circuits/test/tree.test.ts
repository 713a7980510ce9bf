import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tags } from '../../prover/src/generated/parameters.ts'
import * as Hash from '../../prover/src/protocol/Hash.ts'
import * as Issuer from '../../prover/src/protocol/Issuer.ts'
import * as Record from '../../prover/src/protocol/Record.ts'
import * as Tree from '../../prover/src/protocol/Tree.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

const half = (fieldOrder + 1n) / 2n
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

const subject = Subject.scene({
  policy: Subject.policy([Subject.predicate('ANY', { valueLow: Subject.percent('6.5') })]),
  attributes: [
    Subject.attribute({ value: Subject.percent('7') }),
    Subject.attribute({ value: Subject.percent('5'), day: Subject.daysAgo(1) }),
  ],
})
const honest = Subject.toInput(subject, 'eligibility-s')
const first = (name: string) => (honest[name] as readonly bigint[])[0] as bigint
const number = (name: string) => honest[name] as bigint

/** A climb through one of the three trees: its number (of which the position is part), and its four children a level. */
type Climb = { readonly number: string; readonly shift: bigint; readonly at: bigint; readonly children: bigint[][] }
const climbs = {
  issuer: {
    number: 'issuerPosition',
    shift: 0n,
    at: number('issuerPosition'),
    children: honest.issuerChildren as bigint[][],
  },
  status: {
    number: 'statusIndex',
    shift: 8n,
    at: number('statusIndex'),
    // The credential is revoked: the list's word has its bit.
    children: Subject.rising(1n << 5n, number('statusIndex') >> 8n, honest.statusChildren as bigint[][]).children,
  },
  record: {
    number: 'leafIndex[0]',
    shift: 0n,
    at: first('leafIndex'),
    children: (honest.leafChildren as bigint[][][])[0] as bigint[][],
  },
} as const satisfies Readonly<Record<string, Climb>>
type Name = keyof typeof climbs

/** What each cheat claims that the tree does not hold: all roles, a credential that is alive, a value of 15 %. */
const claims: Readonly<Record<Name, Subject.Input>> = {
  issuer: { issuerRoles: 0xffffn },
  status: { statusWord: 0n },
  record: { leafValue: [Subject.percent('15')] },
}

function only(pattern: RegExp): string {
  const found = [...circuit.wires.keys()].filter((name) => pattern.test(name))
  if (found.length !== 1) throw new Error(`${pattern}: ${found.length} signals`)
  return found[0] as string
}

/** Wires of the lowest level: two position bits, and the pairs they choose from. */
function lowestLevel(name: Name) {
  const tree = {
    issuer: /^credential\.TreeRoot/,
    status: /NotRevoked_\d+_\d+\.TreeRoot/,
    record: /^opening\[0]\.TreeRoot/,
  }
  const bits = {
    issuer: /^credential\.position/,
    status: /NotRevoked_\d+_\d+\.indexBit/,
    record: /^opening\[0]\.position/,
  }
  const [low, high] = ['lowPair', 'highPair'].map((pair) =>
    only(new RegExp(`${tree[name].source}\\w*\\.${pair}\\[0]$`)),
  )
  const start = Number(climbs[name].shift)
  const [bit, next] = [start, start + 1].map((i) => only(new RegExp(`${bits[name].source}\\[${i}]$`)))
  return { low, high, bit, next } as { low: string; high: string; bit: string; next: string }
}

/**
 * A witness that climbs from a leaf which is not in the tree, by a position bit that is no bit: where
 * c0 + bit (c1 - c0) = leaf, everything but the bit being one obeys. The bit is solved for the tree as it is, or given
 * and a child is solved.
 */
function climbed(name: Name, given?: bigint): bigint[] {
  const { shift, at, children: real } = climbs[name]
  let input: Subject.Input = { ...honest, statusChildren: climbs.status.children, ...claims[name] }
  if (name !== 'status') input = { ...input, statusChildren: honest.statusChildren as Forge.Numbers }
  const statusRootBefore = Tree.rootOf({ index: 2, children: input.statusChildren as bigint[][] }, rootChild(input))
  const leaf = {
    issuer: () => Subject.issuerLeafOf(input, statusRootBefore ?? 0n),
    status: () => 0n,
    record: () => Subject.recordLeafOf(input),
  }[name]()
  const [[c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n] = [], ...above] = real
  const bit = given ?? Forge.modulo((leaf - c0) * Forge.inverse(c1 - c0))
  const solved = given === undefined ? c1 : Forge.modulo(c0 + (leaf - c0) * Forge.inverse(given))
  // As calculated, the path starts at place 0 of the lowest four; as edited, at no place.
  const place = at & ~(3n << shift)
  const path = Subject.rising(solved, (place >> shift) | 1n, [[c0, solved, c2, c3], ...above])
  const wires = lowestLevel(name)
  const edits = { [wires.bit]: bit, [wires.next]: 0n, [wires.low]: leaf, [wires.high]: c2 + bit * (c3 - c2) }
  const claimed = Forge.modulo(place + (bit << shift))
  if (name === 'issuer') {
    const witness = circuit.calculate({ ...input, issuerPosition: place, issuerChildren: path.children })
    return Forge.edited(circuit, witness, { ...edits, issuerPosition: claimed })
  }
  if (name === 'record') {
    const children = { leafIndex: [place], leafChildren: [path.children], recordRoot: path.root }
    return Forge.edited(circuit, circuit.calculate(Subject.signed({ ...input, ...children })), {
      ...edits,
      'leafIndex[0]': claimed,
    })
  }
  // The issuer is in league and signs that number for an index: its hash and signature are those of another witness.
  const list = Subject.enlisted({ ...input, statusChildren: path.children }, path.root)
  const signed = circuit.calculate(Subject.signed({ ...list, statusIndex: claimed }))
  const hash = only(/^credential\.Poseidon_\d+_\d+\.pEx\.sigmaF\[0]\[9]\.in2$/).replace(/pEx.*/, '')
  const witness = circuit.calculate({ ...list, statusIndex: place }).map((value, wire) => {
    const names = circuit.names.get(wire) ?? []
    const isSigned = names.some(
      (n) => n.startsWith(hash) || n.includes('.SignedBy_') || /^signature|^credential\.credential$/.test(n),
    )
    return isSigned ? (signed[wire] as bigint) : value
  })
  return Forge.edited(circuit, witness, { ...edits, statusIndex: claimed })
}

/** The status word that the children of an input hold at the credential's place. */
function rootChild(input: Subject.Input): bigint {
  return (input.statusChildren as bigint[][])[0]?.[2] as bigint
}

describe('TreeRoot', () => {
  it('accepts the honest climbs', () => {
    Verdict.accepted(circuit, circuit.calculate(honest))
    Verdict.accepted(circuit, circuit.calculate(Subject.committed(honest)))
  })

  for (const name of Object.keys(climbs) as Name[]) {
    it(`CIR-4 refuses a position bit of 2, p - 1, one half, or what the ${name} tree as it is would need`, () => {
      for (const bit of [2n, fieldOrder - 1n, half, undefined]) {
        const witness = climbed(name, bit)
        const rows = Forge.broken(circuit, witness)
        // Nothing is wrong but that: one constraint, bit (bit - 1) = 0.
        expect(rows.length, `${name} ${bit}: ${rows.map((row) => [...new Set(row)].join(' ')).join('; ')}`).toBe(1)
        expect(new Set(rows[0]).has(lowestLevel(name).bit), rows.join('; ')).toBe(true)
      }
    })
  }

  it('CIR-4 proofs with the bit the real trees would need are refused, though they carry the real root', async () => {
    await Verdict.provenAndAccepted(circuit, circuit.calculate(honest), chain)
    const witness = climbed('issuer')
    expect(Forge.signalOf(circuit, witness, 'issuersRoot')).toBe(
      Forge.signalOf(circuit, circuit.calculate(honest), 'issuersRoot'),
    )
    await Verdict.provenAndRefused(circuit, witness, chain)
  })

  it('CIR-5 does not take a node for a leaf: a path from one level up leads to another root', () => {
    // 1. The record's nodes, with any five levels above them, are not under the signed root.
    const [, ...above] = climbs.record.children
    const filler = [0n, 0n, 0n, 0n]
    for (const children of [
      [...above, filler],
      [...above, [subject.credential.recordRoot, 0n, 0n, 0n]],
    ]) {
      const shifted = { ...honest, leafIndex: [0n], leafChildren: [children] }
      Verdict.refused(circuit, circuit.calculate(shifted), /opening\[0]/)
    }
    // 2. The status list's lowest nodes are no words: more than 248 bits, and not under the issuer's status root.
    const [words = [], ...nodes] = honest.statusChildren as bigint[][]
    const node = Hash.node(words)
    const shown = Subject.enlisted(
      { ...honest, statusWord: node, statusChildren: [...nodes, [0n, 0n, 0n, 0n]] },
      Tree.rootOf({ index: 2, children: honest.statusChildren as bigint[][] }, 0n) as bigint,
    )
    Verdict.refused(circuit, circuit.calculate(shown), /NotRevoked|issuerLeaf/)
    // 3. The issuer tree's root is public: the shifted path has another.
    const [, ...issuersAbove] = honest.issuerChildren as bigint[][]
    const root = Forge.signalOf(circuit, circuit.calculate(honest), 'issuersRoot')
    const climb = Subject.enlisted(
      { ...honest, issuerChildren: [...issuersAbove, filler], issuerPosition: 0n },
      statusRoot(),
    )
    const witness = circuit.calculate(climb)
    expect(Forge.signalOf(circuit, witness, 'issuersRoot')).not.toBe(root)
    Verdict.refused(circuit, Forge.edited(circuit, witness, { issuersRoot: root }), /issuersRoot/)
  })

  it('CIR-5 does not take a leaf for a node: what is hashed in a leaf is not under its root', () => {
    // An issuer leaf is Poseidon(tag, issuerId, roles and date, statusRoot), of four inputs like a node.
    const leaf = Subject.issuerLeafOf(honest, statusRoot())
    const packed = ((honest.issuerRoles as bigint) << 20n) | number('issuerValidUntil')
    const inside = [tags.ISSUER_LEAF, Issuer.idOf(subject.issuer.publicKey), packed, statusRoot()]
    expect(Hash.node(inside)).toBe(leaf)
    // Of seven levels the circuit has six: with the leaf's inside as the lowest, the top one is missing.
    const seven = [inside, ...(honest.issuerChildren as bigint[][])]
    const root = Forge.signalOf(circuit, circuit.calculate(honest), 'issuersRoot')
    const witness = circuit.calculate({ ...honest, issuerChildren: seven.slice(0, 6), issuerPosition: 3n })
    expect(Forge.signalOf(circuit, witness, 'issuersRoot')).not.toBe(root)
    Verdict.refused(circuit, witness, /credential\.TreeRoot/)
  })

  it('CIR-5 opens no empty leaf, no root 0, and no tree of another depth', async () => {
    // 1. Places behind the last leaf hold 0, which no attribute hashes to.
    const empty = Tree.open({ imt: subject.record.tree.imt }, 0).children
    const [lowest = []] = empty
    expect(lowest[3]).toBe(0n)
    const opened = circuit.calculate({ ...honest, leafIndex: [3n], leafChildren: [empty] })
    Verdict.refused(circuit, opened, /opening\[0]/)
    // 2. Root 0 is no root: signed by the issuer, or named in public.
    Verdict.refused(circuit, circuit.calculate(Subject.signed({ ...honest, recordRoot: 0n })), /opening\[0]/)
    const rootless = Forge.edited(circuit, circuit.calculate(honest), { issuersRoot: 0n })
    Verdict.refused(circuit, rootless, /issuersRoot/)
    // 3. A record of depth 5 or 7 does not fit, with any filling of the sixth level.
    const leaf = Subject.recordLeafOf(honest)
    const four = Array.from({ length: 6 }, () => [0n, 0n, 0n, 0n])
    const shallow = Subject.rising(leaf, 0n, four.slice(0, 5))
    const deep = Subject.rising(leaf, 0n, [...four, [0n, 0n, 0n, 0n]])
    for (const [recordRoot, children] of [
      [shallow.root, [...shallow.children, [shallow.root, 0n, 0n, 0n]]],
      [deep.root, deep.children.slice(0, 6)],
      [deep.root, deep.children.slice(1)],
    ] as const) {
      const input = Subject.signed({ ...honest, recordRoot, leafIndex: [0n], leafChildren: [children] })
      Verdict.refused(circuit, circuit.calculate(input), /opening\[0]|recordRoot/)
    }
    const right = Subject.rising(leaf, 0n, four)
    const fits = { ...honest, recordRoot: right.root, leafIndex: [0n], leafChildren: [right.children] }
    Verdict.accepted(circuit, circuit.calculate(Subject.signed(fits)))
    await Verdict.provenAndRefused(circuit, opened, chain)
    expect(Record.root(subject.record)).toBe(subject.credential.recordRoot)
  })
})

function statusRoot(): bigint {
  return Tree.rootOf({ index: 2, children: honest.statusChildren as bigint[][] }, 0n) as bigint
}
