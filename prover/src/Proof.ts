import * as Bn254 from './Bn254.ts'

/** A Groth16 proof over BN254, as the contracts' struct `Proof` has it. Malleable: nothing may be keyed on its bytes. */
export type Proof = { readonly a: Bn254.G1; readonly b: Bn254.G2; readonly c: Bn254.G1 }

/** As snarkjs writes proofs: decimal, projective, the real part of each of b's coordinates first. */
export type Snarkjs = {
  readonly pi_a: readonly string[]
  readonly pi_b: readonly (readonly string[])[]
  readonly pi_c: readonly string[]
}

/**
 * A proof from outside: `{ a, b, c }` and nothing else, coordinates as bigints, decimal or 0x strings, each in its one
 * form below the base field's order, points on their curves. Whether b is in the subgroup, `verify` checks.
 * @throws {MalformedError}
 */
export function parse(value: unknown): Proof {
  const { a, b, c } = recordOf(value, ['a', 'b', 'c'])
  const [x, y] = listOf(b, 2)
  return assertOnCurves({ a: g1(a), b: [pair(x), pair(y)], c: g1(c) })
}

/**
 * A proof as snarkjs writes it.
 * @throws {MalformedError}
 */
export function fromSnarkjs(value: unknown): Proof {
  const { pi_a, pi_b, pi_c } = recordOf(value, ['pi_a', 'pi_b', 'pi_c'], ['protocol', 'curve'])
  const [x, y, z] = listOf(pi_b, 3)
  const [[xr, xi], [yr, yi], [zr, zi]] = [pair(x), pair(y), pair(z)]
  if (zr !== 1n || zi !== 0n) throw new MalformedError()
  return assertOnCurves({
    a: affine(pi_a),
    b: [
      [xi, xr],
      [yi, yr],
    ],
    c: affine(pi_c),
  })
}

export function toSnarkjs({ a, b: [[xi, xr], [yi, yr]], c }: Proof) {
  return {
    pi_a: [...a.map(String), '1'],
    pi_b: [
      [String(xr), String(xi)],
      [String(yr), String(yi)],
      ['1', '0'],
    ],
    pi_c: [...c.map(String), '1'],
    protocol: 'groth16',
    curve: 'bn128',
  } as const
}

/** Argument of `IVerifier.verifyProof`: the struct `Proof`. */
export function toContractArgs({ a, b, c }: Proof): {
  a: [bigint, bigint]
  b: [[bigint, bigint], [bigint, bigint]]
  c: [bigint, bigint]
} {
  return { a: [...a], b: [[...b[0]], [...b[1]]], c: [...c] }
}

/** For JSON: decimal strings, which `parse` takes back. */
export function toJson({ a, b, c }: Proof) {
  return { a: a.map(String), b: b.map((coordinate) => coordinate.map(String)), c: c.map(String) }
}

function assertOnCurves(proof: Proof): Proof {
  if (!Bn254.isOnG1(proof.a) || !Bn254.isOnG2(proof.b) || !Bn254.isOnG1(proof.c)) throw new MalformedError()
  return proof
}

function g1(value: unknown): Bn254.G1 {
  return pair(value)
}

function affine(value: unknown): Bn254.G1 {
  const [x, y, z] = listOf(value, 3)
  if (coordinate(z) !== 1n) throw new MalformedError()
  return [coordinate(x), coordinate(y)]
}

function pair(value: unknown): readonly [bigint, bigint] {
  const [first, second] = listOf(value, 2)
  return [coordinate(first), coordinate(second)]
}

function coordinate(value: unknown): bigint {
  const number = numberOf(value)
  if (number === undefined || number < 0n || number >= Bn254.baseFieldOrder) throw new MalformedError()
  return number
}

/** A bigint; or one from its decimal digits without leading zeros, or from at most 64 hexadecimal digits after 0x. */
export function numberOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  const isNumber = typeof value === 'string' && /^(0|[1-9]\d{0,77}|0x[\da-fA-F]{1,64})$/.test(value)
  return isNumber ? BigInt(value) : undefined
}

function listOf(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw new MalformedError()
  return value
}

function recordOf(value: unknown, keys: readonly string[], optional: readonly string[] = []): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedError()
  const own = Object.keys(value)
  const isWhole = keys.every((key) => own.includes(key))
  if (!isWhole || own.some((key) => !keys.includes(key) && !optional.includes(key))) throw new MalformedError()
  return value as Record<string, unknown>
}

/** This is not a proof: a part is missing, too many, not a coordinate, or no point. */
export class MalformedError extends Error {
  override readonly name = 'Proof.MalformedError'
  constructor() {
    super('Not a proof: two points of G1 and one of G2, in coordinates below the base field order, and nothing else.')
  }
}
