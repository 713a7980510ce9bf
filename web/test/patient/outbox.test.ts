import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Asked from '../../src/wallet/Asked.ts'
import * as answering from '../../src/wallet/device/answering.ts'
import type * as Desk from '../../src/wallet/device/Desk.ts'
import * as requests from '../../src/wallet/device/requests.ts'
import * as Proving from '../../src/wallet/Proving.ts'
import * as Guest from './Guest.ts'

const refuse: Guest.Reply = (_, response) => {
  response.writeHead(422, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ code: 'proof_invalid' }))
}
const hangUp: Guest.Reply = ({ socket }) => socket.destroy()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an answer', () => {
  let scene: Scene.Scene
  let receiver: Guest.Receiver
  let desk: Desk.Desk
  let asked = 0n

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

  const ask = () => Guest.ask(scene, desk.origin, 86_400n + asked++)
  /** To a request of its own, unless told. */
  const answer = async (request?: string) => Guest.answer(desk, await Guest.review(desk, request ?? (await ask())))
  /** Until the next thing that is asked of the receiver, which then waits. */
  const held = () =>
    new Promise<() => void>((reached) => {
      receiver.reply = (request, response) => {
        receiver.reply = Guest.acknowledge
        reached(() => Guest.acknowledge(request, response))
      }
    })

  it('that was refused comes back, said to have been read, and stays so whatever follows', async () => {
    const request = await ask()
    receiver.reply = refuse
    await expect(answer(request)).rejects.toMatchObject({ name: 'Sending.RefusedError', code: 'proof_invalid' })
    const [back] = await requests.asked(desk)
    expect(back).toMatchObject({ answer: { state: 'open' }, returned: { why: 'refused', mayBeKnown: true } })
    expect(back && Asked.isAnswered(back)).toBe(true)
    expect(await requests.narrowed(desk)).toMatchObject([{ recipientId: String(scene.insurer.id) }])
    receiver.reply = Guest.acknowledge
    expect(await answer(request)).toMatchObject({ answer: { state: 'sent' }, returned: { mayBeKnown: true } })
  })

  it('whose acknowledgement was lost waits, and comes back too late as one that may have been read', async () => {
    receiver.reply = hangUp
    const before = receiver.posted.length
    const waiting = await answer()
    expect(waiting.answer).toMatchObject({ state: 'ready', tried: true })
    expect(receiver.posted.length).toBeGreaterThan(before)
    expect(await answering.flush(desk)).toBe(1)
    vi.setSystemTime(Date.now() + 7 * 86_400_000)
    const sendings = receiver.posted.length
    await expect(answering.flush(desk)).rejects.toMatchObject({ name: 'Answering.TooLateError' })
    expect(receiver.posted.length).toBe(sendings)
    expect(await requests.askedOfDigest(desk, waiting.digest)).toMatchObject({
      answer: { state: 'open' },
      returned: { why: 'late', mayBeKnown: true },
    })
    expect(await answering.flush(desk)).toBe(0)
  })

  it('whose acknowledgement was lost is sent again, and then was never lost', async () => {
    receiver.reply = hangUp
    const { digest } = await answer()
    receiver.reply = Guest.acknowledge
    expect(await answering.flush(desk)).toBe(0)
    const sent = await requests.askedOfDigest(desk, digest)
    expect(sent.answer.state).toBe('sent')
    expect(sent.returned).toBeUndefined()
  })

  it('that is on its way counts as one that may have been read, though its page should close', async () => {
    const request = await ask()
    const { asked: before } = await Guest.review(desk, request)
    const arriving = held()
    const sending = answer(request)
    const release = await arriving
    const meanwhile = await requests.askedOfDigest(desk, before.digest)
    expect(meanwhile.answer).toMatchObject({ state: 'ready', tried: true })
    release()
    expect((await sending).answer.state).toBe('sent')
  })

  it('that is withdrawn while its receipt is looked for stays withdrawn', async () => {
    receiver.reply = Guest.acknowledge
    const { digest } = await answer()
    const looking = held()
    const following = answering.follow(desk)
    const release = await looking
    await answering.revoke(desk, digest)
    release()
    await following
    expect((await requests.askedOfDigest(desk, digest)).answer).toMatchObject({ revokedAt: expect.any(String) })
  })
})
