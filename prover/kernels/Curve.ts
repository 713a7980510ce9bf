/**
 * Additions of many pairs of affine points at once, which share one inversion.
 *
 * The sum of two affine points costs three multiplications and an inversion; by Montgomery's trick an inversion costs
 * three more multiplications where many are wanted. Six in all, against eleven for adding to a projective point.
 * Source: P. Montgomery, "Speeding the Pollard and elliptic curve methods of factorization", 1987, section 10.3.1.
 *
 * A list holds two references a pair; a reference is a point's address, its lowest bit set where the point is to be
 * taken negated. Sums are written one after another. Pairs whose points have the same x, or seem to, are not added:
 * they are listed, by group of lanes, for whoever called. Infinity has no address.
 */
import { type Body, type Code, i32, type Local, type Module } from './Assembler.ts'
import { elementBytes, type Field, type Operations, type Vec } from './Field.ts'
import * as Inversion from './Inversion.ts'

/** `name`G1Add and `name`G2Add (list, groups, out, scratch, specials) give how many groups are special. */
export function create(module: Module, field: Field): void {
  const invert = Inversion.create(module, 'fp', field)
  const multiply = addComplexProduct(module, field)
  const write = (name: string, coordinateBytes: number, curve: (body: Body) => Formulas) =>
    addBatch(module, field, invert, { name, coordinateBytes, curve })
  write('g1Add', elementBytes, (body) => g1(field, body))
  write('g2Add', 2 * elementBytes, (body) => g2(field, body, multiply))
}

/** What differs between the groups. Addresses are of points, one a lane. */
type Formulas = {
  /** Normal, and zero only where x1 = x2: what has to be inverted. And the lanes in which it surely is not zero. */
  readonly denominator: (first: readonly Code[], second: readonly Code[]) => { vec: Vec; differ: Code }
  /** Writes the sum, of points and the denominator's inverse. */
  readonly sum: (first: readonly Reference[], second: readonly Reference[], inverse: Vec, out: readonly Code[]) => void
}

type Reference = { readonly point: Code; readonly sign: Code }

function addBatch(
  module: Module,
  field: Field,
  invert: ReturnType<typeof Inversion.create>,
  { name, coordinateBytes, curve }: { name: string; coordinateBytes: number; curve: (body: Body) => Formulas },
): void {
  const { lanes, vecBytes } = field
  const params = { list: 'i32', groups: 'i32', out: 'i32', scratch: 'i32', specials: 'i32' } as const
  const write = (body: Body) => {
    const { set } = body
    const on = field.in(body)
    const { denominator, sum } = curve(body)
    const [list, groups, out, scratch, specials] = Object.keys(params).map((key) => body.param(key)) as [
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const [i, at, entry, count] = [0, 1, 2, 3].map(() => body.local('i32')) as [Local, Local, Local, Local]
    const references = Array.from({ length: 2 * lanes }, () => body.local('i32'))
    const every = (1 << lanes) - 1
    /** Of pair i's points, lane by lane: the first of each pair, or the second. */
    const refs = (which: 0 | 1) => references.filter((_, k) => k % 2 === which)
    const points = (which: 0 | 1) => refs(which).map(({ get }) => i32.and(get, i32.const(-2)))
    const read = () => {
      set(entry, i32.add(list.get, i32.mul(i.get, i32.const(8 * lanes))))
      for (const [k, reference] of references.entries()) set(reference, i32.load(entry.get, 4 * k))
    }
    // For each group: the product of all denominators before it, and its own.
    set(at, i32.add(scratch.get, i32.const(deskVectors * vecBytes)))
    on.store(at.get, on.one())
    body.loop(i, i32.const(0), groups.get, 1, () => {
      read()
      const { vec, differ } = denominator(points(0), points(1))
      const apart = body.local('i32')
      set(apart, differ)
      on.store(at.get, on.select(apart.get, vec, on.one()), vecBytes)
      body.when(i32.ne(apart.get, i32.const(every)), () => {
        body.emit(i32.store(i32.add(specials.get, i32.shl(count.get, i32.const(2))), i.get))
        set(count, i32.add(count.get, i32.const(1)))
      })
      const next = i32.add(at.get, i32.const(2 * vecBytes))
      body.emit(field.mul(next, at.get, i32.add(at.get, i32.const(vecBytes))))
      set(at, next)
    })
    // The inverse of the product of all that are left, from the last to the first.
    const left = body.local('i32')
    set(left, at.get)
    const reciprocal = i32.add(left.get, i32.const(vecBytes))
    body.emit(invert(reciprocal, left.get, i32.add(left.get, i32.const(2 * vecBytes))))
    const [target, inverse] = [body.local('i32'), body.local('i32')]
    set(inverse, reciprocal)
    const outBytes = 2 * coordinateBytes * lanes
    set(target, i32.add(out.get, i32.mul(groups.get, i32.const(outBytes))))
    set(i, groups.get)
    body.loopWhile(i.get, () => {
      set(i, i32.sub(i.get, i32.const(1)))
      set(at, i32.sub(at.get, i32.const(2 * vecBytes)))
      set(target, i32.sub(target.get, i32.const(outBytes)))
      read()
      const own = on.mul(on.load(inverse.get), on.load(at.get))
      body.emit(field.mul(inverse.get, inverse.get, i32.add(at.get, i32.const(vecBytes))))
      const signed = (which: 0 | 1) =>
        refs(which).map(({ get }) => ({ point: i32.and(get, i32.const(-2)), sign: i32.and(get, i32.const(1)) }))
      const places = Array.from({ length: lanes }, (_, lane) =>
        i32.add(target.get, i32.const(2 * coordinateBytes * lane)),
      )
      sum(signed(0), signed(1), own, places)
    })
    body.emit(count.get)
  }
  module.func(name, params, write, ['i32'])
}

function g1(field: Field, body: Body): Formulas {
  const on = field.in(body)
  return {
    denominator(first, second) {
      const [x1, x2] = [on.gather(first), on.gather(second)]
      return { vec: on.normal(on.sub(x2, x1)), differ: on.differ(x1, x2) }
    },
    sum(first, second, inverse, out) {
      const [x1, y1] = [on.gather(first.map(({ point }) => point)), y(on, first, 1)]
      const [x2, y2] = [on.gather(second.map(({ point }) => point)), y(on, second, 1)]
      const slope = on.mul(on.sub(y2, y1), inverse)
      const x3 = on.normal(on.sub(on.sub(on.square(slope), x1), x2))
      on.scatter(out, x3)
      on.scatter(out, on.normal(on.sub(on.mul(on.sub(x1, x3), slope), y1)), elementBytes)
    },
  }
}

/** In Fp2 = Fp[i], i^2 = -1. What is inverted is the norm of x2 - x1. */
function g2(field: Field, body: Body, multiplyAt: ComplexProduct): Formulas {
  const on = field.in(body)
  const multiply = (left: Complex, right: Complex) => multiplyAt(body, body.param('scratch').get, left, right)
  const each = (f: (part: 0 | 1) => Vec): Complex => [f(0), f(1)]
  const normal = (value: Complex) => each((part) => on.normal(value[part]))
  const sub = (left: Complex, right: Complex) => each((part) => on.sub(left[part], right[part]))
  const square = ([real, imaginary]: Complex): Complex => {
    const product = on.mul(real, imaginary)
    return [on.mul(on.add(real, imaginary), on.sub(real, imaginary)), on.add(product, product)]
  }
  const x = (points: readonly Code[]) => each((part) => on.gather(points, part * elementBytes))
  const pointsOf = (references: readonly Reference[]) => references.map(({ point }) => point)
  return {
    denominator(first, second) {
      const [x1, x2] = [x(first), x(second)]
      const [real, imaginary] = normal(sub(x2, x1))
      const norm = on.normal(on.add(on.square(real), on.square(imaginary)))
      return { vec: norm, differ: i32.or(on.differ(x1[0], x2[0]), on.differ(x1[1], x2[1])) }
    },
    sum(first, second, inverse, out) {
      const [x1, y1] = [x(pointsOf(first)), each((part) => y(on, first, 2 + part))]
      const [x2, y2] = [x(pointsOf(second)), each((part) => y(on, second, 2 + part))]
      // Of a number's inverse, the imaginary part has the other sign.
      const reciprocal: Complex = [on.mul(on.sub(x2[0], x1[0]), inverse), on.mul(on.sub(x1[1], x2[1]), inverse)]
      const slope = normal(multiply(normal(sub(y2, y1)), reciprocal))
      const x3 = normal(sub(sub(square(slope), x1), x2))
      const y3 = normal(sub(multiply(normal(sub(x1, x3)), slope), y1))
      for (const part of [0, 1] as const) {
        on.scatter(out, x3[part], part * elementBytes)
        on.scatter(out, y3[part], (2 + part) * elementBytes)
      }
    },
  }
}

type Complex = readonly [real: Vec, imaginary: Vec]
type ComplexProduct = (body: Body, desk: Code, left: Complex, right: Complex) => Complex

/** Products in Fp2, of normal elements, by Karatsuba: a function, since written out it would be most of the kernel. */
function addComplexProduct(module: Module, field: Field): ComplexProduct {
  const offset = (value: number, part: 0 | 1) => (2 * value + part) * field.vecBytes
  const call = module.func('_fp2Mul', { desk: 'i32' }, (body) => {
    const on = field.in(body)
    const { get } = body.param('desk')
    const read = (value: number): Complex => [on.load(get, offset(value, 0)), on.load(get, offset(value, 1))]
    const [[a0, a1], [b0, b1]] = [read(0), read(1)]
    const [real, imaginary] = [on.mul(a0, b0), on.mul(a1, b1)]
    const both = on.mul(on.add(a0, a1), on.add(b0, b1))
    on.store(get, on.sub(real, imaginary), offset(2, 0))
    on.store(get, on.sub(on.sub(both, real), imaginary), offset(2, 1))
  })
  return (body, desk, left, right) => {
    const on = field.in(body)
    for (const part of [0, 1] as const) {
      on.store(desk, left[part], offset(0, part))
      on.store(desk, right[part], offset(1, part))
    }
    body.emit(call(desk))
    return [on.load(desk, offset(2, 0)), on.load(desk, offset(2, 1))]
  }
}

/** Vectors that a product in Fp2 needs room for: two factors and the product. */
const deskVectors = 6

/** A coordinate negated where the reference says so. */
function y(on: Operations, references: readonly Reference[], place: number): Vec {
  const value = on.gather(
    references.map(({ point }) => point),
    place * elementBytes,
  )
  return on.negateWhere(
    references.map(({ sign }) => sign),
    value,
  )
}
