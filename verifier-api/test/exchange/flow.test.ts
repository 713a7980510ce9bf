import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Server from '../../src/server.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Office from '../identity/office.ts'
import { testConfig } from '../services.ts'

let harbour: Harbour.Harbour
let server: Server.Server
const folder = mkdtempSync(join(tmpdir(), 'medseal-flow-'))

beforeAll(async () => {
  harbour = await Harbour.open()
  const { chainId, fromBlock, addresses } = harbour.network
  const deploymentFile = join(folder, 'deployment.json')
  writeFileSync(deploymentFile, Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }))
  server = await Server.serve(testConfig({ rpcUrl: harbour.chain.rpcUrl, deploymentFile, dataFolder: folder }))
})
afterAll(async () => {
  await server?.close()
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
  const as = (method: string, path: string, body?: unknown) =>
    Office.call(server, method, path, { token, ...(body !== undefined && { body }) })

  const policy = await as('POST', '/v1/policies', { policy: scene.policy.policy })
  const drafted = await as('POST', '/v1/requests', {
    policyIds: [policy.json.id],
    purpose: 'COVAUTH',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    recipientName: 'Example Insurance',
  })
  const { domain, types, message } = drafted.json.typedData as TypedData
  const id = String(drafted.json.id)
  const signature = await signer.signTypedData(domain, types, message)
  const opened = await as('POST', `/v1/requests/${id}/signature`, { signature })
  expect(opened.json.state).toBe('open')

  const object = PresentationRequest.parse((await tell('GET', `/v1/requests/${id}/object`)).text)
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
})

const tell = (method: string, path: string) => Office.call(server, method, path)

/** What the API gives to be signed. */
type TypedData = {
  readonly domain: Record<string, string>
  readonly types: Record<string, { name: string; type: string }[]>
  readonly message: Record<string, unknown>
}
