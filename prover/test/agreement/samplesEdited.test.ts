/**
 * Each bound, code and part of the sample policies from both sides: a sample patient with one thing changed, and what
 * the policy then comes to, by hand. Evaluator and dry run say so; that circuits agree with them is shown over the
 * patients as they are.
 */
import { describe, expect, it } from 'vitest'
import * as Stage from '../../../samples/Stage.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import { evaluate } from '../evaluator.ts'
import { outcomes } from '../outcomes.ts'
import * as SampleCase from './sampleCase.ts'

/** What is put where: the resource's id without the patient's name, and the place in it. */
type Edits = { readonly [place: string]: string | number | undefined }
type Row = readonly [id: string, patient: string, what: string, edits: Edits, met: boolean]

const birth = (day: string): Edits => ({ 'patient.birthDate': day })
const value = (observation: number, number: number): Edits => ({
  [`observation-${observation}.valueQuantity.value`]: number,
})
const answer = (observation: number, code: string): Edits => ({
  [`observation-${observation}.valueCodeableConcept.coding.0.code`]: code,
})
const diagnosis = (condition: number, code: string): Edits => ({ [`condition-${condition}.code.coding.0.code`]: code })
const onset = (condition: number, day: string): Edits => ({ [`condition-${condition}.onsetDateTime`]: day })
const prescribed = (prescription: number, day: string): Edits => ({ [`prescription-${prescription}.authoredOn`]: day })
const medicine = (prescription: number, code: string): Edits => ({
  [`prescription-${prescription}.medicationCodeableConcept.coding.0.code`]: code,
})
const stopped = (prescription: number): Edits => ({ [`prescription-${prescription}.status`]: 'stopped' })
const systolic = (observation: number, number: number): Edits => ({
  [`observation-${observation}.component.0.valueQuantity.value`]: number,
})
const dated = (observation: number, day: string): Edits => ({ [`observation-${observation}.effectiveDateTime`]: day })
const coded = (observation: number, code: string): Edits => ({
  [`observation-${observation}.code.coding.0.code`]: code,
})
const negative = '260385009'

const rows: readonly Row[] = [
  ['P1', 'vera', 'BMI 27.0 and type 2 diabetes', value(1, 27.0), true],
  ['P1', 'paul', 'semaglutide stopped', stopped(2), true],

  ['P2', 'bruno', 'HbA1c 48 mmol/mol = 6.54 %', value(1, 48), true],
  ['P2', 'bruno', 'HbA1c 47 mmol/mol = 6.45 %', value(1, 47), false],
  ['P2', 'olga', 'HbA1c 6.4 %, but diagnosed', value(1, 6.4), true],
  ['P2', 'olga', 'prediabetes only, HbA1c 6.4 %', { ...diagnosis(1, '15777000'), ...value(1, 6.4) }, false],

  ['P3', 'dorian', 'BMI 27.0', value(2, 27.0), true],
  ['P3', 'dorian', 'BMI 26.9', value(2, 26.9), false],
  [
    'P3',
    'dorian',
    'peripheral artery disease instead of the infarction',
    { ...diagnosis(1, '399957001'), ...diagnosis(2, '399957001') },
    true,
  ],
  ['P3', 'dorian', 'angina instead', { ...diagnosis(1, '194828000'), ...diagnosis(2, '194828000') }, false],

  ...['13457-7', '18262-6', '2089-1'].flatMap((code): Row[] => [
    ['P4', 'lars', `LDL 70 as ${code} 90 days ago`, { ...coded(6, code), ...dated(6, '2026-07-03') }, true],
    ['P4', 'lars', `LDL 70 as ${code} 91 days ago`, { ...coded(6, code), ...dated(6, '2026-07-02') }, false],
    ['P4', 'lars', `LDL 69.9 as ${code}`, { ...coded(6, code), ...value(6, 69.9) }, false],
  ]),
  ['P4', 'lars', 'the statin stopped', stopped(1), false],
  ['P4', 'nils', 'alirocumab stopped', stopped(2), true],

  ['P5', 'quinn', '18 years that day', birth('2008-10-01'), true],
  ['P5', 'quinn', '18 years tomorrow', birth('2008-10-02'), false],
  ['P5', 'quinn', 'methotrexate for 89 days', prescribed(1, '2026-07-04'), false],
  [
    'P5',
    'quinn',
    'osteoarthritis instead',
    { ...diagnosis(1, 'M16.9'), 'condition-1.code.coding.1.code': '239872002' },
    false,
  ],
  ['P5', 'wilma', 'tofacitinib stopped', stopped(2), true],
  ['P5', 'rosa', 'adalimumab already', { ...medicine(1, '327361'), 'prescription-1.status': 'active' }, true],
  ['P5', 'rosa', 'still on etanercept', { 'prescription-1.status': 'active' }, false],

  ['P6', 'nils', '75 years that day', birth('1951-10-01'), false],
  ['P6', 'olga', '18 years that day', birth('2008-10-01'), true],
  ['P6', 'olga', '18 years tomorrow', birth('2008-10-02'), false],
  ['P6', 'nils', 'HbA1c 6.9 %', value(1, 6.9), false],
  ['P6', 'olga', 'HbA1c 10.1 %', value(1, 10.1), false],
  ['P6', 'nils', 'BMI 22.9', value(2, 22.9), false],
  ['P6', 'nils', 'eGFR 29.9', value(3, 29.9), false],
  ['P6', 'olga', 'eGFR 30 by the other code', value(3, 30), true],
  ['P6', 'olga', 'eGFR 29.9 by the other code', value(3, 29.9), false],
  ['P6', 'olga', 'prediabetes only', diagnosis(1, '15777000'), false],
  ['P6', 'nils', 'a coma of type 1 diabetes', diagnosis(3, 'E10.641'), false],
  ['P6', 'nils', 'the infarction 60 days ago', onset(2, '2026-08-02'), false],
  ['P6', 'nils', 'a stroke 61 days ago instead', diagnosis(2, 'I63.9'), true],
  ['P6', 'nils', 'a stroke 60 days ago instead', { ...diagnosis(2, 'I63.9'), ...onset(2, '2026-08-02') }, false],
  ['P6', 'nils', 'pancreatitis instead of the infarction', diagnosis(2, 'K85.90'), false],
  ['P6', 'uwe', 'admitted for heart failure 61 days ago', { 'encounter-1.period.start': '2026-08-01' }, true],
  [
    'P6',
    'olga',
    'still pregnant',
    { 'condition-2.clinicalStatus.coding.0.code': 'active', 'condition-2.abatementDateTime': undefined },
    false,
  ],

  ['P7', 'karin', '51 years that day, mean 135.5', { ...birth('1975-10-01'), ...systolic(2, 137) }, true],
  ['P7', 'karin', '51 years tomorrow, mean 135.05', systolic(2, 136.1), false],
  ['P7', 'jonas', '51 years, mean 140.03', systolic(2, 138.1), false],
  ['P7', 'lars', '51 years that day, mean 136', birth('1975-10-01'), true],
  ['P7', 'jonas', '65 years tomorrow', birth('1961-10-02'), true],
  ['P7', 'jonas', '65 years that day', birth('1961-10-01'), false],
  ['P7', 'karin', 'two readings, one 365 days ago', dated(1, '2025-10-01'), true],
  [
    'P7',
    'karin',
    'one reading of 134, the other 366 days ago',
    { ...dated(1, '2025-09-30'), ...systolic(2, 134) },
    false,
  ],
  ['P7', 'karin', '65 years, mean 135', birth('1961-10-01'), false],
  [
    'P7',
    'jonas',
    'two readings, one 365 days ago',
    { ...dated(2, '2025-10-01'), ...systolic(2, 139), ...dated(3, '2025-09-29') },
    true,
  ],
  [
    'P7',
    'jonas',
    'one reading, two more than 365 days ago',
    { ...dated(2, '2025-09-30'), ...dated(3, '2025-09-29') },
    false,
  ],
  ['P7', 'jonas', 'cholesterol 230.1', value(7, 230.1), false],
  ['P7', 'jonas', 'ratio 4.51', value(8, 4.51), false],
  ['P7', 'karin', 'ratio 4.01', value(5, 4.01), false],
  ['P7', 'jonas', 'coronary disease instead of hypertension', diagnosis(1, 'I25.10'), false],
  ['P7', 'jonas', 'diabetes instead of hypertension', diagnosis(1, 'E13.9'), false],
  ['P7', 'xaver', 'last smoked 1827 days ago', dated(5, '2021-09-30'), true],

  ['P13', 'hugo', 'not immune to measles', answer(2, negative), false],
  ['P13', 'hugo', 'not immune to mumps', answer(3, negative), false],
  ['P13', 'hugo', 'not immune to rubella', answer(4, negative), false],
  ['P13', 'hugo', 'not immune to varicella, one dose', answer(5, negative), false],
  ['P13', 'hugo', 'not immune to hepatitis B, two doses', answer(6, negative), false],

  ['P14', 'rosa', 'no longer pregnant', { 'condition-2.clinicalStatus.coding.0.code': 'resolved' }, false],
]

/** The bundle with each place set, or taken out. Every place must be there: an edit that changes nothing shows nothing. */
function edited(patient: string, edits: Edits): string {
  const bundle = JSON.parse(SampleCase.bundleOf(patient))
  for (const [place, put] of Object.entries(edits)) {
    const [resource = '', ...path] = place.split('.')
    const last = path.pop() ?? ''
    const entries: { resource: { id: string } }[] = bundle.entry
    const found = entries.find((entry) => entry.resource.id === `${patient}-${resource}`)?.resource
    const holder = path.reduce<unknown>((at, key) => (at as { [key: string]: unknown })[key], found) as {
      [key: string]: unknown
    }
    if (!Object.hasOwn(holder, last)) throw new Error(`${patient} has no ${place}.`)
    if (put === undefined) delete holder[last]
    else holder[last] = put
  }
  return JSON.stringify(bundle)
}

describe('a sample patient with one thing changed', () => {
  const valueSets = [...Stage.valueSets().byName.values()]

  it.each(rows)('%s %s, %s', (id, patient, _, edits, met) => {
    const name = outcomes.find((row) => row.id === id)?.policy ?? ''
    const policy = SampleCase.policies.get(name)
    if (!policy) throw new Error(`${id} is not in the table.`)
    const document = { file: patient, day: '2026-10-01' }
    const content = SampleCase.contentOf(document, edited(patient, edits))
    const subject = { ...SampleCase.caseOf(content), policy }
    const { asOf, complete } = content
    expect(evaluate(policy.policy, content.attributes, { today: asOf, asOf, valueSets, complete }).met).toBe(met)
    expect(Eligibility.dryRun(subject).met).toBe(met)
  })
})
