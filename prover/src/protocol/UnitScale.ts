import * as Fraction from './Fraction.ts'

/** A unit as UCUM writes it (case-sensitive code), e.g. "mg/dL". */
export type Unit = string

/**
 * Units of one kind, each by what one of it is in the scale's base, a decimal or a quotient of two ("1000/133.322");
 * with a second number where the zeros differ: base = result x factor + offset.
 *
 * Unless a line says otherwise a factor is UCUM's own definition (ucum.org): prefixes, L = dm3, h and d, inch, foot and
 * pound, % = 10*-2, eq = mol, Cel = K - 273.15. An annotation in braces is part of the unit's name here, because UCUM
 * would otherwise make mL/min of mL/min/{1.73_m2}.
 */
export type Scale = Readonly<Record<Unit, string | readonly [factor: string, offset: string]>>

/** Base g/L. */
export const mass = {
  'g/L': '1',
  'mg/L': '1e-3',
  'ug/L': '1e-6',
  'ng/L': '1e-9',
  'g/dL': '10',
  'mg/dL': '1e-2',
  'ug/dL': '1e-5',
  'ng/dL': '1e-8',
  'mg/mL': '1',
  'ug/mL': '1e-3',
  'ng/mL': '1e-6',
  'pg/mL': '1e-9',
} as const satisfies Scale

/** Base mol/L. */
export const amount = {
  'mol/L': '1',
  'mmol/L': '1e-3',
  'umol/L': '1e-6',
  'nmol/L': '1e-9',
  'pmol/L': '1e-12',
} as const satisfies Scale

/** Base mol/L of charges: an ion of valence two has two eq in a mol. */
const charge = { 'eq/L': '1', 'meq/L': '1e-3' } as const satisfies Scale

/**
 * Base mol/L, from which the molar mass leads to g/L, and the valence of an ion to eq/L.
 * @param gramsPerMole A decimal or a quotient. @param valence Charges of the ion; without it eq/L is not converted.
 */
export function substance(gramsPerMole: string, valence?: number): Scale {
  return {
    ...amount,
    ...dividedBy(mass, gramsPerMole),
    ...(valence === undefined ? {} : dividedBy(charge, `${valence}`)),
  }
}

/** Base mol/L, of an ion whose mass no laboratory states. */
export function ion(valence: number): Scale {
  return { ...amount, ...dividedBy(charge, `${valence}`) }
}

function dividedBy(scale: Readonly<Record<Unit, string>>, divisor: string): Scale {
  return Object.fromEntries(
    Object.entries(scale).map(([unit, factor]) => [
      unit,
      Fraction.toText(Fraction.over(Fraction.ofQuotient(factor), Fraction.ofQuotient(divisor))),
    ]),
  )
}

/**
 * Base U/L. The enzyme unit is 1 umol/min, and a katal 1 mol/s. UCUM has U for it and keeps [IU] for what is defined by
 * a WHO standard; of an enzyme both mean the unit of 1964 (Enzyme Commission), and laboratories write either.
 */
export const enzyme: Scale = {
  'U/L': '1',
  '[IU]/L': '1',
  'U/mL': '1000',
  'mU/mL': '1',
  'ukat/L': '60',
  'nkat/L': '0.06',
}

/** Base [IU]/L. Of an antibody U/mL is not here: it may be the maker's own unit. */
export const international: Scale = {
  '[IU]/L': '1',
  'm[IU]/L': '1e-3',
  '[IU]/mL': '1000',
  'm[IU]/mL': '1',
  'u[IU]/mL': '1e-3',
  'k[IU]/L': '1000',
  'k[IU]/mL': '1e6',
}

/** Base [IU]/L. Of a hormone, and of IgE, there is one standard and no catalytic activity: a printed U is the [IU]. */
export const hormone: Scale = {
  ...international,
  'U/L': '1',
  'mU/L': '1e-3',
  'mU/mL': '1',
  'uU/mL': '1e-3',
  'kU/L': '1000',
}

/** Base U/mL: units of a maker's own, for which there is no standard. */
export const arbitrary: Scale = { 'U/mL': '1', "[arb'U]/mL": '1', 'kU/L': '1', "k[arb'U]/L": '1' }

/** Base 10*9/L, the same as 10*3/uL. */
export const count: Scale = {
  '10*9/L': '1',
  '10*3/uL': '1',
  '10*3/mm3': '1',
  '10*6/mL': '1',
  '10*12/L': '1000',
  '10*6/uL': '1000',
  '10*6/mm3': '1000',
  '10*6/L': '1e-3',
  '/uL': '1e-3',
  '{cells}/uL': '1e-3',
  '/mm3': '1e-3',
  '/mL': '1e-6',
}

/** Base %. */
export const fraction: Scale = { '%': '1', '1': '100' }
export const volumeFraction: Scale = { ...fraction, 'L/L': '100' }

/**
 * Base % by NGSP; mmol/mol by IFCC is converted with the master equation, NGSP = 0.09148 x IFCC + 2.152
 * (ngsp.org/ifccngsp.asp). "1" is not here: a bare fraction does not say which of the two it is.
 */
export const hba1c: Scale = { '%': '1', 'mmol/mol': ['0.09148', '2.152'] }
/** % of a code that is by IFCC can be one tenth of mmol/mol, or the NGSP's after all: not converted. */
export const hba1cIfcc: Scale = { 'mmol/mol': '1' }

/** Base mm[Hg]: UCUM has it as 133.322 Pa. */
export const pressure: Scale = { 'mm[Hg]': '1', kPa: '1000/133.322' }

/** Base cm. [in_us] is of the US survey foot, 1200/3937 m. */
export const length: Scale = {
  cm: '1',
  m: '100',
  mm: '0.1',
  '[in_i]': '2.54',
  '[ft_i]': '30.48',
  '[in_us]': '10000/3937',
}

/** Base kg. */
export const weight: Scale = { kg: '1', g: '0.001', '[lb_av]': '0.45359237', '[oz_av]': '0.028349523125' }

/** Base Cel. */
export const temperature: Scale = { Cel: '1', '[degF]': ['5/9', '-160/9'], K: ['1', '-273.15'] }

export const bodyMassIndex: Scale = { 'kg/m2': '1' }
export const area: Scale = { m2: '1' }
export const volume: Scale = { L: '1', mL: '1e-3', dL: '0.1' }

/** Base L/min. */
export const flow: Scale = { 'L/min': '1', 'L/s': '60', 'mL/min': '1e-3' }

/** Base /min. */
export const rate: Scale = { '/min': '1', '{beats}/min': '1', '{breaths}/min': '1', '{Beats}/min': '1' }

/** Base /d. */
export const perDay: Scale = {
  '/d': '1',
  '{#}/d': '1',
  '{steps}/d': '1',
  '/(24.h)': '1',
  '{#}/(24.h)': '1',
  '{steps}/(24.h)': '1',
}

export const seconds: Scale = { s: '1', ms: '1e-3' }
export const weeks: Scale = { wk: '1', d: '1/7' }

/** Of one patient's own body surface: not mL/min/{1.73_m2}. */
export const clearance: Scale = { 'mL/min': '1', 'mL/s': '60' }
export const clearancePerSurface: Scale = {
  'mL/min/{1.73_m2}': '1',
  'mL/min/{1.73m2}': '1',
  'mL/s/{1.73_m2}': '60',
}

/** Base mg/g; the mol is of creatinine, 88.4 umol in the 10 mg of 1 mg/dL by litre (KDIGO 2012, reference keys). */
export const perCreatinine: Scale = {
  'mg/g': '1',
  'mg/g{creat}': '1',
  'mg/g{Cre}': '1',
  'ug/mg': '1',
  'ug/mg{creat}': '1',
  'mg/mg': '1000',
  'mg/mg{creat}': '1000',
  'g/g': '1000',
  'g/g{creat}': '1000',
  'mg/mmol': '8.84',
  'mg/mmol{creat}': '8.84',
  'g/mol': '8.84',
  'g/mol{creat}': '8.84',
}

/** Base mg in a day. */
export const massPerDay: Scale = {
  'mg/(24.h)': '1',
  'mg/d': '1',
  'mg/{24h}': '1',
  'g/(24.h)': '1000',
  'g/d': '1000',
  'g/{24h}': '1000',
}

/**
 * Fibrinogen equivalent units weigh about twice the D-dimer units of another code, which the code itself tells apart:
 * neither is converted to the other.
 */
export const fibrinogenEquivalent: Scale = {
  'ng/mL{FEU}': '1',
  'ug/L{FEU}': '1',
  'ug/mL{FEU}': '1000',
  'mg/L{FEU}': '1000',
  '{FEU}ng/mL': '1',
  '{FEU}ug/mL': '1000',
  'ng{FEU}/mL': '1',
  'ug{FEU}/mL': '1000',
  'ng/mL': '1',
  'ug/L': '1',
  'ug/mL': '1000',
  'mg/L': '1000',
}
export const dimer: Scale = {
  'ng/mL{DDU}': '1',
  'ug/L{DDU}': '1',
  'ug/mL{DDU}': '1000',
  'mg/L{DDU}': '1000',
  'ng/mL': '1',
  'ug/L': '1',
  'ug/mL': '1000',
  'mg/L': '1000',
}

export const sedimentation: Scale = { 'mm/h': '1', 'mm/(1.h)': '1' }
/** A mol of particles is an osmole. */
export const osmolality: Scale = { 'mosm/kg': '1', 'mmol/kg': '1', 'osm/kg': '1000' }
export const copies: Scale = { '{copies}/mL': '1', '/mL': '1', '{Copies}/mL': '1', '{copy}/mL': '1' }
export const perField: Scale = { '/[HPF]': '1', '{#}/[HPF]': '1', '{cells}/[HPF]': '1' }
export const perHundredCells: Scale = { '%': '1', '/100{WBC}': '1', '{/100_WBC}': '1' }

/** Acidity, ratios, scores: numbers without a unit, by the name each goes by. */
export const acidity: Scale = { '[pH]': '1', '1': '1' }
export const ratio: Scale = { '{ratio}': '1', '1': '1', '{Ratio}': '1' }
export const massRatio: Scale = { ...ratio, 'mg/mg': '1', 'mg/mg{creat}': '1', 'g/g': '1' }
export const normalisedRatio: Scale = { '{INR}': '1', '1': '1', '{ratio}': '1' }
export const score: Scale = { '{score}': '1', '1': '1', '{#}': '1', '{Score}': '1' }
export const percentile: Scale = { '%': '1', '{percentile}': '1', '%{percentile}': '1' }
export const packs: Scale = { '{packs}/d': '1', '{pack}/d': '1', '/d': '1', '{#}/d': '1' }

/**
 * Units as they are printed, and as clients write them where the UCUM code belongs. None is the UCUM code of another unit
 * of any scale here (K/uL is a kelvin in a microlitre, which nobody measures).
 */
export const printed: Readonly<Record<Unit, readonly string[]>> = {
  '10*3/uL': ['10^3/uL', 'x10^3/uL', 'x10*3/uL', 'x10E3/uL', '10E3/uL', '10*3/ul', '10^3/ul', 'K/uL', 'K/ul', 'K/mcL'],
  '10*9/L': ['10^9/L', 'x10^9/L', 'x10*9/L', 'x10E9/L', '10E9/L', '10*9/l', '10^9/l', 'G/L', 'G/l', 'Gpt/L'],
  '10*6/uL': ['10^6/uL', 'x10^6/uL', 'x10*6/uL', 'x10E6/uL', '10E6/uL', '10*6/ul', '10^6/ul', 'M/uL', 'M/ul', 'M/mcL'],
  '10*12/L': ['10^12/L', 'x10^12/L', 'x10*12/L', 'x10E12/L', '10E12/L', '10*12/l', '10^12/l', 'T/L', 'T/l', 'Tpt/L'],
  '/uL': ['/ul', '1/uL', 'cells/uL', 'cells/ul', '/mcL'],
  'g/dL': ['g/dl', 'gm/dL', 'gm/dl'],
  'g/L': ['g/l'],
  'mg/dL': ['mg/dl'],
  'mg/L': ['mg/l'],
  'ug/dL': ['ug/dl', 'µg/dL', 'μg/dL', 'mcg/dL'],
  'ug/L': ['ug/l', 'µg/L', 'μg/L', 'mcg/L', 'µg/l'],
  'ug/mL': ['ug/ml', 'µg/mL', 'μg/mL', 'mcg/mL', 'µg/ml'],
  'ng/mL': ['ng/ml'],
  'ng/dL': ['ng/dl'],
  'ng/L': ['ng/l'],
  'pg/mL': ['pg/ml'],
  'mmol/L': ['mmol/l'],
  'umol/L': ['umol/l', 'µmol/L', 'μmol/L', 'µmol/l', 'mcmol/L'],
  'nmol/L': ['nmol/l'],
  'pmol/L': ['pmol/l'],
  'meq/L': ['mEq/L', 'mEq/l', 'meq/l', 'MEQ/L'],
  'U/L': ['U/l', 'units/L'],
  '[IU]/L': ['IU/L', 'IU/l', '[iU]/L', '[IU]/l'],
  '[IU]/mL': ['IU/mL', 'IU/ml', '[iU]/mL', '[IU]/ml'],
  'm[IU]/L': ['mIU/L', 'mIU/l', 'm[iU]/L', 'm[IU]/l'],
  'm[IU]/mL': ['mIU/mL', 'mIU/ml', 'm[iU]/mL', 'm[IU]/ml'],
  'u[IU]/mL': ['uIU/mL', 'uIU/ml', 'µIU/mL', 'μIU/mL', 'u[iU]/mL', 'u[IU]/ml'],
  'k[IU]/L': ['kIU/L', 'kIU/l', 'k[iU]/L'],
  'mm[Hg]': ['mmHg', 'mm Hg', 'mm hg', 'mmhg'],
  '[lb_av]': ['lb', 'lbs', 'lb_av', 'pounds'],
  '[oz_av]': ['oz'],
  '[in_i]': ['in', 'inch', 'inches', 'in_i'],
  '[ft_i]': ['ft', 'feet'],
  'kg/m2': ['kg/m^2', 'kg/m²'],
  m2: ['m^2', 'm²'],
  Cel: ['°C', 'degC', '[degC]', 'cel', 'Celsius'],
  '[degF]': ['°F', 'degF', 'Fahrenheit'],
  '/min': ['1/min', 'bpm', 'beats/min', 'breaths/min', 'beats/minute', 'breaths/minute', '{beats}/minute'],
  s: ['sec', 'seconds'],
  ms: ['msec'],
  wk: ['weeks', 'week'],
  'mm/h': ['mm/hr', 'mm/1h', 'mm/Hr'],
  '[pH]': ['pH', '{pH}', 'pH units'],
  '{INR}': ['INR'],
  '{ratio}': ['ratio', 'Ratio'],
  '{score}': ['score', 'points'],
  'mL/min/{1.73_m2}': [
    'mL/min/1.73m2',
    'mL/min/1.73 m2',
    'mL/min/1.73m^2',
    'mL/min/1.73 m^2',
    'mL/min/1.73m²',
    'mL/min/1.73 m²',
    'ml/min/1.73m2',
    'ml/min/1.73 m2',
    'mL/min/1.73_m2',
    'mL/min/(1.73_m2)',
  ],
  '/[HPF]': ['/HPF', '/hpf', '#/HPF'],
  'mosm/kg': ['mOsm/kg', 'mosmol/kg', 'mOsmol/kg'],
  'mg/(24.h)': ['mg/24h', 'mg/24 h', 'mg/day'],
  'g/(24.h)': ['g/24h', 'g/24 h', 'g/day'],
  'mg/g{creat}': ['mg/g creat', 'mg/g Cr', 'mg/gCr'],
  '{copies}/mL': ['copies/mL', 'copies/ml'],
  'ng/mL{FEU}': ['ng/mL FEU', 'ng/ml FEU'],
  'ug/mL{FEU}': ['ug/mL FEU', 'mcg/mL FEU', 'µg/mL FEU'],
  'mg/L{FEU}': ['mg/L FEU', 'mg/l FEU'],
}

const ucumCodes: ReadonlyMap<string, Unit> = new Map(
  Object.entries(printed).flatMap(([unit, spellings]) => spellings.map((spelling) => [spelling, unit] as const)),
)

/** The UCUM code a printed unit stands for; undefined where it is none that is known. */
export function ucumOf(spelling: string): Unit | undefined {
  return ucumCodes.get(spelling)
}
