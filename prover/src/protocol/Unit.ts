import * as CodeSystem from './CodeSystem.ts'
import * as Fraction from './Fraction.ts'
import * as UnitScale from './UnitScale.ts'
import * as UnitTable from './UnitTable.ts'
import * as Value from './Value.ts'

export type Unit = UnitScale.Unit

/**
 * The one unit in which values of a LOINC code are committed and policies state their bounds; undefined where the
 * table has none, and then no value of that code can be compared.
 */
export function canonicalOf(code: CodeSystem.CodeNumber): Unit | undefined {
  return measures.get(code)?.canonical
}

/**
 * The value of a result in its code's canonical unit: exact rational arithmetic on the decimal's text, rounded once,
 * half to even, at six decimals.
 * @param decimal As FHIR writes decimals. @param unit UCUM code, or a unit as laboratories print it.
 * @returns undefined for a code without a canonical unit, a unit it is not known to be converted from, or a number that
 *          no value can carry.
 */
export function toValue({
  code,
  decimal,
  unit,
}: {
  readonly code: CodeSystem.CodeNumber
  readonly decimal: string
  readonly unit: Unit
}): Value.Value | undefined {
  const conversions = measures.get(code)?.conversions
  const conversion = conversions?.get(unit) ?? conversions?.get(UnitScale.ucumOf(unit) ?? '')
  const result = conversion && Fraction.ofDecimal(decimal)
  if (!result) return undefined
  return roundedValue(Fraction.plus(Fraction.times(result, conversion.factor), conversion.offset))
}

/**
 * Whether a living patient can have this result. A flag for whoever reads the import, and nothing more: what a document
 * says is committed as it says it, because a wrong unit can only be guessed at.
 * @param value In the code's canonical unit. @returns true also where no range is known.
 */
export function isPlausible({
  code,
  value,
}: {
  readonly code: CodeSystem.CodeNumber
  readonly value: Value.Value
}): boolean {
  const measure = measures.get(code)
  return measure === undefined || (measure.lowest <= value && value <= measure.highest)
}

/** canonical = result x factor + offset */
type Conversion = { readonly factor: Fraction.Fraction; readonly offset: Fraction.Fraction }

type Measure = {
  readonly canonical: Unit
  readonly conversions: ReadonlyMap<Unit, Conversion>
  /** Bounds of the plausible values, both included. */
  readonly lowest: Value.Value
  readonly highest: Value.Value
}

const measures: ReadonlyMap<bigint, Measure> = new Map(
  UnitTable.rows.flatMap(({ codes, canonical, scale, plausible: [lowest, highest] }) => {
    const conversions = conversionsTo(canonical, scale)
    const measure = { canonical, conversions, lowest: Value.ofDecimal(lowest), highest: Value.ofDecimal(highest) }
    return codes.split(' ').map((code): [bigint, Measure] => [CodeSystem.encode('LOINC', code), measure])
  }),
)

/** By way of the scale's base: canonical x f + o = base = result x f' + o'. */
function conversionsTo(canonical: Unit, scale: UnitScale.Scale): ReadonlyMap<Unit, Conversion> {
  const target = toBase(scale[canonical] ?? '1')
  return new Map(
    Object.entries(scale).map(([unit, written]) => {
      const { factor, offset } = toBase(written)
      return [
        unit,
        {
          factor: Fraction.over(factor, target.factor),
          offset: Fraction.over(Fraction.minus(offset, target.offset), target.factor),
        },
      ]
    }),
  )
}

function toBase(written: UnitScale.Scale[string]): Conversion {
  const [factor, offset] = typeof written === 'string' ? [written, '0'] : written
  return { factor: Fraction.ofQuotient(factor), offset: Fraction.ofQuotient(offset) }
}

function roundedValue({ numerator, denominator }: Fraction.Fraction): Value.Value | undefined {
  const scaled = (numerator < 0n ? -numerator : numerator) * 1_000_000n
  const quotient = scaled / denominator
  const twiceRest = (scaled % denominator) * 2n
  const roundsUp = twiceRest > denominator || (twiceRest === denominator && quotient % 2n === 1n)
  const digits = (quotient + (roundsUp ? 1n : 0n)).toString().padStart(7, '0')
  if (digits.length > 20) return undefined
  try {
    return Value.ofDecimal(`${numerator < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`)
  } catch (error) {
    if (error instanceof Value.InvalidDecimalError) return undefined
    throw error
  }
}
