import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What P2 and P3 come to, read off the documents by eye. Letters are the predicates in the order of the policy files:
 * P2 type 2 diabetes, HbA1c >= 6.5 %, metformin by 90 days ago, adverse effect of it, no type 1 diabetes;
 * P3 latest BMI >= 27, infarction, stroke, peripheral artery disease, no diabetes.
 */
export type Expectation = readonly [file: string, asOf: string, p2: string, p3: string, why: string]

export const bySamples: readonly Expectation[] = [
  ['adela', '2026-10-01', 'TTTFT yes', 'TTFFF no', 'E11.9, metformin 2025-01-14; I21.4 and BMI 31.2, but diabetic'],
  ['bruno', '2026-10-01', 'FTFTT yes', 'TFFFT no', 'HbA1c 52 mmol/mol = 6.91 %, T38.3X5A; BMI 28.4 but no event'],
  ['clara', '2026-10-01', 'TTFFT no', 'TFFFF no', 'metformin 42 days ago, or in "2026-06"; diabetic, BMI 29.6'],
  ['dorian', '2026-10-01', 'FFFFT no', 'TTFFT yes', 'HbA1c 5.6 %, 44054006 entered in error; infarction, BMI 29.1'],
  ['emeka', '2026-10-01', 'TTTFF no', 'TFFTF no', 'E11.65 but also E10.9; PAD and BMI 27.5, but diabetic'],
  [
    'freya',
    '2026-10-01',
    'FFFFT no',
    'TFTFT yes',
    'HbA1c 6.2 % (9.9 preliminary), E10 refuted; stroke "2019", BMI 27.0 in the afternoon',
  ],
  ['greta', '2026-10-01', 'FFFFT no', 'TFFFT no', 'vaccines; BMI 30.0'],
  ['hugo', '2026-10-01', 'FFFFT no', 'TFFFT no', 'vaccines; BMI 33.1'],
  ['ines', '2026-10-01', 'FFFFT no', 'TFFFT no', 'sleep apnoea, T46.6X5A is of a statin; BMI 27.0'],
  ['jonas', '2026-10-01', 'FFFFT no', 'FFFFT no', 'hypertension; BMI 26.9'],
  ['karin', '2026-10-01', 'FFFFT no', 'TFFFT no', 'healthy; BMI 29.9'],
  ['lars', '2026-10-01', 'FFFFT no', 'TFFFT no', 'hyperlipidaemia; BMI 27.4'],
  ['mira', '2026-10-01', 'FFFFT no', 'FFFFT no', 'blood pressure and cholesterol; no BMI'],
  ['nils', '2026-10-01', 'TTFFT no', 'FTFFF no', 'E11.9, HbA1c 7.0 %, no metformin; I21.4, but BMI 23.0 and diabetic'],
  ['olga', '2026-10-01', 'TTTFT yes', 'TFFFF no', '44054006, HbA1c 10.0 %, metformin 2026-03-20; diabetic, BMI 31.0'],
  ['paul', '2026-10-01', 'TTTFT yes', 'TFFFF no', 'E11.9, HbA1c 8.1 %, metformin 2020-01-08; diabetic, BMI 33.0'],
  ['quinn', '2026-10-01', 'FFFFT no', 'FFFFT no', 'rheumatoid arthritis; no BMI'],
  ['rosa', '2026-10-01', 'FFFFT no', 'FFFFT no', 'rheumatoid arthritis, pregnancy; no BMI'],
  ['sven', '2026-10-01', 'FFFFT no', 'FFFFT no', 'rheumatoid arthritis; no BMI'],
  ['tilda', '2026-10-01', 'FFFFT no', 'FFFFT no', 'rheumatoid arthritis, pregnancy; no BMI'],
  [
    'uwe',
    '2026-10-01',
    'TTFFT no',
    'TFFFF no',
    'E11.9, HbA1c 8.0 %, no metformin; diabetic, heart failure is no event',
  ],
  ['vera', '2026-10-01', 'TFFFT no', 'FFFFF no', '44054006, no HbA1c, no metformin; BMI 26.0, diabetic'],
  ['wilma', '2026-10-01', 'FFFFT no', 'TFFFT no', 'rheumatoid arthritis; BMI 35.2, no event'],
  ['xaver', '2026-10-01', 'FFFFT no', 'FFFFT no', 'blood pressure and cholesterol; no BMI'],
  ['yara', '2026-10-01', 'FFFFT no', 'FFFFT no', 'vaccines; no BMI'],
  ['zeno', '2026-10-01', 'FFFFT no', 'FFFFT no', 'vaccines; no BMI'],
]

/** Each as of its last date; Patria's again around the 90th day after her first metformin. */
export const byBundles: readonly Expectation[] = [
  ['synthea_Dana_Feest', '2020-12-15', 'FFFFT no', 'FFFFT no', 'child of one year: sinusitis, no BMI'],
  [
    'synthea_Fabian_Murray',
    '2020-12-22',
    'TTFFT no',
    'TFFFF no',
    '44054006, HbA1c 7.57 %, but metformin 17 days ago; diabetic',
  ],
  ['synthea_Hershel_Marvin', '2020-02-03', 'FFFFT no', 'TFFFT no', 'rheumatoid arthritis; BMI 29.26, no event'],
  ['synthea_Liz_Conn', '2018-08-17', 'FFFFT no', 'TFFFT no', 'hypertension; BMI 27.22, no event'],
  [
    'synthea_Mafalda_Turcotte',
    '2021-03-27',
    'FFFFT no',
    'TFFFT no',
    'prediabetes, HbA1c at most 6.14 %; BMI 30.0, fibrillation is no event',
  ],
  ['synthea_Maria_Luisa_Razo', '2020-08-05', 'FFFFT no', 'TFFFT no', 'coronary disease without infarction; BMI 30.19'],
  [
    'synthea_Michele_Wolf',
    '2016-04-05',
    'FFFFF no',
    'TFFFF no',
    'heart failure is no event; BMI 29.15; an echocardiogram with a LOINC code as SNOMED CT: no absence of any set',
  ],
  [
    'synthea_Patria_Schimmel',
    '2019-06-27',
    'TTFFT no',
    'TFFFF no',
    '44054006, HbA1c 7.56 %, but metformin 2 days ago; diabetic',
  ],
  ['synthea_Patria_Schimmel', '2019-09-22', 'TTFFT no', 'TFFFF no', 'metformin 89 days ago'],
  ['synthea_Patria_Schimmel', '2019-09-23', 'TTTFT yes', 'TFFFF no', 'metformin 90 days ago'],
  ['synthea_Rudolf_Weber', '2020-09-30', 'FFFFT no', 'FFFFT no', 'prediabetes, HbA1c at most 6.35 %; BMI 26.51'],
  [
    'synthea_Tom_Goodwin',
    '2020-06-02',
    'FFFFT no',
    'TFFFT no',
    'prediabetes, HbA1c at most 6.23 %; BMI 27.69, no event',
  ],
]

const repository = join(import.meta.dirname, '../..')

/** The sample patients. */
export const samples = join(repository, 'samples/patients')

/** Bundles published by others. */
export const folder = process.env.MEDSEAL_FHIR_DIR ?? join(repository, '../shared/fhir')
export const haveFolder = existsSync(folder)
/** Their absence is a failure, as in CI. */
export const mustHaveFolder = process.env.MEDSEAL_REQUIRE?.split(/[\s,]+/).includes('fhir') ?? false
if (!haveFolder) console.warn(`No FHIR bundles in ${folder} (MEDSEAL_FHIR_DIR): tests over them are skipped.`)

/** Path of the published bundle whose name starts so. */
export function fileOf(name: string): string {
  const found = readdirSync(folder).find((file) => file.startsWith(name))
  if (!found) throw new Error(`${name} is missing from ${folder}.`)
  return join(folder, found)
}
