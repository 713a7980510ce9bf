import type * as Bn254 from '@medseal/prover/Bn254'
import * as Mcl from './Mcl.ts'

const { g1, fr } = Mcl.sizes
/** What a byte may be but 0. */
const multiples = 255

/** Combinations of points known beforehand: one addition for each byte of a scalar, nothing doubled. 1.2 MB a point. */
export type FixedPoints = {
  /** Writes the sum of scalar x point. @param scalars Below the field order, as many as there are points. */
  readonly combine: (result: Mcl.Pointer, scalars: readonly bigint[]) => void
}

export function prepare(m: Mcl.Mcl, points: readonly Bn254.G1[]): FixedPoints {
  const count = points.length * fr * multiples
  // Of each point, for each byte's place, the multiples by 1 to 255 times 256^place.
  const table = Mcl.allocate(m, count * g1)
  const bytesAt = Mcl.allocate(m, fr)
  const base = Mcl.allocate(m, g1)
  let at = table
  for (const point of points) {
    Mcl.writeG1(m, base, point)
    for (let place = 0; place < fr; place++) {
      m._mclBnG1_clear(at)
      m._mclBnG1_add(at, at, base)
      for (let i = 1; i < multiples; i++, at += g1) m._mclBnG1_add(at + g1, at, base)
      m._mclBnG1_add(base, at, base)
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
        const bytes = new Uint8Array(m.wasmMemory.buffer, bytesAt, fr)
        for (const [place, byte] of bytes.entries()) {
          if (byte === 0) continue
          m._mclBnG1_add(result, result, table + ((i * fr + place) * multiples + byte - 1) * g1)
        }
      }
    },
  }
}
