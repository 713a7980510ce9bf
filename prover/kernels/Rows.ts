/**
 * Sums of coefficients times elements, row by row: of a circuit's matrices, and of what its wires are solved by.
 *
 * An entry is two words, the addresses of a coefficient and of an element. Entries of a row follow each other, and so do
 * rows; a row has as many entries as fill its last vector. Where a row ends is given by an address.
 */
import { type Body, type Code, i32, type Local, type Module } from './Assembler.ts'
import { elementBytes, type Field, type Vec } from './Field.ts'
import * as Inversion from './Inversion.ts'

export function create(module: Module, field: Field): void {
  const sum = addSum(module, field)
  addRows(module, field, sum)
  addSolve(module, field, sum)
  addInvert(module, field)
  addPick(module, field)
}

type Sum = (body: Body, entry: Code, end: Code) => Vec

/** The sum over entries up to `end`, the same in every lane, normal. */
function addSum(module: Module, field: Field): Sum {
  const { lanes, types } = field
  const call = module.func(
    '_frSum',
    { entry: 'i32', end: 'i32' },
    (body) => {
      const { set } = body
      const on = field.in(body)
      const entry = body.param('entry')
      const sum = types.map((type) => body.local(type))
      const setSum = (value: Vec) => {
        for (const [i, { get }] of value.entries()) set(sum[i] as Local, get)
      }
      setSum(on.zero())
      body.loopWhile(i32.lt_u(entry.get, body.param('end').get), () => {
        const places = (which: 0 | 1) =>
          Array.from({ length: lanes }, (_, lane) => i32.load(entry.get, 8 * lane + 4 * which))
        const product = on.mul(on.gather(places(1)), on.gather(places(0)))
        setSum(on.normal(on.add(sum, product)))
        set(entry, i32.add(entry.get, i32.const(8 * lanes)))
      })
      body.emit(on.normal(on.sumOfLanes(sum)).flatMap(({ get }) => get))
    },
    types,
  )
  return (body, entry, end) => body.take(call(entry, end), types)
}

/** frRows: out[row] = the row's sum. rowEnds: a word for each row. */
function addRows(module: Module, field: Field, sum: Sum): void {
  const params = { entries: 'i32', rowEnds: 'i32', rows: 'i32', out: 'i32' } as const
  module.func('frRows', params, (body) => {
    const { set } = body
    const [row, entry, end] = [0, 1, 2].map(() => body.local('i32')) as [Local, Local, Local]
    set(entry, body.param('entries').get)
    body.loop(row, i32.const(0), body.param('rows').get, 1, () => {
      set(end, i32.load(i32.add(body.param('rowEnds').get, i32.shl(row.get, i32.const(2)))))
      const place = i32.add(body.param('out').get, i32.mul(row.get, i32.const(elementBytes)))
      field.in(body).scatter([place], sum(body, entry.get, end.get))
      set(entry, end.get)
    })
  })
}

/**
 * frSolve: out[i] = the sum of row 3 i times that of row 3 i + 1, plus that of row 3 i + 2. One after another: later
 * ones may have earlier ones among their elements.
 */
function addSolve(module: Module, field: Field, sum: Sum): void {
  const params = { entries: 'i32', rowEnds: 'i32', count: 'i32', out: 'i32' } as const
  module.func('frSolve', params, (body) => {
    const { set } = body
    const on = field.compactIn(body)
    const [i, entry, end, ends] = [0, 1, 2, 3].map(() => body.local('i32')) as [Local, Local, Local, Local]
    set(entry, body.param('entries').get)
    set(ends, body.param('rowEnds').get)
    body.loop(i, i32.const(0), body.param('count').get, 1, () => {
      const [a, b, c] = [0, 1, 2].map((part) => {
        set(end, i32.load(ends.get, 4 * part))
        const value = sum(body, entry.get, end.get)
        set(entry, end.get)
        return value
      }) as [Vec, Vec, Vec]
      const place = i32.add(body.param('out').get, i32.mul(i.get, i32.const(elementBytes)))
      on.scatter([place], on.normal(on.add(on.mul(a, b), c)))
      set(ends, i32.add(ends.get, i32.const(12)))
    })
  })
}

/** frInvert: out[i] = 1 / from[i], or 0 for 0; `count` steps, of as many as there are lanes. `scratch`: 18 vectors. */
function addInvert(module: Module, field: Field): void {
  const { lanes, vecBytes } = field
  const invert = Inversion.create(module, 'fr', field)
  module.func('frInvert', { out: 'i32', from: 'i32', count: 'i32', scratch: 'i32' }, (body) => {
    const on = field.compactIn(body)
    const i = body.local('i32')
    const places = (param: string) => {
      const first = i32.add(body.param(param).get, i32.mul(i.get, i32.const(elementBytes * lanes)))
      return Array.from({ length: lanes }, (_, lane) => i32.add(first, i32.const(elementBytes * lane)))
    }
    const scratch = (vectors: number) => i32.add(body.param('scratch').get, i32.const(vecBytes * vectors))
    body.loop(i, i32.const(0), body.param('count').get, 1, () => {
      on.store(scratch(0), on.gather(places('from')))
      body.emit(invert(scratch(1), scratch(0), scratch(2)))
      on.scatter(places('out'), on.load(scratch(1)))
    })
  })
}

/** frPick: 32 bytes each, out of Montgomery form, of the elements that `list` has the addresses of. Counted as above. */
function addPick(module: Module, field: Field): void {
  const { lanes } = field
  module.func('frPick', { out: 'i32', list: 'i32', count: 'i32' }, (body) => {
    const on = field.compactIn(body)
    const i = body.local('i32')
    const lanesOf = (param: string, bytes: number) => {
      const first = i32.add(body.param(param).get, i32.mul(i.get, i32.const(bytes * lanes)))
      return Array.from({ length: lanes }, (_, lane) => i32.add(first, i32.const(bytes * lane)))
    }
    body.loop(i, i32.const(0), body.param('count').get, 1, () => {
      const elements = on.gather(lanesOf('list', 4).map((place) => i32.load(place)))
      on.pack(lanesOf('out', 32), on.normal(on.mul(elements, on.plainOne())))
    })
  })
}
