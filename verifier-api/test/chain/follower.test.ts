import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Registry from '@medseal/prover/chain/Registry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import { isFullDose } from '../../../prover/test/random.ts'
import * as Town from '../../../samples/Town.ts'
import * as Follower from '../../src/chain/Follower.ts'
import * as Stakeholders from '../../src/chain/Stakeholders.ts'
import * as Stretch from '../../src/chain/Stretch.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import * as Dock from './dock.ts'
import * as Harbour from './harbour.ts'
import * as Liar from './liar.ts'

describe('following a chain', () => {
  let harbour: Harbour.Harbour
  let storage: Storage
  let putBack: () => Promise<void>

  beforeAll(async () => {
    harbour = await Harbour.open({ proofs: 1 })
    storage = await open('pglite:memory')
  })
  afterAll(async () => {
    await storage?.close()
    await harbour?.close()
  })
  beforeEach(async () => {
    putBack = await Harbour.snapshot(harbour)
  })
  afterEach(async () => {
    await Harbour.empty(storage)
    await putBack()
  })

  /** Everything that is a copy of the chain. */
  async function copies() {
    const { database } = storage
    return {
      entries: await database.selectFrom('audit_entries').selectAll().orderBy('position').execute(),
      stakeholders: await database.selectFrom('stakeholders').selectAll().orderBy('id').execute(),
      receipts: await database.selectFrom('receipts').selectAll().orderBy('position').execute(),
    }
  }

  /** What the tables say is what the chain says, read apart from each other. */
  async function expectTruth(): Promise<void> {
    const { entries, stakeholders } = await copies()
    const said = await AuditLog.read(harbour.network, Stretch.contractNames)
    const keyOf = (e: AuditLog.Entry) => [
      e.contract,
      `${e.head}`,
      e.action,
      e.details,
      e.transactionHash,
      e.blockNumber,
    ]
    expect(entries.map((e) => [e.contract, e.head, e.action, e.details, e.transaction_hash, e.block_number])).toEqual(
      said.map(keyOf),
    )
    const registry = await Registry.read(harbour.network)
    expect(stakeholders.map((row) => [row.id, row.key, row.roles, row.suspended])).toEqual(
      [...registry.stakeholders].map(([id, s]) => [`${id}`, s.key.toLowerCase(), s.roles, s.suspended]),
    )
  }

  const submit = () => Scene.submit(harbour.scene, submission())
  function submission() {
    const [first] = harbour.submissions
    if (!first) throw new Error('Nothing was proven.')
    return first
  }

  it('takes over all the chain says, in small steps or large', async () => {
    for (const span of [1, 7, 2000]) {
      await Dock.catchUp(Dock.following(harbour, storage, { span }))
      await expectTruth()
      await Harbour.empty(storage)
    }
  })

  it('follows standing as it changes', async () => {
    const following = Dock.following(harbour, storage)
    await Dock.catchUp(following)
    await Town.suspend(harbour.scene.town, harbour.scene.insurer)
    await Dock.catchUp(following)
    await expectTruth()
    const [, insurer] = (await copies()).stakeholders
    expect(insurer && Stakeholders.toResource(insurer)).toMatchObject({ roles: ['insurer'], suspended: true })
  })

  it('sees a receipt come, become final and complete its request', async () => {
    const told: Dock.Told[] = []
    const following = Dock.following(harbour, storage, { told, confirmations: 2 })
    const id = await Harbour.accept(storage, submission())
    await submit()
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['included'])
    expect(told.map(({ event }) => event)).toEqual(['receipt.included'])
    await Harbour.mine(harbour, 1)
    await Dock.catchUp(following)
    expect(told).toHaveLength(1)
    await Harbour.mine(harbour, 1)
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect(told.map(({ event }) => event)).toEqual(['receipt.included', 'receipt.final', 'request.answered'])
  })

  const depths = isFullDose ? Array.from({ length: 64 }, (_, i) => i + 1) : [1, 2, 9, 64]
  it.each(depths)('takes back %i blocks that the chain has replaced, restarted in the middle', async (depth) => {
    const told: Dock.Told[] = []
    const following = Dock.following(harbour, storage, { told })
    await Harbour.mine(harbour, 64 - depth)
    await Dock.catchUp(following)
    const before = await copies()
    const id = await Harbour.accept(storage, submission())
    await submit()
    if (depth > 1) await Town.suspend(harbour.scene.town, harbour.scene.insurer)
    await Harbour.mine(harbour, Math.max(0, depth - 2))
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])

    await harbour.provider.send('anvil_reorg', [depth, []])
    expect(await Follower.step(following)).toBe('more')
    // Another process goes on from here: what was taken back is whole.
    await Follower.leave(following)
    expect((await copies()).receipts).toEqual([])
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
    const next = Dock.following(harbour, storage, { told, holder: 'two' })
    await Dock.catchUp(next)
    await expectTruth()
    expect((await copies()).stakeholders).toEqual(before.stakeholders)
    const events = told.map(({ event }) => event)
    expect(events).toEqual(['receipt.included', 'receipt.final', 'request.answered', 'receipt.reverted'])
  })

  it('takes back what a shorter chain has lost', async () => {
    const following = Dock.following(harbour, storage)
    await Dock.catchUp(following)
    const before = await copies()
    const back = await Harbour.snapshot(harbour)
    await submit()
    await Harbour.mine(harbour, 5)
    await Dock.catchUp(following)
    expect((await copies()).receipts).toHaveLength(1)
    await back()
    await Dock.catchUp(following)
    expect(await copies()).toEqual(before)
    await expectTruth()
  })

  it('believes that nodes apart are behind, not that the chain is shorter', async () => {
    const patient = Dock.following(harbour, storage, { patience: 3 })
    await Harbour.mine(harbour, 2)
    await Dock.catchUp(patient)
    const { number } = await storage.database.selectFrom('followed').select('number').executeTakeFirstOrThrow()
    await putBack()
    putBack = await Harbour.snapshot(harbour)
    expect([await Follower.step(patient), await Follower.step(patient)]).toEqual(['tip', 'tip'])
    expect(await storage.database.selectFrom('followed').select('number').executeTakeFirst()).toEqual({ number })
    expect(await Follower.step(patient)).toBe('more')
  })

  it('rebuilds to what was there, and tells nobody twice', async () => {
    const told: Dock.Told[] = []
    const following = Dock.following(harbour, storage, { told, span: 5 })
    const id = await Harbour.accept(storage, submission())
    await submit()
    await Harbour.mine(harbour, 2)
    await Dock.catchUp(following)
    const [before, events] = [await copies(), told.length]
    await Follower.rebuild(following)
    expect((await copies()).entries).toEqual([])
    await Dock.catchUp(following)
    expect(await copies()).toEqual(before)
    expect(told).toHaveLength(events)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
  })

  it('sends again what a rebuild does not find', async () => {
    const following = Dock.following(harbour, storage)
    const back = await Harbour.snapshot(harbour)
    const id = await Harbour.accept(storage, submission())
    await submit()
    await Dock.catchUp(following)
    await Follower.rebuild(following)
    await back()
    await Harbour.mine(harbour, 3)
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
    await expectTruth()
  })

  it('starts over on another deployment', async () => {
    const following = Dock.following(harbour, storage)
    const id = await Harbour.accept(storage, submission())
    await submit()
    await Dock.catchUp(following)
    const { addresses } = harbour.network
    const elsewhere = { ...addresses, EligibilityRegistry: addresses.ConsentRegistry }
    const other = Dock.following({ network: { ...harbour.network, addresses: elsewhere } }, storage, {
      holder: following.holder,
    })
    expect(await Follower.step(other)).toBe('more')
    expect((await copies()).entries).toEqual([])
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
  })

  it('leaves following to one process, and goes on where a killed one was', async () => {
    const [one, two] = ['one', 'two'].map((holder) => Dock.following(harbour, storage, { holder, span: 3 }))
    if (!one || !two) throw new Error('There are two.')
    expect(await Follower.step(one)).toBe('more')
    expect(await Follower.step(two)).toBe('waiting')
    await storage.database
      .updateTable('leases')
      .set({ expires_at: new Date(0) })
      .execute()
    await Dock.catchUp(two)
    await expectTruth()
    // The first one wakes up in the middle of what it was at.
    expect(await Follower.step(one)).toBe('waiting')
  })

  it('says when the chain is out of reach, and goes on when it is back', async () => {
    const liar = await Liar.start(harbour.chain.rpcUrl)
    const provider = Dock.connect(liar.url)
    const following = Dock.following({ network: { ...harbour.network, provider } }, storage)
    await Dock.catchUp(following)
    expect(await Follower.isWell(storage)).toBe(true)
    liar.down = true
    await submit()
    await expect(Follower.step(following)).rejects.toThrow()
    await storage.database
      .updateTable('followed')
      .set({ updated_at: new Date(Date.now() - 61_000) })
      .execute()
    expect(await Follower.isWell(storage)).toBe(false)
    liar.down = false
    await Dock.catchUp(following)
    expect(await Follower.isWell(storage)).toBe(true)
    await expectTruth()
    provider.destroy()
    await liar.close()
  })

  it.each(Object.keys(Liar.lies) as Liar.Lie[])('takes no lie for the chain: %s', async (lie) => {
    const liar = await Liar.start(harbour.chain.rpcUrl)
    const provider = Dock.connect(liar.url)
    const following = Dock.following({ network: { ...harbour.network, provider } }, storage)
    await Dock.catchUp(following)
    const before = await copies()
    await submit()
    liar.tell = Liar.lies[lie]
    for (let times = 1; times <= 3; times++) {
      const failure: unknown = await Follower.step(following).catch((cause: unknown) => cause)
      expect(failure).toBeInstanceOf(Stretch.FaultError)
      await Follower.suspect(following, (failure as Stretch.FaultError).fault, times)
    }
    expect(await copies()).toEqual(before)
    expect(await Follower.isWell(storage)).toBe(false)
    liar.tell = undefined
    await Dock.catchUp(following)
    expect(await Follower.isWell(storage)).toBe(true)
    await expectTruth()
    provider.destroy()
    await liar.close()
  })
})
