import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import { AbiCoder, id } from 'ethers'
import { expect, test } from 'vitest'
import * as Scheduled from '../../src/registrar/Scheduled.ts'

const type =
  'tuple(address key, address payout, uint16 roles, bytes32 licenceHash, uint256 issuerId, uint32 validUntil, uint256 statusRoot)'
const addition: Scheduled.Addition = {
  key: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  payout: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  roles: 2,
  licenceHash: id('licence'),
  issuerId: 5n,
  validUntil: 6n,
  statusRoot: 7n,
}
const other = { ...addition, issuerId: 8n }

test('what was announced is pending until it is withdrawn or carried out', () => {
  const announced = [scheduled('one', addition), scheduled('two', other)]
  expect(Scheduled.pending(announced)).toEqual([
    { id: id('one'), addition, eta: 99n },
    { id: id('two'), addition: other, eta: 99n },
  ])
  const cancelled = entry('stakeholder.cancelled', id('one'), '0x')
  const added = entry('stakeholder.added', `0x${'0'.repeat(63)}1`, encode([type, 'uint256'], [other, 0n]))
  expect(Scheduled.pending([...announced, cancelled]).map((each) => each.id)).toEqual([id('two')])
  expect(Scheduled.pending([...announced, added]).map((each) => each.id)).toEqual([id('one')])
})

function scheduled(name: string, what: Scheduled.Addition): AuditLog.Entry {
  return entry('stakeholder.scheduled', id(name), encode([type, 'uint64'], [what, 99n]))
}

function encode(types: readonly string[], values: readonly unknown[]): string {
  return AbiCoder.defaultAbiCoder().encode(types, values)
}

function entry(action: string, subject: string, details: string): AuditLog.Entry {
  return { action, subject, details } as AuditLog.Entry
}
