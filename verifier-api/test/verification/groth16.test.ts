import * as Bn254 from '@medseal/prover/Bn254'
import { type CircuitName, circuits } from '@medseal/prover/generated/circuits'
import { fieldOrder } from '@medseal/prover/generated/parameters'
import * as Proof from '@medseal/prover/Proof'
import * as VerificationKey from '@medseal/prover/VerificationKey'
import { verify } from '@medseal/prover/verify'
import { curves, groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as DevelopmentKey from '../../../circuits/build/developmentKey.ts'
import * as Random from '../../../prover/test/random.ts'
import * as FixedPoints from '../../src/verification/FixedPoints.ts'
import * as Groth16 from '../../src/verification/Groth16.ts'
import * as Mcl from '../../src/verification/Mcl.ts'
import * as Subgroup from '../../src/verification/Subgroup.ts'
import * as Forge from './forge.ts'

const names = Object.keys(circuits) as CircuitName[]
const circuit = 'eligibility-s'
const q = Bn254.baseFieldOrder
const many = Groth16.mostTogether

/** On the curve of G2, x = 1; outside the subgroup. */
const outside: Bn254.G2 = [
  [0n, 1n],
  [
    5912654199736721486680175016176231956195085055698687135131307249486702594212n,
    18278151005453108793778860132295291098363647455926340152056652516292830556603n,
  ],
]

let m: Mcl.Mcl
let checks: Readonly<Record<CircuitName, Groth16.Check>>
let batch: readonly Groth16.Statement[]
beforeAll(async () => {
  m = await Mcl.start()
  const created = names.map((name) => [name, Groth16.createCheck(m, keyOf(name))])
  checks = Object.fromEntries(created) as typeof checks
  const random = Random.seeded('batch')
  batch = await Promise.all(Array.from({ length: many }, () => Forge.statement(circuit, random)))
})
afterAll(async () => (await curves.getCurveFromName('bn128')).terminate())

describe('Groth16', () => {
  it('says of mutated proofs and signals what the prover says, and what snarkjs says where that one checks enough', async () => {
    const random = Random.seeded('agreement')
    const dose = Random.isFullDose ? 10_000 : 200
    for (const name of names) {
      const honest = await Promise.all(Array.from({ length: 4 }, () => Forge.statement(name, random)))
      const verdicts: boolean[] = []
      for (let i = 0; i < dose; i++) {
        const { proof, signals } = mutate(random, random.pick(honest), random.pick(honest))
        const expected = await verify(name, proof, signals)
        const holds = check(name, proof, signals)
        expect(holds, `case ${i} of seed ${random.seed}, ${name}`).toBe(expected.valid)
        verdicts.push(holds)
        const comparable = expected.valid || expected.reason === 'invalid-proof'
        if (!comparable || (!Random.isFullDose && i % 4 !== 0)) continue
        const written = Proof.toSnarkjs(Proof.parse(proof))
        expect(holds).toBe(await groth16.verify(circuits[name].verificationKey, signals.map(String), written))
      }
      expect(new Set(verdicts).size).toBe(2)
    }
  })

  it('says the same of many at once as of each', async () => {
    const random = Random.seeded('together')
    const batches = Random.isFullDose ? 100 : 4
    for (let i = 0; i < batches; i++) {
      const length = 1 + random.integer(2 * many)
      const share = random.integer(4)
      const mutated = Array.from({ length }, () => {
        const statement = random.pick(batch)
        return random.integer(4) < share ? mutate(random, statement, random.pick(batch)) : statement
      })
      const statements = mutated.filter(({ proof, signals }) => isWellFormed(circuit, proof, signals))
      const each = statements.map((statement) => checks[circuit]([statement])[0])
      expect(checks[circuit](statements)).toEqual(each)
    }
    expect(checks[circuit]([])).toEqual([])
  })

  it('BAT-1 tells one that is wrong from 63 that hold, wherever it stands', () => {
    const random = Random.seeded('one wrong')
    const places = Random.isFullDose
      ? [...batch.keys()]
      : [0, 7, 8, 31, 32, 63, random.integer(many), random.integer(many)]
    for (const place of places) {
      const wrong = batch.with(place, { ...(batch[place] as Groth16.Statement), signals: [1n, 2n, 3n, 4n, 5n] })
      expect(checks[circuit](wrong)).toEqual(batch.map((_, i) => i !== place))
    }
  })

  it('BAT-1 refuses two that cancel each other under equal coefficients, each, in any company', async () => {
    const [first, second, ...rest] = batch as [Groth16.Statement, Groth16.Statement, ...Groth16.Statement[]]
    const [, , third] = batch as readonly Groth16.Statement[]
    const d = (third as Groth16.Statement).proof.c
    const moved = [
      { ...first, proof: { ...first.proof, c: await Forge.plus(first.proof.c, d) } },
      { ...second, proof: { ...second.proof, c: await Forge.plus(second.proof.c, Bn254.negateG1(d)) } },
    ]
    for (let i = 0; i < 10; i++) expect(checks[circuit](moved)).toEqual([false, false])
    expect(checks[circuit]([...moved, ...rest])).toEqual(batch.map((_, i) => i > 1))
    // The same in A: e(A1 + D, B) e(A2 - D, B) with one B.
    const { proof } = first
    const twins = [
      { ...first, proof: { ...proof, a: await Forge.plus(proof.a, d) } },
      { ...first, proof: { ...proof, a: await Forge.plus(proof.a, Bn254.negateG1(d)) } },
    ]
    expect(checks[circuit](twins)).toEqual([false, false])
  })

  it('accepts duplicates and re-randomised proofs', async () => {
    const random = Random.seeded('re-randomised')
    const { proof, signals } = batch[0] as Groth16.Statement
    const copies = await Promise.all(Array.from({ length: 20 }, () => Forge.rerandomise(circuit, proof, random)))
    const statements = [proof, proof, ...copies].map((each) => ({ proof: each, signals }))
    expect(checks[circuit](statements)).toEqual(statements.map(() => true))
  })

  it('holds where the signals make x infinity, as the prover does', async () => {
    const { verificationKey } = circuits[circuit]
    const [constant, , ...rest] = verificationKey.IC as unknown as readonly [string[], string[], ...string[][]]
    const [x, y] = constant as [string, string]
    const minus = [x, String(q - BigInt(y)), '1']
    const key = { ...verificationKey, IC: [constant, minus, ...rest] }
    const checkOdd = Groth16.createCheck(m, VerificationKey.fromSnarkjs(key))
    const signals = [1n, 0n, 0n, 0n, 0n]
    // e(alpha + d G, beta) = e(alpha, beta) e(b G, delta), with d and b what delta and beta are multiples by.
    const secrets = DevelopmentKey.deriveSecrets(circuit)
    const { alpha, beta } = keyOf(circuit)
    const generator = Bn254.g1Generator
    const a = (await Bn254.sum(alpha, [{ point: generator, scalar: secrets.delta }])) as Bn254.G1
    const c = (await Bn254.sum(generator, [{ point: generator, scalar: secrets.beta - 1n }])) as Bn254.G1
    for (const [proof, expected] of [
      [{ a, b: beta, c }, true],
      [{ a, b: beta, c: a }, false],
    ] as const) {
      expect(await verify(circuit, proof, signals, { verificationKey: key })).toMatchObject({ valid: expected })
      const statement = { proof, signals }
      expect(checkOdd([statement])).toEqual([expected])
      expect(checkOdd([statement, statement])).toEqual([expected, expected])
    }
  })
})

describe('FixedPoints', () => {
  it('combines as multiplying and adding does, with every digit at its limits', () => {
    const points = keyOf(circuit).ic.slice(0, 2)
    const fixed = FixedPoints.prepare(m, points)
    const [sum, one, scalar] = [Mcl.sizes.g1, Mcl.sizes.g1, Mcl.sizes.fr].map((size) => Mcl.allocate(m, size)) as Three
    /** Whether the combination less each multiple is nothing. */
    const isRight = (scalars: readonly bigint[]) => {
      fixed.combine(sum, scalars)
      for (const [i, point] of points.entries()) {
        Mcl.writeG1(m, one, point)
        Mcl.writeFr(m, scalar, scalars[i] ?? 0n)
        m._mclBnG1_mul(one, one, scalar)
        m._mclBnG1_sub(sum, sum, one)
      }
      return m._mclBnG1_isZero(sum) === 1
    }
    const repeated = (digit: bigint) =>
      Array.from({ length: 25 }, (_, place) => digit << BigInt(10 * place)).reduce((a, b) => a + b, 0n)
    const digits = [1n, 511n, 512n, 513n, 1022n, 1023n]
    const limits = [0n, ...digits, 1024n, 2n ** 253n, fieldOrder - 1n, ...digits.map(repeated)]
    for (const limit of limits) expect(isRight([limit, fieldOrder - 1n - limit]), String(limit)).toBe(true)
    const random = Random.seeded('combinations')
    for (let i = 0; i < (Random.isFullDose ? 10_000 : 1000); i++)
      expect(isRight([random.bits(253), random.bits(253)])).toBe(true)
  })
})

type Three = [Mcl.Pointer, Mcl.Pointer, Mcl.Pointer]

describe('Subgroup', () => {
  it('refuses points of every small order, alone and added to a good one', async () => {
    const isInSubgroup = Subgroup.createTest(m)
    const at = Mcl.allocate(m, Mcl.sizes.g2)
    const test = (point: Bn254.G2) => {
      Mcl.writeG2(m, at, point)
      return isInSubgroup(at)
    }
    const cofactor = 2n * q - fieldOrder
    const random = Random.seeded('subgroup')
    const { b } = (batch[0] as Groth16.Statement).proof
    expect(test(b)).toBe(true)
    expect(test(outside)).toBe(false)
    for (const prime of [10069n, 5864401n, 1875725156269n, cofactor / (10069n * 5864401n * 1875725156269n)]) {
      expect(cofactor % prime).toBe(0n)
      // infinity + a multiple is not to be had here: a point of that order is added to a good one.
      const mixed = await Forge.combineG2(b, (cofactor * fieldOrder) / prime, outside)
      expect(Bn254.isOnG2(mixed)).toBe(true)
      expect(await Bn254.isInSubgroup(mixed)).toBe(false)
      expect(test(mixed)).toBe(false)
    }
    for (let i = 0; i < (Random.isFullDose ? 500 : 20); i++) {
      const good = await Forge.combineG2(b, random.bits(253), b)
      const bad = await Forge.combineG2(good, random.bits(253), outside)
      expect([test(good), test(bad)]).toEqual([true, await Bn254.isInSubgroup(bad)])
    }
  })

  it('lets nothing else pass: what its polynomial in psi comes to shares only the group order with the curve', () => {
    const { x } = Subgroup
    const p = 36n * x ** 4n + 36n * x ** 3n + 24n * x ** 2n + 6n * x + 1n
    const t = 6n * x ** 2n + 1n
    expect([p, p + 1n - t]).toEqual([q, fieldOrder])
    // Elements a + b psi, with psi^2 = t psi - p.
    const timesPsi = ([a, b]: readonly [bigint, bigint]) => [-b * p, a + b * t] as const
    const psi2 = timesPsi([0n, 1n])
    const psi3 = timesPsi(psi2)
    const a = x + 1n + x * psi2[0] - 2n * x * psi3[0]
    const b = x + x * psi2[1] - 2n * x * psi3[1]
    const norm = a * a + a * b * t + b * b * p
    expect(gcd(norm, fieldOrder * (2n * q - fieldOrder))).toBe(fieldOrder)
    // And the subgroup, where psi is multiplication by p, does pass.
    expect((a + b * p) % fieldOrder).toBe(0n)
  })
})

function keyOf(name: CircuitName) {
  return VerificationKey.fromSnarkjs(circuits[name].verificationKey)
}

/** As a submission's is read. */
function check(name: CircuitName, proof: unknown, signals: readonly bigint[]): boolean {
  if (!isWellFormed(name, proof, signals)) return false
  return checks[name]([{ proof: Proof.parse(proof), signals }])[0] === true
}

function isWellFormed(name: CircuitName, proof: unknown, signals: readonly bigint[]): boolean {
  try {
    Proof.parse(proof)
  } catch {
    return false
  }
  const inField = signals.every((signal) => signal >= 0n && signal < fieldOrder)
  return inField && signals.length === circuits[name].publicSignals.length
}

/** A statement with one thing changed, or with nothing changed that matters. */
function mutate(random: Random.Random, { proof, signals }: Groth16.Statement, other: Groth16.Statement) {
  const place = random.integer(signals.length)
  const signal = signals[place] as bigint
  const [[xi, xr], y] = proof.b
  const changes: readonly (() => Groth16.Statement)[] = [
    () => ({ proof, signals }),
    () => ({ proof, signals: signals.with(place, (signal + 1n) % fieldOrder) }),
    () => ({ proof, signals: signals.with(place, signal ^ (1n << BigInt(random.integer(253)))) }),
    () => ({ proof, signals: signals.with(place, signal + fieldOrder) }),
    () => ({ proof, signals: signals.with(place, random.pick([0n, 1n, fieldOrder - 1n, fieldOrder, q, -signal])) }),
    () => ({ proof, signals: signals.slice(1) }),
    () => ({ proof: { ...proof, a: Bn254.negateG1(proof.a) }, signals }),
    () => ({ proof: { ...proof, a: Bn254.negateG1(proof.a), b: Bn254.negateG2(proof.b) }, signals }),
    () => ({ proof: { ...proof, b: Bn254.negateG2(proof.b) }, signals }),
    () => ({ proof: { ...proof, c: Bn254.negateG1(proof.c) }, signals }),
    () => ({ proof: { ...proof, a: other.proof.a }, signals }),
    () => ({ proof: { ...proof, b: other.proof.b }, signals }),
    () => ({ proof: { ...proof, c: other.proof.c }, signals }),
    () => ({ proof: other.proof, signals }),
    () => ({ proof: { ...proof, a: proof.c, c: proof.a }, signals }),
    () => ({ proof: { ...proof, b: outside }, signals }),
    () => ({ proof: { ...proof, b: Bn254.g2Generator }, signals }),
    () => ({ proof: { ...proof, a: [0n, 0n] }, signals }),
    () => ({ proof: { ...proof, c: [0n, q] }, signals }),
    () => ({ proof: { ...proof, a: [proof.a[0] + q, proof.a[1]] }, signals }),
    () => ({ proof: { ...proof, c: [proof.c[0], proof.c[1] ^ (1n << BigInt(random.integer(254)))] }, signals }),
    () => ({ proof: { ...proof, b: [[xr, xi], y] }, signals }),
    () => ({
      proof: {
        ...proof,
        b: [
          [0n, 0n],
          [0n, 0n],
        ],
      },
      signals,
    }),
  ]
  return random.pick(changes)()
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b)
}
