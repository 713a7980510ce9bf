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
let close: () => Promise<void>
beforeAll(async () => {
  desk = await Desk.set()
  const verification = Verification.create({ threads: 1 })
  await Verify.work({ ...desk.services, verification })
  close = async () => {
    await desk.close()
    await verification.close()
  }
})
afterAll(() => close())

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
  const [flooded, ...clients] = [await ask(), await ask(), await ask(), await ask()] as [Asking, ...Asking[]]
  const good = await answer(flooded)
  const flood = Promise.all(Array.from({ length: bogusEach }, () => post(flooded, bogus(good))))
  const answers = await Promise.all(clients.map(answer))
  const replies = await Promise.all(clients.map((client, i) => post(client, answers[i] as Submission)))
  expect(replies.map(({ status }) => status)).toEqual(clients.map(() => 200))
  // What is taken is bounded, and what is not taken is told so.
  const taken = (await flood).filter(({ status }) => status === 200).length
  for (const { status } of await flood) expect([200, 429]).toContain(status)
  expect(taken).toBeGreaterThanOrEqual(mostWaiting)
  for (const client of clients) {
    await expect.poll(() => states(client), { timeout: 120_000, interval: 200 }).toEqual(['verified'])
  }
  // And the bogus ones are each found out.
  const found = Array(taken).fill('invalid-proof')
  await expect.poll(() => states(flooded), { timeout: 120_000, interval: 200 }).toEqual(found)
  // Who was in that company before is served all the same.
  expect((await post(flooded, good)).status).toBe(200)
  await expect.poll(() => states(flooded), { timeout: 60_000, interval: 200 }).toContain('verified')
})
