import { describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import { parameters } from '../../src/generated/parameters.ts'
import * as PolicyFile from '../../src/protocol/PolicyFile.ts'
import * as randomPolicy from './randomPolicy.ts'

const names = ['glp1-type-2-diabetes', 'wegovy-cardiovascular'] as const
const sample = JSON.parse(files.policyText('glp1-type-2-diabetes'))
const roles = 'doctor, hospital, laboratory, insurer, pharmacy, keeper, guardian, arbiter, researcher, auditor'
const stroke = { category: 'condition', set: 'stroke' }
const hba1c = { category: 'observation', system: 'LOINC', code: '4548-4' }

function refusalOf(file: unknown): string {
  try {
    PolicyFile.parse(typeof file === 'string' ? file : JSON.stringify(file))
    return 'none'
  } catch (error) {
    if (!(error instanceof PolicyFile.InvalidPolicyError)) throw error
    return `${error.path} ${error.rule}`
  }
}

const asking = (require: unknown) => ({ ...sample, require })
const withRecord = (record: unknown) => ({ ...sample, record })
const nested = (levels: number): unknown => (levels === 0 ? { none: stroke } : { not: nested(levels - 1) })

describe('a policy file', () => {
  it.each(names)('is written the one way it is formatted: %s', (name) => {
    const text = files.policyText(name)
    expect(PolicyFile.format(PolicyFile.parse(text))).toBe(text)
  })

  it('has one format, in whatever order its keys come', () => {
    const turned = (json: unknown): unknown =>
      Array.isArray(json)
        ? json.map(turned)
        : typeof json === 'object' && json !== null
          ? Object.fromEntries(
              Object.entries(json)
                .reverse()
                .map(([key, value]) => [key, turned(value)]),
            )
          : json
    const random = randomPolicy.seeded(randomPolicy.seed)
    for (let i = 0; i < 100; i++) {
      const policy = randomPolicy.policy(random)
      expect(PolicyFile.format(PolicyFile.parse(JSON.stringify(turned(policy))))).toBe(PolicyFile.format(policy))
    }
  })

  it('reads -0 as 0', () => {
    expect(PolicyFile.parse(JSON.stringify(sample).replace(':30', ':-0')).record.maximumAgeDays).toBe(0)
  })

  const keys =
    'must be an object with exactly one of the keys allOf, anyOf, atLeast, not, any, latest, none, count, average, age'
  it.each<[unknown, string]>([
    ['', '$ must be JSON'],
    ['{', '$ must be JSON'],
    ['null', '$ must be an object'],
    ['[]', '$ must be an object'],
    ['"policy/1"', '$ must be an object'],
    ['1e999', '$ must be an object'],
    [' '.repeat(PolicyFile.longestText + 1), '$ must have at most 262144 characters'],
    ['['.repeat(PolicyFile.longestText), '$ must be JSON'],
    ['['.repeat(17) + ']'.repeat(17), '$ must nest at most 16 deep'],
    [`${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`, '$ must nest at most 16 deep'],
    [asking(nested(20)), '$ must nest at most 16 deep'],
    [JSON.stringify(sample).replace('"name":', '"name":"other","name":'), '$ must not have a key twice in one object'],
    [
      JSON.stringify(sample).replace('"name":', '"name":"other","n\\u0061me":'),
      '$ must not have a key twice in one object',
    ],
    [JSON.stringify(sample).replace('{', '{"__proto__":{"name":"x"},'), '$ must only have the keys of a policy'],
    [
      JSON.stringify(sample).replace('"set":', '"__proto__":{"active":true},"set":'),
      '$ must only have the keys of a policy',
    ],
    [{ ...sample, constructor: 1 }, '$ must only have the keys medseal, name, source, issuers, record, blind, require'],
    [{ ...sample, toString: 'x' }, '$ must only have the keys medseal, name, source, issuers, record, blind, require'],
    [{ ...sample, medseal: 'policy/2' }, 'medseal must be "policy/1"'],
    [{ ...sample, medseal: undefined }, 'medseal is missing'],
    [{ ...sample, name: '' }, 'name must be a text of 1 to 200 characters'],
    [{ ...sample, name: 'x'.repeat(201) }, 'name must be a text of 1 to 200 characters'],
    [{ ...sample, name: ['x'] }, 'name must be a text of 1 to 200 characters'],
    [JSON.stringify(sample).replace('GLP-1', '\\ud800'), 'name must be well-formed Unicode'],
    [{ ...sample, source: null }, 'source must be a text of 1 to 2000 characters'],
    [{ ...sample, issuers: 'hospital' }, 'issuers must be a list that is not empty'],
    [{ ...sample, issuers: [] }, 'issuers must be a list that is not empty'],
    [{ ...sample, issuers: { length: 1, 0: 'hospital' } }, 'issuers must be a list that is not empty'],
    [{ ...sample, issuers: ['hospital', 'constructor'] }, `issuers[1] must name a role: ${roles}`],
    [{ ...sample, issuers: ['hospital', 'hospital'] }, 'issuers must not repeat a role'],
    [withRecord(undefined), 'record is missing'],
    [withRecord([]), 'record must be an object'],
    [withRecord({}), 'record.maximumAgeDays is missing'],
    [withRecord({ maximumAgeDays: '30' }), 'record.maximumAgeDays must be a whole number from 0 to 131072'],
    [withRecord({ maximumAgeDays: 30.5 }), 'record.maximumAgeDays must be a whole number from 0 to 131072'],
    [withRecord({ maximumAgeDays: -1 }), 'record.maximumAgeDays must be a whole number from 0 to 131072'],
    [withRecord({ maximumAgeDays: 131_073 }), 'record.maximumAgeDays must be a whole number from 0 to 131072'],
    [
      JSON.stringify(sample).replace('"maximumAgeDays":30', '"maximumAgeDays":1e400'),
      'record.maximumAgeDays must be a whole number from 0 to 131072',
    ],
    [withRecord({ maximumAgeDays: 1, setsEdition: 0 }), 'record.setsEdition must be a whole number from 1 to 65535'],
    [
      withRecord({ maximumAgeDays: 1, setsEdition: 65_536 }),
      'record.setsEdition must be a whole number from 1 to 65535',
    ],
    [
      withRecord({ maximumAgeDays: 1, completeFrom: '2020-01-01' }),
      'record.completeFrom must be an object with exactly one of the keys daysBeforeToday, date',
    ],
    [
      withRecord({ maximumAgeDays: 1, completeFrom: { daysBeforeToday: 1, date: '2020-01-01' } }),
      'record.completeFrom must be an object with exactly one of the keys daysBeforeToday, date',
    ],
    [
      withRecord({ maximumAgeDays: 1, completeFrom: { daysBeforeToday: 131_072 } }),
      'record.completeFrom.daysBeforeToday must be a whole number from 0 to 131071',
    ],
    ...['2023-02-29', '2023-2-1', '0001-01-01', '9999-12-31', '2020-01-01T00:00', '２０２０-01-01', 20200101].map(
      (date): [unknown, string] => [
        withRecord({ maximumAgeDays: 1, completeFrom: { date } }),
        'record.completeFrom.date must be a day, yyyy-mm-dd, from 1611 to 2328',
      ],
    ),
    [{ ...sample, blind: '0'.repeat(32) }, 'blind must be 32 lower-case hexadecimal digits, not all 0'],
    [{ ...sample, blind: 'F'.repeat(32) }, 'blind must be 32 lower-case hexadecimal digits, not all 0'],
    [{ ...sample, blind: 'f'.repeat(33) }, 'blind must be 32 lower-case hexadecimal digits, not all 0'],
    [asking(undefined), 'require is missing'],
    [asking(null), `require ${keys}`],
    [asking([]), `require ${keys}`],
    [asking({}), `require ${keys}`],
    [asking({ none: stroke, any: stroke }), `require ${keys}`],
    [asking({ allOf: [] }), 'require.allOf must be a list that is not empty'],
    [asking({ allOf: [{ none: stroke }, { toString: 1 }] }), `require.allOf[1] ${keys}`],
    [asking({ atLeast: 0, of: [{ none: stroke }] }), 'require.atLeast must be a whole number from 1 to 128'],
    [asking({ atLeast: 2, of: [{ none: stroke }] }), 'require.atLeast must be at most the length of its list'],
    [asking({ atLeast: 1, of: [{ none: stroke }], anyOf: [] }), `require ${keys}`],
    [asking({ allOf: Array(128).fill({ none: stroke }) }), 'require must have at most 128 formulas'],
    [
      asking({ not: { anyOf: [{ none: { ...stroke, extra: 1 } }] } }),
      'require.not.anyOf[0].none must only have the keys category, set, active',
    ],
    [
      asking({ none: { ...stroke, category: 'toString' } }),
      `require.none.category must name a category: ${Object.keys(parameters.categories).join(', ')}`,
    ],
    [asking({ none: { ...stroke, active: false } }), 'require.none.active must be true or left out'],
    [asking({ none: { ...stroke, set: 'Stroke' } }), 'require.none.set must be lower-case words joined by "-"'],
    [asking({ none: { ...stroke, set: 'a'.repeat(65) } }), 'require.none.set must be lower-case words joined by "-"'],
    [
      asking({ none: { ...stroke, code: 'x' } }),
      'require.none must be an object with exactly one of the keys set, code, prefix, from',
    ],
    [
      asking({ none: { ...hba1c, system: 'value set (ever)' } }),
      'require.none.system must name a code system, not a value set: SNOMED CT, LOINC, RxNorm, ICD-10-CM, ICD-10, ATC, NDC-11, CVX, CPT, HCPCS, ICD-10-PCS, HL7 AdministrativeGender, HL7 ActCode',
    ],
    [
      asking({ none: { ...hba1c, system: '__proto__' } }),
      'require.none.system must name a code system, not a value set: SNOMED CT, LOINC, RxNorm, ICD-10-CM, ICD-10, ATC, NDC-11, CVX, CPT, HCPCS, ICD-10-PCS, HL7 AdministrativeGender, HL7 ActCode',
    ],
    [asking({ none: { ...hba1c, code: '45484' } }), 'require.none.code must be a code of its system'],
    [asking({ none: { ...hba1c, code: 45484 } }), 'require.none.code must be a code'],
    [asking({ none: { category: 'condition', system: 'ICD-10', code: 'ı' } }), 'require.none.code must be a code'],
    [
      asking({ none: { category: 'condition', system: 'ICD-10', code: 'A'.repeat(13) } }),
      'require.none.code must be a code of its system',
    ],
    [
      asking({ none: { category: 'condition', system: 'SNOMED CT', code: '9'.repeat(20) } }),
      'require.none.code must be a code of its system',
    ],
    [
      asking({ none: { category: 'condition', system: 'SNOMED CT', prefix: '73' } }),
      'require.none.prefix must be a prefix of codes, of a system that has them',
    ],
    [asking({ none: { category: 'condition', system: 'ICD-10', from: 'E10' } }), 'require.none.to is missing'],
    [asking({ any: stroke, window: {} }), 'require.window must have from or to'],
    [
      asking({ any: stroke, window: { from: null } }),
      'require.window.from must be an object with exactly one of the keys daysBeforeToday, date',
    ],
    [
      asking({ none: stroke, window: { from: { daysBeforeToday: 1 }, to: { daysBeforeToday: 0 } } }),
      'require.window must only have the keys from',
    ],
    [asking({ none: stroke, window: { to: { daysBeforeToday: 0 } } }), 'require.window.from is missing'],
    [asking({ latest: hba1c }), 'require.value is missing'],
    [asking({ any: hba1c, value: { unit: '%' } }), 'require.value must have min or max'],
    [
      asking({ any: hba1c, value: { min: '1', unit: '%', code: 'x' } }),
      'require.value must be an object with exactly one of the keys code, text, unit',
    ],
    [
      asking({ any: hba1c, value: { min: 6.5, unit: '%' } }),
      'require.value.min must be a decimal, as text, below 9.2e12 in size',
    ],
    ...[
      '',
      'x',
      '1.',
      '.5',
      '+1',
      '0x10',
      '1e',
      '1e13',
      '1e999',
      'NaN',
      'Infinity',
      ' 1',
      '1 ',
      '1,5',
      '１',
      '9'.repeat(200),
    ].map((min): [unknown, string] => [
      asking({ any: hba1c, value: { min, unit: '%' } }),
      'require.value.min must be a decimal, as text, below 9.2e12 in size',
    ]),
    [asking({ any: hba1c, value: { min: '1', unit: 'mg dL' } }), 'require.value.unit must be a unit as UCUM writes it'],
    [
      asking({ any: hba1c, value: { code: { system: 'LOINC', code: 'x' } } }),
      'require.value.code.code must be a code of its system',
    ],
    [
      asking({ any: hba1c, value: { text: ' x' } }),
      'require.value.text must be at most 12 letters, digits, "-", "/" or "_"',
    ],
    [
      asking({ any: hba1c, value: { text: 'thirteen-long' } }),
      'require.value.text must be at most 12 letters, digits, "-", "/" or "_"',
    ],
    [asking({ count: stroke }), 'require.range is missing'],
    [asking({ count: stroke, range: {} }), 'require.range must have min or max'],
    [asking({ count: stroke, range: { max: 4_096 } }), 'require.range.max must be a whole number from 0 to 4095'],
    [asking({ average: hba1c, value: { max: '9', unit: '%' } }), 'require.minimumCount is missing'],
    [
      asking({ average: hba1c, value: { max: '9', unit: '%' }, minimumCount: 0 }),
      'require.minimumCount must be a whole number from 1 to 4095',
    ],
    [asking({ average: hba1c, value: { text: 'x' }, minimumCount: 1 }), 'require.value.unit is missing'],
    [asking({ age: {} }), 'require.age must have min or max'],
    [asking({ age: { min: 151 } }), 'require.age.min must be a whole number from 0 to 150'],
  ])('is refused by place and rule %#', (file, refusal) => {
    expect(refusalOf(file)).toBe(refusal)
  })

  it('never repeats what a file says', () => {
    const secret = 'canary'
    const hostile = [
      { ...sample, [secret]: secret },
      { ...sample, issuers: [secret] },
      asking({ [secret]: 1 }),
      asking({ none: { category: secret, set: secret } }),
      asking({ none: { category: 'condition', system: secret, code: secret } }),
      asking({ any: hba1c, value: { min: secret, unit: '%' } }),
      `{"${secret}`,
    ]
    for (const file of hostile) {
      expect(refusalOf(file)).not.toBe('none')
      expect(refusalOf(file)).not.toContain(secret)
    }
  })

  it('is a policy or refused by name, whatever is changed in it, and leaves no prototype changed', () => {
    const random = randomPolicy.seeded(randomPolicy.seed)
    const odd = [
      '',
      '0',
      '-1',
      '1e999',
      'null',
      '[]',
      '{}',
      '"',
      '\\u0000',
      '"__proto__":1,',
      ',',
      '}',
      '"constructor"',
    ]
    for (let i = 0; i < 2_000; i++) {
      const text = files.policyText(randomPolicy.pick(random, names))
      const at = randomPolicy.between(random, 0, text.length)
      const changed =
        text.slice(0, at) + randomPolicy.pick(random, odd) + text.slice(at + randomPolicy.between(random, 0, 20))
      refusalOf(changed)
    }
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { active?: unknown }).active).toBeUndefined()
  })
})
