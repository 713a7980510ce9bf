/**
 * A prime field for machines without fused multiply-adds on vectors: one element at a time, nine limbs of 29 bits.
 *
 * Products of limbs have 58 bits, so that a column of 64 takes all of them before anything is carried. Montgomery's
 * reduction goes along with the product, a limb at a time. A difference has eight times the modulus added and is
 * carried at once; a sum is left as it is. Values stay below 64 times the modulus, far from 2^261.
 *
 * Source of the limbs' size: G. Mitscha-Baude, "montgomery" (github.com/mitschabaude/montgomery), which compares them
 * for WebAssembly; P. Montgomery, "Modular multiplication without trial division", 1985.
 */
import { type Body, type Code, i32, i64, type Local, type Module } from './Assembler.ts'
import { type Field, inverse, type Operations, type Vec } from './Field.ts'

const limbCount = 9
const limbBits = 29
const limbMask = 2n ** 29n - 1n
const bitsShift = i64.const(BigInt(limbBits))
/** Of the modulus, added to what a subtraction gives. */
const spare = 8n

/** @param modulus Between 2^253 and 2^254. */
export function create(module: Module, name: string, modulus: bigint): Field {
  // Calls: inlined, products would be nearly all of a kernel, and no faster.
  const names = Array.from({ length: limbCount }, (_, i) => i)
  const types = names.map(() => 'i64' as const)
  const params = (letters: readonly string[]) =>
    Object.fromEntries(letters.flatMap((letter) => names.map((i) => [`${letter}${i}`, 'i64' as const])))
  const vecOf = (body: Body, letter: string): Vec => names.map((i) => body.param(`${letter}${i}`))
  const codeOf = (v: Vec) => v.flatMap(({ get }) => get)
  const product = module.func(
    `_${name}Product`,
    params(['a', 'b']),
    (body) => body.emit(codeOf(multiply(modulus, body, vecOf(body, 'a'), vecOf(body, 'b')))),
    types,
  )
  const operations = (body: Body): Operations => ({
    ...write(modulus, body),
    mul: (left, right) => body.take(product(...[...left, ...right].map(({ get }) => get)), types),
    square: (v) => body.take(product(...[...v, ...v].map(({ get }) => get)), types),
  })
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
    lanes: 1,
    types,
    vecBytes: 40,
    montgomeryBits: limbCount * limbBits,
    in: operations,
    compactIn: operations,
    mul,
    square,
  }
}

function limbOf(value: bigint, i: number): bigint {
  return (value >> BigInt(limbBits * i)) & limbMask
}

function write(modulus: bigint, body: Body): Omit<Operations, 'mul' | 'square'> {
  const held = (code: Code): Local => {
    const local = body.local('i64')
    body.set(local, code)
    return local
  }
  const vec = (limb: (i: number) => Code): Vec => Array.from({ length: limbCount }, (_, i) => held(limb(i)))
  const at = (v: Vec, i: number): Code => (v[i] as Local).get
  const modulusLimb = (i: number) => i64.const(limbOf(modulus, i))
  const constantVec = (value: bigint): Vec => vec((i) => i64.const(limbOf(value, i)))
  const load = (address: Code, offset = 0) => vec((i) => i64.load32_u(address, offset + 4 * i))
  const store = (address: Code, v: Vec, offset = 0) => {
    for (const [i, { get }] of v.entries()) body.emit(i64.store32(address, get, offset + 4 * i))
  }
  /** From limbs of any sign to limbs of 29 bits, but for the last. */
  const carry = (limb: (i: number) => Code): Vec => {
    const out: Local[] = []
    const carried = body.local('i64')
    for (let i = 0; i < limbCount; i++) {
      const sum = held(i === 0 ? limb(i) : i64.add(limb(i), carried.get))
      if (i < limbCount - 1) body.set(carried, i64.shr_s(sum.get, bitsShift))
      out.push(i < limbCount - 1 ? held(i64.and(sum.get, i64.const(limbMask))) : sum)
    }
    return out
  }

  function normal(v: Vec): Vec {
    // 1. How often the modulus fits, or one less: from the last limb alone.
    const scale = 40n
    const last = (modulus >> BigInt(limbBits * (limbCount - 1))) + 1n
    const times = held(i64.shr_u(i64.mul(at(v, limbCount - 1), i64.const(2n ** scale / last)), i64.const(scale)))
    // 2. It is taken away once more often, and given back where that was too much.
    const less = carry((i) => i64.sub(at(v, i), i64.mul(i64.add(times.get, i64.const(1n)), modulusLimb(i))))
    const sign = held(i64.shr_s(at(less, limbCount - 1), i64.const(63n)))
    return carry((i) => i64.add(at(less, i), i64.and(sign.get, modulusLimb(i))))
  }

  return {
    load,
    store,
    splat: load,
    gather: ([address = []], offset = 0) => load(address, offset),
    scatter: ([address = []], v, offset = 0) => store(address, v, offset),
    zero: () => constantVec(0n),
    one: () => constantVec(2n ** BigInt(limbCount * limbBits) % modulus),
    plainOne: () => constantVec(1n),
    add: (left, right) => vec((i) => i64.add(at(left, i), at(right, i))),
    sub: (left, right) =>
      carry((i) => i64.add(i64.sub(at(left, i), at(right, i)), i64.const(spare * limbOf(modulus, i)))),
    // Limbs may have a sign afterwards: what this gives is only ever added or subtracted.
    negateWhere: ([flag = []], v) => {
      const mask = held(i64.sub(i64.const(0n), i64.extend_u(flag)))
      const turned = (i: number) => i64.sub(i64.sub(modulusLimb(i), at(v, i)), at(v, i))
      return vec((i) => i64.add(at(v, i), i64.and(turned(i), mask.get)))
    },
    normal,
    differ: (left, right) => i32.or(i64.ne(at(left, 0), at(right, 0)), i64.ne(at(left, 1), at(right, 1))),
    select: (mask, left, right) => {
      const bits = held(i64.sub(i64.const(0n), i64.extend_u(i32.and(mask, i32.const(1)))))
      return vec((i) => i64.xor(at(right, i), i64.and(i64.xor(at(left, i), at(right, i)), bits.get)))
    },
    sumOfLanes: (v) => v,
    unpack: ([address = []]) =>
      vec((i) => {
        const [word, bit] = [Math.floor((limbBits * i) / 32), BigInt((limbBits * i) % 32)]
        // Two words at once, but for the last.
        const words = word < 7 ? i64.load(address, 4 * word) : i64.load32_u(address, 4 * word)
        return i64.and(i64.shr_u(words, i64.const(bit)), i64.const(limbMask))
      }),
    pack: ([address = []], v) => {
      for (let word = 0; word < 4; word++) {
        let code: Code | undefined
        for (const [i, limb] of v.entries()) {
          const shift = limbBits * i - 64 * word
          if (shift <= -limbBits || shift >= 64) continue
          const part =
            shift >= 0 ? i64.shl(limb.get, i64.const(BigInt(shift))) : i64.shr_u(limb.get, i64.const(BigInt(-shift)))
          code = code ? i64.or(code, part) : part
        }
        body.emit(i64.store(address, code as Code, 8 * word))
      }
    },
  }
}

/** Limbs up to 2^30 on both sides: a column then stays below 2^64. */
function multiply(modulus: bigint, body: Body, left: Vec, right: Vec): Vec {
  const { local, set } = body
  const minusInverse = (2n ** 29n - inverse(modulus, 2n ** 29n)) % 2n ** 29n
  const columns = Array.from({ length: limbCount }, () => local('i64'))
  const column = (j: number) => columns[j] as Local
  const [factor, quotient] = [local('i64'), local('i64')]
  for (let i = 0; i < limbCount; i++) {
    // 1. A limb times all others, above what is left of those before.
    set(factor, (left[i] as Local).get)
    for (let j = 0; j < limbCount; j++) {
      const term = i64.mul(factor.get, (right[j] as Local).get)
      set(column(j), i === 0 ? term : i64.add(column(j).get, term))
    }
    // 2. A multiple of the modulus that makes the lowest column one of 2^29, which is then left out.
    set(quotient, i64.and(i64.mul(column(0).get, i64.const(minusInverse)), i64.const(limbMask)))
    const reduced = (j: number) => i64.add(column(j).get, i64.mul(quotient.get, i64.const(limbOf(modulus, j))))
    set(column(0), i64.shr_u(reduced(0), bitsShift))
    set(column(0), i64.add(column(0).get, reduced(1)))
    for (let j = 1; j < limbCount - 1; j++) set(column(j), reduced(j + 1))
    set(column(limbCount - 1), i64.const(0n))
  }
  // 3. Carried.
  const out = columns.map(() => local('i64'))
  for (let i = 0; i < limbCount; i++) {
    const isLast = i === limbCount - 1
    set(out[i] as Local, isLast ? column(i).get : i64.and(column(i).get, i64.const(limbMask)))
    if (!isLast) set(column(i + 1), i64.add(column(i + 1).get, i64.shr_u(column(i).get, bitsShift)))
  }
  return out
}
