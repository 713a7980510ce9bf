import * as Artifacts from './Artifacts.ts'
import * as Bn254 from './Bn254.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import * as VerificationKey from './VerificationKey.ts'
import { satisfies } from './verify.ts'
import * as Zkey from './Zkey.ts'

// `snarkjs zkey verify` calls a key sound to which nobody contributed, under which anybody forges. This is the
// project's own check: of a verification key by itself, and of the zkey it is said to belong to.

/** What is wrong with a key. A sound key has none of them. */
export type Finding =
  | { readonly kind: 'malformed'; readonly file: 'verification-key' | 'zkey' }
  | { readonly kind: 'infinity' | 'off-curve' | 'outside-subgroup'; readonly point: string }
  /** The same point twice, or a point and its negative. Of gamma and delta it means that anybody forges. */
  | { readonly kind: 'equal-points'; readonly points: readonly [string, string] }
  /** alpha, beta or delta is the group's generator, or its negative: nobody contributed to it. */
  | { readonly kind: 'generator'; readonly point: string }
  | { readonly kind: 'wrong-ic-length'; readonly expected: number; readonly actual: number }
  /** A proof made from the key alone is accepted. */
  | { readonly kind: 'forgery-accepted' }
  | { readonly kind: 'not-pinned'; readonly file: 'verification-key' | 'zkey' }
  /** The zkey's part differs from the verification key's, or from its own in the other group. */
  | { readonly kind: 'zkey-differs'; readonly part: 'circuit' | 'alpha' | 'beta' | 'gamma' | 'delta' | 'IC' }
  | { readonly kind: 'too-few-contributions'; readonly expected: number; readonly actual: number }
  /** The last contribution is no public beacon: the last contributor could have chosen among keys. */
  | { readonly kind: 'no-beacon' }
  /** The last contribution ends in another delta than the key's. */
  | { readonly kind: 'broken-contributions' }

/** What the prover pins of a circuit's key. */
export type Pin = {
  readonly class: 'development' | 'production'
  readonly publicSignals: readonly string[]
  readonly hashes: { readonly zkey: string; readonly verificationKey: string }
}

/**
 * Contributors a production key needs. A development key has none: it is known by its pinned hash, and nothing else
 * may be of that class.
 */
export const leastContributions = { development: 0, production: 10 } as const

/**
 * Everything wrong with a verification key, and with the zkey where it is given.
 * @param options.pin Unless told: the circuit's.
 */
export async function check(
  circuit: CircuitName,
  verificationKey: VerificationKey.Snarkjs,
  { zkey, pin = circuits[circuit] }: { zkey?: Uint8Array; pin?: Pin } = {},
): Promise<readonly Finding[]> {
  const key = read(() => VerificationKey.fromSnarkjs(verificationKey))
  if (!key) return [{ kind: 'malformed', file: 'verification-key' }]
  const findings = [...(await checkPoints(key)), ...checkDistinct(key), ...checkLength(key, pin)]
  if (VerificationKey.hashOf(key) !== pin.hashes.verificationKey) {
    findings.push({ kind: 'not-pinned', file: 'verification-key' })
  }
  // Pairings are only defined on points that passed.
  const arePoints = !findings.some(({ kind }) => ['infinity', 'off-curve', 'outside-subgroup'].includes(kind))
  if (arePoints && (await acceptsForgery(key))) findings.push({ kind: 'forgery-accepted' })
  if (zkey) findings.push(...(await checkZkey(key, zkey, pin)))
  return findings
}

export function isSound(findings: readonly Finding[]): boolean {
  return findings.length === 0
}

/**
 * Whether anybody can forge by combining points of the key: with A = alpha, B = beta and C = -x the equation asks for
 * e(x, gamma) = e(x, delta), which holds for every statement where gamma = delta; with C = x where gamma = -delta.
 */
export async function acceptsForgery(key: VerificationKey.VerificationKey): Promise<boolean> {
  const [constant, ...points] = key.ic
  if (!constant) return false
  for (const scalarOf of [() => 0n, (i: number) => BigInt(i) + 2n]) {
    const signals = points.map((_, i) => scalarOf(i))
    const x = await Bn254.sum(
      constant,
      points.map((point, i) => ({ point, scalar: signals[i] ?? 0n })),
    )
    if (!x) continue
    for (const c of [Bn254.negateG1(x), x]) {
      if (await satisfies(key, { a: key.alpha, b: key.beta, c }, signals)) return true
    }
  }
  return false
}

type Named<Point> = readonly (readonly [name: string, point: Point])[]

function namedPoints({ alpha, beta, gamma, delta, ic }: VerificationKey.VerificationKey) {
  const g1: Named<Bn254.G1> = [['alpha', alpha], ...ic.map((point, i) => [`IC[${i}]`, point] as const)]
  const g2: Named<Bn254.G2> = [
    ['beta', beta],
    ['gamma', gamma],
    ['delta', delta],
  ]
  return { g1, g2 }
}

async function checkPoints(key: VerificationKey.VerificationKey): Promise<Finding[]> {
  const { g1, g2 } = namedPoints(key)
  const findings: Finding[] = []
  for (const [point, value] of [...g1, ...g2]) {
    if (value.flat().every((coordinate) => coordinate === 0n)) findings.push({ kind: 'infinity', point })
  }
  const isReported = (name: string) => findings.some((finding) => 'point' in finding && finding.point === name)
  for (const [point, value] of g1) {
    if (!isReported(point) && !Bn254.isOnG1(value)) findings.push({ kind: 'off-curve', point })
  }
  for (const [point, value] of g2) {
    if (isReported(point)) continue
    if (!Bn254.isOnG2(value)) findings.push({ kind: 'off-curve', point })
    else if (!(await Bn254.isInSubgroup(value))) findings.push({ kind: 'outside-subgroup', point })
  }
  return findings
}

function checkDistinct(key: VerificationKey.VerificationKey): Finding[] {
  const { g1, g2 } = namedPoints(key)
  const findings: Finding[] = [...equalPairs(g1, Bn254.negateG1), ...equalPairs(g2, Bn254.negateG2)]
  if (isOrNegates(key.alpha, Bn254.g1Generator, Bn254.negateG1)) findings.push({ kind: 'generator', point: 'alpha' })
  // gamma is the generator in every key snarkjs makes, and may be: no secret is lost by it.
  for (const point of ['beta', 'delta'] as const) {
    if (isOrNegates(key[point], Bn254.g2Generator, Bn254.negateG2)) findings.push({ kind: 'generator', point })
  }
  return findings
}

function equalPairs<Point extends Bn254.G1 | Bn254.G2>(
  points: Named<Point>,
  negate: (point: Point) => Point,
): Finding[] {
  return points.flatMap(([one, left], i) =>
    points
      .slice(i + 1)
      .filter(([, right]) => isOrNegates(left, right, negate))
      .map(([other]): Finding => ({ kind: 'equal-points', points: [one, other] })),
  )
}

function isOrNegates<Point extends Bn254.G1 | Bn254.G2>(
  left: Point,
  right: Point,
  negate: (point: Point) => Point,
): boolean {
  return Bn254.equal(left, right) || Bn254.equal(left, negate(right))
}

function checkLength({ ic }: VerificationKey.VerificationKey, { publicSignals }: Pin): Finding[] {
  const expected = publicSignals.length + 1
  return ic.length === expected ? [] : [{ kind: 'wrong-ic-length', expected, actual: ic.length }]
}

async function checkZkey(key: VerificationKey.VerificationKey, bytes: Uint8Array, pin: Pin): Promise<Finding[]> {
  const zkey = read(() => Zkey.parse(bytes))
  if (!zkey) return [{ kind: 'malformed', file: 'zkey' }]
  const findings: Finding[] = []
  if ((await Artifacts.hashOf(bytes)) !== pin.hashes.zkey) findings.push({ kind: 'not-pinned', file: 'zkey' })
  const actual = zkey.contributions.length
  const expected = leastContributions[pin.class]
  if (actual < expected) findings.push({ kind: 'too-few-contributions', expected, actual })
  const last = zkey.contributions.at(-1)
  if (pin.class === 'production' && !last?.isBeacon) findings.push({ kind: 'no-beacon' })
  if (last && !Bn254.equal(last.deltaAfter, zkey.delta1)) findings.push({ kind: 'broken-contributions' })
  if (zkey.publicSignals !== pin.publicSignals.length) findings.push({ kind: 'zkey-differs', part: 'circuit' })
  for (const part of ['alpha', 'beta', 'gamma', 'delta'] as const) {
    if (!Bn254.equal(zkey[part], key[part])) findings.push({ kind: 'zkey-differs', part })
  }
  const sameIc =
    zkey.ic.length === key.ic.length && key.ic.every((point, i) => Bn254.equal(point, zkey.ic[i] ?? [0n, 0n]))
  if (!sameIc) findings.push({ kind: 'zkey-differs', part: 'IC' })
  // The prover uses beta and delta in both groups: they must be the same multiple of the generators.
  for (const [part, one] of [
    ['beta', zkey.beta1],
    ['delta', zkey.delta1],
  ] as const) {
    if (!(await isSameMultiple(one, zkey[part]))) findings.push({ kind: 'zkey-differs', part })
  }
  return findings
}

async function isSameMultiple(one: Bn254.G1, two: Bn254.G2): Promise<boolean> {
  if (!Bn254.isOnG1(one) || !Bn254.isOnG2(two) || !(await Bn254.isInSubgroup(two))) return false
  return Bn254.pairingIsOne([
    [one, Bn254.g2Generator],
    [Bn254.negateG1(Bn254.g1Generator), two],
  ])
}

function read<T>(from: () => T): T | undefined {
  try {
    return from()
  } catch {
    return undefined
  }
}
