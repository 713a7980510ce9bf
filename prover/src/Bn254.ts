import type { SnarkjsCurve } from 'snarkjs'
import { fieldOrder } from './generated/parameters.ts'

/** Order of the field of coordinates (EIP-197). */
export const baseFieldOrder = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

/** Affine, never infinity. */
export type G1 = readonly [x: bigint, y: bigint]
/** Affine, never infinity; each coordinate in EVM order, the imaginary part first (EIP-197). */
export type G2 = readonly [x: readonly [bigint, bigint], y: readonly [bigint, bigint]]

/** Generators (EIP-196, EIP-197). */
export const g1Generator: G1 = [1n, 2n]
export const g2Generator: G2 = [
  [
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  ],
  [
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
  ],
]

/** y^2 = x^3 + 3, both below the field's order. Infinity, (0, 0), is not on it. */
export function isOnG1([x, y]: G1): boolean {
  return [x, y].every(isCoordinate) && (y * y - x * x * x - 3n) % baseFieldOrder === 0n
}

/** y^2 = x^3 + 3 / (9 + i). Says nothing about the subgroup. */
export function isOnG2([[xi, xr], [yi, yr]]: G2): boolean {
  if (![xi, xr, yi, yr].every(isCoordinate)) return false
  const x: Complex = [xr, xi]
  const left = times([yr, yi], [yr, yi])
  const cube = times(times(x, x), x)
  // (9 + i)(y^2 - x^3) = 3, free of a division.
  const [real, imaginary] = times([9n, 1n], [left[0] - cube[0], left[1] - cube[1]])
  return (real - 3n) % baseFieldOrder === 0n && imaginary % baseFieldOrder === 0n
}

export function negateG1([x, y]: G1): G1 {
  return [x, (baseFieldOrder - y) % baseFieldOrder]
}

export function negateG2([x, [yi, yr]]: G2): G2 {
  return [x, [(baseFieldOrder - yi) % baseFieldOrder, (baseFieldOrder - yr) % baseFieldOrder]]
}

export function equal(left: G1 | G2, right: G1 | G2): boolean {
  return left.flat().every((coordinate, i) => coordinate === right.flat()[i])
}

/** Whether a point of the curve of G2 is in the subgroup of prime order that pairings are defined on. */
export async function isInSubgroup(point: G2): Promise<boolean> {
  const { G2 } = await curve()
  return G2.isZero(G2.timesScalar(G2.fromObject(toObject2(point)), fieldOrder))
}

/** constant + the sum of scalar x point; undefined where that is infinity. Points on the curve, 0 <= scalar < field order. */
export async function sum(
  constant: G1,
  terms: readonly { readonly point: G1; readonly scalar: bigint }[],
): Promise<G1 | undefined> {
  const { G1 } = await curve()
  let total = G1.fromObject(toObject1(constant))
  for (const { point, scalar } of terms) {
    total = G1.add(total, G1.timesScalar(G1.fromObject(toObject1(point)), scalar))
  }
  if (G1.isZero(total)) return undefined
  const [x, y] = G1.toObject(G1.toAffine(total)) as readonly [bigint, bigint]
  return [x, y]
}

/** Loads what pairs, ahead of the first proof that is checked. */
export async function prepare(): Promise<void> {
  await curve()
}

/** Whether the product of the pairings is one. Points on their curves and, of G2, in the subgroup. */
export async function pairingIsOne(pairs: readonly (readonly [G1, G2])[]): Promise<boolean> {
  const { G1, G2, pairingEq } = await curve()
  return pairingEq(...pairs.flatMap(([one, two]) => [G1.fromObject(toObject1(one)), G2.fromObject(toObject2(two))]))
}

type Complex = readonly [real: bigint, imaginary: bigint]

function times([a, b]: Complex, [c, d]: Complex): Complex {
  return [(a * c - b * d) % baseFieldOrder, (a * d + b * c) % baseFieldOrder]
}

function isCoordinate(value: bigint): boolean {
  return value >= 0n && value < baseFieldOrder
}

function toObject1([x, y]: G1): readonly bigint[] {
  return [x, y, 1n]
}

function toObject2([[xi, xr], [yi, yr]]: G2): readonly (readonly bigint[])[] {
  return [
    [xr, xi],
    [yr, yi],
    [1n, 0n],
  ]
}

let started: Promise<SnarkjsCurve> | undefined

/**
 * ffjavascript's curve without workers, through snarkjs: nothing to end, and not the one the engine ends. Loaded when it
 * is needed: who only reads points need not carry it, and in a thread of Node it does not load at all.
 */
function curve(): Promise<SnarkjsCurve> {
  started ??= import('snarkjs')
    .then(({ curves }) => curves.getCurveFromName('bn128', { singleThread: true }))
    .catch((cause) => {
      // A network that was cut may be back the next time.
      started = undefined
      throw cause
    })
  return started
}
