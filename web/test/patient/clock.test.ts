import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as Network from '@medseal/prover/chain/Network'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as Holder from '@medseal/prover/protocol/Holder'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '@medseal/prover/protocol/Request'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as answering from '../../src/wallet/device/answering.ts'
import * as Desk from '../../src/wallet/device/Desk.ts'
import * as requests from '../../src/wallet/device/requests.ts'
import * as Holdings from '../../src/wallet/Holdings.ts'
import * as Moment from '../../src/wallet/Moment.ts'
import * as Proving from '../../src/wallet/Proving.ts'
import * as Wallet from '../../src/wallet/Wallet.ts'
import * as Memory from './Memory.ts'

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
  let server: Server
  let desk: Desk.Desk
  /** Answers as they were posted. */
  const posted: string[] = []

  beforeAll(async () => {
    scene = await Scene.set()
    server = createServer(async (request, response) => {
      posted.push(await text(request))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ proofs: [{ id: `prf_${'0'.repeat(36)}`, part: 0, state: 'received' }] }))
    }).listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    desk = await openDesk(scene, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
  afterAll(async () => {
    server?.close()
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
    const view = await requests.review(desk, await ask(scene, desk.origin))
    if (!view.fit) throw new Error(view.objections.join())
    const credentials = view.parts.map(({ candidates }) => candidates[0]?.credentialId ?? '')
    vi.setSystemTime(Date.now() + change)
    const call = { progress: () => {}, signal: new AbortController().signal }
    const { answer } = await answering.answer(desk, { digest: view.asked.digest, credentials }, call)
    expect(answer.state).toBe('sent')
    const token = new URLSearchParams(posted.at(-1)).get('vp_token') ?? ''
    const [submission] = PresentationResponse.read(token)
    if (!submission) throw new Error('Nothing was posted.')
    expect(submission.today).toBe(scene.today)
    const left = submission.deadline - (await Network.now(scene.town.network))
    expect(left).toBeGreaterThanOrEqual(Proving.lifetimeSeconds)
    expect(left).toBeLessThan(2n * Proving.lifetimeSeconds)
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
  })
})

/** A device with a wallet that holds a credential, in memory. */
async function openDesk(scene: Scene.Scene, origin: string): Promise<Desk.Desk> {
  const store = Memory.create()
  const words = Wallet.createWords()
  const cost = { N: 2 ** 7, r: 8, p: 1 }
  const keeper = await Wallet.create(store, { words, passphrase: 'rain over seven hills', cost })
  const seed = Holder.seedOf(words)
  const patient = { name: 'guest', seed, secret: Holder.secretOf(seed) }
  const issued = Scene.issue({ hospital: scene.hospital.hospital, today: scene.today }, patient)
  const file = Form.write(CredentialFile.kind.tag, CredentialFile.fieldsOf(issued))
  const taken = { text: file, today: scene.today, now: new Date().toISOString() }
  await Holdings.receive(keeper, await Wallet.secretsOf(keeper), taken)
  const { network } = scene.town
  return Object.assign(Desk.create(origin), { keeper, network: Promise.resolve(network), artifacts: scene.artifacts })
}

/** A request as a link has it. */
async function ask({ town: { network, chain }, insurer, policy }: Scene.Scene, origin: string): Promise<string> {
  const object = PresentationRequest.build({
    chainId: network.chainId,
    consumer: Network.addressOf(network, 'EligibilityRegistry'),
    recipientId: insurer.id,
    program: 0n,
    purpose: 'COVAUTH',
    consentRequired: true,
    expiresAt: BigInt(await chain.now()) + 86_400n,
    policies: [policy],
    responseUri: `${origin}/v1/requests/one/answer`,
    recipientName: 'Example Insurance',
  })
  const request = PresentationRequest.requestOf(object)
  const domain = Asked.domainOf({ chainId: request.chainId, contract: request.consumer })
  const signature = await insurer.signer.signTypedData(domain, Asked.types, Asked.toTypedData(request))
  return JSON.stringify({ ...object, medseal_signature: signature })
}
