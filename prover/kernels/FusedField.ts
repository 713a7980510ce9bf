/**
 * A prime field on fused multiply-adds: two elements at a time, each five signed limbs of 51 bits, as doubles.
 *
 * A product of two limbs has up to 102 bits and a double keeps 53. Added to 3·2^102, a fused multiply-add rounds it to a
 * multiple of 2^51: the high part h. A second one takes h away again and gives the low part exactly. Both come with a
 * known exponent, so that their bits, read as integers, are the parts plus a constant: columns are summed as integers,
 * and the constants are paid for once, in what each column starts from. Reduction is Montgomery's, a limb at a time;
 * its factors q are low parts, doubles already.
 *
 * Signed limbs make sums and differences five instructions without a carry. |a b| <= 2^102 is all that `mul` asks of
 * limbs, so one factor may be a sum of four terms. Of values it asks that |a b| / (p R) stays small: with p = 0.378 R a
 * product is at most 0.378 |a/p| |b/p| + 0.5 times p.
 *
 * Sources: N. Emmart, F. Zheng, C. Weems, "Faster modular exponentiation using double precision floating point
 * arithmetic on the GPU", ARITH 2018 (the two-step product); P. Montgomery, "Modular multiplication without trial
 * division", 1985. Rounding to nearest, signed limbs and reductions on doubles are worked out here.
 */
import {
  type Body,
  bitsOf,
  type Code,
  f64,
  f64x2,
  i32,
  i64,
  i64x2,
  type Local,
  type Module,
  v128,
} from './Assembler.ts'
import { type Field, inverse, type Operations, type Vec } from './Field.ts'

const limbCount = 5
const limbBits = 51
const limbMask = 2n ** 51n - 1n
/** Added to a product of limbs, leaves its multiple of 2^51; added to what is below 2^50, keeps all of it. */
const [highMagic, lowMagic] = [3 * 2 ** 102, 3 * 2 ** 51]
/** Keeps columns positive, so that they are shifted without a sign; a multiple of 2^51. */
const columnBias = 2n ** 58n
const carriedBias = columnBias >> 51n

/** @param modulus Between 2^253 and 2^254. */
export function create(module: Module, name: string, modulus: bigint): Field {
  const names = Array.from({ length: limbCount }, (_, i) => i)
  const types = names.map(() => 'v128' as const)
  const params = (letters: readonly string[]) =>
    Object.fromEntries(letters.flatMap((letter) => names.map((i) => [`${letter}${i}`, 'v128' as const])))
  const vecOf = (body: Body, letter: string): Vec => names.map((i) => body.param(`${letter}${i}`))
  const codeOf = (v: Vec) => v.flatMap(({ get }) => get)
  const product = module.func(
    `_${name}Product`,
    params(['a', 'b']),
    (body) => body.emit(codeOf(multiply(module, modulus, body, vecOf(body, 'a'), vecOf(body, 'b')))),
    types,
  )
  // Inlined, sums of points take about a quarter less time: a product's ten operands come from wherever they are.
  const operations = (body: Body): Operations => ({
    ...write(module, modulus, body),
    mul: (left, right) => multiply(module, modulus, body, left, right),
    square: (v) => multiply(module, modulus, body, v, v),
  })
  const compact = (body: Body): Operations => {
    const mul = (left: Vec, right: Vec) => body.take(product(...[...left, ...right].map(({ get }) => get)), types)
    return { ...write(module, modulus, body), mul, square: (v) => mul(v, v) }
  }
  const mul = module.func(`${name}Mul`, { out: 'i32', left: 'i32', right: 'i32' }, (body) => {
    const on = operations(body)
    on.store(body.param('out').get, on.mul(on.load(body.param('left').get), on.load(body.param('right').get)))
  })
  const square = module.func(`${name}Square`, { out: 'i32', value: 'i32' }, (body) => {
    const on = operations(body)
    on.store(body.param('out').get, on.square(on.load(body.param('value').get)))
  })
  return {
    modulus,
    lanes: 2,
    types,
    vecBytes: 80,
    montgomeryBits: limbCount * limbBits,
    in: operations,
    compactIn: compact,
    mul,
    square,
  }
}

/** A function `isFused`: 1 where a multiply-add rounds once, as this field needs it, and 0 where it rounds twice. */
export function addProbe(module: Module): void {
  module.func(
    'isFused',
    {},
    ({ emit }) => {
      // (1 + e)(1 - e) - 1 = -e^2, which a product rounded by itself loses.
      const [more, less, minusOne] = [1 + 2 ** -27, 1 - 2 ** -27, -1].map((value) => f64x2.constant(value)) as [
        Code,
        Code,
        Code,
      ]
      emit(i32.and(i64x2.bitmask(f64x2.madd(more, less, minusOne)), i32.const(1)))
    },
    ['i32'],
  )
}

/** Signed limbs; the last takes what is left. */
export function toLimbs(value: bigint): readonly number[] {
  let rest = value
  return Array.from({ length: limbCount }, (_, i) => {
    const limb = i === limbCount - 1 ? rest : BigInt.asIntN(limbBits, rest)
    rest = (rest - limb) >> BigInt(limbBits)
    return Number(limb)
  })
}

export function fromLimbs(limbs: readonly number[]): bigint {
  return limbs.reduceRight((value, limb) => (value << BigInt(limbBits)) + BigInt(limb), 0n)
}

function write(module: Module, modulus: bigint, body: Body): Omit<Operations, 'mul' | 'square'> {
  const number = (value: number) => module.constant(bitsOf(value))
  const held = (code: Code): Local => {
    const local = body.local('v128')
    body.set(local, code)
    return local
  }
  const vec = (limb: (i: number) => Code): Vec => Array.from({ length: limbCount }, (_, i) => held(limb(i)))
  const at = (v: Vec, i: number): Code => (v[i] as Local).get
  const limbsOf = toLimbs(modulus)
  const constantVec = (value: bigint): Vec => {
    const limbs = toLimbs(value)
    return vec((i) => number(limbs[i] as number))
  }

  /** From limbs of any sign below 2^53 to limbs of at most 2^50, but for the last. */
  function carry(v: Vec): Vec {
    const out: Local[] = []
    let carried: Local | undefined
    for (let i = 0; i < limbCount; i++) {
      const limb: Local = carried ? held(f64x2.madd(carried.get, number(2 ** -51), at(v, i))) : (v[i] as Local)
      if (i === limbCount - 1) out.push(limb)
      else {
        carried = held(f64x2.sub(f64x2.add(limb.get, number(highMagic)), number(highMagic)))
        out.push(held(f64x2.sub(limb.get, carried.get)))
      }
    }
    return out
  }

  function normal(v: Vec): Vec {
    const quotient = held(f64x2.nearest(f64x2.mul(at(v, 4), number(2 ** 204 / Number(modulus)))))
    return carry(vec((i) => f64x2.nmadd(quotient.get, number(limbsOf[i] as number), at(v, i))))
  }

  const splatMask = (mask: Code) =>
    i64x2.ne(v128.and(i64x2.splat(i64.extend_u(mask)), [...laneBits]), v128.constant(0n))

  return {
    load: (address, offset = 0) => vec((i) => v128.load(address, offset + 16 * i)),
    store: (address, v, offset = 0) => {
      for (const [i, { get }] of v.entries()) body.emit(v128.store(address, get, offset + 16 * i))
    },
    splat: (address, offset = 0) => vec((i) => v128.loadSplat(address, offset + 8 * i)),
    gather: ([first = [], second = []], offset = 0) =>
      vec((i) => v128.load64Lane1(second, v128.load64Zero(first, offset + 8 * i), offset + 8 * i)),
    scatter: (addresses, v, offset = 0) => {
      for (const [i, { get }] of v.entries()) {
        for (const [lane, address] of addresses.entries()) {
          body.emit(v128.store64Lane(address, get, lane as 0 | 1, offset + 8 * i))
        }
      }
    },
    zero: () => constantVec(0n),
    one: () => constantVec(2n ** BigInt(limbCount * limbBits) % modulus),
    plainOne: () => constantVec(1n),
    add: (left, right) => vec((i) => f64x2.add(at(left, i), at(right, i))),
    sub: (left, right) => vec((i) => f64x2.sub(at(left, i), at(right, i))),
    negateWhere: ([first = [], second = []], v) => {
      const sign = (flag: Code) => i64.shl(i64.extend_u(flag), i64.const(63n))
      const signs = held(i64x2.replaceLane1(i64x2.splat(sign(first)), sign(second)))
      return vec((i) => v128.xor(at(v, i), signs.get))
    },
    normal,
    differ: (left, right) => i64x2.bitmask(f64x2.ne(at(left, 0), at(right, 0))),
    select: (mask, left, right) => {
      const lanes = held(splatMask(mask))
      return vec((i) => v128.select(at(left, i), at(right, i), lanes.get))
    },
    sumOfLanes: (v) => vec((i) => f64x2.add(at(v, i), i64x2.swap(at(v, i)))),
    unpack: (addresses) => {
      const word = (address: Code, i: number) => i64.load(address, 8 * i)
      const limb = (address: Code, i: number): Code => {
        const [from, bit] = [Math.floor((limbBits * i) / 64), BigInt((limbBits * i) % 64)]
        const low = i64.shr_u(word(address, from), i64.const(bit))
        const isSplit = bit + BigInt(limbBits) > 64n && from < 3
        const whole = isSplit ? i64.or(low, i64.shl(word(address, from + 1), i64.const(64n - bit))) : low
        return f64.convert_i64_u(i64.and(whole, i64.const(limbMask)))
      }
      const [first = [], second = []] = addresses
      return vec((i) => f64x2.replaceLane1(f64x2.splat(limb(first, i)), limb(second, i)))
    },
    pack: (addresses, v) => {
      addresses.forEach((address, lane) => {
        const limbs = v.map(({ get }) => {
          const local = body.local('i64')
          body.set(local, i64.trunc_f64_s(f64x2.extract(get, lane as 0 | 1)))
          return local
        })
        packSigned(body, modulus, address, limbs)
      })
    },
  }
}

/** Bits 1 and 2 of a mask of lanes, one to a lane. */
const laneBits: Code = [0xfd, 0x0c, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]

/** Signed limbs between -p/2 and p/2, roughly, to 32 bytes between 0 and p. */
function packSigned(body: Body, modulus: bigint, address: Code, limbs: readonly Local[]): void {
  const { set } = body
  // 1. Limbs without a sign but for the last, which keeps that of the whole.
  const carryUp = () => {
    for (let i = 0; i < limbCount - 1; i++) {
      const [limb, next] = [limbs[i] as Local, limbs[i + 1] as Local]
      set(next, i64.add(next.get, i64.shr_s(limb.get, i64.const(51n))))
      set(limb, i64.and(limb.get, i64.const(limbMask)))
    }
  }
  carryUp()
  // 2. Where it is negative, the modulus is added.
  const sign = body.local('i64')
  set(sign, i64.shr_s((limbs[limbCount - 1] as Local).get, i64.const(63n)))
  for (const [i, limb] of limbs.entries()) {
    const part = (modulus >> BigInt(limbBits * i)) & limbMask
    set(limb, i64.add(limb.get, i64.and(sign.get, i64.const(part))))
  }
  carryUp()
  // 3. Four words of 64 bits.
  for (let word = 0; word < 4; word++) {
    let code: Code | undefined
    for (const [i, limb] of limbs.entries()) {
      const shift = limbBits * i - 64 * word
      if (shift <= -limbBits || shift >= 64) continue
      const part =
        shift >= 0 ? i64.shl(limb.get, i64.const(BigInt(shift))) : i64.shr_u(limb.get, i64.const(BigInt(-shift)))
      code = code ? i64.or(code, part) : part
    }
    body.emit(i64.store(address, code as Code, 8 * word))
  }
}

/** The numbered steps are those of the page's head. */
function multiply(module: Module, modulus: bigint, body: Body, left: Vec, right: Vec): Vec {
  const { local, set } = body
  const number = (value: number) => module.constant(bitsOf(value))
  const isSquare = left === right
  const places = Array.from({ length: limbCount }, (_, i) => i).flatMap((i) =>
    Array.from({ length: limbCount }, (_, j) => ({ i, j })).filter(({ j }) => !isSquare || j >= i),
  )
  const columns = Array.from({ length: 2 * limbCount }, () => local('v128'))
  const starts = startingValues(places)
  const started = new Set<number>()
  const add = (column: number, value: Code) => {
    const sum = columns[column] as Local
    set(sum, i64x2.add(started.has(column) ? sum.get : module.constant(starts[column] as bigint), value))
    started.add(column)
  }
  const high = local('v128')
  const addProduct = (x: Code, y: Code, column: number) => {
    set(high, f64x2.madd(x, y, number(highMagic)))
    add(column + 1, high.get)
    add(column, f64x2.madd(x, y, f64x2.sub(number(highMagic + lowMagic), high.get)))
  }
  const low = (column: number) =>
    v128.or(v128.and((columns[column] as Local).get, module.constant(limbMask)), number(2 ** 52))
  const carryFrom = (column: number) =>
    add(column + 1, i64x2.shr_u((columns[column] as Local).get, i32.const(limbBits)))

  // 1. The product's columns.
  const doubled = isSquare ? left.map(() => local('v128')) : right
  if (isSquare) for (const [i, { get }] of left.entries()) set(doubled[i] as Local, f64x2.add(get, get))
  for (const { i, j } of places) {
    const factor = isSquare && i === j ? left : doubled
    addProduct((left[i] as Local).get, (factor[j] as Local).get, i + j)
  }
  // 2. Each low column made a multiple of 2^51 by a multiple of the modulus, and carried.
  const minusInverse = Number(BigInt.asIntN(limbBits, -inverse(modulus, 2n ** BigInt(limbBits))))
  const modulusLimbs = toLimbs(modulus)
  const [rest, quotient] = [local('v128'), local('v128')]
  for (let i = 0; i < limbCount; i++) {
    set(rest, f64x2.sub(low(i), number(2 ** 52)))
    set(high, f64x2.madd(rest.get, number(minusInverse), number(highMagic)))
    set(quotient, f64x2.madd(rest.get, number(minusInverse), f64x2.sub(number(highMagic), high.get)))
    for (let j = 0; j < limbCount; j++) addProduct(quotient.get, number(modulusLimbs[j] as number), i + j)
    carryFrom(i)
  }
  // 3. The high columns as signed limbs.
  return Array.from({ length: limbCount }, (_, i) => {
    const limb = local('v128')
    const column = limbCount + i
    if (i === limbCount - 1) set(limb, f64x2.sub((columns[column] as Local).get, number(lowMagic)))
    else {
      set(limb, f64x2.sub(low(column), number(2 ** 52 + 2 ** 50)))
      carryFrom(column)
    }
    return limb
  })
}

/** What each column starts from: less the constants that parts come with, less the bias carried in, plus its own. */
function startingValues(places: readonly { readonly i: number; readonly j: number }[]): readonly bigint[] {
  const reduction = Array.from({ length: limbCount ** 2 }, (_, k) => ({ i: Math.floor(k / 5), j: k % 5 }))
  const all = [...places, ...reduction]
  return Array.from({ length: 2 * limbCount }, (_, column) => {
    const lows = BigInt(all.filter(({ i, j }) => i + j === column).length)
    const highs = BigInt(all.filter(({ i, j }) => i + j + 1 === column).length)
    const isLast = column === 2 * limbCount - 1
    const own = isLast ? bitsOf(lowMagic) : columnBias
    // Rounds what is carried to the nearest, which leaves a signed limb.
    const half = column >= limbCount && !isLast ? 2n ** 50n : 0n
    const parts = highs * bitsOf(highMagic) + lows * bitsOf(lowMagic)
    return BigInt.asUintN(64, own + half - parts - (column > 0 ? carriedBias : 0n))
  })
}
