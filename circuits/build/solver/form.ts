/** Sums of coefficients times wires, a wire at most once and no coefficient 0; wire 0 has the value 1. */
import { fieldOrder } from '../parameters.ts'

/** Coefficients, below the field's order, by wire. */
export type Form = ReadonlyMap<number, bigint>

export const none: Form = new Map()

export function scaled(form: Form, factor: bigint): Form {
  if (modulo(factor) === 0n) return none
  return new Map([...form].map(([wire, value]) => [wire, modulo(value * factor)]))
}

export function added(left: Form, right: Form): Form {
  const sum = new Map(left)
  for (const [wire, value] of right) {
    const total = modulo((sum.get(wire) ?? 0n) + value)
    if (total === 0n) sum.delete(wire)
    else sum.set(wire, total)
  }
  return sum
}

/** The value of a form without wires. */
export function constantOf(form: Form): bigint | undefined {
  if (form.size === 0) return 0n
  return form.size === 1 ? form.get(0) : undefined
}

/** a b + c, as such; where a or b is constant, their product is added to c and both are empty. */
export function multiplied(a: Form, b: Form, c: Form): readonly [a: Form, b: Form, c: Form] {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const constant = constantOf(one)
    if (constant !== undefined) return [none, none, added(c, scaled(other, constant))]
  }
  return [a, b, c]
}

export function modulo(value: bigint): bigint {
  return ((value % fieldOrder) + fieldOrder) % fieldOrder
}
