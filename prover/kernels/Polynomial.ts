/**
 * Values and coefficients of polynomials over the scalar field: as many polynomials at once as the field has lanes.
 *
 * The transform to coefficients leaves them in bit-reversed order and the one back takes them so: nothing is ever
 * reordered. Sources: W. Gentleman, G. Sande, 1966 (decimation in frequency); J. Cooley, J. Tukey, 1965 (in time).
 */
import { type Code, i32, type Local, type Module } from './Assembler.ts'
import { elementBytes, type Field, type Operations, type Vec } from './Field.ts'

export function create(module: Module, field: Field): void {
  addTransforms(module, field)
  addPointwise(module, field)
  addVectors(module, field)
}

function addTransforms(module: Module, field: Field): void {
  const { vecBytes } = field
  const params = { data: 'i32', size: 'i32', roots: 'i32' } as const
  /** Butterflies at distances that halve (or double); roots[k] is the k-th power of a root of unity of order `size`. */
  const transform = (name: string, isInverse: boolean) =>
    module.func(name, params, (body) => {
      const { set } = body
      const on = field.in(body)
      const [data, size, roots] = [body.param('data').get, body.param('size').get, body.param('roots').get]
      const [half, block, k, end, upper, lower, root, stride] = Array.from({ length: 8 }, () => body.local('i32')) as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ]
      set(end, i32.add(data, i32.mul(size, i32.const(vecBytes))))
      set(half, isInverse ? i32.shr_u(size, i32.const(1)) : i32.const(1))
      const more = isInverse ? half.get : i32.lt_u(half.get, size)
      body.loopWhile(more, () => {
        // The roots of this distance lie size / (2 half) apart.
        set(stride, i32.mul(i32.div_u(size, i32.shl(half.get, i32.const(1))), i32.const(elementBytes)))
        set(block, data)
        body.loopWhile(i32.lt_u(block.get, end.get), () => {
          set(root, roots)
          set(upper, block.get)
          set(lower, i32.add(block.get, i32.mul(half.get, i32.const(vecBytes))))
          body.loop(k, i32.const(0), half.get, 1, () => {
            const [u, v] = [on.load(upper.get), on.load(lower.get)]
            if (isInverse) {
              on.store(upper.get, on.normal(on.add(u, v)))
              on.store(lower.get, on.mul(on.sub(u, v), on.splat(root.get)))
            } else {
              const turned = on.mul(v, on.splat(root.get))
              on.store(upper.get, on.normal(on.add(u, turned)))
              on.store(lower.get, on.normal(on.sub(u, turned)))
            }
            for (const pointer of [upper, lower]) set(pointer, i32.add(pointer.get, i32.const(vecBytes)))
            set(root, i32.add(root.get, stride.get))
          })
          set(block, lower.get)
        })
        set(half, isInverse ? i32.shr_u(half.get, i32.const(1)) : i32.shl(half.get, i32.const(1)))
      })
    })
  transform('frToCoefficients', true)
  transform('frToValues', false)
}

/** From 32 bytes, below the modulus, to elements, times a factor. `count` steps, of as many elements as there are lanes. */
export function addUnpacking(module: Module, name: string, field: Field): void {
  loopElements(module, field, `${name}Unpack`, ['out', 'from', 'factor'], (each, on) => {
    const factor = on.splat(each('factor', 0)[0] as Code)
    on.scatter(each('out', elementBytes), on.mul(on.unpack(each('from', 32)), factor))
  })
}

function addPointwise(module: Module, field: Field): void {
  addUnpacking(module, 'fr', field)
  loopElements(module, field, 'frTimes', ['out', 'from', 'factor'], (each, on) => {
    const factor = on.splat(each('factor', 0)[0] as Code)
    on.scatter(each('out', elementBytes), on.mul(on.gather(each('from', elementBytes)), factor))
  })
  loopElements(module, field, 'frMultiply', ['out', 'left', 'right'], (each, on) => {
    const product = on.mul(on.gather(each('left', elementBytes)), on.gather(each('right', elementBytes)))
    on.scatter(each('out', elementBytes), product)
  })
  // (a b - c) as 32 bytes, out of Montgomery form.
  loopElements(module, field, 'frQuotient', ['out', 'a', 'b', 'c'], (each, on) => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => on.gather(each(name, elementBytes))) as [Vec, Vec, Vec]
    on.pack(each('out', 32), on.normal(on.mul(on.sub(on.mul(a, b), c), on.plainOne())))
  })
}

type Places = (param: string, bytes: number) => readonly Code[]

/** A function that steps through arrays of elements, `lanes` at a time. */
function loopElements(
  module: Module,
  field: Field,
  name: string,
  params: readonly string[],
  step: (each: Places, on: Operations) => void,
): void {
  const { lanes } = field
  module.func(name, Object.fromEntries([...params, 'count'].map((param) => [param, 'i32'] as const)), (body) => {
    const i = body.local('i32')
    body.loop(i, i32.const(0), body.param('count').get, 1, () => {
      step((param, bytes) => {
        const first = i32.add(body.param(param).get, i32.mul(i.get, i32.const(bytes * lanes)))
        return Array.from({ length: lanes }, (_, lane) => i32.add(first, i32.const(bytes * lane)))
      }, field.compactIn(body))
    })
  })
}

/** Between arrays of elements, one a lane, and one of vectors; and what is done to vectors. `count` vectors. */
function addVectors(module: Module, field: Field): void {
  const { lanes, vecBytes } = field
  const names = ['first', 'second'].slice(0, lanes)
  const params = Object.fromEntries(['vectors', ...names, 'count'].map((param) => [param, 'i32'] as const))
  const loop = (
    name: string,
    params: { readonly [name: string]: 'i32' },
    step: (at: (param: string, bytes: number) => Code, on: Operations) => void,
  ) =>
    module.func(name, params, (body) => {
      const i = body.local('i32')
      const at = (param: string, bytes: number) => i32.add(body.param(param).get, i32.mul(i.get, i32.const(bytes)))
      body.loop(i, i32.const(0), body.param('count').get, 1, () => step(at, field.compactIn(body)))
    })
  const elements = (at: (param: string, bytes: number) => Code) => names.map((name) => at(name, elementBytes))

  loop('frJoin', params, (at, on) => on.store(at('vectors', vecBytes), on.gather(elements(at))))
  loop('frSplit', params, (at, on) => on.scatter(elements(at), on.load(at('vectors', vecBytes))))
  loop('frScale', { vectors: 'i32', factors: 'i32', count: 'i32' }, (at, on) => {
    const vectors = at('vectors', vecBytes)
    on.store(vectors, on.mul(on.load(vectors), on.splat(at('factors', elementBytes))))
  })
}
