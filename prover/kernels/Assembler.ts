/**
 * A small assembler of WebAssembly: enough for arithmetic kernels, and short enough to be read.
 *
 * An expression is its bytes, so that instructions nest as they are read: `f64x2.add(x.get, y.get)`. Statements are
 * collected by `Body`. Source of opcodes and encodings: the WebAssembly core specification 3.0, chapter 5 ("Binary
 * Format"), which includes the relaxed instructions.
 */

export type Type = 'i32' | 'i64' | 'f64' | 'v128'
export type Code = readonly number[]

const typeByte = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const satisfies { readonly [type in Type]: number }

export type Local = {
  readonly type: Type
  readonly index: number
  readonly get: Code
}

/** A function's parameters by name, and what its body is written with. */
export type Body = {
  readonly param: (name: string) => Local
  readonly local: (type: Type) => Local
  readonly emit: (code: Code) => void
  readonly set: (local: Local, value: Code) => void
  /** While the condition holds; nothing is done where it never does. */
  readonly loopWhile: (condition: Code, body: () => void) => void
  /** `i` from `from` up to but without `until`, an i32. */
  readonly loop: (i: Local, from: Code, until: Code, step: number, body: () => void) => void
  readonly when: (condition: Code, then: () => void) => void
  /** What a call leaves, the first result first. */
  readonly take: (call: Code, types: readonly Type[]) => readonly Local[]
}

export type Module = {
  /**
   * Adds a function, exported unless its name begins with an underscore; what its body emits last is its results. Gives
   * the way to call it.
   */
  readonly func: (
    name: string,
    params: { readonly [name: string]: Type },
    write: (body: Body) => void,
    results?: readonly Type[],
  ) => (...args: readonly Code[]) => Code
  /** Reads a vector of two equal lanes that lies at the memory's start: cheaper than making it each time. */
  readonly constant: (bits: bigint) => Code
  /** The bytes, with the memory imported as `env.memory`, shared or not. */
  readonly toBytes: (options: { readonly shared: boolean }) => Uint8Array<ArrayBuffer>
}

/** Pages of 64 KiB that a memory may grow to: 1 GiB. A shared memory has to say. */
export const maximumPages = 16_384

/** Where the constants end and whoever uses the memory may begin. */
export const constantBytes = 4_096

export function module(): Module {
  const constants: bigint[] = []
  const types: Code[] = []
  const functions: { readonly type: number; readonly code: Code }[] = []
  const exports: Code[] = []
  const typeIndex = (signature: Code) => {
    const found = types.findIndex((each) => each.join() === signature.join())
    return found >= 0 ? found : types.push(signature) - 1
  }
  return {
    func(name, params, write, results = []) {
      const index = functions.length
      const paramTypes = Object.values(params)
      const type = typeIndex([
        0x60,
        ...vector(paramTypes.map((each) => [typeByte[each]])),
        ...vector(results.map((each) => [typeByte[each]])),
      ])
      functions.push({ type, code: writeBody(params, write) })
      if (!name.startsWith('_')) exports.push([...text(name), 0x00, ...unsigned(index)])
      return (...args) => {
        if (args.length !== paramTypes.length) throw new ArgumentCountError(name)
        return [...args.flat(), 0x10, ...unsigned(index)]
      }
    },
    constant(bits) {
      const found = constants.indexOf(bits)
      const index = found >= 0 ? found : constants.push(bits) - 1
      if (16 * (index + 1) > constantBytes) throw new TooManyConstantsError()
      return v128.load(i32.const(0), 16 * index)
    },
    toBytes: ({ shared }) =>
      Uint8Array.from([
        ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        ...section(1, vector(types)),
        ...section(2, vector([[...text('env'), ...text('memory'), 0x02, ...limits(shared)]])),
        ...section(3, vector(functions.map(({ type }) => unsigned(type)))),
        ...section(7, vector(exports)),
        ...section(10, vector(functions.map(({ code }) => [...unsigned(code.length), ...code]))),
        ...section(
          11,
          vector([[0x00, ...i32.const(0), 0x0b, ...vector(constants.flatMap(twice).map((byte) => [byte]))]]),
        ),
      ]),
  }
}

function writeBody(params: { readonly [name: string]: Type }, write: Parameters<Module['func']>[2]): Code {
  const names = Object.keys(params)
  const paramTypes = Object.values(params)
  const locals: Type[] = []
  const code: number[] = []
  const emit = (more: Code) => {
    for (const byte of more) code.push(byte)
  }
  const localAt = (index: number, type: Type): Local => ({ type, index, get: [0x20, ...unsigned(index)] })
  const set = ({ index }: Local, value: Code) => emit([...value, 0x21, ...unsigned(index)])
  const loopWhile: Body['loopWhile'] = (condition, body) => {
    emit([0x02, 0x40, 0x03, 0x40])
    emit([...condition, 0x45, 0x0d, 1])
    body()
    emit([0x0c, 0, 0x0b, 0x0b])
  }
  write({
    param(name) {
      const index = names.indexOf(name)
      const type = paramTypes[index]
      if (type === undefined) throw new UnknownParameterError(name)
      return localAt(index, type)
    },
    local: (type) => localAt(paramTypes.length + locals.push(type) - 1, type),
    emit,
    set,
    loopWhile,
    loop(i, from, until, step, body) {
      set(i, from)
      loopWhile(i32.lt_u(i.get, until), () => {
        body()
        set(i, i32.add(i.get, i32.const(step)))
      })
    },
    take(call, types) {
      const taken = types.map((type) => localAt(paramTypes.length + locals.push(type) - 1, type))
      emit([...call, ...taken.toReversed().flatMap(({ index }) => [0x21, ...unsigned(index)])])
      return taken
    },
    when(condition, then) {
      emit([...condition, 0x04, 0x40])
      then()
      emit([0x0b])
    },
  })
  return [...vector(locals.map((type) => [1, typeByte[type]])), ...code, 0x0b]
}

const binary =
  (opcode: Code) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode]
const unary =
  (opcode: Code) =>
  (value: Code): Code => [...value, ...opcode]
const ternary =
  (opcode: Code) =>
  (a: Code, b: Code, c: Code): Code => [...a, ...b, ...c, ...opcode]
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
const load =
  (opcode: Code, align: number) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, align, ...unsigned(offset)]
const store =
  (opcode: Code, align: number) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, align, ...unsigned(offset)]

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(BigInt(value))],
  load: load([0x28], 2),
  store: store([0x36], 2),
  eqz: unary([0x45]),
  ne: binary([0x47]),
  lt_u: binary([0x49]),
  gt_u: binary([0x4b]),
  ge_u: binary([0x4f]),
  add: binary([0x6a]),
  sub: binary([0x6b]),
  mul: binary([0x6c]),
  div_u: binary([0x6e]),
  and: binary([0x71]),
  or: binary([0x72]),
  xor: binary([0x73]),
  shl: binary([0x74]),
  shr_u: binary([0x76]),
  wrap: unary([0xa7]),
} as const

export const i64 = {
  const: (value: bigint): Code => [0x42, ...signed(BigInt.asIntN(64, value))],
  load: load([0x29], 3),
  load32_u: load([0x35], 2),
  store: store([0x37], 3),
  store32: store([0x3e], 2),
  eqz: unary([0x50]),
  eq: binary([0x51]),
  ne: binary([0x52]),
  lt_s: binary([0x53]),
  add: binary([0x7c]),
  sub: binary([0x7d]),
  mul: binary([0x7e]),
  and: binary([0x83]),
  or: binary([0x84]),
  xor: binary([0x85]),
  shl: binary([0x86]),
  shr_s: binary([0x87]),
  shr_u: binary([0x88]),
  extend_u: unary([0xad]),
  reinterpret: unary([0xbd]),
  trunc_f64_s: unary([0xb0]),
} as const

export const v128 = {
  load: load(simd(0x00), 4),
  /** One f64 into both lanes. */
  loadSplat: load(simd(0x0a), 3),
  store: store(simd(0x0b), 4),
  /** One f64 into lane 0; lane 1 is 0. */
  load64Zero: load(simd(0x5d), 3),
  /** Lane 1 of `vector` replaced by the f64 at `address`. */
  load64Lane1: (address: Code, vector: Code, offset = 0): Code => [
    ...address,
    ...vector,
    ...simd(0x57),
    3,
    ...unsigned(offset),
    1,
  ],
  store64Lane: (address: Code, vector: Code, lane: 0 | 1, offset = 0): Code => [
    ...address,
    ...vector,
    ...simd(0x5b),
    3,
    ...unsigned(offset),
    lane,
  ],
  and: binary(simd(0x4e)),
  or: binary(simd(0x50)),
  xor: binary(simd(0x51)),
  /** Bits of the first where the mask has ones, of the second elsewhere. */
  select: ternary(simd(0x52)),
  /** The same 64 bits in both lanes. */
  constant: (bits: bigint): Code => [...simd(0x0c), ...twice(bits)],
} as const

const swapped: Code = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]

export const i64x2 = {
  add: binary(simd(0xce)),
  sub: binary(simd(0xd1)),
  shr_u: binary(simd(0xcd)),
  splat: unary(simd(0x12)),
  replaceLane1: (vector: Code, value: Code): Code => [...vector, ...value, ...simd(0x1e), 1],
  ne: binary(simd(0xd7)),
  /** The lanes exchanged. */
  swap: (vector: Code): Code => [...vector, ...vector, ...simd(0x0d), ...swapped],
  bitmask: unary(simd(0xc4)),
} as const

export const f64x2 = {
  constant: (value: number): Code => v128.constant(bitsOf(value)),
  add: binary(simd(0xf0)),
  sub: binary(simd(0xf1)),
  mul: binary(simd(0xf2)),
  abs: unary(simd(0xec)),
  lt: binary(simd(0x49)),
  gt: binary(simd(0x4a)),
  ne: binary(simd(0x48)),
  splat: unary(simd(0x14)),
  replaceLane1: (vector: Code, value: Code): Code => [...vector, ...value, ...simd(0x22), 1],
  extract: (vector: Code, lane: 0 | 1): Code => [...vector, ...simd(0x21), lane],
  nearest: unary(simd(0x94)),
  /** a b + c. Rounded once or twice, as the machine pleases: `Kernel.isFused` asks which. */
  madd: ternary(simd(0x107)),
  /** c - a b. */
  nmadd: ternary(simd(0x108)),
} as const

export const f64 = {
  const: (value: number): Code => [0x44, ...bytes64(bitsOf(value))],
  load: load([0x2b], 3),
  store: store([0x39], 3),
  sub: binary([0xa1]),
  convert_i64_u: unary([0xba]),
  convert_i64_s: unary([0xb9]),
  reinterpret: unary([0xbf]),
} as const

/** The 64 bits of a double. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0)
}

function bytes64(bits: bigint): Code {
  return Array.from({ length: 8 }, (_, i) => Number((BigInt.asUintN(64, bits) >> BigInt(8 * i)) & 0xffn))
}

function twice(bits: bigint): Code {
  return [...bytes64(bits), ...bytes64(bits)]
}

function limits(shared: boolean): Code {
  return [shared ? 0x03 : 0x01, ...unsigned(1), ...unsigned(maximumPages)]
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function text(value: string): Code {
  return vector([...new TextEncoder().encode(value)].map((byte) => [byte]))
}

/** LEB128. */
function unsigned(value: number): Code {
  const code: number[] = []
  let rest = value
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    code.push(rest === 0 ? byte : byte | 0x80)
  } while (rest !== 0)
  return code
}

/** LEB128 of a number with a sign. */
function signed(value: bigint): Code {
  const code: number[] = []
  let rest = value
  for (;;) {
    const byte = Number(rest & 0x7fn)
    rest >>= 7n
    const isLast = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)
    code.push(isLast ? byte : byte | 0x80)
    if (isLast) return code
  }
}

/** A call has as many arguments as its function parameters. */
export class ArgumentCountError extends Error {
  override readonly name = 'Assembler.ArgumentCountError'
  constructor(name: string) {
    super(`Function "${name}" is called with another number of arguments than it has parameters.`)
  }
}

/** More constants than the memory's start has room for. */
export class TooManyConstantsError extends Error {
  override readonly name = 'Assembler.TooManyConstantsError'
  constructor() {
    super(`Constants take more than ${constantBytes} bytes.`)
  }
}

/** A body names a parameter that its function does not have. */
export class UnknownParameterError extends Error {
  override readonly name = 'Assembler.UnknownParameterError'
  constructor(name: string) {
    super(`There is no parameter "${name}".`)
  }
}
