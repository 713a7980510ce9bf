import { type Code, i32, type Module } from './Assembler.ts'
import type { Field } from './Field.ts'

/**
 * A function `name`Inverse that inverts each lane, by Fermat's little theorem with windows of four bits; 0 stays 0.
 * `scratch`: room for sixteen vectors.
 */
export function create(module: Module, name: string, field: Field): (out: Code, value: Code, scratch: Code) => Code {
  const { modulus, vecBytes, mul, square } = field
  return module.func(`${name}Inverse`, { out: 'i32', value: 'i32', scratch: 'i32' }, (body) => {
    const [out, value, scratch] = ['out', 'value', 'scratch'].map((name) => body.param(name).get) as [Code, Code, Code]
    const on = field.in(body)
    const power = (k: number) => i32.add(scratch, i32.const(k * vecBytes))
    on.store(power(0), on.one())
    on.store(power(1), on.load(value))
    for (let k = 2; k < 16; k++) body.emit(mul(power(k), power(k - 1), value))
    const digits = [...(modulus - 2n).toString(16)].map((digit) => Number.parseInt(digit, 16))
    on.store(out, on.load(power(digits[0] ?? 0)))
    for (const digit of digits.slice(1)) {
      for (let i = 0; i < 4; i++) body.emit(square(out, out))
      if (digit) body.emit(mul(out, out, power(digit)))
    }
  })
}
