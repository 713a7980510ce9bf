import * as Bn254 from '@medseal/prover/Bn254'
import * as Mcl from './Mcl.ts'

/** The curve's parameter: field order and group order are polynomials in it. */
export const x = 4965661367192848881n

const { fp, fp2, g2 } = Mcl.sizes

/**
 * A test whether points of the curve of G2 are in the subgroup that pairings are defined on, in a quarter of the time a
 * multiplication by the group's order takes: [x + 1]Q + psi([x]Q) + psi^2([x]Q) = psi^3([2x]Q), with psi the Frobenius
 * endomorphism (El Housni, Guillevic, Piellard, eprint 2022/348, section 5.1, as gnark-crypto has it).
 * psi^2 - t psi + p = 0 turns a polynomial in psi that is zero at Q into a number that is zero at Q; that its greatest
 * common divisor with the curve's order is the subgroup's order, so that nothing else passes, a test computes.
 * NOTE: trusts its caller that the point is on the curve.
 */
export function createTest(m: Mcl.Mcl): (point: Mcl.Pointer) => boolean {
  const twistX = Mcl.allocate(m, fp2)
  const twistY = Mcl.allocate(m, fp2)
  Mcl.writeFp2(m, twistX, power([1n, 9n], (Bn254.baseFieldOrder - 1n) / 3n))
  Mcl.writeFp2(m, twistY, power([1n, 9n], (Bn254.baseFieldOrder - 1n) / 2n))
  const multiplyByX = createMultiplication(m)
  const multiple = Mcl.allocate(m, g2)
  const left = Mcl.allocate(m, g2)

  /** In place: (conj(x) (9 + i)^((p - 1) / 3), conj(y) (9 + i)^((p - 1) / 2), conj(z)). */
  const applyPsi = (at: Mcl.Pointer) => {
    for (const coordinate of [at, at + fp2, at + 2 * fp2]) m._mclBnFp_neg(coordinate + fp, coordinate + fp)
    m._mclBnFp2_mul(at, at, twistX)
    m._mclBnFp2_mul(at + fp2, at + fp2, twistY)
  }
  return (point) => {
    multiplyByX(multiple, point)
    m._mclBnG2_add(left, multiple, point)
    applyPsi(multiple)
    m._mclBnG2_add(left, left, multiple)
    applyPsi(multiple)
    m._mclBnG2_add(left, left, multiple)
    applyPsi(multiple)
    m._mclBnG2_dbl(multiple, multiple)
    return m._mclBnG2_isEqual(left, multiple) === 1
  }
}

/** Doubles, adds and subtracts: mcl's own multiplication takes for granted what is to be tested. */
function createMultiplication(m: Mcl.Mcl): (result: Mcl.Pointer, point: Mcl.Pointer) => void {
  const [top = 0, ...rest] = digitsOf(x).toReversed()
  const [twice, three, five, seven] = [0, 1, 2, 3].map(() => Mcl.allocate(m, g2)) as Four
  return (result, point) => {
    m._mclBnG2_dbl(twice, point)
    m._mclBnG2_add(three, twice, point)
    m._mclBnG2_add(five, three, twice)
    m._mclBnG2_add(seven, five, twice)
    const odd = [point, three, five, seven] as const
    let before = odd[top >> 1] as Mcl.Pointer
    for (const digit of rest) {
      m._mclBnG2_dbl(result, before)
      before = result
      const multiple = odd[Math.abs(digit) >> 1] as Mcl.Pointer
      if (digit > 0) m._mclBnG2_add(result, result, multiple)
      if (digit < 0) m._mclBnG2_sub(result, result, multiple)
    }
  }
}

type Four = [Mcl.Pointer, Mcl.Pointer, Mcl.Pointer, Mcl.Pointer]

/** A number in digits that are 0, or odd and between -7 and 7, lowest first: of five digits one is not 0. */
function digitsOf(number: bigint): readonly number[] {
  const digits: number[] = []
  for (let rest = number; rest > 0n; rest >>= 1n) {
    const low = Number(rest & 15n)
    const digit = low % 2 === 0 ? 0 : low < 8 ? low : low - 16
    digits.push(digit)
    rest -= BigInt(digit)
  }
  return digits
}

type Fp2 = readonly [imaginary: bigint, real: bigint]

function power(base: Fp2, exponent: bigint): Fp2 {
  let result: Fp2 = [0n, 1n]
  for (const bit of exponent.toString(2)) {
    result = times(result, result)
    if (bit === '1') result = times(result, base)
  }
  return result
}

function times([b, a]: Fp2, [d, c]: Fp2): Fp2 {
  return [(a * d + b * c) % Bn254.baseFieldOrder, modulo(a * c - b * d)]
}

function modulo(value: bigint): bigint {
  return ((value % Bn254.baseFieldOrder) + Bn254.baseFieldOrder) % Bn254.baseFieldOrder
}
