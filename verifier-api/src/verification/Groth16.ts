import { randomFillSync } from 'node:crypto'
import * as Bn254 from '@medseal/prover/Bn254'
import { fieldOrder } from '@medseal/prover/generated/parameters'
import type * as Proof from '@medseal/prover/Proof'
import type { VerificationKey } from '@medseal/prover/VerificationKey'
import * as FixedPoints from './FixedPoints.ts'
import * as Mcl from './Mcl.ts'
import * as Subgroup from './Subgroup.ts'

/** A proof of which `Proof.parse` took the form, and as many signals as the key has, below the field order. */
export type Statement = { readonly proof: Proof.Proof; readonly signals: readonly bigint[] }

/**
 * Whether each statement holds: `verify`'s answers, sooner. Many at once cost a fraction each where all hold, and where
 * some do not up to twice as much as alone.
 */
export type Check = (statements: readonly Statement[]) => readonly boolean[]

/** Most that one equation takes. */
export const mostTogether = 64
/** How many are asked about at once: all, then those that do not hold by the square root, then each. */
const groups = [mostTogether, 8, 1] as const

const { fr, g1, g2 } = Mcl.sizes

/** @param key Points on their curves and in the subgroup: pinned keys are, of others `KeyCheck` tells. */
export function createCheck(m: Mcl.Mcl, key: VerificationKey): Check {
  const isInSubgroup = Subgroup.createTest(m)
  const proofs = allocateProofs(m)
  const holds = createEquation(m, key, proofs)

  return (statements) => {
    const answers = statements.map(() => false)
    for (let i = 0; i < statements.length; i += mostTogether) {
      for (const index of holding(statements.slice(i, i + mostTogether))) answers[i + index] = true
    }
    return answers
  }

  /** Places of those that hold, of at most `mostTogether`. */
  function holding(statements: readonly Statement[]): readonly number[] {
    // What is outside the subgroup costs no pairing, and no batch. The rest lies one after the other.
    const loaded: (Signals & { readonly index: number })[] = []
    for (const [index, { proof, signals }] of statements.entries()) {
      writeProof(m, proofs, loaded.length, proof)
      if (isInSubgroup(proofs.b + loaded.length * g2)) loaded.push({ index, signals })
    }
    const found: number[] = []
    const ask = (from: number, to: number, size: number) => {
      for (let start = from; start < to; start += size) {
        const asked = loaded.slice(start, Math.min(start + size, to))
        const finer = groups.find((each) => each < asked.length)
        if (holds(start, asked)) found.push(...asked.map(({ index }) => index))
        else if (finer !== undefined) ask(start, start + asked.length, finer)
      }
    }
    ask(0, loaded.length, mostTogether)
    return found
  }
}

/** Places for the points of `mostTogether` proofs, each kind in a row. */
type Proofs = { readonly a: Mcl.Pointer; readonly b: Mcl.Pointer; readonly c: Mcl.Pointer }

function allocateProofs(m: Mcl.Mcl): Proofs {
  const allocate = (size: number) => Mcl.allocate(m, mostTogether * size)
  return { a: allocate(g1), b: allocate(g2), c: allocate(g1) }
}

function writeProof(m: Mcl.Mcl, proofs: Proofs, slot: number, { a, b, c }: Proof.Proof): void {
  Mcl.writeG1(m, proofs.a + slot * g1, a)
  Mcl.writeG2(m, proofs.b + slot * g2, b)
  Mcl.writeG1(m, proofs.c + slot * g1, c)
}

/**
 * Groth16's equation for one proof, or for several with coefficients r_i that nobody could know before choosing them:
 *   product of e(r_i A_i, B_i), times e(sum r_i x_i, -gamma) e(sum r_i C_i, -delta) = e(alpha, beta)^(sum r_i).
 * r_0 = 1, the others are 128 bits of the machine's randomness. Were one of the statements wrong, the equation would hold
 * for one choice in 2^128 (all points being in groups of prime order). x_i are linear in the signals, so these are
 * combined, in the field.
 */
function createEquation(m: Mcl.Mcl, key: VerificationKey, proofs: Proofs) {
  const ic = FixedPoints.prepare(m, key.ic)
  const minusGamma = linesOf(m, Bn254.negateG2(key.gamma))
  const minusDelta = linesOf(m, Bn254.negateG2(key.delta))
  const alphaBeta = pairingOf(m, key.alpha, key.beta)
  const [coefficients, scaled] = [Mcl.allocate(m, mostTogether * fr), Mcl.allocate(m, mostTogether * g1)]
  const [x, c, exponent] = [Mcl.allocate(m, g1), Mcl.allocate(m, g1), Mcl.allocate(m, fr)]
  const [left, other, right] = [allocateGt(m), allocateGt(m), allocateGt(m)]

  const one = (first: number) => ({ a: proofs.a + first * g1, c: proofs.c + first * g1, right: alphaBeta })
  const combination = (first: number, rs: readonly bigint[]) => {
    for (const [i, r] of rs.entries()) {
      Mcl.writeFr(m, coefficients + i * fr, r)
      m._mclBnG1_mul(scaled + i * g1, proofs.a + (first + i) * g1, coefficients + i * fr)
    }
    m._mclBnG1_mulVec(c, proofs.c + first * g1, coefficients, rs.length)
    Mcl.writeFr(m, exponent, sum(rs))
    m._mclBnGT_pow(right, alphaBeta, exponent)
    return { a: scaled, c, right }
  }
  return (first: number, statements: readonly Signals[]): boolean => {
    const rs = randomCoefficients(statements.length)
    const terms = rs.length === 1 ? one(first) : combination(first, rs)
    ic.combine(x, [sum(rs), ...combine(rs, statements)])
    if (rs.length === 1) m._mclBn_millerLoop(left, terms.a, proofs.b + first * g2)
    else m._mclBn_millerLoopVec(left, terms.a, proofs.b + first * g2, rs.length)
    m._mclBn_precomputedMillerLoop2(other, x, minusGamma, terms.c, minusDelta)
    m._mclBnGT_mul(left, left, other)
    m._mclBn_finalExp(left, left)
    return m._mclBnGT_isEqual(left, terms.right) === 1
  }
}

/** Of one statement. */
type Signals = { readonly signals: readonly bigint[] }

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, number) => total + number, 0n) % fieldOrder
}

/** For each signal the sum of r_i times it. */
function combine(rs: readonly bigint[], statements: readonly Signals[]): readonly bigint[] {
  return (statements[0]?.signals ?? []).map((_, j) =>
    sum(statements.map(({ signals }, i) => (rs[i] ?? 0n) * (signals[j] ?? 0n))),
  )
}

function randomCoefficients(count: number): readonly bigint[] {
  const words = randomFillSync(new BigUint64Array(2 * count))
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? 1n : ((words[2 * i] ?? 0n) << 64n) | (words[2 * i + 1] ?? 0n),
  )
}

function allocateGt(m: Mcl.Mcl): Mcl.Pointer {
  return Mcl.allocate(m, Mcl.sizes.gt)
}

/** The lines of a point's Miller loops, which do not depend on what it is paired with. */
function linesOf(m: Mcl.Mcl, point: Bn254.G2): Mcl.Pointer {
  const lines = Mcl.allocate(m, 8 * m._mclBn_getUint64NumToPrecompute())
  const at = Mcl.allocate(m, g2)
  Mcl.writeG2(m, at, point)
  m._mclBn_precomputeG2(lines, at)
  return lines
}

function pairingOf(m: Mcl.Mcl, one: Bn254.G1, two: Bn254.G2): Mcl.Pointer {
  const result = allocateGt(m)
  const [g1At, g2At] = [Mcl.allocate(m, g1), Mcl.allocate(m, g2)]
  Mcl.writeG1(m, g1At, one)
  Mcl.writeG2(m, g2At, two)
  m._mclBn_pairing(result, g1At, g2At)
  return result
}
