import type * as Audit from '@medseal/prover/chain/Audit'
import * as AuditReport from '@medseal/prover/chain/AuditReport'
import * as Day from '@medseal/prover/protocol/Day'
import { expect, test } from 'vitest'

const receipt = {
  transactionHash: '0xfeed',
  blockNumber: 9,
  timestamp: 1_795_000_000n,
  requestId: '0xaa',
  recipientId: 3n,
  program: 0n,
  part: 0,
  circuit: 'eligibility-s',
  verifierVersion: 1,
  consentId: '0xcc',
  deadline: 1_795_000_100n,
  day: Day.parse('2026-11-22'),
  nullifier: 11n,
  issuersRoot: 12n,
  policyHash: 13n,
  proof: { a: [1n, 2n] },
  findings: [],
} as unknown as Audit.Report['receipts'][number]
const sound: Audit.Report = { receipts: [receipt], brokenTrails: [], entries: 4 }

test('a report is sound where no receipt has a finding and every trail chains', () => {
  expect(AuditReport.isSound(sound)).toBe(true)
  expect(AuditReport.isSound({ ...sound, brokenTrails: ['ConsentRegistry'] })).toBe(false)
  expect(AuditReport.isSound({ ...sound, receipts: [{ ...receipt, findings: ['proof'] }] })).toBe(false)
})

test('the JSON has numbers as decimal text, the day as a day, and no proof', () => {
  const text = AuditReport.toJson(sound)
  expect(text.endsWith('}\n')).toBe(true)
  const { receipts, ...rest } = JSON.parse(text)
  expect(rest).toEqual({ sound: true, entries: 4, brokenTrails: [] })
  expect(receipts[0]).toMatchObject({ nullifier: '11', day: '2026-11-22', blockNumber: 9, findings: [] })
  expect(receipts[0]).not.toHaveProperty('proof')
})

test('the CSV has a line a receipt under the names of its columns', () => {
  const unsound = { ...receipt, findings: ['proof', 'day'] as const }
  const lines = AuditReport.toCsv({ ...sound, receipts: [receipt, unsound] }).split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]?.split(',')).toHaveLength(16)
  expect(lines[1]).toBe('9,0xfeed,1795000000,0xaa,3,0,0,eligibility-s,1,0xcc,1795000100,2026-11-22,11,12,13,')
  expect(lines[2]?.endsWith(',proof day')).toBe(true)
})
