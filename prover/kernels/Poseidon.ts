/**
 * Poseidon over the scalar field, in each lane a hash of its own. Numbers come in and go out as 32 bytes; the table that
 * says what is added and multiplied is written by `prover/src/protocol/PoseidonKernel.ts`, in the order it is read here.
 *
 * Source: L. Grassi et al., "Poseidon: a new hash function for zero-knowledge proof systems", eprint.iacr.org/2019/458;
 * the form of the partial rounds is derived in `prover/src/protocol/Poseidon.ts`.
 */
import { type Body, type Code, i32, type Local, type Module } from './Assembler.ts'
import { elementBytes, type Field, type Vec } from './Field.ts'

/** Full rounds before the partial ones, and after. */
const half = 4

export function create(module: Module, field: Field): void {
  addLoading(module, field)
  const substitute = addSubstitution(module, field)
  const mix = addMixing(module, field)
  const runPartialRounds = addPartialRounds(module, field)
  const { lanes, vecBytes } = field
  const params = { out: 'i32', bytes: 'i32', table: 'i32', desk: 'i32', width: 'i32', rounds: 'i32' } as const

  /** `bytes`: width - 1 numbers for each lane. `out`: a digest for each. `desk`: room for twice the state. */
  module.func('hash', params, (body) => {
    const on = field.compactIn(body)
    const [out, bytes, table, desk, width, rounds] = Object.keys(params).map((name) => body.param(name).get) as [
      Code,
      Code,
      Code,
      Code,
      Code,
      Code,
    ]
    const place = (value: Code): Code => {
      const local = body.local('i32')
      body.set(local, value)
      return local.get
    }
    const after = (at: Code, elements: Code) => place(i32.add(at, i32.mul(elements, i32.const(elementBytes))))
    const others = place(i32.sub(width, i32.const(1)))
    // The table's parts.
    const opening = after(table, i32.const(1))
    const matrix = after(opening, i32.mul(width, i32.const(half)))
    const partial = after(matrix, i32.mul(width, width))
    const exit = after(partial, i32.mul(rounds, i32.shl(width, i32.const(1))))
    const closing = after(exit, i32.mul(others, others))
    const constantsOf = (from: Code, round: number) => after(from, i32.mul(width, i32.const(round)))
    let [state, next] = [desk, place(i32.add(desk, i32.mul(width, i32.const(vecBytes))))]
    const mixAll = () => {
      body.emit(mix(next, state, matrix, width, width))
      ;[state, next] = [next, state]
    }
    // 1. The state is 0 and the inputs.
    on.store(state, on.zero())
    const i = body.local('i32')
    body.loop(i, i32.const(0), others, 1, () => {
      const lane = (k: number) => i32.add(bytes, i32.shl(i32.add(i.get, i32.mul(others, i32.const(k))), i32.const(5)))
      const input = on.mul(on.unpack(Array.from({ length: lanes }, (_, k) => lane(k))), on.splat(table))
      on.store(i32.add(state, i32.mul(i.get, i32.const(vecBytes))), input, vecBytes)
    })
    // 2. Full rounds, partial ones, full ones.
    for (let round = 0; round < half; round++) {
      body.emit(substitute(state, constantsOf(opening, round), width))
      mixAll()
    }
    body.emit(runPartialRounds(state, partial, width, rounds))
    on.store(next, on.load(state))
    const second = (at: Code) => i32.add(at, i32.const(vecBytes))
    body.emit(mix(second(next), second(state), exit, others, others))
    ;[state, next] = [next, state]
    for (let round = 0; round < half; round++) {
      if (round > 0) mixAll()
      body.emit(substitute(state, constantsOf(closing, round), width))
    }
    // 3. The digest is the last mixing's first element.
    body.emit(mix(next, state, matrix, width, i32.const(1)))
    const digest = on.normal(on.mul(on.load(next), on.plainOne()))
    on.pack(
      Array.from({ length: lanes }, (_, k) => i32.add(out, i32.const(32 * k))),
      digest,
    )
  })
}

/** start: the square of the Montgomery form's factor, by doubling. load: numbers of 32 bytes into that form. */
function addLoading(module: Module, field: Field): void {
  module.func('start', { factor: 'i32' }, (body) => {
    const on = field.compactIn(body)
    const value = variable(body, on.one())
    const i = body.local('i32')
    body.loop(i, i32.const(0), i32.const(field.montgomeryBits), 1, () => {
      value.set(on.normal(on.add(value.vec, value.vec)))
    })
    on.scatter([body.param('factor').get], value.vec)
  })
  module.func('load', { out: 'i32', bytes: 'i32', factor: 'i32', count: 'i32' }, (body) => {
    const on = field.compactIn(body)
    const i = body.local('i32')
    body.loop(i, i32.const(0), body.param('count').get, 1, () => {
      const from = i32.add(body.param('bytes').get, i32.shl(i.get, i32.const(5)))
      const number = on.unpack(Array.from({ length: field.lanes }, () => from))
      const to = i32.add(body.param('out').get, i32.mul(i.get, i32.const(elementBytes)))
      on.scatter([to], on.mul(number, on.splat(body.param('factor').get)))
    })
  })
}

/** Each element of the state becomes the fifth power of its sum with a constant. */
function addSubstitution(module: Module, field: Field) {
  return module.func('_substitute', { state: 'i32', constants: 'i32', width: 'i32' }, (body) => {
    const on = field.compactIn(body)
    const [i, at] = [body.local('i32'), body.local('i32')]
    body.set(at, body.param('constants').get)
    body.loop(i, i32.const(0), body.param('width').get, 1, () => {
      const place = i32.add(body.param('state').get, i32.mul(i.get, i32.const(field.vecBytes)))
      const sum = on.normal(on.add(on.load(place), on.splat(at.get)))
      on.store(place, on.mul(on.square(on.square(sum)), sum))
      body.set(at, i32.add(at.get, i32.const(elementBytes)))
    })
  })
}

/** out = the first `rows` rows of a matrix of that size times the state. */
function addMixing(module: Module, field: Field) {
  const params = { out: 'i32', state: 'i32', matrix: 'i32', size: 'i32', rows: 'i32' } as const
  return module.func('_mix', params, (body) => {
    const on = field.compactIn(body)
    const [row, column, at] = [body.local('i32'), body.local('i32'), body.local('i32')]
    const sum = variable(body, on.zero())
    const vectorAt = (from: string, i: Code) => i32.add(body.param(from).get, i32.mul(i, i32.const(field.vecBytes)))
    body.set(at, body.param('matrix').get)
    body.loop(row, i32.const(0), body.param('rows').get, 1, () => {
      sum.set(on.zero())
      body.loop(column, i32.const(0), body.param('size').get, 1, () => {
        const product = on.mul(on.load(vectorAt('state', column.get)), on.splat(at.get))
        sum.set(on.normal(on.add(sum.vec, product)))
        body.set(at, i32.add(at.get, i32.const(elementBytes)))
      })
      on.store(vectorAt('out', row.get), sum.vec)
    })
  })
}

/**
 * A round's part of the table: its constant, m, what each other element gives to the first, what the first gives to each.
 * With x the S-box's output, the first becomes m x + (toFirst, others) and the others grow by fromFirst x.
 */
function addPartialRounds(module: Module, field: Field) {
  const params = { state: 'i32', table: 'i32', width: 'i32', rounds: 'i32' } as const
  return module.func('_partialRounds', params, (body) => {
    const on = field.compactIn(body)
    const [state, width] = [body.param('state').get, body.param('width').get]
    const [round, i, at, apart] = [body.local('i32'), body.local('i32'), body.local('i32'), body.local('i32')]
    const [output, first] = [variable(body, on.zero()), variable(body, on.zero())]
    body.set(at, body.param('table').get)
    body.set(apart, i32.mul(i32.sub(width, i32.const(1)), i32.const(elementBytes)))
    body.loop(round, i32.const(0), body.param('rounds').get, 1, () => {
      const sum = on.normal(on.add(on.load(state), on.splat(at.get)))
      output.set(on.mul(on.square(on.square(sum)), sum))
      first.set(on.mul(output.vec, on.splat(at.get, elementBytes)))
      body.set(at, i32.add(at.get, i32.const(2 * elementBytes)))
      body.loop(i, i32.const(1), width, 1, () => {
        const place = i32.add(state, i32.mul(i.get, i32.const(field.vecBytes)))
        const other = on.load(place)
        first.set(on.normal(on.add(first.vec, on.mul(other, on.splat(at.get)))))
        const given = on.mul(output.vec, on.splat(i32.add(at.get, apart.get)))
        on.store(place, on.normal(on.add(other, given)))
        body.set(at, i32.add(at.get, i32.const(elementBytes)))
      })
      on.store(state, first.vec)
      body.set(at, i32.add(at.get, apart.get))
    })
  })
}

/** A vector that changes within a loop. */
function variable(body: Body, initial: Vec): { readonly vec: Vec; readonly set: (value: Vec) => void } {
  const vec = initial.map(({ type }) => body.local(type))
  const set = (value: Vec) => {
    for (const [i, { get }] of value.entries()) body.set(vec[i] as Local, get)
  }
  set(initial)
  return { vec, set }
}
