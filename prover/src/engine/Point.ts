/**
 * Points of the curves y^2 = x^3 + b in Jacobian coordinates (x/z^2, y/z^3), over big integers: for the few dozen
 * operations of a proof that are not worth a kernel. Formulas: Explicit-Formulas Database, "dbl-2009-l", "add-2007-bl".
 */
import { baseFieldOrder } from '../Bn254.ts'

/** Elements of a field, reduced. */
export type Field<E> = {
  readonly zero: E
  readonly one: E
  readonly isZero: (value: E) => boolean
  readonly add: (left: E, right: E) => E
  readonly sub: (left: E, right: E) => E
  readonly mul: (left: E, right: E) => E
  readonly invert: (value: E) => E
}

/** Infinity where z is zero. */
export type Point<E> = { readonly x: E; readonly y: E; readonly z: E }
export type Affine<E> = readonly [x: E, y: E]

const reduce = (value: bigint) => {
  const rest = value % baseFieldOrder
  return rest < 0n ? rest + baseFieldOrder : rest
}

export const fp: Field<bigint> = {
  zero: 0n,
  one: 1n,
  isZero: (value) => value === 0n,
  add: (left, right) => reduce(left + right),
  sub: (left, right) => reduce(left - right),
  mul: (left, right) => (left * right) % baseFieldOrder,
  invert(value) {
    let [r0, r1, s0, s1] = [baseFieldOrder, value, 0n, 1n]
    while (r1 !== 0n) {
      const quotient = r0 / r1
      ;[r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1]
    }
    return reduce(s0)
  },
}

/** Of Fp2 = Fp[i], i^2 = -1. */
export type Complex = readonly [real: bigint, imaginary: bigint]

export const fp2: Field<Complex> = {
  zero: [0n, 0n],
  one: [1n, 0n],
  isZero: ([real, imaginary]) => real === 0n && imaginary === 0n,
  add: (left, right) => [reduce(left[0] + right[0]), reduce(left[1] + right[1])],
  sub: (left, right) => [reduce(left[0] - right[0]), reduce(left[1] - right[1])],
  mul: ([a, b], [c, d]) => [reduce(a * c - b * d), reduce(a * d + b * c)],
  invert([real, imaginary]) {
    const norm = fp.invert(reduce(real * real + imaginary * imaginary))
    return [fp.mul(real, norm), reduce(-imaginary * norm)]
  },
}

export function infinity<E>({ zero, one }: Field<E>): Point<E> {
  return { x: one, y: one, z: zero }
}

export function fromAffine<E>({ one }: Field<E>, [x, y]: Affine<E>): Point<E> {
  return { x, y, z: one }
}

/** Undefined for infinity. */
export function toAffine<E>({ isZero, mul, invert }: Field<E>, { x, y, z }: Point<E>): Affine<E> | undefined {
  if (isZero(z)) return undefined
  const inverse = invert(z)
  const square = mul(inverse, inverse)
  return [mul(x, square), mul(y, mul(square, inverse))]
}

export function negate<E>({ zero, sub }: Field<E>, { x, y, z }: Point<E>): Point<E> {
  return { x, y: sub(zero, y), z }
}

export function double<E>({ add, sub, mul }: Field<E>, { x, y, z }: Point<E>): Point<E> {
  const [xx, yy] = [mul(x, x), mul(y, y)]
  const yyyy = mul(yy, yy)
  const [t, xy] = [add(x, yy), add(xx, yyyy)]
  const half = sub(mul(t, t), xy)
  const d = add(half, half)
  const e = add(add(xx, xx), xx)
  const x3 = sub(mul(e, e), add(d, d))
  const [two, yz] = [add(yyyy, yyyy), mul(y, z)]
  const four = add(two, two)
  return { x: x3, y: sub(mul(e, sub(d, x3)), add(four, four)), z: add(yz, yz) }
}

export function add<E>(field: Field<E>, left: Point<E>, right: Point<E>): Point<E> {
  const { add, sub, mul, isZero } = field
  if (isZero(left.z)) return right
  if (isZero(right.z)) return left
  const [zz1, zz2] = [mul(left.z, left.z), mul(right.z, right.z)]
  const [u1, u2] = [mul(left.x, zz2), mul(right.x, zz1)]
  const [s1, s2] = [mul(left.y, mul(right.z, zz2)), mul(right.y, mul(left.z, zz1))]
  const [h, difference] = [sub(u2, u1), sub(s2, s1)]
  if (isZero(h)) return isZero(difference) ? double(field, left) : infinity(field)
  const twice = add(h, h)
  const i = mul(twice, twice)
  const [j, v, r] = [mul(h, i), mul(u1, i), add(difference, difference)]
  const x3 = sub(sub(mul(r, r), j), add(v, v))
  const sj = mul(s1, j)
  const zz = mul(mul(left.z, right.z), twice)
  return { x: x3, y: sub(mul(r, sub(v, x3)), add(sj, sj)), z: zz }
}

/** @param scalar At least 0. */
export function multiply<E>(field: Field<E>, point: Point<E>, scalar: bigint): Point<E> {
  let result = infinity(field)
  for (const bit of scalar.toString(2)) {
    result = double(field, result)
    if (bit === '1') result = add(field, result, point)
  }
  return result
}
