import { createRequire } from 'node:module'
import { addPoint, mulPointEscalar, type Point, subOrder } from '@zk-kit/baby-jubjub'
import { poseidon5 } from 'poseidon-lite/poseidon5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Hash from '../../prover/src/protocol/Hash.ts'
import * as Issuer from '../../prover/src/protocol/Issuer.ts'
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

const subject = Subject.scene({
  policy: Subject.policy([Subject.predicate('ANY')]),
  attributes: [Subject.attribute()],
})
const honest = Subject.toInput(subject, 'eligibility-s')
const statusRoot = Subject.rising(0n, 2n, honest.statusChildren as bigint[][]).root

/** Generator of the whole curve, of order 8 l (EIP-2494). */
const generator: Point<bigint> = [
  995203441582195749578291179787384436505546430278305826713579947235728471134n,
  5472060717959818805561601436314318772137091100104008585924551046643952123905n,
]
/** A point of order 8. */
const torsion = addPoint(mulPointEscalar(generator, subOrder - 1n), generator)
const smallOrder = (times: number): Point<bigint> =>
  Array.from({ length: times - 1 }).reduce<Point<bigint>>((sum) => addPoint(sum, torsion), torsion)
const identity: Point<bigint> = [0n, 1n]
const base: Point<bigint> = [Issuer.basePoint[0], Issuer.basePoint[1]]
const [scalar, nonce] = [123_456_789_123_456_789n, 987_654_321_987_654_321n]
const key = mulPointEscalar(base, scalar)
const R = mulPointEscalar(base, nonce)

/** S = r + 8 h a, for any key and R8 that are shown, whoever could have made them. */
function respond(shownKey: Point<bigint>, r8: Point<bigint>, message: bigint): bigint {
  const challenge = poseidon5([...r8, ...shownKey, message])
  return (nonce + 8n * challenge * scalar) % subOrder
}

/** An input whose issuer has this key, is in the tree of issuers, and has signed with this R8 and S. */
function under(shownKey: Point<bigint>, r8: Point<bigint> = R, s?: bigint): Subject.Input {
  const input = Subject.enlisted({ ...honest, issuerKey: [...shownKey] }, statusRoot)
  const message = Subject.messageOf(input)
  return { ...input, signatureR8: [...r8], signatureS: s ?? respond(shownKey, r8, message) }
}
const sOf = (input: Subject.Input) => input.signatureS as bigint

describe('SignedBy', () => {
  it('accepts a signature made by hand, as the library makes it', () => {
    Verdict.accepted(circuit, circuit.calculate(honest))
    Verdict.accepted(circuit, circuit.calculate(under(key)))
    const message = Subject.messageOf(under(key))
    const signature = { r8: R as [bigint, bigint], s: sOf(under(key)) }
    expect(Issuer.verify(Issuer.parsePublicKey(key), message, signature)).toBe(true)
  })

  it('CIR-9 refuses S + l and S + 2 l, and S that is another number', () => {
    const input = under(key)
    for (const s of [
      sOf(input) + subOrder,
      sOf(input) + 2n * subOrder,
      sOf(input) + 1n,
      fieldOrder - 1n,
      0n,
      1n << 253n,
    ]) {
      Verdict.refused(circuit, circuit.calculate({ ...input, signatureS: s }), /SignedBy/, `${s}`)
    }
  })

  it('CIR-9 refuses R8 of small order, with a part of small order, and off the curve', () => {
    for (let times = 1; times < 8; times++) {
      const small = smallOrder(times)
      Verdict.refused(circuit, circuit.calculate(under(key, small)), /SignedBy/, `order part ${times}`)
      Verdict.refused(circuit, circuit.calculate(under(key, addPoint(R, small))), /SignedBy/, `R + ${times} T`)
    }
    for (const off of [
      [R[0], R[1] + 1n],
      [0n, 0n],
      [1n, 1n],
      [R[1], R[0]],
    ] as Point<bigint>[]) {
      Verdict.refused(circuit, circuit.calculate(under(key, off)), /SignedBy|signatureR8/, `${off}`)
    }
  })

  it('CIR-9 refuses the identity and every key of small order, under which anybody signs, and keys off the curve', () => {
    for (let times = 1; times <= 8; times++) {
      const weak = times === 8 ? identity : smallOrder(times)
      // 8 h A is the identity whatever h is: S B = R8 is all there is to know.
      const forged = under(weak, R, nonce)
      Verdict.refused(circuit, circuit.calculate(forged), /SignedBy/, `${times} T`)
      expect(() => Issuer.parsePublicKey([weak[0], weak[1]])).toThrow(Issuer.InvalidKeyError)
    }
    for (const off of [
      [0n, 0n],
      [1n, 1n],
      [key[0], key[1] + 1n],
      [key[1], key[0]],
    ] as Point<bigint>[]) {
      Verdict.refused(circuit, circuit.calculate(under(off)), /SignedBy|issuerKey/, `${off}`)
      expect(() => Issuer.parsePublicKey([off[0], off[1]])).toThrow(Issuer.InvalidKeyError)
    }
  })

  it('CIR-9 a key with a part of small order is refused where keys are read; its owner alone could sign with it', () => {
    for (let times = 1; times < 8; times++) {
      const mixed = addPoint(key, smallOrder(times))
      expect(() => Issuer.parsePublicKey([mixed[0], mixed[1]])).toThrow(Issuer.InvalidKeyError)
      // The circuit sees 8 A, which is the same for all of them: registration is what keeps them out.
      const input = under(mixed)
      Verdict.accepted(circuit, circuit.calculate(input))
      // A signature under the key itself is none under the mixed one, nor the other way round.
      Verdict.refused(circuit, circuit.calculate({ ...input, signatureS: sOf(under(key)) }), /SignedBy/)
      Verdict.refused(circuit, circuit.calculate({ ...under(key), signatureS: sOf(input) }), /SignedBy/)
    }
    expect(() => Issuer.parsePublicKey([key[0] + fieldOrder, key[1]])).toThrow(Hash.OutOfFieldError)
    expect(() => Issuer.parsePublicKey([key[0] - fieldOrder, key[1]])).toThrow(Hash.OutOfFieldError)
  })

  it('CIR-9 proofs with S + l, and under the identity key, are refused; with the honest signature accepted', async () => {
    const input = under(key)
    await Verdict.provenAndAccepted(circuit, circuit.calculate(input), chain)
    await Verdict.provenAndRefused(circuit, circuit.calculate({ ...input, signatureS: sOf(input) + subOrder }), chain)
    await Verdict.provenAndRefused(circuit, circuit.calculate(under(identity, R, nonce)), chain)
  })
})

describe('Issuer.verify', () => {
  const publicKey = Issuer.publicKeyOf(Subject.signingKey)
  const message = 20_261_115n
  const { r8, s } = Issuer.sign(Subject.signingKey, message)

  it('CIR-9 refuses S + l, another message, and R8 of small order or off the curve', () => {
    expect(Issuer.verify(publicKey, message, { r8, s })).toBe(true)
    expect(Issuer.verify(publicKey, message + 1n, { r8, s })).toBe(false)
    for (const other of [s + subOrder, s + 2n * subOrder, s - subOrder, s + fieldOrder, -1n, s + 1n]) {
      expect(Issuer.verify(publicKey, message, { r8, s: other })).toBe(false)
    }
    for (let times = 1; times < 8; times++) {
      const [small, mixed] = [smallOrder(times), addPoint([...r8] as Point<bigint>, smallOrder(times))]
      for (const [x, y] of [small, mixed]) expect(Issuer.verify(publicKey, message, { r8: [x, y], s })).toBe(false)
    }
    expect(Issuer.verify(publicKey, message, { r8: [r8[0], r8[1] + 1n], s })).toBe(false)
    expect(Issuer.verify(publicKey, message, { r8: [0n, 0n], s })).toBe(false)
  })

  it('CIR-9 refuses a second writing of the same numbers: message + p, R8 + p', () => {
    expect(Issuer.verify(publicKey, message + fieldOrder, { r8, s })).toBe(false)
    expect(Issuer.verify(publicKey, message, { r8: [r8[0] + fieldOrder, r8[1]], s })).toBe(false)
    expect(Issuer.verify(publicKey, message, { r8: [r8[0], r8[1] + fieldOrder], s })).toBe(false)
  })
})

/** The part of circomlibjs that says what circomlib's circuits compute. */
interface Field {
  e(value: bigint): Uint8Array
  toObject(value: Uint8Array): bigint
}
interface Circomlibjs {
  buildPoseidon(): Promise<((inputs: readonly bigint[]) => Uint8Array) & { F: Field }>
  buildEddsa(): Promise<{
    F: Field
    prv2pub(key: Uint8Array): readonly [Uint8Array, Uint8Array]
    signPoseidon(key: Uint8Array, message: Uint8Array): { R8: readonly [Uint8Array, Uint8Array]; S: bigint }
    verifyPoseidon(message: Uint8Array, signature: object, key: readonly Uint8Array[]): boolean
  }>
}

describe('What runs in the browser', () => {
  const circomlibjs: Circomlibjs = createRequire(import.meta.url)('circomlibjs')
  const seed = 9
  const random = Verdict.seeded(seed)
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
  const element = () => bytes(32).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) % fieldOrder

  it(`CIR-9 Hash is the Poseidon of circomlibjs: 1,000 random cases from seed ${seed}, and the edges`, async () => {
    const poseidon = await circomlibjs.buildPoseidon()
    const theirs = (inputs: readonly bigint[]) => poseidon.F.toObject(poseidon(inputs))
    const edges = [0n, 1n, fieldOrder - 1n]
    for (const inputs of [3, 4, 5, 7, 9]) {
      for (let i = 0; i < 200; i++) {
        const rest = Array.from({ length: inputs - 1 }, () => (i < 3 ? (edges[i] as bigint) : element()))
        const tag = 2439613749143255263910104158519110677939183974n
        expect(Hash.tagged('RECORD_LEAF', ...rest)).toBe(theirs([tag, ...rest]))
      }
    }
    for (let i = 0; i < 50; i++) {
      const four = [element(), element(), element(), element()]
      expect(Hash.node(four)).toBe(theirs(four))
      expect(Hash.chained(four[0] as bigint, four[1] as bigint, four[2] as bigint)).toBe(theirs(four.slice(0, 3)))
    }
  })

  const rounds = Verdict.isFullDose ? 1000 : 40
  it(`CIR-9 Issuer derives keys, signs and verifies as circomlibjs does: ${rounds} random cases from seed ${seed}`, {
    timeout: Verdict.timeout,
  }, async () => {
    const eddsa = await circomlibjs.buildEddsa()
    const { F } = eddsa
    for (let i = 0; i < rounds; i++) {
      const key = bytes(32) as Issuer.SigningKey
      const message = element()
      const publicKey = Issuer.publicKeyOf(key)
      const ours = Issuer.sign(key, message)
      const theirs = eddsa.signPoseidon(key, F.e(message))
      expect(eddsa.prv2pub(key).map((coordinate) => F.toObject(coordinate))).toEqual([...publicKey])
      expect(theirs.R8.map((coordinate) => F.toObject(coordinate))).toEqual([...ours.r8])
      expect(theirs.S).toBe(ours.s)
      if (i % 4 !== 0) continue
      expect(Issuer.verify(Issuer.parsePublicKey([publicKey[0], publicKey[1]]), message, ours)).toBe(true)
      const points = publicKey.map((coordinate) => F.e(coordinate))
      expect(eddsa.verifyPoseidon(F.e(message), theirs, points)).toBe(true)
      expect(eddsa.verifyPoseidon(F.e(message + 1n), theirs, points)).toBe(false)
    }
  })
})
