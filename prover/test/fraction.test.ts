import { describe, expect, it } from 'vitest'
import * as Fraction from '../src/protocol/Fraction.ts'

describe('a quotient', () => {
  it.each([
    ['5/9', 5n, 9n],
    ['-160/9', -160n, 9n],
    ['0.5', 5n, 10n],
    ['1000/88.4', 10000n, 884n],
    ['1e-3/2', 1n, 2000n],
    ['2.5e2', 250n, 1n],
    ['0', 0n, 1n],
  ])('%s is %s to %s', (text, numerator, denominator) => {
    const quotient = Fraction.ofQuotient(text)
    expect(quotient.numerator * denominator).toBe(numerator * quotient.denominator)
    expect(quotient.denominator > 0n).toBe(true)
    expect(Fraction.ofQuotient(Fraction.toText(quotient))).toEqual(quotient)
  })

  it.each(['', '1/0', '1/-2', '1/2/3', '/2', '1/', 'x', ' 1', '1,5'])('is not "%s"', (text) => {
    expect(() => Fraction.ofQuotient(text)).toThrow(Fraction.NotAQuotientError)
  })

  it('adds and takes away, multiplies and divides without a rest lost', () => {
    const third = Fraction.ofQuotient('1/3')
    const sixth = Fraction.ofQuotient('1/6')
    expect(Fraction.minus(Fraction.plus(third, sixth), Fraction.ofQuotient('1/2')).numerator).toBe(0n)
    const half = Fraction.over(sixth, third)
    expect(half.numerator * 2n).toBe(half.denominator)
    const eighteenth = Fraction.times(sixth, third)
    expect(eighteenth.numerator * 18n).toBe(eighteenth.denominator)
  })
})
