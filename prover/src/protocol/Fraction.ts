/** An exact rational number. The denominator is above zero. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

/** A FHIR decimal as a fraction, exactly; undefined when the text is none, or has hundreds of digits. */
export function ofDecimal(decimal: string): Fraction | undefined {
  const match = /^(-?)(\d{1,40})(?:\.(\d{1,100}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(decimal)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) - fraction.length
  if (Math.abs(shift) > 200) return undefined
  const digits = BigInt(`${whole}${fraction}`) * (sign ? -1n : 1n)
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-shift) }
}

/** A decimal, or a quotient of two, such as "5/9". @throws {NotAQuotientError} */
export function ofQuotient(text: string): Fraction {
  const [dividend = '', divisor = '1', ...others] = text.split('/')
  const above = ofDecimal(dividend)
  const below = ofDecimal(divisor)
  if (!above || !below || below.numerator <= 0n || others.length > 0) throw new NotAQuotientError({ text })
  return over(above, below)
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator }
}

/** @param b Above zero. */
export function over(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator }
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  }
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { ...b, numerator: -b.numerator })
}

/** As `ofQuotient` reads it. */
export function toText({ numerator, denominator }: Fraction): string {
  return `${numerator}/${denominator}`
}

/** A number of this project's own tables is written wrongly. */
export class NotAQuotientError extends Error {
  override readonly name = 'Fraction.NotAQuotientError'
  constructor({ text }: { text: string }) {
    super(`"${text}" is no decimal, nor a quotient of one by another above zero.`)
  }
}
