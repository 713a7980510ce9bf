/** The published value sets: what each must be on its own, and to the others. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as Samples from '../../samples/valueSets.ts'
import * as Import from '../src/fhir/Import.ts'
import * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Day from '../src/protocol/Day.ts'
import * as ValueSet from '../src/protocol/ValueSet.ts'
import { folder, haveFolder, samples } from './expectations.ts'

const valueSets = Samples.load()
const asOf = Day.parse('2026-10-01')

/** Sets that no patient here is in, and why none is. */
const inNoPatient: Readonly<Record<string, string>> = {
  'opioid-use-disorder': 'no bundle has a patient with it; no sample policy asks for it',
  isotretinoin: 'no bundle has a patient on it; the prescription circuit is to use it',
  'schedule-iii-iv-substance': 'no bundle has a patient on one; the prescription circuit is to use it',
  'pregnancy-test-negative': 'no bundle has such a test; the prescription circuit is to use it',
}

function setOf(name: string): ValueSet.ValueSet {
  const found = valueSets.find((set) => set.name === name)
  if (!found) throw new Error(`No set is named ${name}.`)
  return found
}

type Entry = {
  readonly system: CodeSystem.CodeSystem
  readonly low: bigint
  readonly high: bigint
  readonly text: string
}

/** Codes and prefixes as ranges of numbers, for sets that ask for no coded value. */
function entriesOf({ members }: ValueSet.ValueSet): Entry[] {
  return members.flatMap(({ system, codes = [], prefixes = [] }) => [
    ...codes.map((code) => ({ system, ...CodeSystem.single(system, code), text: `${system} ${code}` })),
    ...prefixes.map((prefix) => ({ system, ...CodeSystem.prefixed(system, prefix), text: `${system} ${prefix}*` })),
  ])
}

/** What of the one lies in the other, wholly or in part. */
function shared(one: ValueSet.ValueSet, other: ValueSet.ValueSet): string[] {
  const others = entriesOf(other)
  return entriesOf(one)
    .filter((a) => others.some((b) => a.system === b.system && a.low <= b.high && b.low <= a.high))
    .map(({ text }) => text)
}

/** What of the part no single code or prefix of the whole covers. */
function missing(part: ValueSet.ValueSet, whole: ValueSet.ValueSet): string[] {
  const wholes = entriesOf(whole)
  return entriesOf(part)
    .filter((a) => !wholes.some((b) => a.system === b.system && b.low <= a.low && a.high <= b.high))
    .map(({ text }) => text)
}

describe.each(valueSets.map((set) => [set.name, set] as const))('%s', (name, set) => {
  it('names no code twice, nor under a prefix it has', () => {
    const entries = entriesOf(set)
    const twice = entries.filter((a, i) =>
      entries.some((b, j) => i !== j && a.system === b.system && b.low <= a.low && a.high <= b.high),
    )
    expect(twice.map(({ text }) => text)).toEqual([])
    for (const { values = [] } of set.members) {
      const answers = values.flatMap(({ system, codes }) => codes.map((code) => CodeSystem.encode(system, code)))
      expect(new Set(answers).size).toBe(answers.length)
    }
  })

  it('lists each system once, is the file of its name, and says that no clinician has reviewed it', () => {
    const systems = set.members.map(({ system }) => system)
    expect(new Set(systems).size).toBe(systems.length)
    const file = join(import.meta.dirname, '../../samples/value-sets', `${name}.json`)
    expect(ValueSet.parse(readFileSync(file, 'utf8'))).toEqual(set)
    expect(set.source).toMatch(/Authored for Medseal; not clinically reviewed\.$/)
  })
})

describe('of two sets', () => {
  it.each([
    ['type-1-diabetes', 'type-2-diabetes'],
    ['schedule-ii-substance', 'schedule-iii-iv-substance'],
    ['csdmard', 'immunomodulator'],
    ['glp-1-receptor-agonist', 'metformin'],
    ['hypertension', 'stroke'],
    ['myocardial-infarction', 'stroke'],
    ['statin-intolerance', 'metformin-intolerance'],
    ['polio-vaccine', 'mmr-vaccine'],
    ['hepatitis-b-vaccine', 'varicella-vaccine'],
  ])('%s and %s have nothing in common', (one, other) => {
    expect(shared(setOf(one), setOf(other))).toEqual([])
  })

  it.each([
    ['type-1-diabetes', 'diabetes'],
    ['type-2-diabetes', 'diabetes'],
    ['myocardial-infarction', 'cardiovascular-disease'],
    ['stroke', 'cardiovascular-disease'],
    ['peripheral-artery-disease', 'cardiovascular-disease'],
    ['heart-failure', 'cardiovascular-disease'],
    ['heart-failure', 'disabling-condition'],
    ['rheumatoid-arthritis', 'disabling-condition'],
    ['biologic-dmard', 'immunomodulator'],
    ['immunomodulator-other-than-adalimumab', 'immunomodulator'],
  ])('%s is part of %s', (part, whole) => {
    expect(missing(setOf(part), setOf(whole))).toEqual([])
  })

  it('differ by adalimumab where the name says so', () => {
    const [less, more] = [setOf('immunomodulator-other-than-adalimumab'), setOf('immunomodulator')]
    expect(missing(more, less)).toEqual(['RxNorm 327361', 'ATC L04AB04'])
  })

  it('an admission for heart failure has a reason that is heart failure', () => {
    const codes = setOf('heart-failure').members.find(({ system }) => system === 'SNOMED CT')?.codes
    for (const { values } of setOf('heart-failure-admission').members) {
      expect(values).toEqual([{ system: 'SNOMED CT', codes }])
    }
  })
})

describe('what is easily mistaken for a member', () => {
  const isIn = (name: string, system: CodeSystem.CodeSystem, code: string) => {
    const number = CodeSystem.encode(system, code)
    return entriesOf(setOf(name)).some(
      (entry) => entry.system === system && entry.low <= number && number <= entry.high,
    )
  }

  it.each<[string, CodeSystem.CodeSystem, string, string]>([
    ['diabetes', 'SNOMED CT', '15777000', 'prediabetes'],
    ['diabetes', 'ICD-10-CM', 'R73.03', 'prediabetes'],
    ['diabetes', 'ICD-10-CM', 'O24.410', 'gestational diabetes'],
    ['type-1-diabetes', 'SNOMED CT', '44054006', 'type 2'],
    ['stroke', 'SNOMED CT', '266257000', 'a transient ischaemic attack'],
    ['stroke', 'ICD-10-CM', 'G45.9', 'a transient ischaemic attack'],
    ['myocardial-infarction', 'ICD-10-CM', 'I25.10', 'coronary disease without infarction'],
    ['rheumatoid-arthritis', 'ICD-10-CM', 'M08.00', 'juvenile arthritis'],
    ['rheumatoid-arthritis', 'ICD-10-CM', 'M06.1', 'adult-onset Still’s disease'],
    ['severe-hypoglycaemia', 'ICD-10-CM', 'E11.649', 'hypoglycaemia without coma'],
    ['pregnancy', 'ICD-10-CM', 'O03.9', 'an abortion'],
    ['high-intensity-statin', 'RxNorm', '83367', 'atorvastatin of unknown strength'],
    ['high-intensity-statin', 'RxNorm', '200345', 'simvastatin 80 mg'],
    ['high-intensity-statin', 'RxNorm', '312961', 'simvastatin 20 mg'],
    ['schedule-ii-substance', 'RxNorm', '2670', 'codeine of unknown combination'],
    // Partners in combined products.
    ['glp-1-receptor-agonist', 'RxNorm', '311041', 'insulin glargine, also sold with lixisenatide'],
    ['amoxicillin-interaction', 'RxNorm', '197540', 'colchicine, also sold with probenecid'],
    ['schedule-ii-substance', 'RxNorm', '310965', 'ibuprofen, also sold with hydrocodone'],
    ['schedule-iii-iv-substance', 'RxNorm', '1302822', 'topiramate, also sold with phentermine'],
    ['schedule-iii-iv-substance', 'RxNorm', '857002', 'hydrocodone with acetaminophen, of schedule II'],
    ['warfarin-interaction', 'RxNorm', '857002', 'hydrocodone with acetaminophen'],
    ['varicella-vaccine', 'CVX', '121', 'live zoster vaccine'],
    ['varicella-vaccine', 'CVX', '187', 'recombinant zoster vaccine'],
    ['hepatitis-b-vaccine', 'CVX', '83', 'hepatitis A vaccine'],
    ['hepatitis-b-vaccine', 'CVX', '30', 'hepatitis B immune globulin'],
    ['polio-vaccine', 'CVX', '178', 'bivalent oral vaccine'],
    ['mmr-vaccine', 'CVX', '05', 'measles vaccine alone'],
    ['tuberculosis-test-negative', 'LOINC', '71774-4', 'the control of the assay'],
  ])('is not in %s: %s %s, %s', (name, system, code) => {
    expect(isIn(name, system, code)).toBe(false)
  })

  it.each<[string, CodeSystem.CodeSystem, string, string]>([
    ['mmr-vaccine', 'CVX', '94', 'MMRV'],
    ['varicella-vaccine', 'CVX', '94', 'MMRV'],
    ['polio-vaccine', 'CVX', '110', 'Pediarix'],
    ['hepatitis-b-vaccine', 'CVX', '110', 'Pediarix'],
    ['polio-vaccine', 'CVX', '120', 'Pentacel'],
    ['polio-vaccine', 'CVX', '146', 'Vaxelis'],
    ['hepatitis-b-vaccine', 'CVX', '146', 'Vaxelis'],
    ['glp-1-receptor-agonist', 'RxNorm', '1991302', 'semaglutide'],
    ['glp-1-receptor-agonist', 'RxNorm', '1991306', 'a pen of semaglutide'],
    ['glp-1-receptor-agonist', 'ATC', 'A10BJ06', 'semaglutide'],
    ['high-intensity-statin', 'RxNorm', '617311', 'atorvastatin 40 mg'],
    ['high-intensity-statin', 'RxNorm', '859751', 'rosuvastatin 20 mg'],
    ['schedule-ii-substance', 'RxNorm', '857002', 'hydrocodone with acetaminophen'],
    ['warfarin-interaction', 'RxNorm', '310965', 'ibuprofen 200 mg'],
    ['type-1-diabetes', 'ICD-10-CM', 'E10.641', 'type 1 with hypoglycaemic coma'],
    ['penicillin-allergy', 'ATC', 'J01CR02', 'amoxicillin and clavulanic acid'],
    ['penicillin-allergy', 'RxNorm', '723', 'amoxicillin'],
  ])('is in %s: %s %s, %s', (name, system, code) => {
    expect(isIn(name, system, code)).toBe(true)
  })
})

describe.skipIf(!haveFolder)('patients', () => {
  it('are in every set but those that none of them could be in', () => {
    const index = ValueSet.index(valueSets)
    const paths = [samples, folder].flatMap((each) => readdirSync(each).map((name) => join(each, name)))
    const numbers = new Set(paths.filter((path) => path.endsWith('.json')).flatMap((path) => numbersIn(path, index)))
    const unmatched = valueSets.filter(({ number }) => !numbers.has(BigInt(number))).map(({ name }) => name)
    expect(unmatched.sort()).toEqual(Object.keys(inNoPatient).sort())
  })
})

/** Sets a document's patient is in; none where the file is no FHIR document. */
function numbersIn(path: string, index: ValueSet.Index): bigint[] {
  const text = readFileSync(path, 'utf8')
  if (!/"resourceType"\s*:/.test(text) || !/"(Bundle|Patient)"/.test(text)) return []
  const { attributes } = Import.importBundle(text, { asOf })
  return ValueSet.match(attributes, index, { asOf }).map(({ code }) => code)
}
