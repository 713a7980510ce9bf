/**
 * BN254 arithmetic in WebAssembly, single-threaded: ffjavascript's compiled curve in an instance and a memory of our own,
 * so that nothing is copied between calls and no worker is left behind.
 *
 * Numbers in the memory are 32 bytes, little-endian, in Montgomery form unless said otherwise. A G1 point is two of
 * them, a G2 point four (real part of each coordinate first); the point at infinity is all zeros.
 */
import { buildBn128 } from 'ffjavascript'
import { fieldOrder } from './parameters.ts'

/** Bytes of a field element. */
export const elementLength = 32

/** Points multiplied between two conversions to affine form, which share one field inversion. */
const chunkLength = 1024

/** A function exported by the compiled curve; takes and gives pointers and counts. */
type Operation = (...operands: number[]) => void

/** `base` points to the group's generator. */
export interface Group {
  readonly affineLength: 64 | 128
  readonly base: number
  readonly double: Operation
  readonly addMixed: Operation
  readonly subMixed: Operation
  readonly zero: Operation
  readonly copy: Operation
  readonly toAffine: Operation
  readonly batchToAffine: Operation
}

export interface Curve {
  readonly memory: WebAssembly.Memory
  /** Scalar field: `add(a, b, result)`, `batchInverse(from, step, count, to, step)`. */
  readonly field: {
    readonly add: Operation
    readonly sub: Operation
    readonly mul: Operation
    readonly batchInverse: Operation
    readonly batchToMontgomery: Operation
    readonly batchFromMontgomery: Operation
  }
  /** Out of Montgomery form, for coordinates: `(from, count, to)`. */
  readonly baseFieldFromMontgomery: Operation
  readonly g1: Group
  readonly g2: Group
  /** The 2^k-th root of unity by k, the one snarkjs's transforms use. */
  rootOfUnity(k: number): bigint
}

/** Compiles the curve (about 0.2 s). */
export async function start(): Promise<Curve> {
  const { tm, Fr } = await buildBn128(true)
  const roots = Fr.w.map((root) => Fr.toObject(root))
  // 25 pages hold the curve's constants and the scratch space of its batch operations, as in ffjavascript itself.
  const memory = new WebAssembly.Memory({ initial: 25 })
  const { instance } = await WebAssembly.instantiate(new Uint8Array(tm.code), { env: { memory } })
  const operation = (name: string): Operation => {
    const found = instance.exports[name]
    if (typeof found !== 'function') throw new MissingOperationError(name)
    return found as Operation
  }
  const group = (prefix: 'g1m' | 'g2m', affineLength: 64 | 128, base: number): Group => ({
    affineLength,
    base,
    double: operation(`${prefix}_double`),
    addMixed: operation(`${prefix}_addMixed`),
    subMixed: operation(`${prefix}_subMixed`),
    zero: operation(`${prefix}_zero`),
    copy: operation(`${prefix}_copy`),
    toAffine: operation(`${prefix}_toAffine`),
    batchToAffine: operation(`${prefix}_batchToAffine`),
  })
  return {
    memory,
    field: {
      add: operation('frm_add'),
      sub: operation('frm_sub'),
      mul: operation('frm_mul'),
      batchInverse: operation('frm_batchInverse'),
      batchToMontgomery: operation('frm_batchToMontgomery'),
      batchFromMontgomery: operation('frm_batchFromMontgomery'),
    },
    baseFieldFromMontgomery: operation('f1m_batchFromMontgomery'),
    g1: group('g1m', 64, tm.pG1gen),
    g2: group('g2m', 128, tm.pG2gen),
    rootOfUnity: (k) => roots[k] as bigint,
  }
}

/** Reserves zeroed memory above everything there is; never freed. Views on `memory.buffer` must be made afresh after it. */
export function allocate({ memory }: Curve, length: number): number {
  return memory.grow(Math.ceil(length / 65_536)) * 65_536
}

/** Puts field elements at `pointer`, in Montgomery form. */
export function writeElements(curve: Curve, pointer: number, values: readonly bigint[]): void {
  const view = new DataView(curve.memory.buffer, pointer, values.length * elementLength)
  values.forEach((value, index) => {
    for (let limb = 0; limb < 4; limb++) {
      view.setBigUint64(index * elementLength + limb * 8, BigInt.asUintN(64, value >> BigInt(64 * limb)), true)
    }
  })
  curve.field.batchToMontgomery(pointer, values.length, pointer)
}

/**
 * Coordinates of affine points as numbers, in the order they have in memory.
 * @param points Length a multiple of 32, Montgomery form.
 */
export function readCoordinates(curve: Curve, points: Uint8Array): readonly bigint[] {
  const pointer = allocate(curve, points.length)
  new Uint8Array(curve.memory.buffer).set(points, pointer)
  curve.baseFieldFromMontgomery(pointer, points.length / elementLength, pointer)
  const view = new DataView(curve.memory.buffer, pointer, points.length)
  const limb = (index: number) => view.getBigUint64(index * 8, true)
  return Array.from({ length: points.length / elementLength }, (_, index) => {
    const at = index * 4
    return limb(at) | (limb(at + 1) << 64n) | (limb(at + 2) << 128n) | (limb(at + 3) << 192n)
  })
}

/**
 * The generator times each scalar, as affine points one after another.
 *
 * Scalars are cut into signed digits of `window` bits; for each digit position there is a table of all multiples of
 * the generator it can stand for, so a product costs one addition a digit and no doubling (fixed-base windowing:
 * Brickell, Gordon, McCurley, Wilson, EUROCRYPT '92).
 * @param scalars Pointer to `count` scalars, NOT in Montgomery form.
 */
export function multiplyGenerator(curve: Curve, group: Group, scalars: number, count: number): Uint8Array {
  const window = chooseWindow(count)
  const digits = countDigits(window)
  const half = 2 ** (window - 1)
  const tables = buildTables(curve, group, window)
  const jacobianLength = (group.affineLength / 2) * 3
  const sums = allocate(curve, chunkLength * jacobianLength)
  const result = new Uint8Array(count * group.affineLength)
  const words = new Uint32Array(curve.memory.buffer)
  const { addMixed, subMixed, zero, affineLength } = group

  for (let first = 0; first < count; first += chunkLength) {
    const length = Math.min(chunkLength, count - first)
    for (let index = 0; index < length; index++) {
      const sum = sums + index * jacobianLength
      const scalar = (scalars + (first + index) * elementLength) / 4
      zero(sum)
      let carry = 0
      for (let digit = 0; digit < digits; digit++) {
        const bit = digit * window
        const word = scalar + (bit >>> 5)
        const shift = bit & 31
        let value = (words[word] as number) >>> shift
        // The digit's upper part is in the next word, unless this is the scalar's last.
        if (shift + window > 32 && bit >>> 5 < 7) value |= (words[word + 1] as number) << (32 - shift)
        value = (value & (2 * half - 1)) + carry
        carry = value > half ? 1 : 0
        const row = tables + digit * half * affineLength
        if (carry === 1) {
          if (value < 2 * half) subMixed(sum, row + (2 * half - value - 1) * affineLength, sum)
        } else if (value > 0) addMixed(sum, row + (value - 1) * affineLength, sum)
      }
    }
    group.batchToAffine(sums, length, sums)
    result.set(new Uint8Array(curve.memory.buffer, sums, length * affineLength), first * affineLength)
  }
  return result
}

/** For each digit position d the points 1, 2, ... 2^(window - 1) times 2^(window * d) times the generator. */
function buildTables(curve: Curve, group: Group, window: number): number {
  const digits = countDigits(window)
  const half = 2 ** (window - 1)
  const { affineLength } = group
  const jacobianLength = (affineLength / 2) * 3
  const tables = allocate(curve, digits * half * affineLength)
  const points = allocate(curve, chunkLength * jacobianLength)
  const step = allocate(curve, affineLength)
  const running = allocate(curve, jacobianLength)
  group.toAffine(group.base, step)
  for (let digit = 0; digit < digits; digit++) {
    group.zero(running)
    for (let first = 0; first < half; first += chunkLength) {
      const length = Math.min(chunkLength, half - first)
      for (let index = 0; index < length; index++) {
        group.addMixed(running, step, running)
        group.copy(running, points + index * jacobianLength)
      }
      group.batchToAffine(points, length, points)
      const target = tables + (digit * half + first) * affineLength
      new Uint8Array(curve.memory.buffer).copyWithin(target, points, points + length * affineLength)
    }
    group.double(running, running)
    group.toAffine(running, step)
  }
  return tables
}

/** Digits of a scalar: its 254 bits and the carry out of the last signed digit. */
function countDigits(window: number): number {
  return Math.ceil((fieldOrder.toString(2).length + 1) / window)
}

/** The width that costs fewest additions: one a digit and scalar, and about two for each point in a table. */
function chooseWindow(count: number): number {
  const cost = (window: number) => countDigits(window) * (count + 2 * 2 ** (window - 1))
  return [4, 6, 8, 10, 11, 12, 13, 14, 15, 16].reduce((best, window) => (cost(window) < cost(best) ? window : best))
}

/** Another version of ffjavascript than the one this module was written for. */
export class MissingOperationError extends Error {
  override readonly name = 'Curve.MissingOperationError'
  constructor(operation: string) {
    super(`ffjavascript's curve has no operation ${operation}.`)
  }
}
