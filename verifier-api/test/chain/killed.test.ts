import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as Submission from '@medseal/prover/chain/Submission'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Relayer from '../../src/chain/Relayer.ts'
import { open, type Storage } from '../../src/storage/open.ts'
import * as Postgres from '../Postgres.ts'
import * as Dock from './dock.ts'
import * as Harbour from './harbour.ts'

describe.skipIf(!Postgres.programs && !Postgres.mustHave)('killed between "accepted" and "on chain"', () => {
  let harbour: Harbour.Harbour
  let postgres: Postgres.Postgres
  let databaseUrl: string
  let storage: Storage
  let putBack: () => Promise<void>

  beforeAll(async () => {
    postgres = await Postgres.start()
    databaseUrl = await postgres.createDatabase()
    storage = await open(databaseUrl)
    harbour = await Harbour.open({ proofs: 1, saveEverySeconds: 600 })
  })
  afterAll(async () => {
    await storage?.close()
    await harbour?.close()
    await postgres?.stop()
  })
  beforeEach(async () => {
    putBack = await Harbour.snapshot(harbour)
  })
  afterEach(async () => {
    await Harbour.empty(storage)
    await putBack()
  })

  function proven(): Submission.Submission {
    const [submission] = harbour.submissions
    if (!submission) throw new Error('Nothing was proven.')
    return submission
  }

  /** Follows and relays in a process of its own. Gives the signal that ended it. */
  async function relayAway(holder: string, stopAt: string): Promise<NodeJS.Signals | null> {
    const { chainId, fromBlock, addresses } = harbour.network
    const network = { chainId: `${chainId}`, fromBlock, addresses }
    const order = { databaseUrl, rpcUrl: harbour.chain.rpcUrl, network, holder, stopAt }
    const script = join(import.meta.dirname, 'processes/relay.ts')
    const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit'] })
    return await new Promise((ended) => child.once('exit', (_, signal) => ended(signal)))
  }

  /** As if the killed one had been silent for long enough. */
  const giveUp = () =>
    storage.database
      .updateTable('leases')
      .set({ expires_at: new Date(0) })
      .execute()

  async function resume(): Promise<void> {
    await giveUp()
    const following = Dock.following(harbour, storage, { holder: 'next' })
    const relaying = Dock.relaying(harbour, storage, { holder: 'next' })
    for (let turn = 0; turn < 8; turn++) {
      await Dock.catchUp(following)
      await Relayer.pass(relaying)
    }
  }

  const steps: readonly (Relayer.Step | 'following')[] = ['checked', 'signed', 'posted', 'sent', 'following']
  it.each(steps)('at "%s": one receipt, none lost', async (step) => {
    const id = await Harbour.accept(storage, proven())
    expect(await relayAway('killed', step)).toBe('SIGKILL')
    await resume()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect(await Harbour.receiptsOn(harbour)).toBe(1)
    expect(await storage.database.selectFrom('receipts').select('id').execute()).toHaveLength(1)
    expect(await storage.database.selectFrom('transactions').select('state').execute()).toEqual([{ state: 'final' }])
  })

  it('does all of it where nobody kills it', async () => {
    const id = await Harbour.accept(storage, proven())
    expect(await relayAway('whole', 'never')).toBeNull()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
  })

  it('carries it again when the chain itself was killed and has lost it', async () => {
    await harbour.chain.save()
    const id = await Harbour.accept(storage, proven())
    await resume()
    expect(await Harbour.receiptsOn(harbour)).toBe(1)
    const killed = harbour.chain.pid()
    process.kill(killed ?? 0, 'SIGKILL')
    while (harbour.chain.pid() === killed) await sleep(20)
    expect(await Harbour.receiptsOn(harbour)).toBe(0)
    await resume()
    expect(await Harbour.statesOf(storage, [id])).toEqual(['final'])
    expect(await Harbour.receiptsOn(harbour)).toBe(1)
    expect(await storage.database.selectFrom('transactions').select('state').execute()).toEqual([{ state: 'final' }])
  })
})
