import { curves, groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../circuits/build/build.ts'
import * as R1cs from '../../circuits/build/r1cs.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'
import * as Bn254 from '../src/Bn254.ts'
import * as SnarkjsEngine from '../src/engine/snarkjsEngine.ts'
import { type CircuitName, circuits } from '../src/generated/circuits.ts'
import { fieldOrder } from '../src/generated/parameters.ts'
import * as KeyCheck from '../src/KeyCheck.ts'
import * as Proof from '../src/Proof.ts'
import type { Context } from '../src/protocol/Context.ts'
import * as Issuer from '../src/protocol/Issuer.ts'
import * as Prove from '../src/prove.ts'
import * as Signals from '../src/Signals.ts'
import * as VerificationKey from '../src/VerificationKey.ts'
import { verify } from '../src/verify.ts'
import { clinic } from './clinic.ts'
import * as Random from './random.ts'

const q = Bn254.baseFieldOrder
const curve = curves.getCurveFromName('bn128', { singleThread: true })

type Proven = { readonly circuit: CircuitName; readonly proof: Proof.Proof; readonly signals: readonly bigint[] }

let built: Record<CircuitName, BuiltCircuit>
let eligibility: Proven
let enrolment: Proven
beforeAll(async () => {
  built = await buildCircuits()
  const engine = SnarkjsEngine.create({ keepWarm: true })
  const options = { artifacts: ArtifactsNode.fromPaths(built), engine, allowDevelopmentKeys: true }
  const { subject, hospital } = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
  const issuerId = Issuer.idOf(hospital.issuer.publicKey)
  const met = await Prove.prove(subject, options)
  const enrolled = await Prove.proveEnrolment({ secret: subject.secret, issuerId, context: 5n as Context }, options)
  await engine.close()
  eligibility = { ...met, signals: Signals.encode(met.circuit, met.signals) }
  enrolment = { ...enrolled, signals: Signals.encode('enrolment', enrolled.signals) }
})
// For those tests that ask snarkjs's own verifier.
afterAll(async () => (await curves.getCurveFromName('bn128')).terminate())

const both = () => [eligibility, enrolment]
const invalid = { valid: false, reason: 'invalid-proof' }
const malformed = { valid: false, reason: 'malformed-proof' }

describe('verify', () => {
  it('accepts honest proofs and names their signals', async () => {
    for (const { circuit, proof, signals } of both()) {
      const verdict = await verify(circuit, proof, signals)
      expect(verdict).toEqual({ valid: true, signals: Signals.decode(circuit, signals) })
      expect(await verify(circuit, Proof.toJson(proof), signals.map(String))).toEqual(verdict)
    }
  })

  it('says what snarkjs says, of right and wrong proofs', async () => {
    const { proof, signals } = enrolment
    const { verificationKey } = circuits.enrolment
    const cases: readonly Pick<Proven, 'proof' | 'signals'>[] = [
      { proof, signals },
      { proof: { ...proof, a: proof.c }, signals },
      { proof: { ...proof, a: Bn254.negateG1(proof.a) }, signals },
      { proof: { ...proof, a: Bn254.negateG1(proof.a), b: Bn254.negateG2(proof.b) }, signals },
      { proof, signals: signals.toReversed() },
      { proof, signals: signals.with(2, 0n) },
    ]
    const verdicts: boolean[] = []
    for (const each of cases) {
      const { valid } = await verify('enrolment', each.proof, each.signals)
      const snarkjs = await groth16.verify(verificationKey, each.signals.map(String), Proof.toSnarkjs(each.proof))
      expect(valid).toBe(snarkjs)
      verdicts.push(valid)
    }
    expect(verdicts).toEqual([true, false, false, true, false, false])
  })

  it('PUB-1 refuses a signal plus the field order, plus twice, 2^256 - 1, and minus', async () => {
    for (const { circuit, proof, signals } of both()) {
      for (const [position, signal] of signals.entries()) {
        for (const other of [
          signal + fieldOrder,
          signal + 2n * fieldOrder,
          fieldOrder,
          2n ** 256n - 1n,
          signal - fieldOrder,
        ]) {
          const changed = signals.with(position, other)
          const verdict = { valid: false, reason: 'signal-out-of-field' }
          expect(await verify(circuit, proof, changed)).toEqual(verdict)
          expect(await verify(circuit, proof, changed.map(String))).toEqual(verdict)
          expect(() => Signals.decode(circuit, changed)).toThrow(Signals.NotInFieldError)
        }
      }
    }
  })

  it('PUB-2 accepts re-randomised proofs, of other bytes and the same signals: nothing may be keyed on bytes', async () => {
    const random = Random.seeded('PUB-2')
    for (const { circuit, proof, signals } of both()) {
      const first = await verify(circuit, proof, signals)
      const seen = new Set([JSON.stringify(Proof.toJson(proof))])
      const copies = Random.isFullDose ? 500 : 20
      for (let i = 0; i < copies; i++) {
        const copy = await rerandomise(proof, VerificationKey.fromSnarkjs(circuits[circuit].verificationKey), random)
        seen.add(JSON.stringify(Proof.toJson(copy)))
        expect(await verify(circuit, copy, signals)).toEqual(first)
      }
      expect(seen.size).toBe(copies + 1)
    }
  })

  it('PUB-3 refuses each public signal one more, one less, and exchanged with its neighbour', async () => {
    for (const { circuit, proof, signals } of both()) {
      for (const [position, signal] of signals.entries()) {
        const next = (position + 1) % signals.length
        const exchanged = signals.with(position, signals[next] as bigint).with(next, signal)
        for (const changed of [signals.with(position, signal + 1n), signals.with(position, signal - 1n), exchanged]) {
          expect(await verify(circuit, proof, changed)).toEqual(invalid)
        }
      }
    }
  })

  it('PUB-3 finds each public signal in some constraint of its circuit', () => {
    for (const circuit of Object.values(built)) {
      const r1cs = R1cs.read(circuit.r1cs)
      expect(r1cs.publicSignals).toBe(circuit.publicSignals.length)
      const constrained = new Set<number>()
      for (const { wire } of [r1cs.a, r1cs.b, r1cs.c]) for (const each of wire) constrained.add(each)
      const loose = circuit.publicSignals.filter((_, position) => !constrained.has(position + 1))
      expect(loose).toEqual([])
    }
  })

  it('KEY-1 refuses the forgery under every pinned key, and accepts it under a planted gamma = delta', async () => {
    for (const circuit of Object.keys(circuits) as CircuitName[]) {
      const { verificationKey } = circuits[circuit]
      const planted = { ...verificationKey, vk_gamma_2: verificationKey.vk_delta_2 }
      const signals = circuits[circuit].publicSignals.map((_, i) => BigInt(i) + 1_000n)
      const forged = await forge(VerificationKey.fromSnarkjs(verificationKey), signals)
      expect(await verify(circuit, forged, signals)).toEqual(invalid)
      expect(await verify(circuit, forged, signals, { verificationKey: planted })).toMatchObject({ valid: true })
      expect(await KeyCheck.acceptsForgery(VerificationKey.fromSnarkjs(verificationKey))).toBe(false)
      expect(await KeyCheck.acceptsForgery(VerificationKey.fromSnarkjs(planted))).toBe(true)
    }
  })

  it('VER-1 answers with a refusal, never an exception, whatever is malformed', async () => {
    const random = Random.seeded('VER-1')
    const dose = Random.isFullDose ? 10_000 : 500
    for (let i = 0; i < dose; i++) {
      const proof = corrupt(enrolment.proof, random)
      const verdict = await verify('enrolment', proof, enrolment.signals)
      expect([malformed, invalid], `case ${i} of seed ${random.seed}`).toContainEqual(verdict)
    }
    const { proof, signals } = enrolment
    for (const junk of [...things(), signals.slice(1), [...signals, 0n], Array(3)]) {
      const verdict = await verify('enrolment', proof, junk)
      expect(['wrong-signal-count', 'signal-out-of-field']).toContain(verdict.valid || verdict.reason)
    }
    for (const junk of [...things(), '1.0', ' 1', '1 ', '+1', '-1', '1e3', '01', '0x', '0b1', '٣', 3, 3.5, [5n]]) {
      const verdict = await verify('enrolment', proof, signals.with(2, junk as bigint))
      expect(verdict).toEqual({ valid: false, reason: 'signal-out-of-field' })
    }
  })

  it('VER-1 refuses points that are none: off the curve, infinity, outside the subgroup, coordinates plus q', async () => {
    const { proof, signals } = enrolment
    const [[xi, xr], [yi, yr]] = proof.b
    const zero = [0n, 0n] as const
    // On the curve of G2, x = 1, by ffjavascript-free arithmetic; of no order that pairings know.
    const outside: Bn254.G2 = [
      [0n, 1n],
      [
        5912654199736721486680175016176231956195085055698687135131307249486702594212n,
        18278151005453108793778860132295291098363647455926340152056652516292830556603n,
      ],
    ]
    expect(Bn254.isOnG2(outside)).toBe(true)
    expect(await Bn254.isInSubgroup(outside)).toBe(false)
    for (const part of [
      { a: [proof.a[0] + q, proof.a[1]] },
      { a: [proof.a[0], proof.a[1] + q] },
      { a: [proof.a[0], proof.a[1] - q] },
      { a: zero },
      { a: [0n, q] },
      { c: [1n, 1n] },
      { c: [...proof.c, 1n] },
      { b: [[xi + q, xr], proof.b[1]] },
      { b: [proof.b[0], [yi, yr + q]] },
      {
        b: [
          [xr, xi],
          [yr, yi],
        ],
      },
      { b: [zero, zero] },
      { b: outside },
      { d: 1n },
    ]) {
      expect(await verify('enrolment', { ...proof, ...part }, signals)).toEqual(malformed)
    }
  })
})

describe('Proof', () => {
  it('reads what it writes, in each of its forms', () => {
    const { proof } = enrolment
    expect(Proof.parse(Proof.toJson(proof))).toEqual(proof)
    expect(Proof.parse(Proof.toContractArgs(proof))).toEqual(proof)
    expect(Proof.fromSnarkjs(Proof.toSnarkjs(proof))).toEqual(proof)
    const hex = JSON.parse(JSON.stringify(Proof.toJson(proof)), (_, value) =>
      typeof value === 'string' ? `0x${BigInt(value).toString(16).padStart(64, '0')}` : value,
    )
    expect(Proof.parse(hex)).toEqual(proof)
  })

  it('puts the imaginary part of b first, as the EVM does', () => {
    const { proof } = enrolment
    const [[real, imaginary]] = Proof.toSnarkjs(proof).pi_b
    expect(proof.b[0]).toEqual([BigInt(imaginary as string), BigInt(real as string)])
    expect(Proof.toContractArgs(proof).b[0]).toEqual([BigInt(imaginary as string), BigInt(real as string)])
  })

  it('refuses a projective point of snarkjs that is not normalised', () => {
    const written = Proof.toSnarkjs(enrolment.proof)
    const [x, y] = written.pi_a
    for (const z of ['0', '2', '01']) {
      expect(() => Proof.fromSnarkjs({ ...written, pi_a: [x, y, z] })).toThrow(Proof.MalformedError)
    }
  })
})

describe('Signals', () => {
  it('names signals by the generated positions, and puts them back', () => {
    const named = Signals.decode('eligibility-m', [1n, 2n, 3n, 4n, 5n])
    for (const [signal, position] of Object.entries(circuits['eligibility-m'].positions)) {
      expect(named[signal as keyof typeof named]).toBe(BigInt(position) + 1n)
    }
    expect(Signals.encode('eligibility-m', named)).toEqual([1n, 2n, 3n, 4n, 5n])
  })

  it('PUB-1 refuses other counts, and other numbers than field elements, naming the signal and not its value', () => {
    expect(() => Signals.decode('enrolment', [1n, 2n])).toThrow('Circuit "enrolment" has 3 public signals, got 2.')
    const encode = () => Signals.encode('enrolment', { holder: 1n, issuerId: fieldOrder, context: 3n })
    expect(encode).toThrow('Public signal "issuerId" of circuit "enrolment" is not a field element.')
    expect(() => Signals.decode('enrolment', [1n, 2n, 3 as unknown as bigint])).toThrow(Signals.NotInFieldError)
  })
})

/** Another proof of the same statement, from a proof alone: (A/r, rB + r s delta, C + s A). */
async function rerandomise(
  proof: Proof.Proof,
  { delta }: VerificationKey.VerificationKey,
  random: Random.Random,
): Promise<Proof.Proof> {
  const { G1, G2 } = await curve
  const { pi_a, pi_b, pi_c } = Proof.toSnarkjs(proof)
  const point = (of: typeof G1, coordinates: unknown) =>
    of.fromObject(
      JSON.parse(JSON.stringify(coordinates), (_, text) => (typeof text === 'string' ? BigInt(text) : text)),
    )
  const [a, b, c] = [point(G1, pi_a), point(G2, pi_b), point(G1, pi_c)]
  const [[deltaXi, deltaXr], [deltaYi, deltaYr]] = delta
  const deltaPoint = G2.fromObject([
    [deltaXr, deltaXi],
    [deltaYr, deltaYi],
    [1n, 0n],
  ])
  const [r, s] = [random.bits(253), random.bits(253)]
  const scaled = G1.timesScalar(a, inverse(r))
  const shifted = G2.add(G2.timesScalar(b, r), G2.timesScalar(deltaPoint, (r * s) % fieldOrder))
  const moved = G1.add(c, G1.timesScalar(a, s))
  const text = (of: typeof G1, value: typeof a) =>
    JSON.parse(
      JSON.stringify(of.toObject(of.toAffine(value)), (_, each) => (typeof each === 'bigint' ? `${each}` : each)),
    )
  return Proof.fromSnarkjs({ pi_a: text(G1, scaled), pi_b: text(G2, shifted), pi_c: text(G1, moved) })
}

/** Modulo the field order, by Fermat. */
function inverse(value: bigint): bigint {
  let result = 1n
  for (let square = value, rest = fieldOrder - 2n; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % fieldOrder
    square = (square * square) % fieldOrder
  }
  return result
}

/** What anybody can write down from a key alone, for any signals: A = alpha, B = beta, C = -x. */
async function forge({ alpha, beta, ic }: VerificationKey.VerificationKey, signals: readonly bigint[]) {
  const [constant, ...points] = ic
  const terms = points.map((point, i) => ({ point, scalar: signals[i] as bigint }))
  const x = await Bn254.sum(constant as Bn254.G1, terms)
  return { a: alpha, b: beta, c: Bn254.negateG1(x as Bn254.G1) }
}

/** What a body parser, a bug or malice may put anywhere. */
function things(): readonly unknown[] {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const throws = () => {
    throw new Error('looked at')
  }
  return [
    undefined,
    null,
    true,
    '',
    'x',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    { length: 3 },
    cyclic,
    Symbol('s'),
    throws,
    new Date(0),
    new Uint8Array(64),
    '9'.repeat(100_000),
    `0x${'f'.repeat(65)}`,
    Object.create(null),
    new Proxy({}, { get: throws, has: throws, ownKeys: throws }),
    new Proxy([], { get: throws }),
    { toString: throws, valueOf: throws, [Symbol.toPrimitive]: throws },
  ]
}

/** A proof with one thing wrong in it, as text or numbers. */
function corrupt(proof: Proof.Proof, random: Random.Random): unknown {
  const numbers = [...proof.a, ...proof.b.flat(), ...proof.c]
  const place = random.integer(numbers.length)
  const value = numbers[place] as bigint
  const build = (other: unknown) => {
    const n: unknown[] = random.integer(2) === 0 ? numbers : numbers.map(String)
    const [ax, ay, bxi, bxr, byi, byr, cx, cy] = n.with(place, other)
    const b = [
      [bxi, bxr],
      [byi, byr],
    ]
    return { a: [ax, ay], b, c: [cx, cy] }
  }
  const whole = Proof.toJson(proof)
  const key = random.pick(['a', 'b', 'c'] as const)
  const wrong: readonly (() => unknown)[] = [
    () => build(value ^ (1n << BigInt(random.integer(254)))),
    () => build(value + q),
    () => build(String(value + BigInt(random.integer(4) + 1) * q)),
    () => build(-value),
    () => build(random.bits(random.integer(300) + 1)),
    () => build(Number(value)),
    () =>
      build(random.pick([` ${value}`, `${value}\n`, `+${value}`, `0${value}`, `${value}n`, `${value}.0`, `-${value}`])),
    () => build(random.pick(things())),
    () => build([value]),
    () => ({ ...whole, [key]: random.pick(things()) }),
    () => ({ ...whole, [key]: [...whole[key], '1'] }),
    () => ({ ...whole, [key]: whole[key].slice(1) }),
    () => ({ ...whole, [key]: whole[key].toReversed() }),
    () => ({ ...whole, b: [whole.b[0]?.toReversed(), whole.b[1]] }),
    () => ({ ...whole, [random.pick(['d', 'pi_a', '__proto_', 'protocol'])]: '1' }),
    () => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)),
    () => ({ ...whole, a: whole.c, c: whole.a }),
    () => Proof.toSnarkjs(proof),
    () => JSON.stringify(whole),
    () => random.pick(things()),
  ]
  return random.pick(wrong)()
}
