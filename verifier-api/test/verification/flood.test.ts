import * as Bn254 from '@medseal/prover/Bn254'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import type { IssuersRoot, Submission } from '@medseal/prover/chain/Submission'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import type { Nullifier } from '@medseal/prover/protocol/Eligibility'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { encodeBytes32String } from 'ethers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Random from '../../../prover/test/random.ts'
import * as Verify from '../../src/exchange/Verify.ts'
import * as Verification from '../../src/verification/Verification.ts'
import * as Desk from '../exchange/desk.ts'
import * as Forge from './forge.ts'

const random = Random.seeded('flood')
/** More than one request may have waiting. */
const bogusEach = 80
const mostWaiting = 64

let desk: Desk.Desk
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  desk = await Desk.set()
  closing.push(desk.close)
})
afterAll(async () => {
  for (const close of closing) await close()
})

type Asking = { readonly id: string; readonly object: PresentationRequest.PresentationRequest }

async function ask(): Promise<Asking> {
  const { id } = await Desk.ask(desk, { consentRequired: false })
  const { text } = await Desk.call(desk, 'GET', `/v1/requests/${id}/object`)
  return { id, object: PresentationRequest.parse(text) }
}

/** An answer that the chain would take. */
async function answer({ object }: Asking): Promise<Submission> {
  const { network } = desk.scene.town
  const circuit = 'eligibility-s'
  const verifiers = Network.contract(network, 'VerifierRegistry')
  const [, version] = await verifiers.getFunction('active')(encodeBytes32String(circuit))
  const terms = {
    request: PresentationRequest.requestOf(object),
    requestSignature: object.medseal_signature,
    part: 0,
    circuit,
    verifierVersion: Number(version),
    today: desk.scene.today,
    deadline: (await Network.now(network)) + 3_600n,
    nullifier: random.bits(253) as Nullifier,
    issuersRoot: Registry.currentRoot(await Registry.read(network)) as IssuersRoot,
  } as const
  return Forge.complete(terms, random)
}

/** Good but for the proof: nothing tells it before the pairing does. */
function bogus(good: Submission): Submission {
  const { proof, nullifier } = good
  return {
    ...good,
    nullifier: (nullifier + random.bits(200)) as Nullifier,
    proof: { ...proof, c: Bn254.negateG1(proof.c) },
  }
}

const post = ({ id, object }: Asking, submission: Submission) =>
  Desk.call(desk, 'POST', `/v1/requests/${id}/answer`, {
    form: PresentationResponse.formOf(object, [submission]),
  })

const states = async ({ id }: Asking) =>
  (
    await desk.services.database.selectFrom('proofs').select(['state', 'reason']).where('request_id', '=', id).execute()
  ).map(({ state, reason }) => reason ?? state)

it('a flood of bogus proofs does not stall good clients, over HTTP', async () => {
  const [first, ...later] = [await ask(), await ask(), await ask(), await ask()] as [Asking, ...Asking[]]
  const clients = [await ask(), await ask(), await ask()]
  const good = await answer(first)
  const answers = await Promise.all(clients.map(answer))
  await flood(first, good)
  const ids: string[] = []
  for (const [i, client] of clients.entries()) {
    const { status, json } = await post(client, answers[i] as Submission)
    expect(status).toBe(200)
    ids.push(json.proofs[0].id)
  }
  for (const asking of later) await flood(asking, await answer(asking))

  // All of it waits before the first is looked at: only the order decides.
  const verification = Verification.create({ threads: 1 })
  closing.push(verification.close)
  await Verify.work({ ...desk.services, verification })
  const done = () => desk.told.flatMap(({ event, data }) => (event.startsWith('proof.') ? [idOf(data)] : []))
  const bogus = mostWaiting * (1 + later.length)
  await expect.poll(() => done().length, { timeout: 240_000, interval: 200 }).toBe(bogus + clients.length)

  // Those that came first are ahead of the clients in the queue; what came later overtakes none of them for long.
  const lastClient = Math.max(...ids.map((id) => done().indexOf(id)))
  expect(lastClient).toBeGreaterThanOrEqual(0)
  expect(lastClient).toBeLessThan(bogus / 2)
  for (const client of clients) expect(await states(client)).toEqual(['verified'])
  // And the bogus ones are each found out.
  for (const asking of [first, ...later]) expect(await states(asking)).toEqual(Array(mostWaiting).fill('invalid-proof'))
  // Who was in that company before is served all the same.
  expect((await post(first, good)).status).toBe(200)
  await expect.poll(() => states(first), { timeout: 60_000, interval: 200 }).toContain('verified')
})

/** More answers than may wait to one request. What is taken is bounded, and what is not taken is told so. */
async function flood(asking: Asking, good: Submission): Promise<void> {
  const replies = await Promise.all(Array.from({ length: bogusEach }, () => post(asking, bogus(good))))
  const taken = replies.filter(({ status }) => status === 200)
  expect(taken).toHaveLength(mostWaiting)
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(bogusEach - mostWaiting)
}

const idOf = (resource: object) => (resource as { readonly id: string }).id
