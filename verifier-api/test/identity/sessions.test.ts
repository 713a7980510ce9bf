import * as Network from '@medseal/prover/chain/Network'
import { ContractFactory, hashMessage, Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as Nonce from '../../src/identity/Nonce.ts'
import * as SignIn from '../../src/identity/SignIn.ts'
import { cleanUp } from '../../src/webhooks/Webhooks.ts'
import { call, compose, dump, type Office, open, signIn } from './office.ts'

let office: Office
let insurer: Town.Stakeholder
let pharmacy: Town.Stakeholder

beforeAll(async () => {
  office = await open()
  insurer = await Town.verifyRecipient(office.town, { account: 3, roles: ['insurer', 'auditor'] })
  pharmacy = await Town.verifyRecipient(office.town, { account: 4, roles: ['pharmacy'] })
  await office.follow()
})
afterAll(() => office.close())

const start = async (body: object) => call(office, 'POST', '/v1/sessions', { body })

describe('a stakeholder signs in', () => {
  it('by its registered key, for ten minutes, with the roles the chain gives it', async () => {
    const before = Date.now()
    const { status, json } = await start(await compose(office, insurer.signer))
    expect(status).toBe(201)
    expect(json).toMatchObject({
      object: 'session',
      stakeholderId: insurer.id.toString(),
      roles: ['insurer', 'auditor'],
    })
    const lifetime = Date.parse(json.expiresAt as string) - before
    expect(lifetime).toBeGreaterThan(SignIn.lifetimeMs - 1)
    expect(lifetime).toBeLessThan(SignIn.lifetimeMs + 60_000)
    const current = await call(office, 'GET', '/v1/sessions/current', { token: json.token as string })
    const { token, ...shown } = json
    expect(current).toMatchObject({ status: 200, json: shown })
    expect(current.text).not.toContain(token)
  })

  it('and out', async () => {
    const token = await signIn(office, insurer.signer)
    expect((await call(office, 'DELETE', '/v1/sessions/current', { token })).status).toBe(204)
    expect((await call(office, 'GET', '/v1/sessions/current', { token })).status).toBe(401)
  })

  it('not after ten minutes', async () => {
    const token = await signIn(office, insurer.signer)
    await office.services.database
      .updateTable('sessions')
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute()
    expect((await call(office, 'GET', '/v1/sessions/current', { token })).status).toBe(401)
    await cleanUp(office.services)
    expect(await office.services.database.selectFrom('sessions').selectAll().execute()).toEqual([])
  })

  it('once by a nonce, however many try at once', async () => {
    const body = await compose(office, insurer.signer)
    const replies = await Promise.all(Array.from({ length: 50 }, () => start(body)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(49)
  })

  it('and the token is in no row', async () => {
    const token = await signIn(office, insurer.signer)
    expect(await dump(office.services)).not.toContain(token.slice(3))
  })

  it('with a contract for a key (ERC-1271)', async () => {
    const { chain } = office.town
    const artifact = await chain.readArtifact('WalletDouble')
    const deployer = office.town.accounts[9]
    if (!artifact || !deployer) throw new Error('The contract double is not compiled.')
    const wallet = await new ContractFactory(artifact.abi, artifact.bytecode, deployer).deploy()
    const address = await wallet.getAddress()
    const registry = Network.contract(office.town.network, 'StakeholderRegistry', office.town.registrar)
    const addition = [address, address, 8, `0x${'1'.padStart(64, '0')}`, 0, 0, 0]
    await (await registry.getFunction('register')(addition)).wait()
    await office.follow()
    const body = await compose(office, { address, signMessage: async () => '0x1234' })
    expect((await start(body)).status).toBe(422)
    await (await wallet.getFunction('accept')(hashMessage(body.message))).wait()
    expect((await start(body)).json).toMatchObject({ roles: ['insurer'] })
  })
})

describe('the registrar signs in', () => {
  it('as nobody’s number, with no scope', async () => {
    const { status, json } = await start(await compose(office, office.town.registrar))
    expect(status).toBe(201)
    expect(json).toMatchObject({ stakeholderId: '0', roles: ['registrar'] })
    const token = json.token as string
    expect((await call(office, 'GET', '/v1/sessions/current', { token })).status).toBe(200)
    expect((await call(office, 'GET', '/v1/webhooks', { token })).json).toMatchObject({ code: 'missing-scope' })
    const body = { name: 'x', scopes: ['requests:write'] }
    expect((await call(office, 'POST', '/v1/api-keys', { token, body })).json).toMatchObject({ code: 'missing-scope' })
  })

  it('and says so where its key is a stakeholder’s as well', async () => {
    const registrar = await Town.verifyRecipient(office.town, { account: 0, roles: ['auditor'] })
    await office.follow()
    const body = await compose(office, office.town.registrar)
    expect((await start(body)).json).toMatchObject({ code: 'conflict', field: 'stakeholderId' })
    expect((await start({ ...body, stakeholderId: '99' })).status).toBe(422)
    const id = registrar.id.toString()
    expect((await start({ ...body, stakeholderId: id })).json).toMatchObject({ stakeholderId: id, roles: ['auditor'] })
  })
})

describe('nobody signs in', () => {
  it.each([
    ['for another domain', { domain: 'medseal.evil.example' }],
    ['for another port of the domain', { domain: 'localhost:4401' }],
    ['for another URI', { uri: 'http://localhost:4400/other' }],
    ['for another scheme', { scheme: 'https' }],
    ['for another chain', { chainId: 1 }],
    ['with a nonce of another server', { nonce: Nonce.create(new Uint8Array(32)) }],
    ['with a nonce of its own', { nonce: 'abcdefgh12345678' }],
    ['with a nonce of long ago', { nonce: 'replaced below' }],
    ['with a message of long ago', { issuedAt: '2020-01-01T00:00:00.000Z' }],
    ['with a message of the future', { issuedAt: '2100-01-01T00:00:00.000Z' }],
    ['with a message that has expired', { expirationTime: new Date(Date.now() - 2 * SignIn.leewayMs).toISOString() }],
    ['with one that holds later', { notBefore: new Date(Date.now() + 10 * SignIn.leewayMs).toISOString() }],
  ])('%s', async (what, changes) => {
    const old = { now: Date.now() - Nonce.lifetimeMs - 1 }
    const key = office.services.config.webhookKey.reveal()
    const given = what.endsWith('long ago') && 'nonce' in changes ? { nonce: Nonce.create(key, old) } : changes
    const { status, json } = await start(await compose(office, insurer.signer, given))
    expect([status, json.code, json.field]).toEqual([401, 'unauthorized', 'message'])
  })

  it('whose clock is off by more than the leeway, but who is off by less', async () => {
    const soon = new Date(Date.now() + SignIn.leewayMs / 2).toISOString()
    const past = new Date(Date.now() - SignIn.leewayMs / 2).toISOString()
    for (const changes of [{ issuedAt: soon }, { notBefore: soon }, { expirationTime: past }]) {
      expect((await start(await compose(office, insurer.signer, changes))).status).toBe(201)
    }
  })

  it('by a stranger’s key, or a stranger’s signature under a known address', async () => {
    const stranger = Wallet.createRandom()
    expect((await start(await compose(office, stranger))).json).toMatchObject({ code: 'invalid-signature' })
    const forged = { address: insurer.signer.address, signMessage: (text: string) => stranger.signMessage(text) }
    expect((await start(await compose(office, forged))).json).toMatchObject({ code: 'invalid-signature' })
    for (const signature of ['0x00', `0x${'00'.repeat(65)}`, `0x${'ff'.repeat(4096)}`]) {
      const broken = { address: insurer.signer.address, signMessage: async () => signature }
      expect((await start(await compose(office, broken))).json).toMatchObject({ code: 'invalid-signature' })
    }
  })

  it('with a signature of another message', async () => {
    const [first, second] = [await compose(office, insurer.signer), await compose(office, insurer.signer)]
    expect((await start({ ...first, signature: second.signature })).status).toBe(422)
  })

  it('with what is no message', async () => {
    const { signature } = await compose(office, insurer.signer)
    for (const message of [
      '',
      'hello',
      'x'.repeat(4000),
      '\n\n\n',
      'a wants you to sign in with your Ethereum account:',
    ]) {
      expect((await start({ message, signature })).json).toMatchObject({ code: 'invalid-field', field: 'message' })
    }
  })

  it('once suspended, and their sessions end', async () => {
    const token = await signIn(office, pharmacy.signer)
    const body = await compose(office, pharmacy.signer)
    await Town.suspend(office.town, pharmacy)
    // The chain's word counts for signing in, before the follower has it.
    expect((await start(body)).json).toMatchObject({ code: 'not-allowed' })
    await office.follow()
    expect((await call(office, 'GET', '/v1/sessions/current', { token })).json).toMatchObject({ code: 'not-allowed' })
  })

  it('by a key that was rotated away, and its sessions end', async () => {
    const token = await signIn(office, insurer.signer)
    const body = await compose(office, insurer.signer)
    const next = office.town.accounts[5]
    if (!next) throw new Error('The chain has too few accounts.')
    const registry = (by: Town.Account) => Network.contract(office.town.network, 'StakeholderRegistry', by)
    await (await registry(insurer.signer).getFunction('proposeKey')(insurer.id, next.address)).wait()
    await (await registry(next).getFunction('acceptKey')(insurer.id)).wait()
    expect((await start(body)).json).toMatchObject({ code: 'invalid-signature' })
    await office.follow()
    expect((await call(office, 'GET', '/v1/sessions/current', { token })).status).toBe(401)
    const again = await signIn(office, next)
    expect((await call(office, 'GET', '/v1/sessions/current', { token: again })).status).toBe(200)
  })
})
