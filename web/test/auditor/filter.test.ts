import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import { expect, test } from 'vitest'
import * as Filter from '../../src/auditor/Filter.ts'

const entries = [
  entry({ contract: 'StakeholderRegistry', action: 'stakeholder.added', subject: 1n }),
  entry({ contract: 'StakeholderRegistry', action: 'stakeholder.suspended', subject: 12n }),
  entry({ contract: 'EligibilityRegistry', action: 'eligibility.verified', subject: 0xabcdef0123456789n }),
]

test('without a filter all are shown, the youngest first', () => {
  expect(Filter.apply(entries, Filter.none)).toEqual(entries.toReversed())
})

test('filters by contract, by action, and by both', () => {
  expect(Filter.apply(entries, { ...Filter.none, contract: 'EligibilityRegistry' })).toEqual([entries[2]])
  expect(Filter.apply(entries, { ...Filter.none, action: 'stakeholder.added' })).toEqual([entries[0]])
  expect(
    Filter.apply(entries, { ...Filter.none, contract: 'EligibilityRegistry', action: 'stakeholder.added' }),
  ).toEqual([])
})

test('a number is a stakeholder and no other that begins with it; anything else is part of a hash', () => {
  expect(Filter.apply(entries, { ...Filter.none, text: '1' })).toEqual([entries[0]])
  expect(Filter.apply(entries, { ...Filter.none, text: ' ABCDEF ' })).toEqual([entries[2]])
})

test('choices are those that occur', () => {
  expect(Filter.choices(entries, 'contract')).toEqual(['EligibilityRegistry', 'StakeholderRegistry'])
})

function entry({ subject, ...fields }: Pick<AuditLog.Entry, 'contract' | 'action'> & { subject: bigint }) {
  const rest = { head: 0n, details: '0x', blockNumber: 1, logIndex: 0, transactionHash: '0xfeed', timestamp: 0n }
  return { ...rest, ...fields, subject: `0x${subject.toString(16).padStart(64, '0')}` } as AuditLog.Entry
}
