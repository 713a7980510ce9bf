import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Formula, Policy } from '../../src/protocol/Policy.ts'
import * as PolicyFile from '../../src/protocol/PolicyFile.ts'
import * as PolicyText from '../../src/protocol/PolicyText.ts'
import * as randomPolicy from './randomPolicy.ts'

const glp1 = readFileSync(join(import.meta.dirname, 'golden/glp1-type-2-diabetes.txt'), 'utf8')

/** Every sentence there is, one policy. */
const everything: Policy = {
  medseal: 'policy/1',
  name: 'Every "form"\nof sentence',
  issuers: ['doctor', 'hospital', 'laboratory'],
  record: { maximumAgeDays: 1, completeFrom: { date: '1990-02-28' } },
  blind: '000000000000000000000000000000ff',
  require: {
    atLeast: 2,
    of: [
      { age: { min: 18, max: 74 } },
      { age: { max: 17 } },
      { not: { not: { any: { category: 'condition', set: 'stroke', active: true } } } },
      {
        any: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' },
        value: { code: { system: 'SNOMED CT', code: '73211009' } },
      },
      { none: { category: 'allergy', system: 'ICD-10', from: 'E10', to: 'E14' } },
      { none: { category: 'device-reading', set: 'stroke' }, window: { from: { daysBeforeToday: 60 } } },
      {
        any: { category: 'procedure', system: 'CPT', code: '99213' },
        window: { from: { date: '2020-01-01' }, to: { daysBeforeToday: 1 } },
        value: { text: 'completed' },
      },
      { count: { category: 'immunization', system: 'CVX', code: '3' }, range: { min: 2, max: 3 } },
      {
        average: { category: 'observation', system: 'LOINC', code: '8480-6' },
        window: { from: { daysBeforeToday: 30 } },
        value: { max: '130', unit: 'mm[Hg]' },
        minimumCount: 12,
      },
      {
        latest: { category: 'observation', system: 'LOINC', code: '4548-4' },
        window: { from: { daysBeforeToday: 0 } },
        value: { min: '7.0', max: '10.0', unit: '%' },
      },
    ],
  },
}

const everySentence = `Policy "Every \\"form\\"\\nof sentence"
Unlisted, blinded with 000000000000000000000000000000ff
The record is signed by one with the role of doctor, hospital or laboratory
The record is at most 1 day old
The record is complete from 1990-02-28
It is required that
  at least 2 of these hold:
    age is at least 18 and at most 74 years
    age is at most 17 years
    this does not hold:
      this does not hold:
        some condition of value set "stroke" still active
    some condition ICD-10-CM starting with E11 with the value SNOMED CT 73211009
    no allergy ICD-10 from E10 to E14 is listed in this issuer's record as of its date
    no device reading of value set "stroke" dated from 60 days before today is listed in this issuer's record as of its date
    some procedure CPT 99213 dated from 2020-01-01 up to 1 day before today with the value "completed"
    the number of immunizations CVX 3 in this issuer's record as of its date is at least 2 and at most 3
    the mean of at least 12 observations LOINC 8480-6 dated from 30 days before today is at most 130 [mm[Hg]]
    the latest observation LOINC 4548-4 dated from 0 days before today has a value of at least 7.0 and at most 10.0 [%]
`

describe('a policy in English', () => {
  it('has a sentence for everything', () => {
    expect(PolicyText.print(everything)).toBe(everySentence)
    expect(PolicyText.parse(everySentence)).toStrictEqual(everything)
  })

  const count = process.env.MEDSEAL_DOSE === 'full' ? 10_000 : 2_000
  it(`parses back, and so does its file (${count} policies, seed ${randomPolicy.seed})`, () => {
    console.info(`MEDSEAL_SEED=${randomPolicy.seed}`)
    const random = randomPolicy.seeded(randomPolicy.seed)
    for (let i = 0; i < count; i++) {
      const policy = randomPolicy.policy(random)
      const text = PolicyText.print(policy)
      expect(PolicyText.parse(text)).toStrictEqual(policy)
      const file = PolicyFile.format(policy)
      expect(PolicyFile.parse(file)).toStrictEqual(policy)
      expect(PolicyFile.format(PolicyFile.parse(file))).toBe(file)
    }
  })

  it('says of every absence that it is only this record', () => {
    const random = randomPolicy.seeded(randomPolicy.seed)
    for (let i = 0; i < 300; i++) {
      for (const line of PolicyText.print(randomPolicy.policy(random)).split('\n')) {
        if (/^ +(no|the number of) /.test(line)) expect(line).toContain("in this issuer's record as of its date")
      }
    }
  })

  it('shows nothing that hides or turns text', () => {
    const [title] = PolicyText.print({ ...everything, name: 'a\u202eb\u200b\u2028\u00ad\u{e0041}' }).split('\n')
    expect(title).toBe('Policy "a\\u202eb\\u200b\\u2028\\u00ad\\udb40\\udc41"')
  })

  it('is only printed of what a file can hold', () => {
    const active = { any: { category: 'condition', set: 'stroke', active: false } } as const
    expect(() => PolicyText.print({ ...everything, require: active })).toThrow(PolicyFile.InvalidPolicyError)
    expect(() => PolicyText.print({ ...everything, require: { allOf: [] } })).toThrow(PolicyFile.InvalidPolicyError)
  })
})

describe('a text that was not printed', () => {
  const [head, tail] = glp1.split('  all of these hold:\n') as [string, string]
  const asked = (require: string) => `${head}${require}`

  it.each<[string, number, string]>([
    ['', 1, '"Policy " must come next'],
    [glp1.slice(0, -1), 16, 'the text must end after one requirement and a line feed'],
    [`${glp1}\n`, 16, 'the text must end after one requirement and a line feed'],
    [`${glp1}  age is at least 1 years\n`, 16, 'the text must end after one requirement and a line feed'],
    [glp1.replaceAll('\n', '\r\n'), 1, 'the end of the line must come next'],
    [glp1.replace('30 days', '030 days'), 4, 'it must be written as it would be printed'],
    [glp1.replace('30 days', '999999 days'), 4, 'record.maximumAgeDays must be a whole number from 0 to 131072'],
    [glp1.replace('30 days', '1 days'), 4, '" old" must come next'],
    [
      glp1.replace('hospital or', 'wizard or'),
      3,
      'issuers[0] must name a role: doctor, hospital, laboratory, insurer, pharmacy, keeper, guardian, arbiter, researcher, auditor',
    ],
    [glp1.replace('hospital or keeper', 'hospital, keeper'), 3, 'it must be written as it would be printed'],
    [glp1.replace('6.5', 'six'), 11, 'a decimal must come next'],
    [
      glp1.replace('6.5', '6.5.'),
      11,
      'require.allOf[0].anyOf[1].value.min must be a decimal, as text, below 9.2e12 in size',
    ],
    [glp1.replace(' as of its date', ''), 15, '" is listed in this issuer\'s record as of its date" must come next'],
    [glp1.replace('LOINC', 'LOINK'), 11, 'a code system must come next'],
    [glp1.replace('"metformin"', '"met\\x"'), 13, 'a text in quotes must come next'],
    [asked('   age is at least 1 years\n'), 8, '"age is " must come next'],
    [asked('age is at least 1 years\n'), 8, '"  " must come next'],
    [asked('  all of these hold:\n'), 9, '"    " must come next'],
    [asked('  age is years\n'), 8, '"at most " must come next'],
    [asked('  age is at least 200 years\n'), 8, 'require.age.min must be a whole number from 0 to 150'],
    [asked('  some condition of value set "a" dated\n'), 8, 'require.window must have from or to'],
    [
      asked('  at least 2 of these hold:\n    age is at least 1 years\n'),
      8,
      'require.atLeast must be at most the length of its list',
    ],
    [
      `${head}${Array.from({ length: 50 }, (_, i) => `${'  '.repeat(i + 1)}this does not hold:\n`).join('')}`,
      24,
      'it is indented too deep',
    ],
    ['x'.repeat(300_000), 1, 'the text must have at most 262144 characters'],
    [head, 8, '"  " must come next'],
    [tail, 1, '"Policy " must come next'],
  ])('is refused by line and rule %#', (text, line, rule) => {
    expect(refusalOf(text)).toEqual({ name: 'PolicyText.InvalidTextError', line, rule })
  })

  it('is refused wherever one character of it is changed, or says something else', () => {
    const random = randomPolicy.seeded(randomPolicy.seed)
    const policy = PolicyText.parse(everySentence)
    for (let i = 0; i < 3_000; i++) {
      const at = randomPolicy.between(random, 0, everySentence.length - 1)
      const other = randomPolicy.pick(random, ['', ' ', '"', '\n', '0', '9', 'x', '\\', '-', '__proto__'])
      const text = everySentence.slice(0, at) + other + everySentence.slice(at + 1)
      if (text === everySentence) continue
      try {
        expect(PolicyText.parse(text)).not.toEqual(policy)
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyText.InvalidTextError)
      }
    }
  })
})

function refusalOf(text: string): unknown {
  try {
    PolicyText.parse(text)
    return 'none'
  } catch (error) {
    const { name, line, rule } = error as PolicyText.InvalidTextError
    return { name, line, rule }
  }
}

describe('a formula that spells the language', () => {
  it.each<Formula>([
    { any: { category: 'condition', system: 'ICD-10', code: 'from' }, window: { from: { date: '2020-01-01' } } },
    { any: { category: 'condition', system: 'ICD-10', code: 'starting' }, value: { text: 'x' } },
    { any: { category: 'condition', system: 'ICD-10', code: 'starting' }, value: { min: '1', unit: '%' } },
    { any: { category: 'condition', system: 'ICD-10', prefix: 'the' }, value: { text: 'x' } },
    { any: { category: 'condition', system: 'ICD-10', from: 'to', to: 'from' } },
    { count: { category: 'condition', system: 'ICD-10', code: 'starting' }, range: { min: 1 } },
  ])('parses back %#', (require) => {
    const policy = { ...everything, require }
    expect(PolicyText.parse(PolicyText.print(policy))).toStrictEqual(policy)
  })
})
