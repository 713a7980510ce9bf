import * as Request from '@medseal/prover/protocol/Request'
import { expect, test } from 'vitest'
import { differences, type Intent } from '../../src/insurer/SigningCheck.ts'

const consumer = `0x${'ab'.repeat(20)}` as const
const hash = `0x${'0'.repeat(62)}2a`
const intent: Intent = {
  stakeholderId: '7',
  chainId: '31337',
  consumer: consumer.toUpperCase().replace('0X', '0x'),
  policies: [{ hash }],
  purpose: 'COVAUTH',
  consentRequired: true,
  expiresAt: '2026-12-01T00:00:00.000Z',
}
const request: Request.Request = {
  chainId: 31337n,
  consumer,
  recipientId: 7n as Request.StakeholderId,
  policyHashes: [42n as Request.Request['policyHashes'][number]],
  program: 0n,
  purpose: 'COVAUTH',
  consentRequired: true,
  expiresAt: BigInt(Date.parse(intent.expiresAt) / 1000),
  nonce: 1n,
}

test('what was asked for is signed', () => {
  expect(differences(draftOf(request), intent)).toEqual([])
})

test.each([
  ['chainId', { chainId: 1n }],
  ['verifyingContract', { consumer: `0x${'cd'.repeat(20)}` as const }],
  ['recipientId', { recipientId: 8n as Request.StakeholderId }],
  ['policyHashes', { policyHashes: [43n as Request.Request['policyHashes'][number]] }],
  ['policyHashes', { policyHashes: [] }],
  ['purpose', { purpose: 'TREAT' as const }],
  ['consentRequired', { consentRequired: false }],
  ['expiresAt', { expiresAt: request.expiresAt + 1n }],
])('another %s is not', (field, change) => {
  expect(differences(draftOf({ ...request, ...change }), intent)).toEqual([field])
})

/** As the API sends it. */
function draftOf(asked: Request.Request) {
  const { chainId, ...domain } = Request.domainOf({ chainId: asked.chainId, contract: asked.consumer })
  const message = JSON.parse(
    JSON.stringify(Request.toTypedData(asked), (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
  )
  const typedData = { domain: { ...domain, chainId: String(chainId) }, types: Request.types, message }
  return { typedData: { ...typedData, primaryType: 'Request' as const } }
}
