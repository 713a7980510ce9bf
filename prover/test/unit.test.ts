import { describe, expect, it } from 'vitest'
import * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Unit from '../src/protocol/Unit.ts'
import * as UnitTable from '../src/protocol/UnitTable.ts'
import * as Value from '../src/protocol/Value.ts'

function converted(loinc: string, decimal: string, unit: string): string | undefined {
  const value = Unit.toValue({ code: CodeSystem.encode('LOINC', loinc), decimal, unit })
  return value === undefined ? undefined : Value.toDecimal(value)
}

describe('a result in its canonical unit', () => {
  it.each([
    // What the master equation gives is published: 48 mmol/mol is 6.5 %, 53 is 7.0 %, 86 is 10.0 % (ngsp.org/convert1.asp).
    ['4548-4', '48', 'mmol/mol', '6.54304'],
    ['4548-4', '53', 'mmol/mol', '7.00044'],
    ['4548-4', '86', 'mmol/mol', '10.01928'],
    ['4548-4', '7.5731391200964990', '%', '7.573139'],
    ['29463-7', '154', '[lb_av]', '69.853225'],
    ['29463-7', '70000', 'g', '70'],
    ['8302-2', '1.52', 'm', '152'],
    ['8302-2', '70', '[in_i]', '177.8'],
    ['8480-6', '16', 'kPa', '120.010201'],
    ['8331-1', '98.6', '[degF]', '37'],
    ['8331-1', '-40', '[degF]', '-40'],
    ['8331-1', '310.15', 'K', '37'],
    ['2339-0', '7.0', 'mmol/L', '126.1092'],
    ['2339-0', '126', 'mg/dL', '126'],
    ['2093-3', '5.0', 'mmol/L', '193.35'],
    ['2571-8', '1.7', 'mmol/L', '150.569'],
    ['2160-0', '88.4', 'umol/L', '1'],
    ['2160-0', '0.1', 'mmol/L', '1.131222'],
    ['14682-9', '1', 'mg/dL', '88.4'],
    ['33914-3', '59.5', 'mL/min/{1.73_m2}', '59.5'],
    ['6690-2', '6.1', '10*9/L', '6.1'],
    ['1751-7', '43', 'g/L', '4.3'],
    ['2951-2', '140', 'meq/L', '140'],
    ['39156-5', '2.7e1', 'kg/m2', '27'],
    ['39156-5', '0.0000005', 'kg/m2', '0'],
    ['39156-5', '0.0000015', 'kg/m2', '0.000002'],
    ['39156-5', '26.99999949999999999999', 'kg/m2', '26.999999'],
    ['39156-5', '-0', 'kg/m2', '0'],
    // Twenty decimals and more, and a tie to the even neighbour on either side of zero.
    ['29463-7', '56.00000050000000000001', 'kg', '56.000001'],
    ['1925-7', '-2.0000005', 'mmol/L', '-2'],
    ['1925-7', '-2.0000015', 'mmol/L', '-2.000002'],
    ['1925-7', '-1.5', 'meq/L', '-1.5'],
    ['2823-3', '4.2e+0', 'mmol/L', '4.2'],
    ['2823-3', '42E-1', 'mmol/L', '4.2'],
    ['718-7', '0.00000000000000000001', 'g/L', '0'],
    // A third of the last digit, and two thirds: 1/3 Cel of 0.6 [degF] above freezing, 2/3 of 1.2.
    ['8310-5', '32.6', '[degF]', '0.333333'],
    ['8310-5', '33.2', '[degF]', '0.666667'],
  ])('%s: %s %s is %s', (loinc, decimal, unit, expected) => {
    expect(converted(loinc, decimal, unit)).toBe(expected)
  })

  it.each([
    ['33914-3', '60', 'mL/min'],
    ['4548-4', '6.5', 'g/dL'],
    ['4548-4', '6.5', ''],
    ['4548-4', '6.5', 'MMOL/MOL'],
    ['4548-4', '6.5', '__proto__'],
    ['99999-9', '6.5', '%'],
    ['39156-5', '1e13', 'kg/m2'],
    ['39156-5', '1e999', 'kg/m2'],
    ['39156-5', 'Infinity', 'kg/m2'],
    ['39156-5', '', 'kg/m2'],
    ['39156-5', '27 ', 'kg/m2'],
    ['39156-5', '9'.repeat(200), 'kg/m2'],
    ['8480-6', '9000000000000', 'kPa'],
    // Never a wrong equivalence: of one's own body surface, by mass and by charge where no valence is known, by units of
    // an antibody's maker, of insulin or prolactin by weight, lipoprotein(a) by number, FEU and DDU, a bare HbA1c.
    ['62238-1', '60', 'mL/min/m2'],
    ['2164-2', '60', 'mL/min/{1.73_m2}'],
    ['2345-7', '5', 'meq/L'],
    ['2951-2', '322', 'mg/dL'],
    ['8099-4', '30', 'U/mL'],
    ['20448-7', '60', 'pmol/L'],
    ['15081-3', '20', 'ng/mL'],
    ['10835-7', '75', 'nmol/L'],
    ['43583-4', '30', 'mg/dL'],
    ['48065-7', '250', 'ng/mL{DDU}'],
    ['48066-5', '500', 'ng/mL{FEU}'],
    ['4548-4', '0.065', '1'],
    ['59261-8', '6.5', '%'],
    ['59260-0', '14', 'g/dL'],
    ['16362-6', '50', 'ug/dL'],
    // Case is meaning in UCUM: MG is no mg, and a Gauss no gram.
    ['2345-7', '100', 'MG/DL'],
    ['718-7', '140', 'G/L'],
    ['29463-7', '70', 'Kg'],
    ['6690-2', '6', '10*3'],
  ])('%s: %s %s has none', (loinc, decimal, unit) => {
    expect(converted(loinc, decimal, unit)).toBeUndefined()
  })

  it.each([
    // Blood counts: 10*3/uL is 10*9/L, and 10*6/uL is 10*12/L.
    ['777-3', '250', 'K/uL', '250'],
    ['777-3', '250', 'x10^9/L', '250'],
    ['777-3', '250000', '/uL', '250'],
    ['789-8', '5.9', '10*12/L', '5.9'],
    ['789-8', '4.5', 'M/uL', '4.5'],
    ['24467-3', '0.35', '10*9/L', '350'],
    ['30405-5', '1000', '/mL', '1'],
    ['4544-3', '0.45', 'L/L', '45'],
    ['770-8', '0.2', '1', '20'],
    ['718-7', '176', 'g/L', '17.6'],
    ['1988-5', '1.2', 'mg/dL', '12'],
    ['3255-7', '3.5', 'g/L', '350'],
    ['2276-4', '150', 'ug/L', '150'],
    ['89579-7', '0.04', 'ng/mL', '40'],
    ['10839-9', '40', 'ng/L', '0.04'],
    ['48065-7', '0.5', 'mg/L{FEU}', '500'],
    ['48066-5', '0.25', 'mg/L', '250'],
    // An ion of valence two: 2 meq is 1 mmol, 40.078 mg of calcium or 24.305 mg of magnesium.
    ['2000-8', '5', 'meq/L', '2.5'],
    ['17861-6', '5', 'meq/L', '10.0195'],
    ['2601-3', '2', 'mEq/L', '1'],
    ['19123-9', '2', 'meq/L', '2.4305'],
    ['14334-7', '0.8', 'meq/L', '0.8'],
    ['2823-3', '4.2', 'mEq/L', '4.2'],
    // Guideline factors: ATP III 38.67 and 88.57, KDIGO 88.4 and 1 mg/mmol = 8.84 mg/g, AMA 17.1, NIH 2.5.
    ['14647-2', '193.35', 'mg/dL', '5'],
    ['14646-4', '38.67', 'mg/dl', '1'],
    ['14927-8', '150.569', 'mg/dL', '1.7'],
    ['14682-9', '0.09', 'mmol/L', '90'],
    ['14683-7', '100', 'mg/dL', '8.84'],
    ['1975-2', '34.2', 'umol/L', '2'],
    ['14631-6', '2', 'mg/dL', '34.2'],
    ['14959-1', '3', 'mg/mmol', '26.52'],
    ['32294-1', '30', 'mg/g{creat}', '30'],
    ['2890-2', '0.2', 'mg/mg', '200'],
    ['62292-8', '50', 'nmol/L', '20'],
    ['68438-1', '20', 'ng/mL', '50'],
    // An enzyme unit is 1 umol/min, a katal 1 mol/s: 1 ukat is 60 U.
    ['1742-6', '0.5', 'ukat/L', '30'],
    ['1742-6', '54', 'IU/L', '54'],
    ['2157-6', '200', '[IU]/L', '200'],
    // International units: m[IU]/mL is [IU]/L, u[IU]/mL is m[IU]/L; CA 19-9 has units of its own.
    ['16935-9', '12', 'm[IU]/mL', '12'],
    ['5193-8', '0.012', '[IU]/mL', '12'],
    ['3016-3', '2.5', 'uIU/mL', '2.5'],
    ['3016-3', '2.5', 'mU/L', '2.5'],
    ['10501-5', '5', '[IU]/L', '5'],
    ['19113-0', '100', 'kU/L', '100'],
    ['11011-4', '15', 'k[IU]/mL', '15000'],
    ['24108-3', '37', 'kU/L', '37'],
    // mm[Hg] is 133.322 Pa: 5.33288 kPa is 40.
    ['2019-8', '5.33288', 'kPa', '40'],
    ['8462-4', '80', 'mmHg', '80'],
    ['8867-4', '72', 'bpm', '72'],
    ['62238-1', '88', 'mL/min/1.73m2', '88'],
    ['62238-1', '88', 'mL/min/1.73 m²', '88'],
    ['2164-2', '1.5', 'mL/s', '90'],
    ['8302-2', '5.5', '[ft_i]', '167.64'],
    ['8302-2', '39.37', '[in_us]', '100'],
    ['9843-4', '350', 'mm', '35'],
    // 68.0388555, a tie.
    ['3141-9', '150', 'lb', '68.038856'],
    ['8310-5', '37.2', '°C', '37.2'],
    ['8310-5', '98.6', '°F', '37'],
    ['20150-9', '3100', 'mL', '3.1'],
    ['19926-5', '0.7', '1', '70'],
    ['33452-4', '5.2', 'L/s', '312'],
    ['8636-3', '0.42', 's', '420'],
    ['18185-9', '280', 'd', '40'],
    ['2889-4', '0.15', 'g/(24.h)', '150'],
    ['14956-7', '30', 'mg/d', '30'],
    ['6301-6', '2.5', '1', '2.5'],
    ['2744-1', '7.4', 'pH', '7.4'],
    ['2965-2', '1.02', '1', '1.02'],
    ['44261-6', '14', '{score}', '14'],
    ['4537-7', '20', 'mm/hr', '20'],
    ['2692-2', '290', 'mmol/kg', '290'],
    ['41950-7', '8000', '{steps}/(24.h)', '8000'],
  ])('as laboratories write it, %s: %s %s is %s', (loinc, decimal, unit, expected) => {
    expect(converted(loinc, decimal, unit)).toBe(expected)
  })

  /** One mmol, in which the molar mass in mg stands by itself. Atomic weights: CIAAW abridged 2021. */
  const millimoles = [
    // C6H12O6: 6 x 12.011 + 12 x 1.008 + 6 x 15.999 = 180.156
    ['14749-6', '180.156', 'mg/L', '1'],
    ['2345-7', '1', 'mmol/L', '18.0156'],
    // CH4N2O: 12.011 + 4 x 1.008 + 2 x 14.007 + 15.999 = 60.056
    ['22664-7', '60.056', 'mg/L', '1'],
    ['3091-6', '1', 'mmol/L', '6.0056'],
    // N2: 2 x 14.007 = 28.014
    ['14937-7', '28.014', 'mg/L', '1'],
    ['3094-0', '1', 'mmol/L', '2.8014'],
    // C5H4N4O3: 5 x 12.011 + 4 x 1.008 + 4 x 14.007 + 3 x 15.999 = 168.112
    ['14933-6', '168.112', 'mg/L', '1000'],
    ['3084-1', '1', 'mmol/L', '16.8112'],
    // Ca: 40.078
    ['2000-8', '40.078', 'mg/L', '1'],
    ['17861-6', '1', 'mmol/L', '4.0078'],
    // Mg: 24.305
    ['2601-3', '24.305', 'mg/L', '1'],
    ['19123-9', '1', 'mmol/L', '2.4305'],
    // P: 30.974
    ['14879-1', '30.974', 'mg/L', '1'],
    ['2777-1', '1', 'mmol/L', '3.0974'],
    // C3H6O3: 3 x 12.011 + 6 x 1.008 + 3 x 15.999 = 90.078
    ['2524-7', '90.078', 'mg/L', '1'],
    // Fe: 55.845
    ['14798-3', '55.845', 'mg/L', '1000'],
    ['2498-4', '1', 'mmol/L', '5584.5'],
    // C15H11I4NO4: 15 x 12.011 + 11 x 1.008 + 4 x 126.90 + 14.007 + 4 x 15.999 = 776.856
    ['14920-3', '776.856', 'mg/L', '1000000000'],
    ['3024-7', '1', 'mmol/L', '77685600'],
    // C15H12I3NO4: 15 x 12.011 + 12 x 1.008 + 3 x 126.90 + 14.007 + 4 x 15.999 = 650.964
    ['14928-6', '650.964', 'mg/L', '1000000000'],
    ['3051-0', '1', 'mmol/L', '650964000'],
    // C27H44O2: 27 x 12.011 + 44 x 1.008 + 2 x 15.999 = 400.647
    ['14635-7', '400.647', 'mg/L', '1000000'],
    ['1989-3', '1', 'mmol/L', '400647'],
    // C63H88CoN14O14P: 63 x 12.011 + 88 x 1.008 + 58.933 + 14 x 14.007 + 14 x 15.999 + 30.974 = 1355.388
    ['14685-2', '1355.388', 'mg/L', '1000000000'],
    ['2132-9', '1', 'mmol/L', '1355388000'],
    // C19H19N7O6: 19 x 12.011 + 19 x 1.008 + 7 x 14.007 + 6 x 15.999 = 441.404
    ['14732-2', '441.404', 'mg/L', '1000000'],
    ['2284-8', '1', 'mmol/L', '441404'],
    // C19H28O2: 19 x 12.011 + 28 x 1.008 + 2 x 15.999 = 288.431
    ['14913-8', '288.431', 'mg/L', '1000000'],
    ['2986-8', '1', 'mmol/L', '28843100'],
    // C18H24O2: 18 x 12.011 + 24 x 1.008 + 2 x 15.999 = 272.388
    ['14715-7', '272.388', 'mg/L', '1000000000'],
    ['2243-4', '1', 'mmol/L', '272388000'],
    // C21H30O2: 21 x 12.011 + 30 x 1.008 + 2 x 15.999 = 314.469
    ['14890-8', '314.469', 'mg/L', '1000000'],
    ['2839-9', '1', 'mmol/L', '314469'],
    // C21H30O5: 21 x 12.011 + 30 x 1.008 + 5 x 15.999 = 362.466
    ['14675-3', '362.466', 'mg/L', '1000000'],
    ['2143-6', '1', 'mmol/L', '36246.6'],
    // C19H28O5S: 19 x 12.011 + 28 x 1.008 + 5 x 15.999 + 32.06 = 368.488
    ['14688-6', '368.488', 'mg/L', '1000'],
    ['2191-5', '1', 'mmol/L', '36848.8'],
    // C41H64O14: 41 x 12.011 + 64 x 1.008 + 14 x 15.999 = 780.949
    ['14698-5', '780.949', 'mg/L', '1000000'],
    ['10535-3', '1', 'mmol/L', '780949'],
    // Li: 6.94
    ['14334-7', '6.94', 'mg/L', '1'],
    ['3719-2', '1', 'mmol/L', '6.94'],
    // C15H12N2O2: 15 x 12.011 + 12 x 1.008 + 2 x 14.007 + 2 x 15.999 = 252.273
    ['14877-5', '252.273', 'mg/L', '1000'],
    ['3968-5', '1', 'mmol/L', '252.273'],
    // C8H16O2: 8 x 12.011 + 16 x 1.008 + 2 x 15.999 = 144.214
    ['14946-8', '144.214', 'mg/L', '1000'],
    ['4086-5', '1', 'mmol/L', '144.214'],
    // C15H12N2O: 15 x 12.011 + 12 x 1.008 + 2 x 14.007 + 15.999 = 236.274
    ['14639-9', '236.274', 'mg/L', '1000'],
    ['3432-2', '1', 'mmol/L', '236.274'],
    // C7H8N4O2: 7 x 12.011 + 8 x 1.008 + 4 x 14.007 + 2 x 15.999 = 180.167
    ['14915-3', '180.167', 'mg/L', '1000'],
    ['4049-3', '1', 'mmol/L', '180.167'],
    // C8H9NO2: 8 x 12.011 + 9 x 1.008 + 14.007 + 2 x 15.999 = 151.165
    ['3298-7', '1', 'mmol/L', '151.165'],
    // C2H6O: 2 x 12.011 + 6 x 1.008 + 15.999 = 46.069
    ['5640-8', '1', 'mmol/L', '4.6069'],
    // C66H75Cl2N9O24: 66 x 12.011 + 75 x 1.008 + 2 x 35.45 + 9 x 14.007 + 24 x 15.999 = 1449.265
    ['20578-1', '1', 'mmol/L', '1449.265'],
  ] as const
  it.each(millimoles)('by molar mass, %s: %s %s is %s', (loinc, decimal, unit, expected) => {
    expect(converted(loinc, decimal, unit)).toBe(expected)
  })

  const pairs: readonly (readonly [amount: string, mass: string])[] = [
    ['14749-6', '2345-7'],
    ['15074-8', '2339-0'],
    ['14647-2', '2093-3'],
    ['14927-8', '2571-8'],
    ['2000-8', '17861-6'],
    ['2601-3', '19123-9'],
    ['14879-1', '2777-1'],
    ['22664-7', '3091-6'],
    ['14937-7', '3094-0'],
  ]
  it.each(pairs)('from mmol/L of %s to mg/dL of %s and back is the same within 1e-6', (amount, mass) => {
    for (let tenths = 1; tenths <= 400; tenths++) {
      const given = tenths / 10
      const milligrams = converted(mass, `${given}`, 'mmol/L') ?? ''
      expect(Math.abs(Number(converted(amount, milligrams, 'mg/dL')) - given)).toBeLessThanOrEqual(1e-6)
      const millimoles = converted(amount, `${given}`, 'mg/dL') ?? ''
      // Half a millionth of a mmol/L was rounded off: some tens of them in mg/dL.
      expect(Math.abs(Number(converted(mass, millimoles, 'mmol/L')) - given)).toBeLessThanOrEqual(5e-5)
    }
  })

  it('is known by its LOINC code alone', () => {
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '4548-4'))).toBe('%')
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '39156-5'))).toBe('kg/m2')
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '72166-2'))).toBeUndefined()
  })
})

describe('the table', () => {
  const codes = UnitTable.rows.flatMap(({ codes, canonical }) => codes.split(' ').map((code) => ({ code, canonical })))

  it('has more than 400 codes, each once', () => {
    expect(codes.length).toBeGreaterThan(400)
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length)
  })

  // LOINC Users' Guide, appendix: digits in odd places from the right are doubled, and all digits of it summed.
  it('has no code with a wrong check digit', () => {
    const checkDigitOf = (number: string) => {
      const doubled = [...number].reverse().map((digit, i) => (i % 2 === 0 ? 2 * Number(digit) : Number(digit)))
      const sum = [...doubled.join('')].reduce((total, digit) => total + Number(digit), 0)
      return (10 - (sum % 10)) % 10
    }
    expect(
      codes.map(({ code }) => code).filter((code) => !code.endsWith(`-${checkDigitOf(code.slice(0, -2))}`)),
    ).toEqual([])
    expect(checkDigitOf('3150')).toBe(0)
  })

  it('has every canonical unit in the scale its values come in', () => {
    for (const { code, canonical } of codes) expect([code, converted(code, '1.5', canonical)]).toEqual([code, '1.5'])
  })

  // Policies state their bounds in these: a hash of a policy names no unit, so none of them may ever change.
  it('keeps the units of the codes it began with', () => {
    const first: readonly (readonly [string, string])[] = [
      ['%', '4548-4 4549-2 17856-6 2708-6 59408-5 10230-1 4544-3 20570-8 706-2 713-8 736-9 770-8 5905-5'],
      ['mmol/mol', '59261-8'],
      ['kg/m2', '39156-5'],
      ['kg', '29463-7 3141-9'],
      ['cm', '8302-2 3137-7'],
      ['mm[Hg]', '8480-6 8462-4'],
      ['/min', '8867-4 9279-1'],
      ['Cel', '8310-5 8331-1'],
      ['mg/dL', '2339-0 2345-7 1558-6 2093-3 18262-6 13457-7 2089-1 2085-9 2571-8 2160-0 38483-4 6299-2 3094-0'],
      ['mg/dL', '49765-1 17861-6 1975-2 1968-7'],
      ['mmol/L', '14749-6 15074-8 2947-0 2951-2 6298-4 2823-3 2069-3 2075-0 20565-8 2028-9'],
      ['{ratio}', '9830-1'],
      ['mL/min/{1.73_m2}', '33914-3 48642-3 48643-1 50044-7 62238-1 98979-8'],
      ['umol/L', '14682-9'],
      ['mg/g', '14959-1 9318-7'],
      ['g/dL', '1751-7 2885-2 10834-0 718-7 786-4'],
      ['U/L', '1742-6 1920-8 6768-6 2324-2 2532-0'],
      ['pg/mL', '33762-6'],
      ['10*3/uL', '6690-2 777-3 704-7 711-2 731-0 742-7 751-8'],
      ['10*6/uL', '789-8'],
      ['pg', '785-6'],
      ['fL', '787-2 21000-5 32207-3 32623-1'],
      ['{score}', '72514-3'],
    ]
    for (const [unit, codes] of first) {
      for (const code of codes.split(' ')) {
        expect([code, Unit.canonicalOf(CodeSystem.encode('LOINC', code))]).toEqual([code, unit])
      }
    }
  })
})

describe('a plausible value', () => {
  const plausible = (loinc: string, decimal: string) =>
    Unit.isPlausible({ code: CodeSystem.encode('LOINC', loinc), value: Value.ofDecimal(decimal) })

  it.each([
    // Survived, each of them: the range is wider than what has ever been published.
    ['29463-7', '0.212', '635'],
    ['8302-2', '22', '272'],
    ['39156-5', '7', '204'],
    ['8480-6', '20', '480'],
    ['8867-4', '0', '600'],
    ['8310-5', '11.8', '46.5'],
    ['2345-7', '1', '2656'],
    ['4548-4', '2', '20'],
    ['2951-2', '95', '255'],
    ['2823-3', '0.9', '14'],
    ['2160-0', '0.05', '73.8'],
    ['718-7', '0.7', '29'],
    ['6690-2', '0', '2400'],
    ['2019-8', '6', '501'],
    ['2744-1', '6.33', '7.95'],
    ['2885-2', '2', '20'],
    ['1925-7', '-35', '40'],
    ['44261-6', '0', '27'],
    ['9269-2', '3', '15'],
    ['2708-6', '0', '100'],
  ])('%s is one from %s to %s', (loinc, low, high) => {
    expect([plausible(loinc, low), plausible(loinc, high)]).toEqual([true, true])
  })

  it.each([
    ['2885-2', '70.7', 'g/L taken for g/dL'],
    ['718-7', '140', 'g/L taken for g/dL'],
    ['786-4', '330', 'g/L taken for g/dL'],
    ['4544-3', '0.45', 'a fraction taken for %'],
    ['4548-4', '0.065', 'a fraction taken for %'],
    ['4548-4', '48', 'mmol/mol taken for %'],
    ['8310-5', '98.6', 'Fahrenheit taken for Celsius'],
    ['8302-2', '1.75', 'm taken for cm'],
    ['29463-7', '3400', 'g taken for kg'],
    ['777-3', '250000', '/uL taken for 10*3/uL'],
    ['789-8', '4500000', '/uL taken for 10*6/uL'],
    ['44261-6', '28', 'PHQ-9'],
    ['70274-6', '22', 'GAD-7'],
    ['75626-2', '13', 'AUDIT-C'],
    ['9269-2', '2', 'Glasgow'],
    ['2708-6', '100.000001', 'just above'],
    ['2708-6', '-0.000001', 'just below'],
    ['2345-7', '-5', 'below nothing'],
    ['9830-1', '0.9', 'the whole less than its part'],
  ])('%s is none of %s: %s', (loinc, decimal) => {
    expect(plausible(loinc, decimal)).toBe(false)
  })

  it('is any where no range is known', () => {
    expect(plausible('72166-2', '-1000000')).toBe(true)
  })
})
