import { describe, expect, it } from 'vitest'
import * as Fraction from '../src/protocol/Fraction.ts'
import * as UnitScale from '../src/protocol/UnitScale.ts'
import * as UnitTable from '../src/protocol/UnitTable.ts'

/** UCUM prefixes, as powers of ten. */
const prefixes: Readonly<Record<string, number>> = { '': 0, k: 3, d: -1, m: -3, u: -6, n: -9, p: -12 }

/** Power of ten that a unit made of prefixes alone is of its kind's unprefixed unit, as UCUM defines them. */
function powerOf(unit: string): number | undefined {
  const concentration = /^([kmunp]?)(?:g|mol|eq|U|\[IU\]|\[arb'U\])\/([dmu]?)L$/.exec(unit)
  if (concentration) return (prefixes[concentration[1] ?? ''] ?? 0) - (prefixes[concentration[2] ?? ''] ?? 0)
  const count = /^(?:10\*(\d+)|\{cells\})?\/(?:([mu]?)L|(mm3))$/.exec(unit)
  if (count) return Number(count[1] ?? 0) - (count[3] ? -6 : (prefixes[count[2] ?? ''] ?? 0))
  return undefined
}

describe('a scale', () => {
  it.each([
    ['mass', UnitScale.mass, 'g/L'],
    ['amount', UnitScale.amount, 'mol/L'],
    ['enzyme', UnitScale.enzyme, 'U/L'],
    ['international', UnitScale.international, '[IU]/L'],
    ['hormone', UnitScale.hormone, '[IU]/L'],
    ['arbitrary', UnitScale.arbitrary, 'U/mL'],
    ['count', UnitScale.count, '10*9/L'],
    ['monovalent ion', UnitScale.ion(1), 'mol/L'],
  ] as const)('of %s has the factors its prefixes say', (_, scale: UnitScale.Scale, base) => {
    let checked = 0
    for (const [unit, factor] of Object.entries(scale)) {
      const power = powerOf(unit)
      if (power === undefined) continue
      const { numerator, denominator } = Fraction.ofQuotient(factor as string)
      const relative = power - (powerOf(base) ?? Number.NaN)
      const [above, below] = relative >= 0 ? [10n ** BigInt(relative), 1n] : [1n, 10n ** BigInt(-relative)]
      expect([unit, numerator * below]).toEqual([unit, above * denominator])
      checked++
    }
    expect(checked).toBeGreaterThanOrEqual(4)
  })

  it('has a mol of charge for each valence', () => {
    const doubled = Fraction.ofQuotient(UnitScale.ion(2)['meq/L'] as string)
    expect(doubled.numerator * 2000n).toBe(doubled.denominator)
    expect(UnitScale.substance('40.078')).not.toHaveProperty(['meq/L'])
    expect(UnitScale.ion(1)).not.toHaveProperty(['mg/dL'])
  })
})

describe('a printed unit', () => {
  const units = new Set(UnitTable.rows.flatMap(({ scale }) => Object.keys(scale)))
  const spellings = Object.entries(UnitScale.printed).flatMap(([unit, others]) =>
    others.map((spelling) => ({ unit, spelling })),
  )

  it('stands for a unit that something is measured in', () => {
    expect(Object.keys(UnitScale.printed).filter((unit) => !units.has(unit))).toEqual([])
  })

  it('stands for one unit, and is no unit itself', () => {
    expect(new Set(spellings.map(({ spelling }) => spelling)).size).toBe(spellings.length)
    expect(spellings.filter(({ spelling }) => units.has(spelling))).toEqual([])
    for (const { unit, spelling } of spellings) expect(UnitScale.ucumOf(spelling)).toBe(unit)
  })

  it.each(['', 'MG/DL', 'mg', 'K', '__proto__', 'constructor'])('is not known as "%s"', (spelling) => {
    expect(UnitScale.ucumOf(spelling)).toBeUndefined()
  })
})
