import { type Contract, hexlify, id, type JsonRpcSigner, toUtf8Bytes, ZeroAddress } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fieldOrder } from '../../prover/src/generated/parameters.ts'
import { type Chain, createChain } from '../localChain.ts'
import { auditEntries } from './audit.ts'
import { abi, as, expectRefusal, read, send } from './chain.ts'
import { recipient } from './stakeholders.ts'

const terms = {
  policyHash: fieldOrder - 1n,
  termsHash: id('terms'),
  token: `0x${'12'.repeat(20)}`,
  price: 1000n,
  maximumPayout: 50_000n,
  maximumSales: 7n,
  oncePerPerson: true,
}

describe('PolicyRegistry', () => {
  let chain: Chain
  let policies: Contract
  let publisher: JsonRpcSigner
  beforeAll(async () => {
    chain = await createChain({ verifiers: [] })
    publisher = chain.accounts[3] as JsonRpcSigner
    await send(chain.contracts.StakeholderRegistry, 'register', recipient(publisher.address))
    policies = as(chain.contracts.PolicyRegistry, publisher)
  })
  afterAll(() => chain.close())

  it('publishes a version once, as it was said, the document in the entry alone', async () => {
    const document = hexlify(toUtf8Bytes('{"medseal":"policy/1"}'))
    await expectRefusal(
      send(chain.contracts.PolicyRegistry, 'publish', 1, 1, terms, document),
      policies,
      'PolicyRegistry_NotPublisher',
      1n,
      chain.accounts[0]?.address,
    )
    await send(policies, 'publish', 1, 1, terms, document)
    const policyId = (1n << 32n) | 1n
    expect([...(await policies.getFunction('program')(policyId))]).toEqual([1n, terms.policyHash, true])
    expect((await policies.getFunction('termsOf')(policyId)).toObject()).toEqual({
      ...terms,
      token: '0x1212121212121212121212121212121212121212',
    })
    expect(await read(policies, 'isOnSale', policyId)).toBe(true)
    const entry = (await auditEntries(policies)).at(-1)
    expect(entry?.action).toBe(id('policy.published'))
    expect(BigInt(entry?.subject ?? 0)).toBe(policyId)
    const [, published] = abi.decode(
      ['tuple(uint256,bytes32,address,uint128,uint128,uint32,bool)', 'bytes'],
      entry?.details ?? '0x',
    )
    expect(published).toBe(document)
    await expectRefusal(
      send(policies, 'publish', 1, 1, terms, '0x'),
      policies,
      'PolicyRegistry_AlreadyPublished',
      policyId,
    )
    await send(policies, 'publish', 1, 2, { ...terms, oncePerPerson: false }, '0x')
    expect([...(await policies.getFunction('program')(policyId + 1n))]).toEqual([1n, terms.policyHash, false])
    expect([...(await policies.getFunction('program')(policyId + 2n))]).toEqual([1n, 0n, false])
  })

  it('refuses hashes that are none, and money without a token', async () => {
    for (const policyHash of [0n, fieldOrder, fieldOrder | (1n << 255n)]) {
      await expectRefusal(
        send(policies, 'publish', 1, 9, { ...terms, policyHash }, '0x'),
        policies,
        'PolicyRegistry_UnusablePolicyHash',
        policyHash,
      )
    }
    for (const money of [{ price: 0n }, { maximumPayout: 0n }]) {
      const tokenless = { ...terms, token: ZeroAddress, ...money }
      await expectRefusal(send(policies, 'publish', 1, 9, tokenless, '0x'), policies, 'PolicyRegistry_NoToken')
    }
    await send(policies, 'publish', 1, 9, { ...terms, token: ZeroAddress, price: 0n, maximumPayout: 0n }, '0x')
  })

  it('stops sales, of a suspended publisher too, who publishes no more', async () => {
    const policyId = (1n << 32n) | 3n
    await send(policies, 'publish', 1, 3, terms, '0x')
    await expectRefusal(
      send(chain.contracts.PolicyRegistry, 'stopSale', policyId),
      policies,
      'PolicyRegistry_NotPublisher',
      1n,
      chain.accounts[0]?.address,
    )
    await send(chain.contracts.StakeholderRegistry, 'suspend', 1)
    await expectRefusal(send(policies, 'publish', 1, 4, terms, '0x'), policies, 'PolicyRegistry_Suspended', 1n)
    await send(policies, 'stopSale', policyId)
    expect(await read(policies, 'isOnSale', policyId)).toBe(false)
    expect([...(await policies.getFunction('program')(policyId))]).toEqual([1n, terms.policyHash, true])
    await expectRefusal(send(policies, 'stopSale', policyId), policies, 'PolicyRegistry_SaleStopped', policyId)
    await expectRefusal(send(policies, 'stopSale', policyId + 9n), policies, 'PolicyRegistry_Unknown', policyId + 9n)
    await expectRefusal(read(policies, 'termsOf', policyId + 9n), policies, 'PolicyRegistry_Unknown', policyId + 9n)
  })
})
