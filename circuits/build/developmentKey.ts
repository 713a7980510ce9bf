/**
 * Groth16 development keys, computed directly from published secrets in seconds, instead of by a ceremony in hours.
 *
 * Whoever knows the secrets can prove anything, and everybody knows them: that is why these keys are reproducible,
 * recognised everywhere by hash, and refused by their own verifiers off a local chain.
 *
 * Sources: Groth, "On the Size of Pairing-based Non-interactive Arguments" (2016), section 3.2, for the key;
 * snarkjs 0.7.6, `zkey_utils.js` and `zkey_new.js`, for the layout of the `.zkey` file.
 */
import { createHash } from 'node:crypto'
import {
  allocate,
  type Curve,
  elementLength,
  multiplyGenerator,
  readCoordinates,
  start,
  writeElements,
} from './curve.ts'
import { fieldOrder } from './parameters.ts'
import type { Matrix, R1cs } from './r1cs.ts'
import type { G1Text, G2Text, VerificationKey } from './verificationKey.ts'

/** Part of every key's identity: raise it when this module computes other keys from the same circuit. */
export const version = 1

/** What a ceremony would have destroyed. All different, none zero. */
export interface Secrets {
  readonly tau: bigint
  readonly alpha: bigint
  readonly beta: bigint
  readonly gamma: bigint
  readonly delta: bigint
}

export interface DevelopmentKey {
  /** Bytes of the `.zkey` file. */
  readonly zkey: Uint8Array
  readonly verificationKey: VerificationKey
  readonly domainLog2: number
}

/** The secrets of a circuit's development key: SHA-512 of a published sentence, modulo the field order. */
export function deriveSecrets(circuit: string): Secrets {
  const derive = (label: keyof Secrets) => {
    const digest = createHash('sha512').update(`medseal development key: ${circuit} ${label}`).digest('hex')
    return BigInt(`0x${digest}`) % fieldOrder
  }
  const [tau, alpha, beta, gamma, delta] = [
    derive('tau'),
    derive('alpha'),
    derive('beta'),
    derive('gamma'),
    derive('delta'),
  ]
  return { tau, alpha, beta, gamma, delta }
}

/**
 * log2 of the number of rows the key has room for: one for each constraint, and one for each public signal and the
 * constant, which hold `signal * 0 = 0` and so keep the signals' polynomials independent (snarkjs adds the same rows).
 */
export function domainLog2Of({ constraints, publicSignals }: Pick<R1cs, 'constraints' | 'publicSignals'>): number {
  return 32 - Math.clz32(constraints + publicSignals)
}

/**
 * Computes a circuit's development key. The same circuit and secrets give the same bytes.
 * @param circuit Its name, from which the secrets are derived.
 * @throws {WeakSecretsError} where secrets are zero, equal, or tau is a point of the domain.
 */
export async function create(circuit: string, r1cs: R1cs, secrets = deriveSecrets(circuit)): Promise<DevelopmentKey> {
  const curve = await start()
  const { tau, alpha, beta, gamma, delta } = secrets
  const domainLog2 = domainLog2Of(r1cs)
  const domain = 2 ** domainLog2
  const { wires, publicSignals } = r1cs
  refuseWeak(secrets, domain)

  // 1. The circuit's polynomials A_s, B_s, C_s at tau, for every wire s.
  const columns = evaluateColumns(curve, r1cs, tau, domainLog2)

  // 2. All exponents of G1, in one array: key points, then the sections of the file one after another.
  const inCommon = publicSignals + 1
  const sections = { key: 3, ic: inCommon, a: wires, b1: wires, c: wires - inCommon, h: domain }
  const g1Count = Object.values(sections).reduce((sum, length) => sum + length, 0)
  const g1Scalars = allocate(curve, g1Count * elementLength)
  const icAt = g1Scalars + sections.key * elementLength
  const aAt = icAt + sections.ic * elementLength
  const b1At = aAt + sections.a * elementLength
  const cAt = b1At + sections.b1 * elementLength
  const hAt = cAt + sections.c * elementLength
  writeElements(curve, g1Scalars, [alpha, beta, delta])
  copy(curve, columns.a, aAt, wires)
  copy(curve, columns.b, b1At, wires)
  // (beta A_s + alpha B_s + C_s) / gamma for the wires the verifier knows, / delta for the others.
  combine(curve, columns, { alpha, beta, divisor: gamma, first: 0, count: inCommon, target: icAt })
  combine(curve, columns, { alpha, beta, divisor: delta, first: inCommon, count: wires - inCommon, target: cAt })
  // h: Lagrange basis of the domain twice as long, at its odd points, over delta. A B - C vanishes at the even ones.
  evaluateLagrange(curve, hAt, {
    count: domain,
    first: curve.rootOfUnity(domainLog2 + 1),
    step: curve.rootOfUnity(domainLog2),
    length: 2 * domain,
    at: tau,
    factor: invert(delta),
  })
  curve.field.batchFromMontgomery(g1Scalars, g1Count, g1Scalars)
  const g1 = multiplyGenerator(curve, curve.g1, g1Scalars, g1Count)

  // 3. The same in G2, where only B is needed.
  const g2Count = 3 + wires
  const g2Scalars = allocate(curve, g2Count * elementLength)
  writeElements(curve, g2Scalars, [beta, gamma, delta])
  copy(curve, columns.b, g2Scalars + 3 * elementLength, wires)
  curve.field.batchFromMontgomery(g2Scalars, g2Count, g2Scalars)
  const g2 = multiplyGenerator(curve, curve.g2, g2Scalars, g2Count)

  // 4. The file.
  const points = cut(g1, Object.values(sections), curve.g1.affineLength)
  const [key1, ic, a, b1, c, h] = points as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  const [key2, b2] = cut(g2, [3, wires], curve.g2.affineLength) as [Uint8Array, Uint8Array]
  const [alpha1, beta1, delta1] = cut(key1, [1, 1, 1], curve.g1.affineLength) as [Uint8Array, Uint8Array, Uint8Array]
  const header = concatenate([
    u32(elementLength),
    toBytes(baseFieldOrder),
    u32(elementLength),
    toBytes(fieldOrder),
    u32(wires),
    u32(publicSignals),
    u32(domain),
    alpha1,
    beta1,
    key2.subarray(0, 2 * curve.g2.affineLength),
    delta1,
    key2.subarray(2 * curve.g2.affineLength),
  ])
  const groth16 = u32(1)
  const zkey = toFile([groth16, header, ic, toCoefficients(r1cs), a, b1, b2, c, h, toContributions(circuit)])

  return { zkey, verificationKey: toVerificationKey(curve, { alpha1, key2, ic }), domainLog2 }
}

/** Pointers to the columns' values at tau, one element a wire. */
interface Columns {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** A_s(tau) = sum over rows of A[row][s] L_row(tau), and so for B and C. */
function evaluateColumns(curve: Curve, r1cs: R1cs, tau: bigint, domainLog2: number): Columns {
  const { add, sub, mul } = curve.field
  const lagrange = allocate(curve, 2 ** domainLog2 * elementLength)
  const coefficients = allocate(curve, r1cs.coefficients.length * elementLength)
  const product = allocate(curve, elementLength)
  const columns = {
    a: allocate(curve, r1cs.wires * elementLength),
    b: allocate(curve, r1cs.wires * elementLength),
    c: allocate(curve, r1cs.wires * elementLength),
  }
  evaluateLagrange(curve, lagrange, {
    count: 2 ** domainLog2,
    first: 1n,
    step: curve.rootOfUnity(domainLog2),
    length: 2 ** domainLog2,
    at: tau,
    factor: 1n,
  })
  writeElements(curve, coefficients, r1cs.coefficients)
  const one = r1cs.coefficients.indexOf(1n)
  const minusOne = r1cs.coefficients.indexOf(fieldOrder - 1n)
  const accumulate = ({ starts, wire, coefficient }: Matrix, column: number) => {
    for (let row = 0; row < r1cs.constraints; row++) {
      const basis = lagrange + row * elementLength
      const end = starts[row + 1] as number
      for (let term = starts[row] as number; term < end; term++) {
        const sum = column + (wire[term] as number) * elementLength
        const index = coefficient[term] as number
        if (index === one) add(sum, basis, sum)
        else if (index === minusOne) sub(sum, basis, sum)
        else {
          mul(coefficients + index * elementLength, basis, product)
          add(sum, product, sum)
        }
      }
    }
  }
  accumulate(r1cs.a, columns.a)
  accumulate(r1cs.b, columns.b)
  accumulate(r1cs.c, columns.c)
  for (let wire = 0; wire <= r1cs.publicSignals; wire++) {
    const sum = columns.a + wire * elementLength
    add(sum, lagrange + (r1cs.constraints + wire) * elementLength, sum)
  }
  return columns
}

interface CombineOptions extends Pick<Secrets, 'alpha' | 'beta'> {
  readonly divisor: bigint
  /** First wire, and number of wires. */
  readonly first: number
  readonly count: number
  readonly target: number
}

/** Writes (beta A_s + alpha B_s + C_s) / divisor of consecutive wires s. */
function combine(curve: Curve, columns: Columns, options: CombineOptions): void {
  const { alpha, beta, divisor, first, count, target } = options
  const { add, mul } = curve.field
  const [byAlpha, byBeta, byInverse, product] = allocateElements(curve, [alpha, beta, invert(divisor), 0n])
  for (let index = 0; index < count; index++) {
    const offset = (first + index) * elementLength
    const sum = target + index * elementLength
    mul(columns.a + offset, byBeta, sum)
    mul(columns.b + offset, byAlpha, product)
    add(sum, product, sum)
    add(sum, columns.c + offset, sum)
    mul(sum, byInverse, sum)
  }
}

interface LagrangeOptions {
  readonly count: number
  /** Points x_i = first * step^i, each a root of unity of order `length`. */
  readonly first: bigint
  readonly step: bigint
  readonly length: number
  readonly at: bigint
  /** Multiplies every value. */
  readonly factor: bigint
}

/** L_i(at) = (at^length - 1) / length * x_i / (at - x_i), for i < count. */
function evaluateLagrange(curve: Curve, target: number, options: LagrangeOptions): void {
  const { count, first, step, length, at, factor } = options
  const { mul, sub, batchInverse } = curve.field
  const scale = (power(at, BigInt(length)) - 1n) * invert(BigInt(length)) * factor
  // Two runs through the powers of `step`: one bare, for the denominators; one that carries the scale.
  const [point, numerator, ratio, here] = allocateElements(curve, [first, modulo(first * scale), step, at])
  const chunk = 4096
  const denominators = allocate(curve, chunk * elementLength)
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(chunk, count - start)
    for (let index = 0; index < end; index++) {
      sub(here, point, denominators + index * elementLength)
      mul(point, ratio, point)
    }
    batchInverse(denominators, elementLength, end, denominators, elementLength)
    for (let index = 0; index < end; index++) {
      mul(denominators + index * elementLength, numerator, target + (start + index) * elementLength)
      mul(numerator, ratio, numerator)
    }
  }
}

/**
 * Section 4: what the prover multiplies the witness with to get the rows of A and B (C it gets as their product).
 * Each value times 2^512, i.e. in Montgomery form twice, because the witness it meets is not in that form at all.
 */
function toCoefficients(r1cs: R1cs): Uint8Array {
  const { a, b, constraints, publicSignals } = r1cs
  const entryLength = 12 + elementLength
  const count = a.wire.length + b.wire.length + publicSignals + 1
  const bytes = new Uint8Array(4 + count * entryLength)
  const view = new DataView(bytes.buffer)
  const values = [...r1cs.coefficients, 1n].map((value) => toBytes((value << 512n) % fieldOrder))
  view.setUint32(0, count, true)
  let at = 4
  const write = (matrix: 0 | 1, row: number, wire: number, value: number) => {
    view.setUint32(at, matrix, true)
    view.setUint32(at + 4, row, true)
    view.setUint32(at + 8, wire, true)
    bytes.set(values[value] as Uint8Array, at + 12)
    at += entryLength
  }
  const writeRow = (index: 0 | 1, { starts, wire, coefficient }: Matrix, row: number) => {
    for (let term = starts[row] as number; term < (starts[row + 1] as number); term++) {
      write(index, row, wire[term] as number, coefficient[term] as number)
    }
  }
  for (let row = 0; row < constraints; row++) {
    writeRow(0, a, row)
    writeRow(1, b, row)
  }
  for (let wire = 0; wire <= publicSignals; wire++) write(0, constraints + wire, wire, r1cs.coefficients.length)
  return bytes
}

/**
 * Section 10: a hash of 64 bytes and no contribution, which is the truth. In a ceremony's key the hash is that of the
 * circuit; here it says what the key is.
 */
function toContributions(circuit: string): Uint8Array {
  return concatenate([createHash('sha512').update(`medseal development key: ${circuit}`).digest(), u32(0)])
}

/** iden3's binary container: name, version 1, number of sections, and each section with its type and length. */
function toFile(sections: readonly Uint8Array[]): Uint8Array {
  const head = concatenate([new TextEncoder().encode('zkey'), u32(1), u32(sections.length)])
  const parts = sections.flatMap((section, index) => {
    const length = new Uint8Array(8)
    new DataView(length.buffer).setBigUint64(0, BigInt(section.length), true)
    return [u32(index + 1), length, section]
  })
  return concatenate([head, ...parts])
}

function toVerificationKey(
  curve: Curve,
  { alpha1, key2, ic }: { alpha1: Uint8Array; key2: Uint8Array; ic: Uint8Array },
): VerificationKey {
  const g1 = (points: Uint8Array): G1Text[] => {
    const numbers = readCoordinates(curve, points).map(String)
    return Array.from({ length: numbers.length / 2 }, (_, index) => {
      const [x = '', y = ''] = numbers.slice(2 * index)
      return [x, y, '1']
    })
  }
  const g2 = readCoordinates(curve, key2).map(String)
  const g2Point = (index: number): G2Text => {
    const [x0 = '', x1 = '', y0 = '', y1 = ''] = g2.slice(4 * index)
    return [
      [x0, x1],
      [y0, y1],
      ['1', '0'],
    ]
  }
  const IC = g1(ic)
  return {
    protocol: 'groth16',
    curve: 'bn128',
    nPublic: IC.length - 1,
    vk_alpha_1: g1(alpha1)[0] as G1Text,
    vk_beta_2: g2Point(0),
    vk_gamma_2: g2Point(1),
    vk_delta_2: g2Point(2),
    IC,
  }
}

/** Order of the field the curve's coordinates are in (EIP-197). */
const baseFieldOrder = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

function refuseWeak(secrets: Secrets, domain: number): void {
  const values = Object.values(secrets)
  if (values.some((value) => value <= 0n || value >= fieldOrder)) throw new WeakSecretsError('one is out of range')
  if (new Set(values).size !== values.length) throw new WeakSecretsError('two are equal')
  if (power(secrets.tau, BigInt(2 * domain)) === 1n) throw new WeakSecretsError('tau is a point of the domain')
}

/** Four registers with these values. */
function allocateElements(curve: Curve, values: readonly [bigint, bigint, bigint, bigint]) {
  const pointer = allocate(curve, values.length * elementLength)
  writeElements(curve, pointer, values)
  return [pointer, pointer + elementLength, pointer + 2 * elementLength, pointer + 3 * elementLength] as const
}

function copy({ memory }: Curve, from: number, to: number, elements: number): void {
  new Uint8Array(memory.buffer).copyWithin(to, from, from + elements * elementLength)
}

/** Cuts an array of points into parts of the given numbers of points. */
function cut(points: Uint8Array, counts: readonly number[], pointLength: number): readonly Uint8Array[] {
  let at = 0
  return counts.map((count) => {
    const part = points.subarray(at, at + count * pointLength)
    at += count * pointLength
    return part
  })
}

function modulo(value: bigint): bigint {
  return ((value % fieldOrder) + fieldOrder) % fieldOrder
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; square = (square * square) % fieldOrder, rest >>= 1n) {
    if (rest & 1n) result = (result * square) % fieldOrder
  }
  return result
}

/** By Fermat: value^(p - 2). */
function invert(value: bigint): bigint {
  return power(value, fieldOrder - 2n)
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** 32 bytes, little-endian. */
function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: elementLength }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A key from such secrets would be broken beyond what a development key is. */
export class WeakSecretsError extends Error {
  override readonly name = 'DevelopmentKey.WeakSecretsError'
  constructor(problem: string) {
    super(`These secrets make no key: ${problem}.`)
  }
}
