import { describe, expect, it } from 'vitest'
import * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Unit from '../src/protocol/Unit.ts'
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
  ])('%s: %s %s has none', (loinc, decimal, unit) => {
    expect(converted(loinc, decimal, unit)).toBeUndefined()
  })

  it('is known by its LOINC code alone', () => {
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '4548-4'))).toBe('%')
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '39156-5'))).toBe('kg/m2')
    expect(Unit.canonicalOf(CodeSystem.encode('LOINC', '72166-2'))).toBeUndefined()
  })
})
