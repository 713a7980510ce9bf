import { baseFieldOrder } from '../Bn254.ts'
import type { Kernel } from './Kernel.ts'

/** Reads and writes of single elements, for what is done outside the kernel. Layouts: `prover/kernels`. */

const limbBits = { fused: 51n, portable: 29n } as const
const limbCount = { fused: 5, portable: 9 } as const

/** An element's number, out of Montgomery form, at least 0 and below the modulus. */
export function read(kernel: Pick<Kernel, 'kind' | 'memory'>, at: number, modulus = baseFieldOrder): bigint {
  const { kind, memory } = kernel
  const view = new DataView(memory.buffer)
  let value = 0n
  for (let i = limbCount[kind] - 1; i >= 0; i--) {
    const limb = kind === 'fused' ? view.getFloat64(at + 8 * i, true) : view.getInt32(at + 4 * i, true)
    value = (value << limbBits[kind]) + BigInt(limb)
  }
  const rest = (value * factors(kind, modulus).fromMontgomery) % modulus
  return rest < 0n ? rest + modulus : rest
}

/** Puts a number there in Montgomery form. */
export function write(
  kernel: Pick<Kernel, 'kind' | 'memory'>,
  at: number,
  value: bigint,
  modulus = baseFieldOrder,
): void {
  writePlain(kernel, at, (value * factors(kernel.kind, modulus).toMontgomery) % modulus, modulus)
}

/** Puts a number there as it is, which is below the modulus. */
export function writePlain(
  { kind, memory }: Pick<Kernel, 'kind' | 'memory'>,
  at: number,
  value: bigint,
  modulus: bigint,
) {
  const view = new DataView(memory.buffer)
  // Where limbs have a sign, an element is the one nearest to zero.
  let rest = kind === 'fused' && value > modulus / 2n ? value - modulus : value
  for (let i = 0; i < limbCount[kind]; i++) {
    const isLast = i === limbCount[kind] - 1
    if (kind === 'fused') {
      const limb = isLast ? rest : BigInt.asIntN(51, rest)
      view.setFloat64(at + 8 * i, Number(limb), true)
      rest = (rest - limb) >> 51n
    } else {
      view.setUint32(at + 4 * i, Number(BigInt.asUintN(29, rest)), true)
      rest >>= 29n
    }
  }
}

type Factors = { readonly toMontgomery: bigint; readonly fromMontgomery: bigint }
const known = new Map<string, Factors>()

function factors(kind: Kernel['kind'], modulus: bigint): Factors {
  const name = `${kind} ${modulus}`
  const found = known.get(name)
  if (found) return found
  const bits = limbBits[kind] * BigInt(limbCount[kind])
  // 2^-bits: an odd modulus makes halves whole.
  let fromMontgomery = 1n
  for (let i = 0n; i < bits; i++)
    fromMontgomery = (fromMontgomery % 2n ? fromMontgomery + modulus : fromMontgomery) / 2n
  const made = { toMontgomery: 2n ** bits % modulus, fromMontgomery }
  known.set(name, made)
  return made
}

/** base ^ exponent, of numbers that are at least 0. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) result = (result * square) % modulus
  }
  return result
}
