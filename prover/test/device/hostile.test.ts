/** What a broken or hostile device may send: a refusal that names the rule, or readings left out; never a crash, never a value in a message. */
import { describe, expect, it } from 'vitest'
import * as Batch from '../../src/device/Batch.ts'
import * as Device from '../../src/device/Device.ts'
import * as Readings from '../../src/device/Readings.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Monitor from './monitor.ts'

const directory = Device.parseDirectory(Monitor.directoryText(Monitor.enrolment()))
const options = { directory, patient: 'Patient/p', asOf: Day.parse('2026-10-01') }
const receivedAt = Date.parse('2026-10-01T12:00:00Z') / 1000
const importText = (text: string) => Readings.importBatches([{ text, receivedAt }], options)

const header = `{"medseal":"device-readings/1","device":"cuff-1","from":1,"to":1,"signature":"${'0'.repeat(128)}"}`
const line = '{"sequence":1,"time":"2026-09-01T07:30:00+02:00","code":"8480-6","value":77777,"unit":"mm[Hg]"}'

describe('a text that is no batch', () => {
  it.each([
    ['nothing', ''],
    ['no line feed', header],
    ['no readings', `${header}\n`],
    ['a header that is not JSON', `cuff-1\n${line}\n`],
    ['a header that is a list', `[]\n${line}\n`],
    ['a header that is null', `null\n${line}\n`],
    ['another format', `${header.replace('readings/1', 'readings/2')}\n${line}\n`],
    ['a member more', `${header.replace('{', '{"holder":"1",')}\n${line}\n`],
    ['a prototype', `${header.replace('{', '{"__proto__":{"from":1},')}\n${line}\n`],
    ['a member twice', `${header.replace('"to":1', '"to":1,"to":9')}\n${line}\n`],
    ['a device of another type', `${header.replace('"cuff-1"', '["cuff-1"]')}\n${line}\n`],
    ['a device with a line feed', `${header.replace('cuff-1', 'cuff\\n1')}\n${line}\n`],
    ['a range from 0', `${header.replace('"from":1', '"from":0')}\n${line}\n`],
    ['a range beyond 2^53', `${header.replace('"to":1', '"to":9007199254740992')}\n${line}\n`],
    ['a range as an exponent', `${header.replace('"to":1', '"to":1e3')}\n${line}\n`],
    ['a range of a thousand digits', `${header.replace('"to":1', `"to":${'9'.repeat(1000)}`)}\n${line}\n`],
    ['a range that falls', `${header.replace('"from":1', '"from":2')}\n${line}\n`],
    ['half a signature', `${header.replace('0'.repeat(128), '0'.repeat(64))}\n${line}\n`],
    ['a header 100,000 deep', `${'['.repeat(100_000)}\n${line}\n`],
    ['100,000 lines', `${header}\n${'{}\n'.repeat(100_000)}`],
    ['five million characters', `${header}\n${' '.repeat(5_000_000)}`],
  ])('is refused: %s', (_, text) => {
    expect(() => importText(text)).toThrow(Batch.MalformedError)
    try {
      importText(text)
    } catch (error) {
      expect(String(error)).not.toMatch(/cuff|77777|2026/)
    }
  })
})

describe('a signed line that is no reading', () => {
  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['null', 'null'],
    ['a number', '1'],
    ['a list', `[${line}]`],
    ['two objects', `${line}${line}`],
    ['a member more', line.replace('{', '{"note":"",')],
    ['a member less', line.replace(',"unit":"mm[Hg]"', '')],
    ['a prototype', line.replace('{', '{"__proto__":{"value":1},')],
    ['a prototype instead', line.replace('"value":77777', '"__proto__":{"value":1}')],
    ['a constructor', line.replace('{', '{"constructor":1,')],
    ['a value as text', line.replace('77777', '"77777"')],
    ['a value as null', line.replace('77777', 'null')],
    ['a value as a list', line.replace('77777', '[1]')],
    ['a value as an object', line.replace('77777', '{}')],
    ['a value that is no number', line.replace('77777', 'NaN')],
    ['a value of 2,000 digits', line.replace('77777', '7'.repeat(2_000))],
    ['a sequence of 0', line.replace('"sequence":1', '"sequence":0')],
    ['a negative sequence', line.replace('"sequence":1', '"sequence":-1')],
    ['a sequence with a fraction', line.replace('"sequence":1', '"sequence":1.0')],
    ['a sequence as text', line.replace('"sequence":1', '"sequence":"1"')],
    ['a time without offset', line.replace('+02:00', '')],
    ['a time of another form', line.replace('2026-09-01T07:30:00+02:00', '1 September 2026')],
    ['a time of a year alone', line.replace('2026-09-01T07:30:00+02:00', '2026')],
    ['an hour of 25', line.replace('T07', 'T25')],
    ['an offset of 99 hours', line.replace('+02', '+99')],
    ['a code as a number', line.replace('"8480-6"', '84806')],
    ['a code of another system', line.replace('8480-6', 'E11.9')],
    ['a unit with a blank', line.replace('mm[Hg]', 'mm [Hg]')],
    ['a unit of 65 characters', line.replace('mm[Hg]', 'm'.repeat(65))],
    ['nested 200 deep', line.replace('77777', `${'['.repeat(200)}${']'.repeat(200)}`)],
  ])('is left out as malformed: %s', (_, written) => {
    const imported = importText(Monitor.batchOfLines([written]))
    expect(imported.omissions).toEqual([{ batch: 0, line: 0, reason: 'malformed' }])
    expect(imported.account).toEqual({ readings: 1, taken: 0, leftOut: 1 })
    expect(imported.complete).toBe(false)
  })

  it('leaves those around it as they are', () => {
    const lines = [line, '', line.replace('"sequence":1', '"sequence":3')]
    const imported = importText(Monitor.batchOfLines(lines))
    expect(imported.account).toEqual({ readings: 3, taken: 2, leftOut: 1 })
    expect(imported.gaps).toEqual([{ device: 'cuff-1', from: 2, to: 2 }])
  })

  it('may be the greatest batch that is read', () => {
    const imported = importText(Monitor.batchOfLines(Array.from({ length: Batch.mostReadings }, () => '{}')))
    expect(imported.account).toEqual({ readings: 10_000, taken: 0, leftOut: 10_000 })
  })
})

it('reads a range up to 2^53 - 1 without counting through it', () => {
  const imported = importText(Monitor.batchOfLines([line], { to: Number.MAX_SAFE_INTEGER }))
  expect(imported.gaps).toEqual([{ device: 'cuff-1', from: 2, to: 9007199254740991 }])
})

it('imports 1,000 signed readings, whose device makes them in a minute', () => {
  const readings = Array.from({ length: 1_000 }, (_, i) =>
    Monitor.systolic(i + 1, `${120 + (i % 17)}.${i % 10}`, {
      time: `2026-09-${String(1 + Math.floor(i / 40)).padStart(2, '0')}T07:${String(i % 40).padStart(2, '0')}:00+02:00`,
    }),
  )
  const text = Monitor.batch(readings)
  const start = performance.now()
  const imported = importText(text)
  console.info(`1,000 signed readings: ${(performance.now() - start).toFixed(0)} ms`)
  expect(imported.account).toEqual({ readings: 1_000, taken: 1_000, leftOut: 0 })
  expect(imported.complete).toBe(true)
})
