/** The kernels' arithmetic against big integers, on random values and on those at every border. */
import { beforeAll, describe, expect, it } from 'vitest'
import * as Bn254 from '../../src/Bn254.ts'
import * as Additions from '../../src/engine/Additions.ts'
import * as Element from '../../src/engine/Element.ts'
import * as Kernel from '../../src/engine/Kernel.ts'
import * as Point from '../../src/engine/Point.ts'
import * as Scalars from '../../src/engine/Scalars.ts'
import { fieldOrder } from '../../src/generated/parameters.ts'
import { isFullDose, type Random, seeded } from '../random.ts'
import * as Machine from './machine.ts'

const cases = isFullDose ? 100_000 : 2_000
const { elementBytes } = Kernel

/** Random numbers, and those where limbs, halves and ends of the field are. */
function numberBelow(random: Random, modulus: bigint): bigint {
  if (random.integer(3) > 0) return random.bits(320) % modulus
  const border = 1n << BigInt(random.pick([0, 29, 51, 58, 64, 102, 127, 153, 204, 232, 253]))
  const near = random.pick([0n, 1n, modulus - 1n, modulus / 2n, modulus / 2n + 1n, border, modulus - border])
  return (near + BigInt(random.integer(3)) - 1n + modulus) % modulus
}

describe.each(Machine.kinds)('the %s kernel', (kind) => {
  let machine: Machine.Machine
  beforeAll(async () => {
    machine = await Machine.start(kind)
  })

  it.each([
    ['fp', Bn254.baseFieldOrder],
    ['fr', fieldOrder],
  ] as const)(`multiplies and squares in ${'%s'} as big integers do, ${cases} times`, (field, modulus) => {
    const { kernel, allocate } = machine
    const { lanes, vecBytes } = kernel
    const random = seeded(`${kind} ${field}`)
    const [left, right, out, elements] = [vecBytes, vecBytes, vecBytes, 2 * elementBytes].map(allocate) as [
      number,
      number,
      number,
      number,
    ]
    const lane = laneAccess(kernel, elements, modulus)
    for (let i = 0; i < cases; i += lanes) {
      const [a, b] = [0, 1].map(() => Array.from({ length: lanes }, () => numberBelow(random, modulus))) as [
        bigint[],
        bigint[],
      ]
      for (const [k, value] of a.entries()) lane.write(left, k, value)
      for (const [k, value] of b.entries()) lane.write(right, k, value)
      kernel.run[`${field}Mul`](out, left, right)
      const product = a.map((value, k) => (value * (b[k] as bigint)) % modulus)
      expect(a.map((_, k) => lane.read(out, k))).toEqual(product)
      kernel.run[`${field}Square`](out, left)
      expect(a.map((_, k) => lane.read(out, k))).toEqual(a.map((value) => (value * value) % modulus))
    }
  })

  it(`brings numbers in, multiplies, and gives (a b - c) out, ${cases} times`, () => {
    const { kernel, allocate } = machine
    const random = seeded(`${kind} quotient`)
    const count = 64
    const [a, b, c] = [0, 1, 2].map(() => allocate(count * elementBytes)) as [number, number, number]
    const [bytes, factor] = [allocate(32 * count), allocate(elementBytes)]
    const words = () => new Uint32Array(kernel.memory.buffer, bytes, 8 * count)
    for (let i = 0; i < cases; i += count) {
      const numbers = [a, b, c].map(() => Array.from({ length: count }, () => numberBelow(random, fieldOrder)))
      // A number times 2^(2 bits) 2^-bits is in Montgomery form.
      Element.write(kernel, factor, 2n ** BigInt(kernel.montgomeryBits) % fieldOrder, fieldOrder)
      for (const [k, at] of [a, b, c].entries()) {
        words().set(Machine.toWords(numbers[k] as bigint[]))
        kernel.run.frUnpack(at, bytes, factor, count / kernel.lanes)
      }
      const [as, bs, cs] = numbers as [bigint[], bigint[], bigint[]]
      expect(as.map((_, k) => Element.read(kernel, a + k * elementBytes, fieldOrder))).toEqual(as)
      kernel.run.frQuotient(bytes, a, b, c, count / kernel.lanes)
      const expected = as.map((value, k) => {
        const rest = (value * (bs[k] as bigint) - (cs[k] as bigint)) % fieldOrder
        return rest < 0n ? rest + fieldOrder : rest
      })
      expect([...words()]).toEqual([...Machine.toWords(expected)])
    }
  })

  it(`inverts, and picks numbers out, ${cases} times; 0 stays 0`, () => {
    const { kernel, allocate } = machine
    const random = seeded(`${kind} inverses`)
    const count = 40
    const [from, out, scratch] = [elementBytes * count, elementBytes * count, 18 * kernel.vecBytes].map(allocate) as [
      number,
      number,
      number,
    ]
    const [list, bytes] = [allocate(4 * count), allocate(32 * count)]
    for (let i = 0; i < cases; i += count) {
      const numbers = Array.from({ length: count }, () => numberBelow(random, fieldOrder))
      for (const [k, number] of numbers.entries()) Element.write(kernel, from + k * elementBytes, number, fieldOrder)
      kernel.run.frInvert(out, from, count / kernel.lanes, scratch)
      // In any order, some of them twice.
      const places = Array.from({ length: count }, () => random.integer(count))
      new Uint32Array(kernel.memory.buffer, list, count).set(places.map((place) => out + place * elementBytes))
      kernel.run.frPick(bytes, list, count / kernel.lanes)
      const picked = Scalars.fromBytes(new Uint8Array(kernel.memory.buffer, bytes, 32 * count))
      const products = picked.map((inverse, k) => (inverse * (numbers[places[k] as number] as bigint)) % fieldOrder)
      expect(products).toEqual(places.map((place) => (numbers[place] === 0n ? 0n : 1n)))
      expect(picked.every((number) => number < fieldOrder)).toBe(true)
    }
  })

  it('solves sums of products one after another, each of those before it', () => {
    const { kernel, allocate } = machine
    const { lanes, memory, run } = kernel
    const random = seeded(`${kind} sums`)
    const [count, first] = [200, 20]
    const [coefficients, numbers] = [allocate(elementBytes * 31), allocate(elementBytes * (first + count))]
    const values = Array.from({ length: 31 }, (_, k) => (k === 0 ? 0n : numberBelow(random, fieldOrder)))
    for (const [k, value] of values.entries()) Element.write(kernel, coefficients + k * elementBytes, value, fieldOrder)
    const known = Array.from({ length: first }, () => numberBelow(random, fieldOrder))
    for (const [k, number] of known.entries()) Element.write(kernel, numbers + k * elementBytes, number, fieldOrder)
    const [words, ends]: [number[], number[]] = [[], []]
    for (let sum = 0; sum < count; sum++) {
      const [a, b, c] = [0, 1, 2].map(() => {
        let total = 0n
        for (let terms = lanes * random.integer(4); terms > 0; terms--) {
          const [coefficient, place] = [random.integer(values.length), random.integer(known.length)]
          words.push(coefficients + coefficient * elementBytes, numbers + place * elementBytes)
          total += (values[coefficient] as bigint) * (known[place] as bigint)
        }
        ends.push(4 * words.length)
        return total
      }) as [bigint, bigint, bigint]
      known.push((a * b + c) % fieldOrder)
    }
    const [entries, rowEnds] = [allocate(4 * words.length), allocate(4 * ends.length)]
    new Uint32Array(memory.buffer, entries, words.length).set(words)
    new Uint32Array(memory.buffer, rowEnds, ends.length).set(ends.map((end) => entries + end))
    run.frSolve(entries, rowEnds, count, numbers + first * elementBytes)
    expect(known.map((_, k) => Element.read(kernel, numbers + k * elementBytes, fieldOrder))).toEqual(known)
  })

  it.each(['g1', 'g2'] as const)('adds in %s as the formulas over big integers do, whatever the points', (curve) => {
    const { kernel, allocate } = machine
    const random = seeded(`${kind} ${curve}`)
    const { field } = Machine.curves[curve]
    const points = Machine.somePoints(curve, 50)
    const references = Machine.layPoints(machine, curve, points)
    const desk = Additions.layDesk(kernel, allocate, 2 ** 20)
    const pick = () => (references[random.integer(points.length)] as number) | random.integer(2)
    const pointOf = (reference: number) => Point.fromAffine(field, Additions.readPoint(kernel, curve, reference))
    // Sums of pairs: different points, P + P, P - P, and infinity on either side or both.
    const rounds = Math.ceil((isFullDose ? 100_000 : 600) / 100)
    for (let round = 0; round < rounds; round++) {
      const groups = Array.from({ length: 100 }, () => {
        const first = pick()
        return random.pick([[first, pick()], [first, pick()], [first, first], [first, first ^ 1], [first], []])
      })
      const flat = Uint32Array.from(groups.flat())
      const counts = Uint32Array.from(groups, ({ length }) => length)
      const sums = Additions.create(kernel, desk, curve).sumGroups(flat, counts)
      for (const [i, group] of groups.entries()) {
        const expected = group.map(pointOf).reduce((sum, point) => Point.add(field, sum, point), Point.infinity(field))
        const reference = sums[i] as number
        const found = reference ? Additions.readPoint(kernel, curve, reference) : undefined
        expect(found, `${curve}, group ${i}`).toEqual(Point.toAffine(field, expected))
      }
    }
  })

  it('transforms polynomials to coefficients and back as sums of powers do', () => {
    const { kernel, allocate } = machine
    const random = seeded(`${kind} transforms`)
    const { run, lanes, vecBytes } = kernel
    for (const size of [2, 4, 8, 64]) {
      const root = power(5n, (fieldOrder - 1n) / BigInt(size))
      const [rootsAt, inverseAt] = [root, power(root, fieldOrder - 2n)].map((base) => {
        const at = allocate((size / 2) * elementBytes)
        for (let k = 0; k < size / 2; k++)
          Element.write(kernel, at + k * elementBytes, power(base, BigInt(k)), fieldOrder)
        return at
      }) as [number, number]
      const values = Array.from({ length: lanes }, () =>
        Array.from({ length: size }, () => numberBelow(random, fieldOrder)),
      )
      const vectors = allocate(size * vecBytes)
      const elements = values.map((list) => {
        const at = allocate(size * elementBytes)
        for (const [i, value] of list.entries()) Element.write(kernel, at + i * elementBytes, value, fieldOrder)
        return at
      })
      const read = (at: number) =>
        Array.from({ length: size }, (_, i) => Element.read(kernel, at + i * elementBytes, fieldOrder))
      run.frJoin(vectors, ...elements, size)
      run.frToCoefficients(vectors, size, inverseAt)
      run.frSplit(vectors, ...elements, size)
      for (const [lane, list] of values.entries()) {
        const coefficients = read(elements[lane] as number)
        const bits = Math.log2(size)
        for (let k = 0; k < size; k++) {
          const reversed = Number.parseInt([...k.toString(2).padStart(bits, '0')].reverse().join(''), 2)
          const sum = list.reduce((sum, value, i) => sum + value * power(root, BigInt((size - 1) * i * k)), 0n)
          expect(coefficients[reversed], `coefficient ${k} of ${size}`).toBe(sum % fieldOrder)
        }
      }
      run.frToValues(vectors, size, rootsAt)
      run.frSplit(vectors, ...elements, size)
      for (const [lane, list] of values.entries()) {
        const scaled = list.map((value) => (value * BigInt(size)) % fieldOrder)
        expect(read(elements[lane] as number)).toEqual(scaled)
      }
    }
  })
})

/** Elements of a vector in memory: by way of the kernel's own joining, where lanes are interleaved. */
function laneAccess(kernel: Kernel.Kernel, elements: number, modulus: bigint) {
  const { lanes, run } = kernel
  const places = Array.from({ length: lanes }, (_, lane) => elements + lane * elementBytes)
  return {
    write(vector: number, lane: number, value: bigint) {
      run.frSplit(vector, ...places, 1)
      Element.write(kernel, places[lane] as number, value, modulus)
      run.frJoin(vector, ...places, 1)
    },
    read(vector: number, lane: number): bigint {
      run.frSplit(vector, ...places, 1)
      return Element.read(kernel, places[lane] as number, modulus)
    },
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (
    let square = base % fieldOrder, rest = exponent;
    rest > 0n;
    rest >>= 1n, square = (square * square) % fieldOrder
  ) {
    if (rest & 1n) result = (result * square) % fieldOrder
  }
  return result
}
