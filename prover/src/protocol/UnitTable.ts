import * as UnitScale from './UnitScale.ts'

/** LOINC codes whose values are committed in one unit. */
export type Row = {
  /** LOINC codes, a blank between two. */
  readonly codes: string
  /** UCUM code of the unit, one of the scale's. Policies state their bounds in it: it never changes. */
  readonly canonical: UnitScale.Unit
  /** The units a result may come in. */
  readonly scale: UnitScale.Scale
  /** Lowest and highest value of a living patient, both included, in the canonical unit. */
  readonly plausible: readonly [lowest: string, highest: string]
}

/*
 * Codes: component and example units of each were compared with LOINC 2.67 (loinc.org), newer ones with published
 * implementation guides. A code by mass is committed in a unit of mass and one by moles in a unit of amount, as the code
 * itself says.
 *
 * Molar masses in g/mol: CIAAW abridged standard atomic weights 2021 (ciaaw.org): H 1.008, Li 6.94, C 12.011, N 14.007,
 * O 15.999, Na 22.990, Mg 24.305, P 30.974, S 32.06, Cl 35.45, K 39.098, Ca 40.078, Fe 55.845, Co 58.933, I 126.90.
 * Where a guideline states its own factor, policies written after that guideline are read by it.
 *
 * Plausible ranges: lowest is zero where a substance can be absent or below detection, and else, as is highest, well
 * beyond the extremes published of patients who lived. They are wide on purpose: what they catch is a wrong unit or a
 * slip of the decimal point, never a rare disease. A fraction is 0 to 100 %, a score what its instrument can give.
 */

const glucose = UnitScale.substance('180.156') // C6H12O6
const urea = UnitScale.substance('60.056') // CH4N2O
const ureaNitrogen = UnitScale.substance('28.014') // two N in a molecule of urea
const creatinine = UnitScale.substance('10000/88.4') // 1 mg/dL is 88.4 umol/L: KDIGO 2012 CKD guideline, reference keys
const urate = UnitScale.substance('168.112') // C5H4N4O3
const calcium = UnitScale.substance('40.078', 2)
const magnesium = UnitScale.substance('24.305', 2)
const phosphorus = UnitScale.substance('30.974') // phosphate by mass is stated as its phosphorus
const lactate = UnitScale.substance('90.078') // C3H6O3
const cholesterol = UnitScale.substance('386.7') // 1 mmol/L is 38.67 mg/dL: NCEP ATP III, NIH publication 02-5215
const triglycerides = UnitScale.substance('885.7') // 1 mmol/L is 88.57 mg/dL: NCEP ATP III
const bilirubin = UnitScale.substance('10000/17.1') // 1 mg/dL is 17.1 umol/L: AMA Manual of Style, SI conversion table
const iron = UnitScale.substance('55.845')
const thyroxine = UnitScale.substance('776.856') // C15H11I4NO4
const triiodothyronine = UnitScale.substance('650.964') // C15H12I3NO4
const calcidiol = UnitScale.substance('400.647') // C27H44O2, 25-hydroxyvitamin D3
const calcidiols = UnitScale.substance('400') // D2 and D3: 1 ng/mL is 2.5 nmol/L, NIH Office of Dietary Supplements
const cobalamin = UnitScale.substance('1355.388') // C63H88CoN14O14P, cyanocobalamin
const folate = UnitScale.substance('441.404') // C19H19N7O6
const testosterone = UnitScale.substance('288.431') // C19H28O2
const estradiol = UnitScale.substance('272.388') // C18H24O2
const progesterone = UnitScale.substance('314.469') // C21H30O2
const cortisol = UnitScale.substance('362.466') // C21H30O5
const dheaSulfate = UnitScale.substance('368.488') // C19H28O5S
const digoxin = UnitScale.substance('780.949') // C41H64O14
const lithium = UnitScale.substance('6.94', 1)
const phenytoin = UnitScale.substance('252.273') // C15H12N2O2
const valproate = UnitScale.substance('144.214') // C8H16O2
const carbamazepine = UnitScale.substance('236.274') // C15H12N2O
const theophylline = UnitScale.substance('180.167') // C7H8N4O2
const acetaminophen = UnitScale.substance('151.165') // C8H9NO2
const ethanol = UnitScale.substance('46.069') // C2H6O
const vancomycin = UnitScale.substance('1449.265') // C66H75Cl2N9O24

const vitalSigns: readonly Row[] = [
  // 480/350 mm[Hg] was measured in the arteries of weight lifters (MacDougall 1985); 10 is a dying newborn's.
  {
    codes: '8480-6 8459-0 8460-8 8461-6',
    canonical: 'mm[Hg]',
    scale: UnitScale.pressure,
    plausible: ['10', '500'],
  },
  { codes: '8462-4 8453-3 8454-1 8455-8', canonical: 'mm[Hg]', scale: UnitScale.pressure, plausible: ['0', '400'] },
  { codes: '8478-0', canonical: 'mm[Hg]', scale: UnitScale.pressure, plausible: ['5', '450'] },
  // 600 a minute: Chhabra 2012.
  { codes: '8867-4 8893-0 8889-8 40443-4', canonical: '/min', scale: UnitScale.rate, plausible: ['0', '650'] },
  { codes: '9279-1', canonical: '/min', scale: UnitScale.rate, plausible: ['0', '200'] },
  // From surgery under deep hypothermia to heat stroke, both survived beyond 10 and 46 Cel.
  {
    codes: '8310-5 8331-1 8328-7 8332-9 8333-7',
    canonical: 'Cel',
    scale: UnitScale.temperature,
    plausible: ['8', '48'],
  },
  { codes: '2708-6 59408-5 20564-1 3150-0', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
  { codes: '10230-1 8806-2', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
  { codes: '3151-8', canonical: 'L/min', scale: UnitScale.flow, plausible: ['0', '200'] },
  { codes: '8625-6 8633-0 8634-8 8636-3', canonical: 'ms', scale: UnitScale.seconds, plausible: ['0', '2000'] },
  { codes: '41950-7', canonical: '/d', scale: UnitScale.perDay, plausible: ['0', '300000'] },
  { codes: '64218-1', canonical: '/d', scale: UnitScale.perDay, plausible: ['0', '500'] },
  { codes: '8663-7', canonical: '{packs}/d', scale: UnitScale.packs, plausible: ['0', '25'] },
]

const bodyMeasures: readonly Row[] = [
  // From a newborn of 212 g to a man of 635 kg; from 22 cm to 272 cm; a body mass index of 204.
  { codes: '29463-7 3141-9 3142-7', canonical: 'kg', scale: UnitScale.weight, plausible: ['0.15', '700'] },
  { codes: '8302-2 3137-7 3138-5 8306-3', canonical: 'cm', scale: UnitScale.length, plausible: ['15', '280'] },
  { codes: '39156-5', canonical: 'kg/m2', scale: UnitScale.bodyMassIndex, plausible: ['3', '250'] },
  { codes: '59576-9 77606-2 8289-1', canonical: '%', scale: UnitScale.percentile, plausible: ['0', '100'] },
  { codes: '9843-4 8287-5', canonical: 'cm', scale: UnitScale.length, plausible: ['10', '120'] },
  { codes: '8280-0', canonical: 'cm', scale: UnitScale.length, plausible: ['10', '400'] },
  { codes: '3140-1 8277-6', canonical: 'm2', scale: UnitScale.area, plausible: ['0.03', '7'] },
  { codes: '18185-9 11884-4', canonical: 'wk', scale: UnitScale.weeks, plausible: ['0', '50'] },
]

const breathing: readonly Row[] = [
  { codes: '20150-9', canonical: 'L', scale: UnitScale.volume, plausible: ['0', '15'] },
  { codes: '19868-9 19870-5 19876-2', canonical: 'L', scale: UnitScale.volume, plausible: ['0', '20'] },
  { codes: '19926-5', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
  { codes: '20152-5', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '300'] },
  { codes: '33452-4 19935-6', canonical: 'L/min', scale: UnitScale.flow, plausible: ['0', '1500'] },
]

/** Ranges are those of the instruments. */
const scores: readonly Row[] = [
  { codes: '72514-3', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '10'] }, // pain
  { codes: '44261-6', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '27'] }, // PHQ-9
  { codes: '55758-7', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '6'] }, // PHQ-2
  { codes: '70274-6', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '21'] }, // GAD-7
  { codes: '75626-2', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '12'] }, // AUDIT-C
  { codes: '75624-7', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '40'] }, // AUDIT
  { codes: '82667-7', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '10'] }, // DAST-10
  { codes: '72106-8 72172-0', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '30'] }, // MMSE, MoCA
  { codes: '9269-2', canonical: '{score}', scale: UnitScale.score, plausible: ['3', '15'] }, // Glasgow coma scale
  { codes: '89243-0', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '100'] }, // Karnofsky
  { codes: '89247-1', canonical: '{score}', scale: UnitScale.score, plausible: ['0', '5'] }, // ECOG
]

const glucoseTests: readonly Row[] = [
  // Hypoglycaemia without measurable glucose is survived, and so was 2656 mg/dL.
  {
    codes:
      '2345-7 2339-0 1558-6 2340-8 41653-7 41604-0 74774-1 1518-0 1507-3 1504-0 20438-8 20436-2 20437-0 27353-2 2350-7',
    canonical: 'mg/dL',
    scale: glucose,
    plausible: ['0', '10000'],
  },
  {
    codes: '14749-6 15074-8 14771-0 14743-9 77135-2 14995-5 51597-3 14754-6 14756-1 14759-5 53553-4',
    canonical: 'mmol/L',
    scale: glucose,
    plausible: ['0', '555'],
  },
  // Rapid haemolysis leaves little to glycate; 25 % would be a mean glucose of 670 mg/dL.
  { codes: '4548-4 4549-2 17856-6', canonical: '%', scale: UnitScale.hba1c, plausible: ['1', '25'] },
  { codes: '59261-8', canonical: 'mmol/mol', scale: UnitScale.hba1cIfcc, plausible: ['0', '250'] },
]

const lipids: readonly Row[] = [
  // Untreated homozygous disease exceeds 1000 mg/dL of cholesterol, and obstructed bile 2000.
  {
    codes: '2093-3 2085-9 2089-1 13457-7 18262-6 55440-2 43396-1 13458-5 2091-7',
    canonical: 'mg/dL',
    scale: cholesterol,
    plausible: ['0', '5000'],
  },
  {
    codes: '14647-2 14646-4 22748-8 39469-2 69419-0 70204-3',
    canonical: 'mmol/L',
    scale: cholesterol,
    plausible: ['0', '130'],
  },
  // Above 30000 mg/dL the plasma is cream, yet pancreatitis on the way there is survived.
  { codes: '2571-8 3043-7', canonical: 'mg/dL', scale: triglycerides, plausible: ['0', '60000'] },
  { codes: '14927-8', canonical: 'mmol/L', scale: triglycerides, plausible: ['0', '680'] },
  // The whole is no less than its part.
  { codes: '9830-1 32309-7', canonical: '{ratio}', scale: UnitScale.ratio, plausible: ['1', '2000'] },
  { codes: '11054-4', canonical: '{ratio}', scale: UnitScale.ratio, plausible: ['0', '2000'] },
  { codes: '1884-6 1869-7', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '1000'] },
  // The size of a lipoprotein(a) is inherited: mass and amount are not converted.
  { codes: '10835-7', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '1000'] },
  { codes: '43583-4', canonical: 'nmol/L', scale: UnitScale.amount, plausible: ['0', '3000'] },
]

const kidney: readonly Row[] = [
  // The highest creatinine published of a patient who lived is 74 mg/dL.
  { codes: '2160-0 38483-4', canonical: 'mg/dL', scale: creatinine, plausible: ['0', '100'] },
  { codes: '14682-9 59826-8', canonical: 'umol/L', scale: creatinine, plausible: ['0', '8840'] },
  { codes: '6299-2 3094-0', canonical: 'mg/dL', scale: ureaNitrogen, plausible: ['0', '500'] },
  { codes: '14937-7', canonical: 'mmol/L', scale: ureaNitrogen, plausible: ['0', '180'] },
  { codes: '3091-6', canonical: 'mg/dL', scale: urea, plausible: ['0', '1100'] },
  { codes: '22664-7', canonical: 'mmol/L', scale: urea, plausible: ['0', '180'] },
  { codes: '3097-3', canonical: '{ratio}', scale: UnitScale.massRatio, plausible: ['0', '1000'] },
  { codes: '33863-2', canonical: 'mg/L', scale: UnitScale.mass, plausible: ['0', '50'] },
  { codes: '3084-1', canonical: 'mg/dL', scale: urate, plausible: ['0', '150'] },
  { codes: '14933-6', canonical: 'umol/L', scale: urate, plausible: ['0', '9000'] },
  // An estimate divides by creatinine: where that is almost nothing, the formula exceeds every true rate.
  {
    codes: '33914-3 48642-3 48643-1 50044-7 62238-1 98979-8 98980-6 94677-2 88293-6 88294-4 69405-9 77147-7 50210-4',
    canonical: 'mL/min/{1.73_m2}',
    scale: UnitScale.clearancePerSurface,
    plausible: ['0', '1500'],
  },
  { codes: '2164-2', canonical: 'mL/min', scale: UnitScale.clearance, plausible: ['0', '1000'] },
  {
    codes: '14959-1 9318-7 14958-3 13705-9 32294-1 30000-4 76401-9',
    canonical: 'mg/g',
    scale: UnitScale.perCreatinine,
    plausible: ['0', '100000'],
  },
  { codes: '2890-2', canonical: 'mg/g', scale: UnitScale.perCreatinine, plausible: ['0', '200000'] },
]

const urine: readonly Row[] = [
  { codes: '2161-8', canonical: 'mg/dL', scale: creatinine, plausible: ['0', '1500'] },
  { codes: '14683-7', canonical: 'mmol/L', scale: creatinine, plausible: ['0', '133'] },
  { codes: '14957-5 1754-1', canonical: 'mg/L', scale: UnitScale.mass, plausible: ['0', '200000'] },
  { codes: '2888-6', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '20000'] },
  { codes: '2889-4 14956-7', canonical: 'mg/(24.h)', scale: UnitScale.massPerDay, plausible: ['0', '100000'] },
  { codes: '2756-5 5803-2', canonical: '[pH]', scale: UnitScale.acidity, plausible: ['3', '10'] },
  // Contrast medium weighs more than any solute of the body.
  { codes: '2965-2 5811-5 5810-7', canonical: '{ratio}', scale: UnitScale.ratio, plausible: ['0.99', '1.2'] },
  { codes: '30405-5 30391-7', canonical: '/uL', scale: UnitScale.count, plausible: ['0', '10000000'] },
  { codes: '13654-9', canonical: '/uL', scale: UnitScale.count, plausible: ['0', '10000000'] },
  { codes: '5821-4 13945-1', canonical: '/[HPF]', scale: UnitScale.perField, plausible: ['0', '100000'] },
  { codes: '2955-3 2828-2', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['0', '1000'] },
  { codes: '2695-5', canonical: 'mosm/kg', scale: UnitScale.osmolality, plausible: ['5', '3000'] },
]

const electrolytes: readonly Row[] = [
  { codes: '2947-0 2951-2', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['80', '300'] },
  { codes: '6298-4 2823-3', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['0.5', '25'] },
  // Bromide is measured as chloride.
  { codes: '2069-3 2075-0', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['20', '400'] },
  {
    codes: '20565-8 2028-9 1963-8 1959-6 1960-4 14627-4',
    canonical: 'mmol/L',
    scale: UnitScale.ion(1),
    plausible: ['0', '120'],
  },
  { codes: '33037-3 1863-0 10466-1', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['-150', '150'] },
  { codes: '49765-1 17861-6', canonical: 'mg/dL', scale: calcium, plausible: ['1', '50'] },
  { codes: '2000-8', canonical: 'mmol/L', scale: calcium, plausible: ['0.25', '12.5'] },
  { codes: '38230-9', canonical: 'mg/dL', scale: calcium, plausible: ['0.4', '40'] },
  { codes: '1994-3 1995-0 13959-2', canonical: 'mmol/L', scale: calcium, plausible: ['0.1', '10'] },
  { codes: '19123-9', canonical: 'mg/dL', scale: magnesium, plausible: ['0', '75'] },
  { codes: '2601-3', canonical: 'mmol/L', scale: magnesium, plausible: ['0', '30'] },
  { codes: '2777-1', canonical: 'mg/dL', scale: phosphorus, plausible: ['0', '150'] },
  { codes: '14879-1', canonical: 'mmol/L', scale: phosphorus, plausible: ['0', '50'] },
  { codes: '2692-2', canonical: 'mosm/kg', scale: UnitScale.osmolality, plausible: ['150', '1500'] },
]

const bloodGases: readonly Row[] = [
  // pH 6.3 and carbon dioxide of 501 mm[Hg] (Slinger 1997) were survived; oxygen is breathed at three atmospheres.
  { codes: '2744-1 11558-4 2746-6', canonical: '[pH]', scale: UnitScale.acidity, plausible: ['6', '8.5'] },
  { codes: '2019-8 11557-6 2021-4', canonical: 'mm[Hg]', scale: UnitScale.pressure, plausible: ['0', '700'] },
  { codes: '2703-7 11556-8 2705-2', canonical: 'mm[Hg]', scale: UnitScale.pressure, plausible: ['0', '3500'] },
  { codes: '1925-7 11555-0', canonical: 'mmol/L', scale: UnitScale.ion(1), plausible: ['-80', '80'] },
  { codes: '2524-7 32693-4 2518-9', canonical: 'mmol/L', scale: lactate, plausible: ['0', '100'] },
  { codes: '20563-3 2614-6', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
]

const liver: readonly Row[] = [
  { codes: '1742-6 1743-4 1920-8 30239-8', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '200000'] },
  { codes: '6768-6 2324-2', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '50000'] },
  { codes: '2532-0 14804-9', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '500000'] },
  { codes: '1798-8 3040-3', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '500000'] },
  { codes: '1975-2 1968-7 15152-2 1971-1', canonical: 'mg/dL', scale: bilirubin, plausible: ['0', '150'] },
  { codes: '14631-6 14629-0 14630-8', canonical: 'umol/L', scale: bilirubin, plausible: ['0', '2565'] },
  // Some are born without albumin; myeloma adds 20 g/dL of globulin.
  { codes: '1751-7 61151-7 61152-5', canonical: 'g/dL', scale: UnitScale.mass, plausible: ['0', '10'] },
  { codes: '2885-2', canonical: 'g/dL', scale: UnitScale.mass, plausible: ['0.5', '25'] },
  // Without any antibody the other globulins remain, above 1 g/dL.
  { codes: '10834-0 2336-6', canonical: 'g/dL', scale: UnitScale.mass, plausible: ['0.5', '25'] },
  { codes: '1759-0', canonical: '{ratio}', scale: UnitScale.massRatio, plausible: ['0', '20'] },
  // Ammonia by mass is stated as NH3 here and as nitrogen there: not converted.
  { codes: '16362-6 1839-0', canonical: 'umol/L', scale: UnitScale.amount, plausible: ['0', '10000'] },
  { codes: '22763-7', canonical: 'ug/dL', scale: UnitScale.mass, plausible: ['0', '17000'] },
]

const blood: readonly Row[] = [
  // Leukaemia exceeds 1000, thrombocythaemia 10000 in 10*3/uL.
  {
    codes: '6690-2 26464-8 804-5 751-8 26499-4 753-4 731-0 26474-7 742-7 26484-6 711-2 26449-9 704-7 26444-0 53115-2',
    canonical: '10*3/uL',
    scale: UnitScale.count,
    plausible: ['0', '5000'],
  },
  { codes: '777-3 26515-7 778-1', canonical: '10*3/uL', scale: UnitScale.count, plausible: ['0', '20000'] },
  { codes: '771-6 60474-4 14196-0', canonical: '10*3/uL', scale: UnitScale.count, plausible: ['0', '5000'] },
  { codes: '789-8 26453-1', canonical: '10*6/uL', scale: UnitScale.count, plausible: ['0.05', '15'] },
  {
    codes: '770-8 26511-6 736-9 26478-8 5905-5 26485-3 713-8 26450-7 706-2 30180-4 764-1 26508-2 71695-1',
    canonical: '%',
    scale: UnitScale.fraction,
    plausible: ['0', '100'],
  },
  // Of 100 leukocytes, which nucleated red cells of a newborn outnumber many times.
  { codes: '58413-6', canonical: '%', scale: UnitScale.perHundredCells, plausible: ['0', '20000'] },
  { codes: '17849-1 4679-7', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
  // 0.7 g/dL was survived without transfusion; the polycythaemia of a newborn or of great heights ends below 30.
  { codes: '718-7 30350-3', canonical: 'g/dL', scale: UnitScale.mass, plausible: ['0.3', '40'] },
  // Of the molecule or of its quarter, by country: not converted.
  { codes: '59260-0', canonical: 'mmol/L', scale: UnitScale.amount, plausible: ['0.04', '25'] },
  { codes: '4544-3 20570-8', canonical: '%', scale: UnitScale.volumeFraction, plausible: ['1', '95'] },
  { codes: '787-2 30428-7', canonical: 'fL', scale: { fL: '1', um3: '1' }, plausible: ['20', '300'] },
  { codes: '785-6 28539-5', canonical: 'pg', scale: { pg: '1', 'pg/{cell}': '1' }, plausible: ['3', '200'] },
  // Cold agglutinins deceive the counter, and with it this quotient.
  { codes: '786-4 28540-3', canonical: 'g/dL', scale: UnitScale.mass, plausible: ['5', '200'] },
  { codes: '788-0 30385-9', canonical: '%', scale: UnitScale.fraction, plausible: ['1', '100'] },
  { codes: '21000-5 30384-2', canonical: 'fL', scale: { fL: '1' }, plausible: ['5', '300'] },
  // A counter takes for platelets what is below some 60 fL: neither mean nor width can be more.
  { codes: '32623-1 28542-9', canonical: 'fL', scale: { fL: '1' }, plausible: ['1', '100'] },
  { codes: '32207-3', canonical: 'fL', scale: { fL: '1' }, plausible: ['0', '100'] },
]

const ironAndVitamins: readonly Row[] = [
  // Haemophagocytosis exceeds 100000 ng/mL of ferritin, poisoning 15000 ug/dL of iron.
  { codes: '2276-4 20567-4', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '2000000'] },
  { codes: '2498-4', canonical: 'ug/dL', scale: iron, plausible: ['0', '50000'] },
  { codes: '14798-3', canonical: 'umol/L', scale: iron, plausible: ['0', '9000'] },
  { codes: '2500-7 2501-5', canonical: 'ug/dL', scale: iron, plausible: ['0', '50000'] },
  { codes: '14800-7', canonical: 'umol/L', scale: iron, plausible: ['0', '9000'] },
  { codes: '2502-3 14801-5', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '2000'] },
  { codes: '3034-6', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '1500'] },
  { codes: '1989-3', canonical: 'ng/mL', scale: calcidiol, plausible: ['0', '3000'] },
  { codes: '14635-7', canonical: 'nmol/L', scale: calcidiol, plausible: ['0', '7500'] },
  { codes: '62292-8', canonical: 'ng/mL', scale: calcidiols, plausible: ['0', '3000'] },
  { codes: '68438-1', canonical: 'nmol/L', scale: calcidiols, plausible: ['0', '7500'] },
  { codes: '2132-9', canonical: 'pg/mL', scale: cobalamin, plausible: ['0', '1000000'] },
  { codes: '14685-2', canonical: 'pmol/L', scale: cobalamin, plausible: ['0', '740000'] },
  { codes: '2284-8', canonical: 'ng/mL', scale: folate, plausible: ['0', '10000'] },
  { codes: '14732-2', canonical: 'nmol/L', scale: folate, plausible: ['0', '23000'] },
]

const clotting: readonly Row[] = [
  { codes: '6301-6 34714-6', canonical: '{INR}', scale: UnitScale.normalisedRatio, plausible: ['0.2', '200'] },
  { codes: '5902-2 5964-2 14979-9 3173-2', canonical: 's', scale: UnitScale.seconds, plausible: ['2', '2000'] },
  { codes: '3255-7', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '5000'] },
  {
    codes: '48065-7',
    canonical: 'ng/mL{FEU}',
    scale: UnitScale.fibrinogenEquivalent,
    plausible: ['0', '50000000'],
  },
  { codes: '48066-5', canonical: 'ng/mL{DDU}', scale: UnitScale.dimer, plausible: ['0', '50000000'] },
  { codes: '27811-9', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '500'] },
]

const heart: readonly Row[] = [
  {
    codes: '10839-9 49563-0 42757-5 6598-7 48425-3',
    canonical: 'ng/mL',
    scale: UnitScale.mass,
    plausible: ['0', '100000'],
  },
  { codes: '89579-7 67151-1', canonical: 'ng/L', scale: UnitScale.mass, plausible: ['0', '100000000'] },
  { codes: '42637-9 30934-4', canonical: 'pg/mL', scale: UnitScale.mass, plausible: ['0', '200000'] },
  { codes: '33762-6', canonical: 'pg/mL', scale: UnitScale.mass, plausible: ['0', '2000000'] },
  { codes: '33763-4', canonical: 'pmol/L', scale: UnitScale.amount, plausible: ['0', '240000'] },
  // Rhabdomyolysis exceeds a million.
  { codes: '2157-6', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '10000000'] },
  { codes: '13969-1', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '100000'] },
  { codes: '32673-6', canonical: 'U/L', scale: UnitScale.enzyme, plausible: ['0', '200000'] },
  { codes: '13965-9', canonical: 'umol/L', scale: UnitScale.amount, plausible: ['0', '2000'] },
  { codes: '2639-3', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '10000000'] },
]

const inflammationAndImmunity: readonly Row[] = [
  { codes: '1988-5 30522-7', canonical: 'mg/L', scale: UnitScale.mass, plausible: ['0', '2000'] },
  { codes: '4537-7 30341-2', canonical: 'mm/h', scale: UnitScale.sedimentation, plausible: ['0', '250'] },
  { codes: '33959-8 75241-0', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '20000'] },
  { codes: '26881-3', canonical: 'pg/mL', scale: UnitScale.mass, plausible: ['0', '100000000'] },
  { codes: '11572-5 8099-4 8098-6', canonical: '[IU]/mL', scale: UnitScale.international, plausible: ['0', '1000000'] },
  { codes: '2465-3 2458-8 2472-9', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '25000'] },
  { codes: '19113-0', canonical: '[IU]/mL', scale: UnitScale.hormone, plausible: ['0', '1000000'] },
  { codes: '4485-9 4498-2', canonical: 'mg/dL', scale: UnitScale.mass, plausible: ['0', '1000'] },
  // Anti-HBs.
  { codes: '16935-9 5193-8', canonical: '[IU]/L', scale: UnitScale.international, plausible: ['0', '100000000'] },
  { codes: '20447-9', canonical: '{copies}/mL', scale: UnitScale.copies, plausible: ['0', '10000000000'] },
  { codes: '11011-4', canonical: '[IU]/mL', scale: UnitScale.international, plausible: ['0', '100000000000'] },
  { codes: '24467-3', canonical: '/uL', scale: UnitScale.count, plausible: ['0', '1000000'] },
  { codes: '8123-2', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
]

const hormones: readonly Row[] = [
  { codes: '3016-3 11579-0 11580-8', canonical: 'm[IU]/L', scale: UnitScale.hormone, plausible: ['0', '20000'] },
  { codes: '3024-7', canonical: 'ng/dL', scale: thyroxine, plausible: ['0', '200'] },
  { codes: '14920-3', canonical: 'pmol/L', scale: thyroxine, plausible: ['0', '2600'] },
  { codes: '3026-2', canonical: 'ug/dL', scale: thyroxine, plausible: ['0', '1000'] },
  { codes: '14921-1', canonical: 'nmol/L', scale: thyroxine, plausible: ['0', '13000'] },
  { codes: '3051-0', canonical: 'pg/mL', scale: triiodothyronine, plausible: ['0', '5000'] },
  { codes: '14928-6', canonical: 'pmol/L', scale: triiodothyronine, plausible: ['0', '7700'] },
  { codes: '3053-6', canonical: 'ng/dL', scale: triiodothyronine, plausible: ['0', '20000'] },
  { codes: '14930-2', canonical: 'nmol/L', scale: triiodothyronine, plausible: ['0', '310'] },
  { codes: '2986-8', canonical: 'ng/dL', scale: testosterone, plausible: ['0', '100000'] },
  { codes: '14913-8', canonical: 'nmol/L', scale: testosterone, plausible: ['0', '3500'] },
  { codes: '2243-4', canonical: 'pg/mL', scale: estradiol, plausible: ['0', '500000'] },
  { codes: '14715-7', canonical: 'pmol/L', scale: estradiol, plausible: ['0', '1840000'] },
  { codes: '2839-9', canonical: 'ng/mL', scale: progesterone, plausible: ['0', '5000'] },
  { codes: '14890-8', canonical: 'nmol/L', scale: progesterone, plausible: ['0', '16000'] },
  { codes: '2143-6', canonical: 'ug/dL', scale: cortisol, plausible: ['0', '2000'] },
  { codes: '14675-3', canonical: 'nmol/L', scale: cortisol, plausible: ['0', '56000'] },
  { codes: '2191-5', canonical: 'ug/dL', scale: dheaSulfate, plausible: ['0', '100000'] },
  { codes: '14688-6', canonical: 'umol/L', scale: dheaSulfate, plausible: ['0', '2720'] },
  { codes: '10501-5 15067-2', canonical: 'm[IU]/mL', scale: UnitScale.hormone, plausible: ['0', '10000'] },
  { codes: '19080-1', canonical: 'm[IU]/mL', scale: UnitScale.hormone, plausible: ['0', '50000000'] },
  // Assays differ in what a unit of these weighs: mass, amount and units are not converted.
  { codes: '2842-3', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '1000000'] },
  { codes: '15081-3', canonical: 'm[IU]/L', scale: UnitScale.hormone, plausible: ['0', '30000000'] },
  { codes: '2731-8', canonical: 'pg/mL', scale: UnitScale.mass, plausible: ['0', '100000'] },
  { codes: '14866-8', canonical: 'pmol/L', scale: UnitScale.amount, plausible: ['0', '10600'] },
  { codes: '20448-7', canonical: 'u[IU]/mL', scale: UnitScale.hormone, plausible: ['0', '1000000'] },
  { codes: '2484-4', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '10000'] },
  { codes: '13967-5', canonical: 'nmol/L', scale: UnitScale.amount, plausible: ['0', '5000'] },
  { codes: '1986-9', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '500'] },
]

const tumourMarkers: readonly Row[] = [
  { codes: '2857-1 10886-0 35741-8', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '500000'] },
  { codes: '12841-3', canonical: '%', scale: UnitScale.fraction, plausible: ['0', '100'] },
  { codes: '2039-6', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '10000000'] },
  { codes: '1834-1 53962-7', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '1000000000'] },
  { codes: '10334-1 24108-3 6875-9', canonical: 'U/mL', scale: UnitScale.arbitrary, plausible: ['0', '1000000000'] },
]

/** Ceilings are several times the levels of survived poisoning. */
const drugLevels: readonly Row[] = [
  { codes: '10535-3', canonical: 'ng/mL', scale: digoxin, plausible: ['0', '500'] },
  { codes: '14698-5', canonical: 'nmol/L', scale: digoxin, plausible: ['0', '640'] },
  { codes: '14334-7', canonical: 'mmol/L', scale: lithium, plausible: ['0', '50'] },
  { codes: '3719-2', canonical: 'ug/mL', scale: lithium, plausible: ['0', '347'] },
  { codes: '3968-5', canonical: 'ug/mL', scale: phenytoin, plausible: ['0', '1000'] },
  { codes: '14877-5', canonical: 'umol/L', scale: phenytoin, plausible: ['0', '4000'] },
  { codes: '4086-5', canonical: 'ug/mL', scale: valproate, plausible: ['0', '10000'] },
  { codes: '14946-8', canonical: 'umol/L', scale: valproate, plausible: ['0', '70000'] },
  { codes: '3432-2', canonical: 'ug/mL', scale: carbamazepine, plausible: ['0', '1000'] },
  { codes: '14639-9', canonical: 'umol/L', scale: carbamazepine, plausible: ['0', '4300'] },
  { codes: '4049-3', canonical: 'ug/mL', scale: theophylline, plausible: ['0', '1000'] },
  { codes: '14915-3', canonical: 'umol/L', scale: theophylline, plausible: ['0', '5600'] },
  { codes: '3298-7', canonical: 'ug/mL', scale: acetaminophen, plausible: ['0', '10000'] },
  { codes: '5640-8', canonical: 'mg/dL', scale: ethanol, plausible: ['0', '3000'] },
  { codes: '20578-1 4092-3', canonical: 'ug/mL', scale: vancomycin, plausible: ['0', '2000'] },
  { codes: '3665-7', canonical: 'mg/L', scale: UnitScale.mass, plausible: ['0', '1000'] },
  { codes: '11253-2', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '2000'] },
  { codes: '3520-4', canonical: 'ng/mL', scale: UnitScale.mass, plausible: ['0', '100000'] },
]

export const rows: readonly Row[] = [
  ...vitalSigns,
  ...bodyMeasures,
  ...breathing,
  ...scores,
  ...glucoseTests,
  ...lipids,
  ...kidney,
  ...urine,
  ...electrolytes,
  ...bloodGases,
  ...liver,
  ...blood,
  ...ironAndVitamins,
  ...clotting,
  ...heart,
  ...inflammationAndImmunity,
  ...hormones,
  ...tumourMarkers,
  ...drugLevels,
]
