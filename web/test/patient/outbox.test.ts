import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Asked from '../../src/wallet/Asked.ts'
import * as answering from '../../src/wallet/device/answering.ts'
import type * as Desk from '../../src/wallet/device/Desk.ts'
import * as requests from '../../src/wallet/device/requests.ts'
import * as Proving from '../../src/wallet/Proving.ts'
import * as Guest from './Guest.ts'

/** What becomes of an answer that was read. */
type Reply = (request: IncomingMessage, response: ServerResponse) => void

const acknowledge: Reply = (_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ proofs: [{ id: `prf_${'0'.repeat(36)}`, part: 0, state: 'received' }] }))
}
const refuse: Reply = (_, response) => {
  response.writeHead(422, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ code: 'proof_invalid' }))
}
const hangUp: Reply = ({ socket }) => socket.destroy()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an answer', () => {
  let scene: Scene.Scene
  let server: Server
  let desk: Desk.Desk
  let serve = acknowledge
  let posted = 0
  let asked = 0n

  beforeAll(async () => {
    scene = await Scene.set()
    server = createServer(async (request, response) => {
      if (request.method === 'POST') posted += 1
      await text(request)
      serve(request, response)
    }).listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    desk = await Guest.open(scene, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
  afterAll(async () => {
    server?.close()
    await Proving.engine.close()
    await Scene.strike(scene)
  })

  /** To a request of its own. */
  const answer = async (request?: string) => {
    const view = await requests.review(desk, request ?? (await Guest.ask(scene, desk.origin, 86_400n + asked++)))
    if (!view.fit) throw new Error(view.objections.join())
    const credentials = view.parts.map(({ candidates }) => candidates[0]?.credentialId ?? '')
    const call = { progress: () => {}, signal: new AbortController().signal }
    return answering.answer(desk, { digest: view.asked.digest, credentials }, call)
  }

  it('that was refused comes back, said to have been read, and stays so whatever follows', async () => {
    const request = await Guest.ask(scene, desk.origin, 86_400n + asked++)
    serve = refuse
    await expect(answer(request)).rejects.toMatchObject({ name: 'Sending.RefusedError', code: 'proof_invalid' })
    const [back] = await requests.asked(desk)
    expect(back).toMatchObject({ answer: { state: 'open' }, returned: { why: 'refused', mayBeKnown: true } })
    expect(back && Asked.isAnswered(back)).toBe(true)
    expect(await requests.narrowed(desk)).toMatchObject([{ recipientId: String(scene.insurer.id) }])
    serve = acknowledge
    expect(await answer(request)).toMatchObject({ answer: { state: 'sent' }, returned: { mayBeKnown: true } })
  })

  it('whose acknowledgement was lost waits, and comes back too late as one that may have been read', async () => {
    serve = hangUp
    const before = posted
    const waiting = await answer()
    expect(waiting.answer).toMatchObject({ state: 'ready', tried: true })
    expect(posted).toBeGreaterThan(before)
    expect(await answering.flush(desk)).toBe(1)
    vi.setSystemTime(Date.now() + 7 * 86_400_000)
    const sendings = posted
    await expect(answering.flush(desk)).rejects.toMatchObject({ name: 'Answering.TooLateError' })
    expect(posted).toBe(sendings)
    expect(await requests.askedOfDigest(desk, waiting.digest)).toMatchObject({
      answer: { state: 'open' },
      returned: { why: 'late', mayBeKnown: true },
    })
    expect(await answering.flush(desk)).toBe(0)
  })

  it('whose acknowledgement was lost is sent again, and then was never lost', async () => {
    serve = hangUp
    const { digest } = await answer()
    serve = acknowledge
    expect(await answering.flush(desk)).toBe(0)
    const sent = await requests.askedOfDigest(desk, digest)
    expect(sent.answer.state).toBe('sent')
    expect(sent.returned).toBeUndefined()
  })

  it('that is withdrawn while its receipt is looked for stays withdrawn', async () => {
    serve = acknowledge
    const { digest } = await answer()
    const held = new Promise<() => void>((reached) => {
      serve = (request, response) => reached(() => acknowledge(request, response))
    })
    const following = answering.follow(desk)
    const release = await held
    await answering.revoke(desk, digest)
    serve = acknowledge
    release()
    await following
    expect((await requests.askedOfDigest(desk, digest)).answer).toMatchObject({ revokedAt: expect.any(String) })
  })
})
