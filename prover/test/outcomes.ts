import { byBundles, bySamples } from './expectations.ts'

/**
 * What the sample policies come to for every document, read off the documents by eye. Documents are those of
 * `expectations.ts`, by the first word that tells them apart; dates in the reasons are the documents' own. Days before
 * 2026-10-01: 56 is 2026-08-06, 60 is 08-02, 90 is 07-03, 120 is 06-03, 180 is 04-04, 365 is 2025-10-01 and 1826 is
 * 2021-10-01.
 */
export type Outcomes = {
  readonly id: string
  readonly policy: string
  readonly meets: { readonly [document: string]: string }
  /** Refused by little, or for a reason of its own. */
  readonly misses: { readonly [document: string]: string }
  /** Of those, who fails one clause of several and no more: nothing else stands in their way. */
  readonly byOneClause?: readonly string[]
  /** Every other document. */
  readonly others: readonly [outcome: 'yes' | 'no', why: string]
}

const letters = (column: 2 | 3, met: boolean) =>
  Object.fromEntries(
    [...bySamples, ...byBundles]
      .filter((row) => row[column].endsWith(' yes') === met)
      .map(([file, day, , , why]) => [`${nameOf(file)} ${day}`, why]),
  )

const noSetsKnown = 'an echocardiogram with a LOINC code as SNOMED CT: no absence of any set'

export const outcomes: readonly Outcomes[] = [
  {
    id: 'P1',
    policy: 'glp1-obesity',
    meets: {
      adela: '58 years, BMI 31.2; metformin is no GLP-1',
      bruno: '47 years, BMI 28.4 and hypertension',
      dorian: '68 years, BMI 29.1 and an infarction',
      emeka: '36 years, BMI 27.5 and E11.65, though inactive',
      freya: 'born "1949", BMI 27.0 in the afternoon and a stroke',
      greta: '18 years that day, BMI 30.0 and nothing else',
      ines: 'BMI 27.0 (29.4 before) and sleep apnoea',
      lars: 'BMI 27.4 and hyperlipidaemia',
      olga: '18 years, BMI 31.0',
      uwe: 'BMI 29.0, type 2 diabetes and heart failure',
      Fabian: 'BMI 30.29',
      Liz: 'BMI 27.22 and hypertension',
      Mafalda: 'BMI 30.01',
      Maria: 'BMI 30.19',
      Patria: 'BMI 30.26',
      Tom: 'BMI 27.69 and hyperlipidaemia (55822004)',
    },
    misses: {
      clara: '13 years, BMI 29.6',
      hugo: '18 years tomorrow, BMI 33.1',
      jonas: 'BMI 26.9 and hypertension',
      karin: 'BMI 29.9 and nothing else',
      nils: 'BMI 23.0',
      paul: 'BMI 33.0, but semaglutide since 2026-05-05',
      vera: 'BMI 26.0 and type 2 diabetes',
      wilma: 'BMI 35.2, but pancreatitis in 2009',
      Dana: 'a child of one year, no BMI',
      Hershel: 'BMI 29.26 and rheumatoid arthritis only',
      Michele: `BMI 29.15 and heart failure, but ${noSetsKnown}`,
      Rudolf: 'BMI 26.51',
    },
    byOneClause: ['clara', 'hugo', 'jonas', 'karin', 'paul', 'vera', 'wilma', 'Hershel'],
    others: ['no', 'no BMI on record'],
  },
  {
    id: 'P2',
    policy: 'glp1-type-2-diabetes',
    meets: letters(2, true),
    misses: letters(2, false),
    others: ['no', 'nobody: the letters of expectations.ts tell all'],
  },
  {
    id: 'P3',
    policy: 'wegovy-cardiovascular',
    meets: letters(3, true),
    misses: letters(3, false),
    others: ['no', 'nobody: the letters of expectations.ts tell all'],
  },
  {
    id: 'P4',
    policy: 'pcsk9-inhibitor',
    meets: {
      ines: 'adverse effect of a statin (T46.6X5A), resolved since',
      lars: 'atorvastatin 80 mg since 2026-08-06, 56 days, and LDL 70',
    },
    misses: {
      dorian: 'LDL 88, but no statin',
      jonas: 'atorvastatin 80 mg since 2024, but LDL 69',
      mira: 'LDL 118, but atorvastatin 80 mg since 2026-08-07, 55 days',
      nils: 'atorvastatin 80 mg since 2024 and LDL 92, but alirocumab already',
      Maria: 'simvastatin 20 mg is of no high intensity',
      Tom: 'LDL 196, but simvastatin 10 mg is of no high intensity',
    },
    byOneClause: ['dorian', 'jonas', 'mira', 'nils', 'Maria', 'Tom'],
    others: ['no', 'no statin of high intensity, no intolerance'],
  },
  {
    id: 'P5',
    policy: 'adalimumab-rheumatoid-arthritis',
    meets: {
      quinn: 'methotrexate on 2026-07-03, 90 days; test on 2025-10-01, 365 days',
      rosa: 'etanercept on 2026-06-03, 120 days, completed; test on 2026-02-11',
    },
    misses: {
      sven: 'infliximab on 2026-06-02, 121 days, and no conventional drug',
      tilda: 'sulfasalazine since 2026-03-01, but test on 2025-09-30, 366 days',
      wilma: 'methotrexate in 2024 and a test, but tofacitinib as well',
      Hershel: 'methotrexate since 2018, but no test',
    },
    byOneClause: ['sven', 'tilda', 'wilma', 'Hershel'],
    others: ['no', 'no rheumatoid arthritis'],
  },
  {
    id: 'P6',
    policy: 'type-2-diabetes-trial',
    meets: {
      nils: '75 years tomorrow, HbA1c 7.0 %, BMI 23.0, eGFR 30; infarction 61 days ago; of two comas one 181 days ago',
      olga: '18 years, HbA1c 10.0 %, BMI 31.0, eGFR 96 by the other code; her pregnancy has ended',
    },
    misses: {
      adela: 'HbA1c 7.1 %, BMI 31.2, but no eGFR',
      bruno: 'HbA1c 6.9 %, no diagnosis',
      clara: '13 years',
      emeka: 'also type 1',
      paul: 'within every range, but comas on 2026-04-04, 180 days ago, and 2026-09-01',
      uwe: 'within every range, but admitted for heart failure on 2026-08-02, 60 days ago',
      vera: 'no HbA1c, no eGFR, and pregnant',
      Fabian: 'eGFR 126, BMI 30.29, but HbA1c 6.07 % last, 7.57 % before',
      Patria: 'HbA1c 7.56 %, but no eGFR',
    },
    byOneClause: ['adela', 'paul', 'uwe', 'Fabian', 'Patria'],
    others: ['no', 'no type 2 diabetes'],
  },
  {
    id: 'P7',
    policy: 'life-cover-best-class',
    meets: {
      jonas:
        '51 years that day: mean of 138, 142 and 140 is 140 (165 was 366 days ago), cholesterol 230, ratio 4.5, last smoked 1827 days ago',
      karin: '51 years tomorrow: mean of 134 and 136 is 135, cholesterol 5.9 mmol/L = 228, ratio 4.0',
    },
    misses: {
      lars: '51 years tomorrow: mean of 135 and 137 is 136; all else fits',
      mira: 'ratio 4.1, too much for a woman; all else fits',
      xaver: 'smoked 1826 days ago; all else fits',
      Dana: 'mean of 124 in a year, never smoked, but no cholesterol',
      Fabian: 'diabetic, and cholesterol 242.77',
      Tom: 'cholesterol 225.35, never smoked, but one blood pressure in a year, and no ratio',
    },
    byOneClause: ['lars', 'mira', 'xaver'],
    others: ['no', 'no cholesterol/HDL ratio on record (9830-1)'],
  },
  {
    id: 'P11',
    policy: 'amoxicillin-safety',
    meets: {
      hugo: 'allergic to penicillin once: resolved',
      greta: 'no known allergy, as the document says',
      karin: 'no known allergy, as the document says',
      wilma: 'methotrexate stopped; tofacitinib does not interact',
      Patria: 'allergic to mites, fish, grass, mould and nuts; diphenhydramine does not interact',
    },
    misses: {
      ines: 'allergic to penicillin',
      quinn: 'takes methotrexate',
      uwe: 'takes warfarin',
      Hershel: 'takes methotrexate',
      Mafalda: 'takes warfarin',
      Michele: noSetsKnown,
    },
    byOneClause: ['ines', 'quinn', 'uwe', 'Hershel', 'Mafalda'],
    others: ['yes', 'no allergy, and neither allopurinol, methotrexate, probenecid nor an anticoagulant'],
  },
  {
    id: 'P13',
    policy: 'school-immunisation',
    meets: {
      greta: 'MMR 2, varicella 2, polio 3, hepatitis B 3',
      hugo: 'MMR 1, but immune to all three; varicella 1, but immune; polio 4; hepatitis B 2, but immune',
    },
    misses: {
      yara: 'MMR 1, a second not done, immune to measles and rubella, not to mumps; all else fits',
      zeno: 'polio 2; all else fits',
      Dana: 'polio 3, hepatitis B 3, but MMR 1 and varicella 1',
    },
    byOneClause: ['yara', 'zeno'],
    others: ['no', 'no vaccine against measles, no test of immunity'],
  },
  {
    id: 'P14',
    policy: 'maternity-waiting-period',
    meets: { rosa: 'pregnant since 2026-06-01, the first day', vera: 'pregnant since 2026-07-15' },
    misses: { tilda: 'pregnant since 2026-05-31, a day too early', olga: 'pregnant from 2025-06-15 to 2026-03-10' },
    others: ['no', 'no pregnancy'],
  },
  {
    id: 'P15',
    policy: 'disability',
    meets: {
      quinn: 'rheumatoid arthritis since 2015',
      uwe: 'heart failure since 2025-10-01, 365 days',
      wilma: 'rheumatoid arthritis since 2019',
      Hershel: 'rheumatoid arthritis since 2018-08-12, 540 days',
    },
    misses: {
      rosa: 'rheumatoid arthritis since 2025-10-20',
      sven: 'rheumatoid arthritis since 2025-10-02, 364 days',
      tilda: 'rheumatoid arthritis since "2026-02"',
      vera: 'paraplegia in 2020, resolved in 2021',
      Michele: 'heart failure since 2015-09-15, 203 days',
    },
    others: ['no', 'no listed condition'],
  },
  {
    id: 'P17',
    policy: 'remote-blood-pressure',
    meets: {
      adela: '14 readings with a mean of 128',
      uwe: '12 readings, the first 30 days ago, with a mean of 130.0',
      wilma: '16 readings with a mean of 128.5; four above 150 are 31 and 33 days old',
    },
    misses: {
      bruno: '12 readings with a mean of 131',
      clara: '11 readings with a mean of 124',
      lars: '14 readings with a mean of 120.1, but one between was never handed in',
      vera: '12 readings with a mean of 121, but the first is 31 days old',
      xaver: '12 readings with a mean of 130.08',
    },
    others: ['no', 'no device'],
  },
]

/** What tells a document from the others: a sample's name, the first name in a bundle's. */
export function nameOf(file: string): string {
  return file.replace(/^synthea_/, '').split('_')[0] ?? file
}

/** Whether the table says that a policy is met by a document on a day. A name with its day goes before the name. */
export function isMet({ meets, misses, others }: Outcomes, file: string, day: string): boolean {
  const name = nameOf(file)
  for (const key of [`${name} ${day}`, name]) {
    if (Object.hasOwn(meets, key)) return true
    if (Object.hasOwn(misses, key)) return false
  }
  return others[0] === 'yes'
}
