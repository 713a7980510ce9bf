/** A patient's device in memory, and what is asked of it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as Network from '@medseal/prover/chain/Network'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as Form from '@medseal/prover/files/Form'
import * as Holder from '@medseal/prover/protocol/Holder'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Request from '@medseal/prover/protocol/Request'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as answering from '../../src/wallet/device/answering.ts'
import * as Desk from '../../src/wallet/device/Desk.ts'
import * as requests from '../../src/wallet/device/requests.ts'
import * as Holdings from '../../src/wallet/Holdings.ts'
import * as Wallet from '../../src/wallet/Wallet.ts'
import * as Memory from './Memory.ts'

export type Reply = (request: IncomingMessage, response: ServerResponse) => void

/** What an API answers that takes every answer. */
export const acknowledge: Reply = (_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ proofs: [{ id: `prf_${'0'.repeat(36)}`, part: 0, state: 'received' }] }))
}

/** Where answers are posted. `reply` may be changed; `posted` are the bodies so far. */
export async function listen() {
  const at = { reply: acknowledge, posted: [] as string[] }
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.method === 'POST') at.posted.push(body)
    at.reply(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(at, { origin, close: () => server.close() })
}
export type Receiver = Awaited<ReturnType<typeof listen>>

/** Answers a request that this device has reviewed, with whatever credential comes first. */
export function answer(desk: Desk.Desk, { asked, parts }: Extract<requests.RequestView, { readonly fit: true }>) {
  const credentials = parts.map(({ candidates }) => candidates[0]?.credentialId ?? '')
  const call = { progress: () => {}, signal: new AbortController().signal }
  return answering.answer(desk, { digest: asked.digest, credentials }, call)
}

/** @throws what stands against it. */
export async function review(desk: Desk.Desk, object: string) {
  const view = await requests.review(desk, object)
  if (!view.fit) throw new Error(view.objections.join())
  return view
}

/** A device with a wallet that holds a credential, in memory. */
export async function open(scene: Scene.Scene, origin: string): Promise<Desk.Desk> {
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

/** A request as a link has it: another each time, by how long it may be answered. */
export async function ask(
  { town: { network, chain }, insurer, policy }: Scene.Scene,
  origin: string,
  seconds = 86_400n,
): Promise<string> {
  const object = PresentationRequest.build({
    chainId: network.chainId,
    consumer: Network.addressOf(network, 'EligibilityRegistry'),
    recipientId: insurer.id,
    program: 0n,
    purpose: 'COVAUTH',
    consentRequired: true,
    expiresAt: BigInt(await chain.now()) + seconds,
    policies: [policy],
    responseUri: `${origin}/v1/requests/one/answer`,
    recipientName: 'Example Insurance',
  })
  const request = PresentationRequest.requestOf(object)
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  const signature = await insurer.signer.signTypedData(domain, Request.types, Request.toTypedData(request))
  return JSON.stringify({ ...object, medseal_signature: signature })
}
