/**
 * Readings.importBatches
 * ├── given batches that an enrolled device signed
 * │   ├── it takes every reading, in the code's one unit, with day and time as written
 * │   ├── it takes them in any order of batches, and a batch twice changes nothing
 * │   └── it keeps what cannot be compared, bounded, and remarks on it
 * ├── given a reading that explains itself (after asOf, another patient's, a second copy, before since)
 * │   └── it leaves it out, and device readings stay complete
 * └── given anything else, or a number that nobody handed in
 *     └── it leaves it out, and device readings are not complete
 */
import { describe, expect, it } from 'vitest'
import * as Batch from '../../src/device/Batch.ts'
import * as Device from '../../src/device/Device.ts'
import * as Readings from '../../src/device/Readings.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Value from '../../src/protocol/Value.ts'
import * as Monitor from './monitor.ts'

const { systolic, batch, batchOfLines } = Monitor
const directory = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment()))
const asOf = Day.parse('2026-10-01')
const noon = Date.parse('2026-10-01T12:00:00Z') / 1000

function importTexts(texts: readonly string[], options: Partial<Parameters<typeof Readings.importBatches>[1]> = {}) {
  const received = texts.map((text) => ({ text, receivedAt: noon }))
  const imported = Readings.importBatches(received, { directory, patient: 'Patient/p', asOf, ...options })
  expect(imported.account.taken + imported.account.leftOut).toBe(imported.account.readings)
  expect(imported.account.taken).toBe(imported.attributes.length)
  expect(imported.account.leftOut).toBe(imported.omissions.length)
  return imported
}

const reasonsOf = ({ omissions }: Readings.Imported) => omissions.map(({ line, reason }) => [line, reason])

describe('what an enrolled device signed', () => {
  it('is taken in the code’s one unit, with day and time as written', () => {
    const { attributes, account, complete, remarks } = importTexts([
      batch([
        systolic(1, '128'),
        systolic(2, '17.1', { unit: 'kPa', time: '2026-09-02T23:59:59-05:00' }),
        systolic(3, '8.1e1', { code: '8462-4' }),
      ]),
    ])
    expect(account).toEqual({ readings: 3, taken: 3, leftOut: 0 })
    expect(complete).toBe(true)
    expect(remarks).toEqual([])
    // 17.1 x 1000 / 133.322 = 128.260902...
    expect(attributes.map(({ value }) => Value.toDecimal(value))).toEqual(['128', '128.260902', '81'])
    expect(attributes[1]).toMatchObject({
      category: 'device-reading',
      system: 'LOINC',
      code: 84806n,
      day: Day.parse('2026-09-02'),
      time: '23:59:59-05:00',
      fact: 'device/cuff-1#2',
      partialDay: false,
      bounded: false,
      active: false,
    })
  })

  it('may come in any order of batches, and twice', () => {
    const [first, second] = [
      batch([systolic(1, '120'), systolic(2, '121')]),
      batch([systolic(3, '122'), systolic(4, '123')]),
    ]
    const once = importTexts([first, second])
    const shuffled = importTexts([second, first, second])
    expect(shuffled.attributes).toEqual(once.attributes)
    expect(reasonsOf(shuffled)).toEqual([
      [0, 'duplicate'],
      [1, 'duplicate'],
    ])
    expect(shuffled.complete).toBe(true)
  })

  it.each([
    ['a unit that is not enrolled', systolic(1, '128', { unit: 'cm[Hg]' }), 'unknown-unit'],
    ['a unit of no such measure', systolic(1, '128', { code: '8462-4', unit: 'kPa' }), 'unknown-unit'],
    ['a number that no value carries', systolic(1, '1e400'), 'unusable-value'],
  ])('is kept bounded, with a remark: %s', (_, reading, reason) => {
    const { attributes, remarks, complete } = importTexts([batch([reading])])
    expect(attributes).toMatchObject([{ bounded: true, value: 0n }])
    expect(remarks).toEqual([{ batch: 0, line: 0, reason }])
    expect(complete).toBe(true)
  })

  it('is kept as it is where no living patient could have it, with a remark', () => {
    const { attributes, remarks } = importTexts([batch([systolic(1, '5000')])])
    expect(attributes.map(({ value, bounded }) => [Value.toDecimal(value), bounded])).toEqual([['5000', false]])
    expect(remarks).toEqual([{ batch: 0, line: 0, reason: 'implausible' }])
  })
})

describe('what explains itself', () => {
  it.each([
    ['after asOf', systolic(2, '120', { time: '2026-09-11T00:00:00+02:00' }), { asOf: '2026-09-10' }, 'after-as-of'],
    [
      'before since',
      systolic(2, '120', { time: '2026-09-01T09:00:00+02:00' }),
      { since: '2026-09-02' },
      'before-since',
    ],
  ] as const)('is left out: %s', (_, reading, { asOf: last, since }: { asOf?: string; since?: string }, reason) => {
    const imported = importTexts([batch([reading], { from: 2 })], {
      ...(last && { asOf: Day.parse(last) }),
      ...(since && { since: Day.parse(since) }),
    })
    expect(reasonsOf(imported)).toEqual([[0, reason]])
    expect(imported.gaps).toEqual([{ device: 'cuff-1', from: 1, to: 1 }])
    const whole = importTexts([batch([{ ...reading, sequence: 1 }])], {
      ...(last && { asOf: Day.parse(last) }),
      ...(since && { since: Day.parse(since) }),
    })
    expect(whole.complete).toBe(true)
  })

  it('is left out: another patient’s', () => {
    const own = Monitor.enrolment({ id: 'cuff-2', publicKey: Monitor.publicKeyHex(2), patient: 'Patient/q' })
    const both = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment(), own))
    const other = Batch.write({ device: 'cuff-2', readings: [systolic(1, '90')], signingKey: Monitor.signingKey(2) })
    const imported = importTexts([batch([systolic(1, '128')]), other], { directory: both, patient: 'Patient/q' })
    expect(imported.omissions).toEqual([{ batch: 0, line: 0, reason: 'other-patient' }])
    expect(imported.attributes.map(({ fact }) => fact)).toEqual(['device/cuff-2#1'])
    expect(imported.complete).toBe(true)
  })
})

describe('silence', () => {
  it('of one of the patient’s devices costs completeness, until its enrolment has begun not', () => {
    const second = { id: 'cuff-2', publicKey: Monitor.publicKeyHex(2) }
    const both = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment(), Monitor.enrolment(second)))
    const imported = importTexts([batch([systolic(1, '128')])], { directory: both })
    expect([imported.silent, imported.complete]).toEqual([['cuff-2'], false])
    const later = Monitor.enrolment({ ...second, from: '2026-10-02' })
    const soon = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment(), later))
    expect(importTexts([batch([systolic(1, '128')])], { directory: soon }).complete).toBe(true)
  })

  it('of a patient without devices is no completeness', () => {
    const imported = importTexts([], { patient: 'Patient/nobody' })
    expect(imported.account).toEqual({ readings: 0, taken: 0, leftOut: 0 })
    expect(imported.complete).toBe(false)
  })
})

describe('what may be lost', () => {
  const signed = batch([systolic(1, '128'), systolic(2, '126')])
  const line = '{"sequence":1,"time":"2026-09-01T07:30:00+02:00","code":"8480-6","value":128,"unit":"mm[Hg]"}'

  it.each([
    [
      'an unknown device',
      [Batch.write({ device: 'cuff-2', readings: [systolic(1, '1')], signingKey: Monitor.signingKey(1) })],
      [[0, 'unknown-device']],
    ],
    [
      'another device’s key',
      [Batch.write({ device: 'cuff-1', readings: [systolic(1, '1')], signingKey: Monitor.signingKey(2) })],
      [[0, 'bad-signature']],
    ],
    [
      'a digit changed',
      [signed.replace('"value":128', '"value":118')],
      [
        [0, 'bad-signature'],
        [1, 'bad-signature'],
      ],
    ],
    [
      'a blank more',
      [`${signed} `],
      [
        [0, 'bad-signature'],
        [1, 'bad-signature'],
        [2, 'bad-signature'],
      ],
    ],
    [
      'a range changed',
      [signed.replace('"to":2', '"to":3')],
      [
        [0, 'bad-signature'],
        [1, 'bad-signature'],
      ],
    ],
    ['a number twice, with another value', [signed, batch([systolic(2, '140')])], [[0, 'conflicting-duplicate']]],
    [
      'a number that does not rise',
      [batch([systolic(1, '128'), systolic(1, '128')], { to: 2 })],
      [[1, 'out-of-sequence']],
    ],
    [
      'a number before the range',
      [batch([systolic(1, '128'), systolic(2, '128')], { from: 2 })],
      [[0, 'out-of-sequence']],
    ],
    [
      'a number after the range',
      [batch([systolic(1, '128'), systolic(2, '128')], { to: 1 })],
      [[1, 'out-of-sequence']],
    ],
    ['a code that it may not report', [batch([systolic(1, '70', { code: '8867-4' })])], [[0, 'code-not-allowed']]],
    [
      'a day before its first',
      [batch([systolic(1, '128', { time: '2026-08-31T23:59:00+02:00' })])],
      [[0, 'outside-enrolment']],
    ],
    [
      'a clock six minutes ahead',
      [batch([systolic(1, '128', { time: '2026-10-01T14:06:00+02:00' })])],
      [[0, 'clock-ahead']],
    ],
    [
      'a clock set back by six minutes',
      [batch([systolic(1, '128'), systolic(2, '126', { time: '2026-09-01T07:24:00+02:00' })])],
      [[1, 'clock-behind']],
    ],
    [
      'a day that no calendar has',
      [batch([systolic(1, '128', { time: '2026-09-31T07:30:00+02:00' })])],
      [[0, 'malformed']],
    ],
    ['a member twice', [batchOfLines([line.replace('"value":128', '"value":128,"value":118')])], [[0, 'malformed']]],
    [
      'a member twice, once escaped',
      [batchOfLines([line.replace('"value":128', '"value":128,"val\\u0075e":118')])],
      [[0, 'malformed']],
    ],
  ] as const)('is left out and costs completeness: %s', (_, texts, reasons) => {
    const imported = importTexts(texts)
    expect(reasonsOf(imported)).toEqual(reasons)
    expect(imported.complete).toBe(false)
  })

  it('forgives clocks five minutes', () => {
    const imported = importTexts([
      batch([
        systolic(1, '128', { time: '2026-10-01T14:05:00+02:00' }),
        systolic(2, '128', { time: '2026-10-01T14:00:00+02:00' }),
      ]),
    ])
    expect(imported.account.taken).toBe(2)
  })

  it('takes the readings after a clock that was ahead once', () => {
    const imported = importTexts([
      batch([
        systolic(1, '128'),
        systolic(2, '127', { time: '2026-10-05T07:30:00+02:00' }),
        systolic(3, '126'),
        systolic(4, '125'),
      ]),
    ])
    expect(reasonsOf(imported)).toEqual([[1, 'clock-ahead']])
  })

  it('a day after the device’s last', () => {
    const ended = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment({ until: '2026-09-01' })))
    const imported = importTexts([signed], { directory: ended })
    expect(reasonsOf(imported)).toEqual([[1, 'outside-enrolment']])
    expect(imported.complete).toBe(false)
  })

  it('what arrives once the device is revoked, whatever its date; what came before stays', () => {
    const revoked = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment({ revokedAt: noon })))
    const later = batch([systolic(3, '90')])
    const imported = Readings.importBatches(
      [
        { text: signed, receivedAt: noon - 1 },
        { text: later, receivedAt: noon },
      ],
      { directory: revoked, patient: 'Patient/p', asOf },
    )
    expect(imported.account).toEqual({ readings: 3, taken: 2, leftOut: 1 })
    expect(imported.omissions).toEqual([{ batch: 1, line: 0, reason: 'revoked-device' }])
    expect(imported.complete).toBe(false)
  })

  it.each([
    ['before the first', [batch([systolic(3, '128')])], [[1, 2]]],
    ['within a batch', [batch([systolic(1, '128'), systolic(4, '128')])], [[2, 3]]],
    ['between batches', [signed, batch([systolic(5, '128')])], [[3, 4]]],
    ['at the end of a range', [batch([systolic(1, '128')], { to: 9 })], [[2, 9]]],
  ] as const)('what a gap hides, %s: all else is taken', (_, texts, gaps) => {
    const imported = importTexts(texts)
    expect(imported.gaps).toEqual(gaps.map(([from, to]) => ({ device: 'cuff-1', from, to })))
    expect(imported.omissions).toEqual([])
    expect(imported.complete).toBe(false)
  })

  it('the 1,025th of a code on a day; another code has ranks of its own', () => {
    const time = '2026-09-05T07:30:00+02:00'
    const readings = Array.from({ length: 1_025 }, (_, i) => systolic(i + 1, '128', { time }))
    const imported = importTexts([batch([...readings, systolic(1_026, '80', { time, code: '8462-4' })])])
    expect(reasonsOf(imported)).toEqual([[1_024, 'too-many-on-one-day']])
    expect(imported.account.taken).toBe(1_025)
    expect(imported.complete).toBe(false)
  })

  it('the earliest days, whole, where there is no room', () => {
    const on = (day: string) => ({ time: `2026-09-${day}T07:30:00+02:00` })
    const text = batch([
      systolic(1, '128', on('01')),
      systolic(2, '128', on('02')),
      systolic(3, '128', on('02')),
      systolic(4, '128', on('03')),
    ])
    expect(importTexts([text], { room: 4 }).complete).toBe(true)
    expect(reasonsOf(importTexts([text], { room: 3 }))).toEqual([[0, 'no-room']])
    const two = importTexts([text], { room: 2 })
    expect(reasonsOf(two)).toEqual([
      [0, 'no-room'],
      [1, 'no-room'],
      [2, 'no-room'],
    ])
    expect(two.complete).toBe(false)
    expect(importTexts([text], { room: 0 }).account).toEqual({ readings: 4, taken: 0, leftOut: 4 })
  })
})

describe('the directory', () => {
  it.each([
    ['not JSON', '{', '$ must be JSON'],
    ['an id twice', Monitor.directoryText(Monitor.enrolment(), Monitor.enrolment()), '$.devices.1.id must not be used'],
    [
      'a key twice',
      Monitor.directoryText(Monitor.enrolment(), Monitor.enrolment({ id: 'cuff-2' })),
      '$.devices must not share',
    ],
    [
      'the identity as a key',
      Monitor.directoryText(Monitor.enrolment({ publicKey: `01${'0'.repeat(62)}` })),
      'publicKey must be an Ed25519',
    ],
    [
      'a key off the curve',
      Monitor.directoryText(Monitor.enrolment({ publicKey: `02${'0'.repeat(62)}` })),
      'publicKey must be',
    ],
    [
      'an end before its beginning',
      Monitor.directoryText(Monitor.enrolment({ until: '2026-08-31' })),
      'must not end before',
    ],
    [
      'a code of no system',
      Monitor.directoryText(Monitor.enrolment({ measures: [{ code: 'x', units: ['%'] }] })),
      'must be a LOINC code',
    ],
    ['a member more', Monitor.directoryText(Monitor.enrolment({ colour: 'red' })), 'must only have the members'],
    [
      'a prototype',
      Monitor.directoryText(Monitor.enrolment()).replace('"id"', '"__proto__":{"revokedAt":1},"id"'),
      'must only have the members',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => Device.parseDirectory(text)).toThrow(message)
    expect(() => Device.parseDirectory(text)).toThrow(Device.InvalidDirectoryError)
  })
})
