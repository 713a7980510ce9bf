import * as Network from '@medseal/prover/chain/Network'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import type * as Desk from '../../src/wallet/device/Desk.ts'
import * as Moment from '../../src/wallet/Moment.ts'
import * as Proving from '../../src/wallet/Proving.ts'
import * as Guest from './Guest.ts'

const hour = 3_600_000
const year = 365 * 24 * hour

// Only the clock is another: what a browser counts goes on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the time that has gone by', () => {
  it.each([
    ['is what was counted while the clock was set back', -year],
    ['is what was counted while the clock was set back a second', -1000],
    ['is what was counted while the clock was set ahead', year],
  ])('%s', (_, change) => {
    const moment = Moment.now()
    vi.setSystemTime(Date.now() + change)
    const gone = Moment.since(moment)
    expect(gone).toBeGreaterThanOrEqual(0)
    expect(gone).toBeLessThan(hour)
  })

  it('is what the clock says after a sleep that nobody counted', () => {
    const moment = Moment.now()
    vi.setSystemTime(Date.now() + 3 * hour)
    expect(Moment.since(moment)).toBeGreaterThanOrEqual(3 * hour)
  })
})

describe("a wallet on a device whose clock is not the chain's", () => {
  let scene: Scene.Scene
  let receiver: Guest.Receiver
  let desk: Desk.Desk

  beforeAll(async () => {
    scene = await Scene.set()
    receiver = await Guest.listen()
    desk = await Guest.open(scene, receiver.origin)
  })
  afterAll(async () => {
    receiver?.close()
    await Proving.engine.close()
    await Scene.strike(scene)
  })

  it.each([
    ['a year ahead', year, 0],
    ['a year behind', -year, 0],
    ['set back by a year between reading and answering', 0, -year],
    ['set ahead by a year between reading and answering', 0, year],
  ])('%s: answers by the time of the chain, which takes it', async (_, off, change) => {
    vi.setSystemTime(Date.now() + off)
    const view = await Guest.review(desk, await Guest.ask(scene, desk.origin))
    vi.setSystemTime(Date.now() + change)
    const { answer } = await Guest.answer(desk, view)
    expect(answer.state).toBe('sent')
    const token = new URLSearchParams(receiver.posted.at(-1)).get('vp_token') ?? ''
    const [submission] = PresentationResponse.read(token)
    if (!submission) throw new Error('Nothing was posted.')
    expect(submission.today).toBe(scene.today)
    const left = submission.deadline - (await Network.now(scene.town.network))
    expect(left).toBeGreaterThanOrEqual(Proving.lifetimeSeconds)
    expect(left).toBeLessThan(2n * Proving.lifetimeSeconds)
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
  })
})
