import { id, type JsonRpcSigner } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, createChain } from '../localChain.ts'
import { auditEntries, recomputedHeads } from './audit.ts'
import { as, doubles, read, send } from './chain.ts'
import { issuer, recipient } from './stakeholders.ts'
import { makeRequest, makeSubmission } from './submissions.ts'

describe('S5 AuditTrail', () => {
  let chain: Chain
  beforeAll(async () => {
    chain = await createChain({ verifiers: doubles })
    const { StakeholderRegistry, ConsentRegistry, EligibilityRegistry } = chain.contracts
    const [, , , insurer, hospital, patient] = chain.accounts as JsonRpcSigner[] as [
      unknown,
      unknown,
      unknown,
      JsonRpcSigner,
      JsonRpcSigner,
      JsonRpcSigner,
    ]
    await send(StakeholderRegistry, 'register', recipient(insurer.address))
    await send(StakeholderRegistry, 'register', issuer(hospital.address, 1n))
    await send(as(StakeholderRegistry, hospital), 'updateStatus', 2, 9n, [1, 2], [3n, 4n])
    await send(as(StakeholderRegistry, hospital), 'proposePayout', 2, patient.address)
    await send(StakeholderRegistry, 'suspend', 2)
    await send(as(ConsentRegistry, patient), 'revoke', id('consent'))
    const make = async () =>
      makeSubmission(chain, { request: await makeRequest(chain), recipient: insurer, patientKey: patient.address })
    await send(EligibilityRegistry, 'verify', await make())
    await send(EligibilityRegistry, 'verifyBatch', [await make(), await make(), await make()])
  })
  afterAll(() => chain.close())

  // trail.opened, then what each constructor and the calls above have done.
  it.each([
    ['StakeholderRegistry', 2 + 5],
    ['VerifierRegistry', 2 + 2 + 3],
    ['PolicyRegistry', 1],
    ['ConsentRegistry', 1 + 1],
    ['NullifierStore', 2 + 1],
    ['EligibilityRegistry', 1 + 1 + 3],
  ] as const)('of %s: its head follows from its %i entries alone', async (name, count) => {
    const contract = chain.contracts[name]
    const entries = await auditEntries(contract)
    expect(entries.map(({ head }) => head)).toEqual(recomputedHeads(entries))
    expect(entries.at(-1)?.head).toBe(await read(contract, 'auditHead'))
    expect(entries.length).toBe(count)
    expect((entries.at(-1)?.head ?? 0n) >> 200n).toBe(BigInt(count))
    expect(entries[0]?.action).toBe(id('trail.opened'))
  })

  it('shows an entry left out, altered or exchanged', async () => {
    const entries = await auditEntries(chain.contracts.StakeholderRegistry)
    const head = entries.at(-1)?.head
    for (const [i, entry] of entries.entries()) {
      const { details } = entry
      const altered = details === '0x' ? '0x00' : `${details.slice(0, -1)}${details.endsWith('f') ? 'e' : 'f'}`
      const forgeries = [
        entries.toSpliced(i, 1),
        entries.with(i, { ...entry, details: altered }),
        entries.with(i, { ...entry, subject: id('another') }),
        entries.with(i, { ...entry, action: id('another') }),
      ]
      const next = entries[i + 1]
      if (next) forgeries.push(entries.with(i, next).with(i + 1, entry))
      for (const forgery of forgeries) expect(recomputedHeads(forgery).at(-1)).not.toBe(head)
    }
  })
})
