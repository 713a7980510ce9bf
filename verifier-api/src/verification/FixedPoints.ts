import type * as Bn254 from '@medseal/prover/Bn254'
import * as Mcl from './Mcl.ts'

const { g1, fr } = Mcl.sizes
/** Bits of a digit, which lies between -half and half. */
const width = 10
const half = 2 ** (width - 1)
/** Digits of a scalar of 254 bits, with room for what the last one carries. */
const places = Math.ceil(255 / width)

/** Combinations of points known beforehand: one addition for each digit of a scalar, nothing doubled. 1.9 MB a point. */
export type FixedPoints = {
  /** Writes the sum of scalar x point. @param scalars Below the field order, as many as there are points. */
  readonly combine: (result: Mcl.Pointer, scalars: readonly bigint[]) => void
}

export function prepare(m: Mcl.Mcl, points: readonly Bn254.G1[]): FixedPoints {
  const count = points.length * places * half
  // Of each point, for each digit's place, the multiples by 1 to half times 2^(width x place).
  const table = Mcl.allocate(m, count * g1)
  const bytesAt = Mcl.allocate(m, fr)
  const base = Mcl.allocate(m, g1)
  let at = table
  for (const point of points) {
    Mcl.writeG1(m, base, point)
    for (let place = 0; place < places; place++) {
      m._mclBnG1_clear(at)
      m._mclBnG1_add(at, at, base)
      for (let i = 1; i < half; i++, at += g1) m._mclBnG1_add(at + g1, at, base)
      // Half twice over is the next place's one.
      m._mclBnG1_add(base, at, at)
      at += g1
    }
  }
  // Affine summands are cheaper.
  m._mclBnG1_normalizeVec(table, table, count)
  return {
    combine: (result, scalars) => {
      m._mclBnG1_clear(result)
      for (const [i, scalar] of scalars.entries()) {
        Mcl.writeBytes(m, bytesAt, scalar)
        const first = table + (i * places * half - 1) * g1
        for (const [place, digit] of digitsOf(new Uint8Array(m.wasmMemory.buffer, bytesAt, fr)).entries()) {
          const multiple = first + (place * half + Math.abs(digit)) * g1
          if (digit > 0) m._mclBnG1_add(result, result, multiple)
          if (digit < 0) m._mclBnG1_sub(result, result, multiple)
        }
      }
    },
  }
}

/** Of a scalar's bytes, lowest first: what is more than half is written as what is missing to the next. */
function digitsOf(bytes: Uint8Array): readonly number[] {
  const digits: number[] = []
  let carry = 0
  for (let place = 0; place < places; place++) {
    const bit = place * width
    const [low = 0, high = 0, highest = 0] = bytes.subarray(bit >> 3, (bit >> 3) + 3)
    const digit = (((low | (high << 8) | (highest << 16)) >> (bit & 7)) & (2 * half - 1)) + carry
    carry = digit > half ? 1 : 0
    digits.push(digit - carry * 2 * half)
  }
  return digits
}
