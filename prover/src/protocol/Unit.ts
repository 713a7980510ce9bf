import * as CodeSystem from './CodeSystem.ts'
import * as Value from './Value.ts'

/** A unit as UCUM writes it (case-sensitive code), e.g. "mg/dL". */
export type Unit = string

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
 * @param decimal As FHIR writes decimals. @param unit UCUM code.
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
  const conversion = measures.get(code)?.conversions.get(unit)
  const result = conversion && fractionOf(decimal)
  if (!result) return undefined
  const { factor, offset } = conversion
  return roundedValue({
    numerator:
      result.numerator * factor.numerator * offset.denominator +
      offset.numerator * result.denominator * factor.denominator,
    denominator: result.denominator * factor.denominator * offset.denominator,
  })
}

type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

/** canonical = result x factor + offset */
type Conversion = { readonly factor: Fraction; readonly offset: Fraction }

type Measure = { readonly canonical: Unit; readonly conversions: ReadonlyMap<Unit, Conversion> }

/** [unit, factor] or [unit, factor, offset], each a decimal or a quotient of two ("1/88.4"). */
type Row = readonly [unit: Unit, factor: string, offset?: string]

// Molar masses: CIAAW abridged standard atomic weights 2021 (C 12.011, H 1.008, O 15.999, N 14.007, Ca 40.078).
const glucose: Row[] = [['mmol/L', '18.0156']] // C6H12O6, 180.156 g/mol
const cholesterol: Row[] = [['mmol/L', '38.67']] // NCEP ATP III, NIH publication 02-5215
const triglycerides: Row[] = [['mmol/L', '88.57']] // NCEP ATP III, NIH publication 02-5215
const creatinine: Row[] = [
  ['umol/L', '1/88.4'],
  ['mmol/L', '1000/88.4'],
] // KDIGO 2012 CKD guideline, reference keys
const calcium: Row[] = [['mmol/L', '4.0078']]
const ureaNitrogen: Row[] = [['mmol/L', '2.8014']] // two nitrogen atoms a molecule of urea
const bilirubin: Row[] = [['umol/L', '1/17.1']] // AMA Manual of Style, SI conversion table
/** mmol/mol by IFCC to % by NGSP: the master equation, NGSP = 0.09148 x IFCC + 2.152 (ngsp.org/ifccngsp.asp). */
const hba1c: Row[] = [['mmol/mol', '0.09148', '2.152']]
const monovalent: Row[] = [
  ['meq/L', '1'],
  ['mmol/L', '1'],
]
const perLitre: Row[] = [['g/L', '0.1']]
const thousands: Row[] = [
  ['10*9/L', '1'],
  ['K/uL', '1'],
] // K/uL: as American laboratories print 10*3/uL
const millions: Row[] = [['10*12/L', '1']]
/** UCUM: mm[Hg] is 133.322 Pa. */
const pressure: Row[] = [['kPa', '1000/133.322']]

/**
 * LOINC codes and the unit each is committed in. Units are UCUM codes (ucum.org); prefixes and inches, feet and pounds
 * are UCUM's own exact definitions. What is no mere change of unit is not here: mL/min is not mL/min/{1.73_m2}, which
 * needs the patient's body surface.
 */
const table: readonly { readonly codes: string; readonly canonical: Unit; readonly from?: readonly Row[] }[] = [
  { codes: '4548-4 4549-2 17856-6', canonical: '%', from: hba1c },
  { codes: '59261-8', canonical: 'mmol/mol' },
  { codes: '39156-5', canonical: 'kg/m2' },
  {
    codes: '29463-7 3141-9',
    canonical: 'kg',
    from: [
      ['g', '0.001'],
      ['[lb_av]', '0.45359237'],
    ],
  },
  {
    codes: '8302-2 3137-7',
    canonical: 'cm',
    from: [
      ['m', '100'],
      ['mm', '0.1'],
      ['[in_i]', '2.54'],
      ['[ft_i]', '30.48'],
    ],
  },
  { codes: '8480-6 8462-4', canonical: 'mm[Hg]', from: pressure },
  {
    codes: '8867-4 9279-1',
    canonical: '/min',
    from: [
      ['{beats}/min', '1'],
      ['{breaths}/min', '1'],
    ],
  },
  {
    codes: '8310-5 8331-1',
    canonical: 'Cel',
    from: [
      ['[degF]', '5/9', '-160/9'],
      ['K', '1', '-273.15'],
    ],
  },
  { codes: '2708-6 59408-5 10230-1', canonical: '%' },
  { codes: '2339-0 2345-7 1558-6', canonical: 'mg/dL', from: glucose },
  { codes: '14749-6 15074-8', canonical: 'mmol/L', from: [['mg/dL', '1/18.0156']] },
  { codes: '2093-3 18262-6 13457-7 2089-1 2085-9', canonical: 'mg/dL', from: cholesterol },
  { codes: '2571-8', canonical: 'mg/dL', from: triglycerides },
  { codes: '9830-1', canonical: '{ratio}', from: [['1', '1']] },
  {
    codes: '33914-3 48642-3 48643-1 50044-7 62238-1 98979-8',
    canonical: 'mL/min/{1.73_m2}',
    from: [['mL/min/{1.73m2}', '1']],
  },
  { codes: '2160-0 38483-4', canonical: 'mg/dL', from: creatinine },
  {
    codes: '14682-9',
    canonical: 'umol/L',
    from: [
      ['mmol/L', '1000'],
      ['mg/dL', '88.4'],
    ],
  },
  { codes: '14959-1 9318-7', canonical: 'mg/g', from: [['ug/mg', '1']] },
  { codes: '6299-2 3094-0', canonical: 'mg/dL', from: ureaNitrogen },
  { codes: '49765-1 17861-6', canonical: 'mg/dL', from: calcium },
  { codes: '2947-0 2951-2 6298-4 2823-3 2069-3 2075-0 20565-8 2028-9', canonical: 'mmol/L', from: monovalent },
  { codes: '1975-2 1968-7', canonical: 'mg/dL', from: bilirubin },
  { codes: '1751-7 2885-2 10834-0 718-7 786-4', canonical: 'g/dL', from: perLitre },
  { codes: '1742-6 1920-8 6768-6 2324-2 2532-0', canonical: 'U/L' },
  { codes: '33762-6', canonical: 'pg/mL', from: [['ng/L', '1']] },
  { codes: '4544-3 20570-8 706-2 713-8 736-9 770-8 5905-5', canonical: '%' },
  { codes: '6690-2 777-3 704-7 711-2 731-0 742-7 751-8', canonical: '10*3/uL', from: thousands },
  { codes: '789-8', canonical: '10*6/uL', from: millions },
  { codes: '785-6', canonical: 'pg' },
  { codes: '787-2 21000-5 32207-3 32623-1', canonical: 'fL' },
  { codes: '72514-3', canonical: '{score}' },
]

const zero: Fraction = { numerator: 0n, denominator: 1n }

const measures: ReadonlyMap<bigint, Measure> = new Map(
  table.flatMap(({ codes, canonical, from = [] }) => {
    const rows: readonly Row[] = [[canonical, '1'], ...from]
    const conversions = new Map(
      rows.map(([unit, factor, offset = '0']) => [unit, { factor: quotientOf(factor), offset: quotientOf(offset) }]),
    )
    return codes
      .split(' ')
      .map((code): [bigint, Measure] => [CodeSystem.encode('LOINC', code), { canonical, conversions }])
  }),
)

function quotientOf(text: string): Fraction {
  const [over = '', under = '1'] = text.split('/')
  const numerator = fractionOf(over) ?? zero
  const denominator = fractionOf(under) ?? zero
  return {
    numerator: numerator.numerator * denominator.denominator,
    denominator: numerator.denominator * denominator.numerator,
  }
}

/** A FHIR decimal as a fraction, exactly; undefined when the text is none, or has hundreds of digits. */
function fractionOf(decimal: string): Fraction | undefined {
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

function roundedValue({ numerator, denominator }: Fraction): Value.Value | undefined {
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
