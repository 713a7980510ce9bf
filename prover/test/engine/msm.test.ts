/** Sums of scalar multiples against doubling and adding. */
import { beforeAll, describe, expect, it } from 'vitest'
import * as Additions from '../../src/engine/Additions.ts'
import * as Msm from '../../src/engine/Msm.ts'
import * as Point from '../../src/engine/Point.ts'
import { fieldOrder } from '../../src/generated/parameters.ts'
import { isFullDose, seeded } from '../random.ts'
import * as Machine from './machine.ts'

const rounds = isFullDose ? 40 : 3

describe.each(Machine.kinds)('sums with the %s kernel', (kind) => {
  let machine: Machine.Machine
  beforeAll(async () => {
    machine = await Machine.start(kind)
  })

  it('are those of doubling and adding: for any width, split at any window, with copies, opposites and infinity', () => {
    const { kernel, allocate } = machine
    const random = seeded(`${kind} sums`)
    const desk = Additions.layDesk(kernel, allocate, 2 ** 23)
    for (const curve of ['g1', 'g2'] as const) {
      const { field } = Machine.curves[curve]
      const points = Machine.somePoints(curve, 40)
      const references = Machine.layPoints(machine, curve, points)
      for (let round = 0; round < rounds; round++) {
        const count = 1 + random.integer(80)
        // A few scalars many times, so that copies of a point share buckets all the way down.
        const few = [0n, 1n, 2n, fieldOrder - 1n, fieldOrder / 2n, random.bits(253), random.bits(128)]
        const scalars = Array.from({ length: count }, () =>
          random.integer(2) ? random.pick(few) : random.bits(300) % fieldOrder,
        )
        const chosen = Uint32Array.from(scalars, () =>
          random.integer(6) ? (references[random.integer(random.pick([2, 40]))] as number) : 0,
        )
        const expected = scalars.reduce((sum, scalar, i) => {
          const reference = chosen[i] as number
          if (!reference) return sum
          const point = Point.fromAffine(field, Additions.readPoint(kernel, curve, reference))
          return Point.add(field, sum, Point.multiply(field, point, scalar))
        }, Point.infinity(field))
        const digits = Msm.prepare(Machine.toWords(scalars), random.pick([3, 4, 5, 8, 11]))
        const cut = random.integer(digits.windows + 1)
        const query = { curve, references: chosen }
        // Two queries of one sort at once, the second of them empty.
        const empty = { curve, references: new Uint32Array(count) }
        const [low] = Msm.sum(kernel, desk, [query, empty], digits, { from: 0, until: cut })
        const [high, none] = Msm.sum(kernel, desk, [query, empty], digits, { from: cut, until: digits.windows })
        let total = high as Point.Point<unknown>
        for (let i = 0; i < cut * digits.width; i++) total = Point.double(field, total)
        const sum = Point.add(field, total, low as Point.Point<unknown>)
        expect(Point.toAffine(field, sum)).toEqual(Point.toAffine(field, expected))
        expect(Point.toAffine(field, none as Point.Point<unknown>)).toBeUndefined()
      }
    }
  })

  it('refuse work whose sums do not fit, instead of writing where others work', () => {
    const { kernel, allocate } = machine
    const references = Machine.layPoints(machine, 'g1', Machine.somePoints('g1', 32))
    const desk = Additions.layDesk(kernel, allocate, 20 * Additions.pointBytes.g1)
    const scalars = references.map(() => 3n)
    const query = { curve: 'g1' as const, references: Uint32Array.from(references) }
    const digits = Msm.prepare(Machine.toWords(scalars), 4)
    expect(() => Msm.sum(kernel, desk, [query], digits, { from: 0, until: 1 })).toThrow(Additions.FullDeskError)
  })
})
