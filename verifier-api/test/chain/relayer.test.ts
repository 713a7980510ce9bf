import { setTimeout as sleep } from 'node:timers/promises'
import * as Network from '@medseal/prover/chain/Network'
import type * as Submission from '@medseal/prover/chain/Submission'
import { encodeBytes32String, Transaction } from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Town from '../../../samples/Town.ts'
import * as Carriage from '../../src/chain/Carriage.ts'
import * as Chain from '../../src/chain/Chain.ts'
import type * as Follower from '../../src/chain/Follower.ts'
import type * as Outbox from '../../src/chain/Outbox.ts'
import * as Relayer from '../../src/chain/Relayer.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import { testConfig, testServices } from '../services.ts'
import * as Dock from './dock.ts'
import * as Harbour from './harbour.ts'

describe('relaying', () => {
  let harbour: Harbour.Harbour
  let storage: Storage
  let putBack: () => Promise<void>
  let told: Dock.Told[]
  let following: Follower.Following
  let relaying: Relayer.Relaying

  beforeAll(async () => {
    harbour = await Harbour.open({ proofs: 3 })
    storage = await open('pglite:memory')
  })
  afterAll(async () => {
    await storage?.close()
    await harbour?.close()
  })
  beforeEach(async () => {
    putBack = await Harbour.snapshot(harbour)
    told = []
    following = Dock.following(harbour, storage, { told })
    relaying = Dock.relaying(harbour, storage, { told })
    await Dock.catchUp(following)
  })
  afterEach(async () => {
    await harbour.provider.send('evm_setAutomine', [true])
    await Harbour.empty(storage)
    await harbour.provider.send('anvil_dropAllTransactions', [])
    await putBack()
  })

  /** What two processes' loops do, as often as it takes. */
  async function work(turns = 3): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await Relayer.pass(relaying)
      await Dock.catchUp(following)
    }
  }
  const acceptAll = async () => {
    const ids = []
    for (const submission of harbour.submissions) ids.push(await Harbour.accept(storage, submission))
    return ids
  }
  const transactions = () => storage.database.selectFrom('transactions').selectAll().orderBy('id').execute()
  function first(): Submission.Submission {
    const [submission] = harbour.submissions
    if (!submission) throw new Error('Nothing was proven.')
    return submission
  }
  /** Holds off chain for nobody: what a fault in our own check would let through. */
  function broken(submission: Submission.Submission): Submission.Submission {
    return { ...submission, proof: first().proof }
  }

  it('carries one alone', async () => {
    const id = await Harbour.accept(storage, first())
    await work()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect((await transactions()).map(({ state }) => state)).toEqual(['final'])
    expect(told.map(({ event }) => event)).toEqual(['receipt.included', 'receipt.final', 'request.answered'])
  })

  it('carries many in one batch', async () => {
    const ids = await acceptAll()
    await work()
    expect(await Harbour.statesOf(storage, ids)).toEqual(['final', 'final', 'final'])
    expect(await transactions()).toHaveLength(1)
  })

  it('refuses what the chain would, by its name, before anything is paid for', async () => {
    const [one, two, three] = harbour.submissions
    if (!one || !two || !three) throw new Error('Three were proven.')
    const ids = [
      await Harbour.accept(storage, one),
      await Harbour.accept(storage, broken(two)),
      await Harbour.accept(storage, { ...three, deadline: 1n }),
    ]
    await work()
    expect(await Harbour.statesOf(storage, ids)).toEqual([
      'final',
      'refused EligibilityRegistry_InvalidProof',
      'refused EligibilityRegistry_DeadlinePassed',
    ])
    expect(told.filter(({ event }) => event === 'proof.refused')).toHaveLength(2)
    expect(await transactions()).toHaveLength(1)
  })

  it('takes a receipt that somebody else brought about for its own proof', async () => {
    const id = await Harbour.accept(storage, first())
    await Scene.submit(harbour.scene, first())
    // Before the follower has seen it, and after.
    await Relayer.pass(relaying)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
    await work(1)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect(await transactions()).toEqual([])
  })

  it('refuses a second answer of the same person to the same part', async () => {
    const id = await Harbour.accept(storage, first())
    const again = await Harbour.accept(storage, { ...first(), deadline: first().deadline - 1n })
    await work(4)
    expect(await Harbour.statesOf(storage, [id, again])).toEqual(['final', 'refused NullifierStore_AlreadySpent'])
    expect(await Harbour.receiptsOn(harbour)).toBe(1)
  })

  it('tells proofs of a batch apart that was skipped in part', async () => {
    const ids = await acceptAll()
    await harbour.provider.send('evm_setAutomine', [false])
    await Relayer.pass(relaying)
    // A stranger is faster with one of them.
    const data = (
      await Carriage.prepare(harbour.network, await waitingAgain(first()), { from: relaying.wallet.address })
    )?.call
    if (!data) throw new Error('It can be carried.')
    const [stranger] = harbour.scene.town.accounts.slice(8)
    await stranger?.sendTransaction({ ...data, maxPriorityFeePerGas: 90_000_000_000n, maxFeePerGas: 99_000_000_000n })
    await harbour.provider.send('evm_mine', [])
    await work()
    expect(await Harbour.statesOf(storage, ids)).toEqual(['final', 'final', 'final'])
    expect(await Harbour.receiptsOn(harbour)).toBe(3)
  })

  async function waitingAgain(submission: Submission.Submission): Promise<Outbox.Waiting[]> {
    return [{ id: '', stakeholderId: '', nullifier: '', part: submission.part, submission }]
  }

  it('tells proofs of a batch apart that reverted as a whole', async () => {
    const ids = await acceptAll()
    await harbour.provider.send('evm_setAutomine', [false])
    await Relayer.pass(relaying)
    const stuck = await transactions()
    expect(stuck).toHaveLength(1)
    // The chain would have taken them; when the block is made it would not.
    const registry = Network.contract(harbour.network, 'VerifierRegistry')
    const verifier = await registry.getFunction('verifierOf')(encodeBytes32String('eligibility-s'), 1)
    await harbour.provider.send('anvil_setCode', [verifier, answersNothing])
    await harbour.provider.send('evm_mine', [])
    await harbour.provider.send('evm_setAutomine', [true])
    await work()
    const states = await Harbour.statesOf(storage, ids)
    expect(new Set(states)).toEqual(new Set(['refused EligibilityRegistry_InvalidProof']))
    expect((await transactions()).map(({ state }) => state)).toEqual(['final'])
    expect(await Harbour.receiptsOn(harbour)).toBe(0)
  })

  it('pays more for what is stuck, under the same nonce', async () => {
    const id = await Harbour.accept(storage, first())
    await harbour.provider.send('evm_setAutomine', [false])
    await Relayer.pass(relaying)
    await Relayer.pass({ ...relaying, stuckSeconds: -1 })
    const [before, after] = await transactions()
    expect(after?.nonce).toBe(before?.nonce)
    const [paid, pays] = [before, after].map((each) => Transaction.from(each?.raw).maxFeePerGas ?? 0n)
    expect(pays).toBeGreaterThan(((paid ?? 0n) * 11n) / 10n)
    await harbour.provider.send('evm_mine', [])
    await harbour.provider.send('evm_setAutomine', [true])
    await work()
    expect((await transactions()).map(({ state }) => state)).toEqual(['replaced', 'final'])
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
  })

  it('sends the same transaction again after a reorganisation, and nothing twice', async () => {
    const ids = await acceptAll()
    await work()
    const [sent] = await transactions()
    await harbour.provider.send('anvil_reorg', [1, []])
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, ids)).toEqual(['sent', 'sent', 'sent'])
    await work()
    const after = await transactions()
    expect(after.map(({ hash, state }) => [hash, state])).toEqual([[sent?.hash, 'final']])
    expect(await Harbour.statesOf(storage, ids)).toEqual(['final', 'final', 'final'])
    expect(await Harbour.receiptsOn(harbour)).toBe(3)
    expect(told.filter(({ event }) => event === 'receipt.reverted')).toHaveLength(3)
  })

  it('gives up nonces whose place was lost, and sends anew', async () => {
    const back = await Harbour.snapshot(harbour)
    // Somebody else used the key too, and the chain then lost both.
    const { wallet } = relaying
    const sent = await wallet.connect(harbour.provider).sendTransaction({ to: wallet.address })
    await sent.wait()
    await Dock.catchUp(following)
    const id = await Harbour.accept(storage, first())
    await work(1)
    await back()
    await Dock.catchUp(following)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['sent'])
    await work(8)
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect((await transactions()).map(({ state }) => state)).toEqual(['replaced', 'final'])
  })

  it('has one relayer a key at a time: two at once use no nonce twice', async () => {
    const ids = await acceptAll()
    const other = Dock.relaying(harbour, storage, { holder: 'two' })
    for (let turn = 0; turn < 3; turn++) {
      await Promise.all([Relayer.pass(relaying), Relayer.pass(other)])
      await Dock.catchUp(following)
    }
    expect(await Harbour.statesOf(storage, ids)).toEqual(['final', 'final', 'final'])
    expect(await transactions()).toHaveLength(1)
    await Relayer.leave(relaying)
    await Relayer.pass(other)
    const leases = await storage.database.selectFrom('leases').select(['name', 'holder']).execute()
    expect(leases.find(({ name }) => name.startsWith('relayer:'))?.holder).toBe('two')
  })

  it('writes nothing once another has taken over, whatever it was at', async () => {
    const id = await Harbour.accept(storage, first())
    const slow = Dock.relaying(harbour, storage, {
      onStep: async (step) => {
        if (step !== 'signed') return
        await storage.database.updateTable('leases').set({ holder: 'two' }).execute()
      },
    })
    await expect(Relayer.pass(slow)).rejects.toThrow('Another process')
    expect(await transactions()).toEqual([])
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
  })

  it('waits while a recipient can still answer and the chain is away', async () => {
    const id = await Harbour.accept(storage, first())
    const away = Dock.connect('http://127.0.0.1:1')
    const lost = Dock.relaying({ network: { ...harbour.network, provider: away } }, storage)
    await expect(Relayer.pass(lost)).rejects.toThrow()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['verified'])
    away.destroy()
    await work()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
  })

  it('refuses what a suspended recipient asked', async () => {
    const id = await Harbour.accept(storage, first())
    await Town.suspend(harbour.scene.town, harbour.scene.insurer)
    await work()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['refused EligibilityRegistry_RecipientSuspended'])
  })

  it('is done by the loops of a process, and stops with them', async () => {
    await Harbour.empty(storage)
    const woken: (() => unknown)[] = []
    const events: string[] = []
    const services = await testServices(
      {
        network: harbour.network,
        config: testConfig({ confirmations: 0 }),
        jobs: { send: async () => {}, work: async (_, run) => void woken.push(() => run({})), close: async () => {} },
        webhooks: { emit: async (_, _stakeholder, event) => void events.push(event) },
      },
      { storage },
    )
    const id = await Harbour.accept(storage, first())
    // It asks for another part too, so it is not answered yet.
    await storage.database.updateTable('requests').set({ request: '{"policyHashes":["1","2"]}' }).execute()
    const { close } = await Chain.work(services, { everyMs: 20 })
    for (const isFinal = async () => (await Harbour.statesOf(storage, [id])).includes('final'); !(await isFinal()); ) {
      for (const wake of woken) await wake()
      // The embedded database answers without giving the loops their turn.
      await sleep(20)
    }
    await close()
    expect(events).toEqual(['receipt.included', 'receipt.final'])
    expect(await services.metrics.registry.metrics()).toMatch(/medseal_chain_followed_block [1-9]/)
    expect(await storage.database.selectFrom('leases').selectAll().execute()).toEqual([])
  })
})

/** PUSH1 0 PUSH1 0 RETURN */
const answersNothing = '0x60006000f3'
