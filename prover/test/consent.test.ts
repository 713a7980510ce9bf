import { expect, it } from 'vitest'
import * as Consent from '../src/protocol/Consent.ts'
import type { StakeholderId } from '../src/protocol/Request.ts'

const chainId = 31337n
const recipientId = 7n as StakeholderId
const registry = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

it('names a relationship the same however its registry is capitalised', () => {
  const relationship = Consent.relationshipOf({ chainId, registry, recipientId })
  expect(Consent.relationshipOf({ chainId, registry: registry.toLowerCase(), recipientId })).toBe(relationship)
})

it('names another for another recipient, registry or chain', () => {
  const other = registry.replace('3', '4')
  const all = [
    Consent.relationshipOf({ chainId, registry, recipientId }),
    Consent.relationshipOf({ chainId, registry, recipientId: 8n as StakeholderId }),
    Consent.relationshipOf({ chainId, registry: other, recipientId }),
    Consent.relationshipOf({ chainId: 1n, registry, recipientId }),
  ]
  expect(new Set(all).size).toBe(all.length)
})
