import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Log from '../../src/Log.ts'
import * as Server from '../../src/server.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Office from '../identity/office.ts'
import { testConfig } from '../services.ts'
import * as Receiver from '../webhooks/receiver.ts'

let harbour: Harbour.Harbour
let server: Server.Server
let receiver: Receiver.Receiver
const folder = mkdtempSync(join(tmpdir(), 'medseal-flow-'))
const databaseUrl = `pglite:${join(folder, 'db')}`
const logged: string[] = []
/** What answers that are no 2xx said. */
const problems: string[] = []

/** Words to be found again, one for each place where somebody may write one. */
const canary = {
  note: 'Zenobia-Quickley',
  recipientName: 'Nightjar-Mutual',
  policyName: 'Wagtail-Rule',
  idempotencyKey: 'bittern-claim-0815',
  webhookPath: 'dunnock-hook',
} as const

beforeAll(async () => {
  harbour = await Harbour.open()
  const { chainId, fromBlock, addresses } = harbour.network
  const deploymentFile = join(folder, 'deployment.json')
  writeFileSync(deploymentFile, Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }))
  receiver = await Receiver.listen()
  const settings = { rpcUrl: harbour.chain.rpcUrl, deploymentFile, dataFolder: folder, databaseUrl }
  const log = Log.create({ level: 'debug', to: { write: (line) => logged.push(line) } })
  server = await Server.serve(testConfig({ ...settings, privateWebhooks: true }), { log })
})
afterAll(async () => {
  await server?.close()
  await receiver?.close()
  await harbour?.close()
  rmSync(folder, { recursive: true, force: true })
})

it('goes from a policy to a final receipt, with everything real', async () => {
  const { scene } = harbour
  const { signer } = scene.insurer
  // The follower must have seen the insurer before it can sign in.
  await expect
    .poll(() => tell('GET', `/v1/stakeholders/${scene.insurer.id}`), { timeout: 30_000 })
    .toMatchObject({
      status: 200,
    })
  const token = await Office.signIn(server, signer)
  const as: Caller = (method, path, body, headers = {}) =>
    Office.call(server, method, path, { token, headers, ...(body !== undefined && { body }) })

  const hook = { url: `${receiver.url}/${canary.webhookPath}`, events: ['*'] }
  expect((await as('POST', '/v1/webhooks', hook)).status).toBe(201)
  const policy = await as('POST', '/v1/policies', { policy: { ...scene.policy.policy, name: canary.policyName } })
  const terms = {
    policyIds: [policy.json.id],
    purpose: 'COVAUTH',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    recipientName: canary.recipientName,
    note: `About ${canary.note}.`,
  }
  const drafted = await as('POST', '/v1/requests', terms, { 'idempotency-key': canary.idempotencyKey })
  await misuse(as, { ...terms, policy: scene.policy.policy })
  const { domain, types, message } = drafted.json.typedData as TypedData
  const id = String(drafted.json.id)
  const signature = await signer.signTypedData(domain, types, message)
  const opened = await as('POST', `/v1/requests/${id}/signature`, { signature })
  expect(opened.json.state).toBe('open')

  const object = PresentationRequest.parse((await tell('GET', `/v1/requests/${id}/object`)).text)
  expect(object.medseal_request.note).toBe(terms.note)
  const request = PresentationRequest.requestOf(object)
  const incoming = { request, signature: object.medseal_signature, policies: [scene.policy] }
  const answer = await Scene.prove(scene, await Scene.answer(scene, Scene.invite(scene), incoming))
  const post = async () => {
    const body = PresentationResponse.formOf(object, [answer])
    const response = await fetch(`${server.url}/v1/requests/${id}/answer`, { method: 'POST', body })
    return { status: response.status, json: await response.json() }
  }
  const taken = await post()
  expect(taken.status).toBe(200)
  const [{ id: proofId }] = taken.json.proofs
  const progress = async () => (await tell('GET', `/v1/requests/${id}/proofs`)).json.data
  await expect.poll(progress, { timeout: 60_000 }).toEqual([{ id: proofId, part: 0, state: 'final' }])

  expect((await as('GET', `/v1/requests/${id}`)).json.state).toBe('answered')
  const proof = (await as('GET', `/v1/proofs/${proofId}`)).json
  expect((proof.checks as { passed: boolean }[]).map(({ passed }) => passed)).not.toContain(false)
  expect((proof.checks as { passed: boolean }[]).map(({ passed }) => passed)).not.toContain(null)
  const receipt = await tell('GET', `/v1/receipts/${proof.receiptId}`)
  expect(receipt.json).toMatchObject({
    requestDigest: drafted.json.digest,
    nullifier: proof.nullifier,
    transactionHash: proof.transactionHash,
    final: true,
  })

  const again = await post()
  expect(again.json.proofs).toEqual([{ id: proofId, part: 0, state: 'final' }])
  const verdict = await as('POST', '/v1/proofs', { proof: PresentationResponse.toJson(answer) })
  expect(verdict.json).toMatchObject({ valid: false, reason: 'nullifier-spent' })
  // What was told: opened, the answer's way, the receipt's, answered.
  const events = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)
  await expect.poll(events, { timeout: 30_000 }).toContain('request.answered')
})

it('PRV-2: says what the recipient wrote only where it is to be told, whatever went wrong', async () => {
  await server.close()
  expect(logged.some((line) => line.includes('"route":"/v1/requests/{id}/answer"'))).toBe(true)
  expect(problems.length).toBeGreaterThan(8)
  const storage = await Storage.open(databaseUrl)
  const tables = Object.entries(canary).map(async ([place, word]) => [place, await Office.tablesWith(word, storage)])
  const found = Object.fromEntries(await Promise.all(tables))
  await storage.close()
  expect(found).toEqual({
    note: [],
    recipientName: ['requests', 'webhook_messages'],
    policyName: ['policies', 'requests'],
    idempotencyKey: [],
    webhookPath: ['webhook_endpoints'],
  })
  // Neither in what the database has not cleared away yet.
  for (const word of [canary.note, canary.idempotencyKey]) expect(filesWith(word)).toEqual([])
  expect(filesWith(canary.policyName)).not.toEqual([])
  const told = receiver.received.map(({ body }) => body)
  expect(wordsIn(told)).toEqual([canary.recipientName])
  expect(wordsIn(logged)).toEqual([])
  expect(wordsIn(problems)).toEqual([])
})

const tell = (method: string, path: string) => Office.call(server, method, path)

type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Office.Reply>

/** Calls that are refused, with the words in what is refused. */
async function misuse(as: Caller, { policy, ...terms }: { readonly policy: object }): Promise<void> {
  const { note, recipientName, policyName, idempotencyKey, webhookPath } = canary
  // Turns the line's direction: refused in a name and in a note.
  const turn = '\u202e'
  const refused = [
    await as('POST', '/v1/requests', { ...terms, note: note + turn }),
    await as('POST', '/v1/requests', { ...terms, recipientName: recipientName + turn }),
    await as('POST', '/v1/requests', { ...terms, purpose: note }),
    await as('POST', '/v1/requests', { ...terms, note: 'another' }, { 'idempotency-key': idempotencyKey }),
    await as('POST', '/v1/requests', terms, { 'idempotency-key': `${idempotencyKey} blank` }),
    await as('POST', '/v1/policies', { policy: { ...policy, name: policyName, [policyName]: policyName } }),
    await as('POST', '/v1/webhooks', { url: `ftp://127.0.0.1/${webhookPath}`, events: ['*'] }),
    await as('POST', '/v1/webhooks', { url: `http://${webhookPath}.invalid/${webhookPath}`, events: ['*'] }),
    await as('GET', `/v1/requests/${note}?cursor=${policyName}`),
    await as('GET', `/${note}`),
  ]
  for (const { status, text } of refused) {
    expect(status, text).toBeGreaterThanOrEqual(400)
    problems.push(text)
  }
  const headers = { 'content-type': 'application/json' }
  const broken = await fetch(`${server.url}/v1/sessions`, { method: 'POST', headers, body: `{"message": "${note}` })
  expect(broken.status).toBe(400)
  problems.push(await broken.text())
}

/** Which of them stand in texts. */
function wordsIn(texts: readonly string[]): readonly string[] {
  return Object.values(canary).filter((word) => texts.some((text) => text.includes(word)))
}

/** The embedded database's files that hold a word. */
function filesWith(word: string): readonly string[] {
  const root = join(folder, 'db')
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
  return paths.filter((path) => readFileSync(path).includes(word))
}

/** What the API gives to be signed. */
type TypedData = {
  readonly domain: Record<string, string>
  readonly types: Record<string, { name: string; type: string }[]>
  readonly message: Record<string, unknown>
}
