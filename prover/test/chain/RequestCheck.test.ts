import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import type * as Answer from '../../src/chain/Answer.ts'
import * as Network from '../../src/chain/Network.ts'
import * as RequestCheck from '../../src/chain/RequestCheck.ts'
import type * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import type * as Request from '../../src/protocol/Request.ts'
import * as Scene from './scene.ts'

let scene: Scene.Scene
let program: bigint
let back: () => Promise<void>
beforeAll(async () => {
  scene = await Scene.set()
  program = await Town.publishPolicy(scene.town, scene.insurer, {
    compiled: scene.policy,
    version: 1,
    oncePerPerson: true,
  })
})
afterAll(() => Scene.strike(scene))
beforeEach(async () => {
  back = await scene.town.chain.snapshot()
})
afterEach(() => back())

/** Asked and signed by the insurer, whatever is asked. */
async function ask(
  fields: Partial<Request.Request> = {},
  policies: readonly PolicyCompiler.Compiled[] = [scene.policy],
): Promise<Answer.Incoming> {
  const policyHashes = policies.map(({ hash }) => hash)
  return { ...(await Town.ask(scene.town, scene.insurer, { policyHashes, ...fields })), policies }
}

const check = (incoming: Answer.Incoming) => RequestCheck.objections(scene.town.network, incoming)

describe('RequestCheck::objections', () => {
  it('has none against a request that is in order, with a program and without', async () => {
    expect(await check(await ask())).toEqual([])
    expect(await check(await ask({ program }))).toEqual([])
  })

  it('policies that are not those asked about, or more, or fewer', async () => {
    const other = Scene.policyOf({ atLeast: '6.4' })
    const incoming = await ask()
    expect(await check({ ...incoming, policies: [other] })).toEqual(['policy-hash-mismatch'])
    expect(await check({ ...incoming, policies: [] })).toEqual(['wrong-policy-count'])
    expect(await check({ ...incoming, policies: [scene.policy, other] })).toEqual([
      'wrong-policy-count',
      'policy-hash-mismatch',
    ])
  })

  it('a value range so narrow that meeting it tells the value', async () => {
    const narrow = Scene.policyOf({ atLeast: '6.5', atMost: '6.6' })
    expect(await check(await ask({}, [narrow]))).toEqual(['needle-narrow-value-range'])
  })

  it('a request at its end, not a second before', async () => {
    const now = await Network.now(scene.town.network)
    expect(await check(await ask({ expiresAt: now + 1n }))).toEqual([])
    expect(await check(await ask({ expiresAt: now }))).toEqual(['expired'])
  })

  it('another chain, and another contract, even where the signature is good', async () => {
    expect(await check(await ask({ chainId: 1n }))).toEqual(['other-chain'])
    const consumer = Network.addressOf(scene.town.network, 'ConsentRegistry')
    expect(await check(await ask({ consumer }))).toEqual(['other-consumer'])
  })

  it('a recipient nobody has verified, or that is suspended', async () => {
    const recipientId = 99n as Request.StakeholderId
    expect(await check(await ask({ recipientId }))).toEqual(['unknown-recipient'])
    await Town.suspend(scene.town, scene.insurer)
    expect(await check(await ask())).toEqual(['recipient-suspended'])
  })

  it("a purpose that none of the recipient's roles may ask for", async () => {
    const allowed: readonly Request.Purpose[] = ['HPAYMT', 'COVERAGE', 'COVAUTH', 'ELIGDTRM', 'ENROLLM']
    const refused: readonly Request.Purpose[] = ['TREAT', 'ETREAT', 'HRESCH', 'CLINTRCH']
    for (const purpose of allowed) expect(await check(await ask({ purpose }))).toEqual([])
    for (const purpose of refused) expect(await check(await ask({ purpose }))).toEqual(['purpose-not-allowed'])
  })

  it('a signature by another key, over another request, or none', async () => {
    const incoming = await ask()
    const others = [
      (await ask()).signature,
      (await Town.ask(scene.town, { ...scene.hospital, id: scene.insurer.id }, incoming.request)).signature,
      '0x',
      'not a signature',
      `${incoming.signature}00`,
    ]
    for (const signature of others) expect(await check({ ...incoming, signature })).toEqual(['signature'])
    const altered = { ...incoming.request, consentRequired: false }
    expect(await check({ ...incoming, request: altered })).toEqual(['signature'])
  })

  it("a contract's signature (ERC-1271), unless the contract says yes", async () => {
    const incoming = { ...(await ask()), signature: '0x1234' }
    const setCode = (code: string) =>
      scene.town.chain.provider.send('hardhat_setCode', [scene.insurer.signer.address, code])
    // PUSH4 answer, PUSH1 0xe0, SHL, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    const answering = (answer: string) => `0x63${answer}60e01b5f5260205ff3`
    await setCode(answering('1626ba7e'))
    expect(await check(incoming)).toEqual([])
    await setCode(answering('ffffffff'))
    expect(await check(incoming)).toEqual(['signature'])
    // PUSH0, PUSH0, REVERT
    await setCode('0x5f5ffd')
    expect(await check(incoming)).toEqual(['signature'])
  })

  it("CTX-4 a program that is not the recipient's own, once per person, for the one policy asked about", async () => {
    const compiled = scene.policy
    const rival = await Town.verifyRecipient(scene.town, { account: 5, roles: ['insurer'] })
    const rivals = await Town.publishPolicy(scene.town, rival, { compiled, version: 1, oncePerPerson: true })
    const notOnce = await Town.publishPolicy(scene.town, scene.insurer, { compiled, version: 2 })
    for (const unfit of [rivals, notOnce, program + 100n, 1n]) {
      expect(await check(await ask({ program: unfit }))).toEqual(['unfit-program'])
    }
    expect(await check(await ask({ program }, [Scene.policyOf({ atLeast: '6.4' })]))).toEqual(['unfit-program'])
    expect(await check(await ask({ program }, [compiled, compiled]))).toEqual([
      'program-with-several-policies',
      'unfit-program',
    ])
  })

  it('says all that stands against a request at once', async () => {
    const incoming = await ask({ chainId: 1n, purpose: 'TREAT', program: 1n })
    expect(await check({ ...incoming, policies: [], signature: '0x' })).toEqual([
      'wrong-policy-count',
      'other-chain',
      'purpose-not-allowed',
      'signature',
      'unfit-program',
    ])
  })
})
