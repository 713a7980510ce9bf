import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Audit from '@medseal/prover/chain/Audit'
import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Dock from '../chain/dock.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Liar from '../chain/liar.ts'
import * as Office from '../identity/office.ts'
import * as Postgres from '../Postgres.ts'
import * as Receiver from '../webhooks/receiver.ts'
import * as Served from './served.ts'

describe.skipIf(!Postgres.programs && !Postgres.mustHave)('two processes of one PostgreSQL', () => {
  let harbour: Harbour.Harbour
  let postgres: Postgres.Postgres
  let storage: Storage.Storage
  let receiver: Receiver.Receiver
  let settings: Readonly<Record<string, string>>
  const running: Served.Served[] = []
  const folder = mkdtempSync(join(tmpdir(), 'medseal-two-'))

  beforeAll(async () => {
    harbour = await Harbour.open()
    postgres = await Postgres.start()
    receiver = await Receiver.listen()
    const databaseUrl = await postgres.createDatabase()
    storage = await Storage.open(databaseUrl, { connections: 2 })
    const { chainId, fromBlock, addresses } = harbour.network
    const deploymentFile = join(folder, 'deployment.json')
    writeFileSync(deploymentFile, Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }))
    settings = {
      DATABASE_URL: databaseUrl,
      RPC_URL: harbour.chain.rpcUrl,
      DEPLOYMENT_FILE: deploymentFile,
      RELAYER_KEY: Dock.relayer().privateKey,
      CONFIRMATIONS: '0',
      WEBHOOK_KEY: '07'.repeat(32),
      PRIVATE_WEBHOOKS: 'true',
      MEDSEAL_DATA: folder,
    }
  })
  afterAll(async () => {
    for (const served of running) await served.stop()
    await receiver?.close()
    await storage?.close()
    await postgres?.stop()
    await harbour?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function serve(more: Readonly<Record<string, string>> = {}): Promise<Served.Served> {
    const served = await Served.serve({ ...settings, ...more })
    running.push(served)
    return served
  }

  /** Who follows and who relays, by the names the processes gave themselves. */
  const holders = async () => {
    const rows = await storage.database.selectFrom('leases').select('holder').orderBy('name').execute()
    return rows.map(({ holder }) => holder)
  }
  const states = (ids: readonly string[]) => Harbour.statesOf(storage, ids)

  /** Answers of one patient, posted to both in turns; the first process dies with some on their way. */
  async function postAndKill([first, second]: Pair, answers: readonly Answer[]): Promise<readonly string[]> {
    const [a, b, c, d] = answers as [Answer, Answer, Answer, Answer]
    // Until blocks are made again, what is sent stays between "sent" and "included".
    await harbour.provider.send('evm_setAutomine', [false])
    const sent = [await post(first, a), await post(second, b)]
    await expect.poll(() => states(sent), patience).toEqual(['sent', 'sent'])
    const [last, other] = await Promise.all([post(first, c).finally(first.kill), post(second, d)])
    expect(await post(second, c)).toBe(last)
    await harbour.provider.send('evm_setAutomine', [true])
    await harbour.provider.send('evm_mine', [])
    return [...sent, last, other]
  }

  it('carry every acknowledged answer to the chain once, though the one that relays is killed', async () => {
    const first = await serve()
    await expect.poll(holders, patience).toHaveLength(2)
    const [killed] = await holders()
    const second = await serve()
    const { scene } = harbour
    const token = await signIn([first, second], scene)
    const hook = { url: receiver.url, events: ['request.answered'] }
    const { secret } = (await Office.call(second, 'POST', '/v1/webhooks', { token, body: hook })).json
    const policy = { policy: scene.policy.policy }
    const policyId = (await Office.call(first, 'POST', '/v1/policies', { token, body: policy })).json.id
    const guest = Scene.invite(scene)
    const asked: Asked[] = []
    const answers: Answer[] = []
    for (const at of [first, second, first, second]) {
      const one = await open(at, { token, policyId }, scene)
      asked.push(one)
      answers.push(await answer(scene, guest, one))
    }

    const acknowledged = await postAndKill([first, second], answers)

    await expect.poll(() => states(acknowledged), patience).toEqual(acknowledged.map(() => 'final'))
    expect(await receiptsOn(harbour)).toEqual(asked.map(({ digest }) => digest).sort())
    for (const { id } of asked) {
      expect((await Office.call(second, 'GET', `/v1/requests/${id}`, { token })).json.state).toBe('answered')
    }
    await expect.poll(() => told(receiver, `${secret}`), patience).toEqual(asked.map(({ id }) => id).sort())
    await expect.poll(holders, patience).toHaveLength(2)
    expect(await holders()).not.toContain(killed)
    expect(await second.stop()).toBe(0)
  })

  it('check an acknowledged answer once, though the one that checks it is killed while it does', async () => {
    const { scene } = harbour
    const liar = await Liar.start(harbour.chain.rpcUrl)
    const first = await serve({ RPC_URL: liar.url })
    const token = await signIn([first, first], scene)
    const hook = { url: receiver.url, events: ['proof.verified', 'proof.rejected'] }
    const { id: endpoint } = (await Office.call(first, 'POST', '/v1/webhooks', { token, body: hook })).json
    const policy = { policy: scene.policy.policy }
    const policyId = (await Office.call(first, 'POST', '/v1/policies', { token, body: policy })).json.id
    const asked = await open(first, { token, policyId }, scene)
    const answered = await answer(scene, Scene.invite(scene), asked)

    // Nothing that is asked of contracts comes back: the check has begun, and does not end.
    const checking = Promise.withResolvers<void>()
    liar.hold = async (method) => {
      if (method !== 'eth_call') return
      checking.resolve()
      await new Promise(() => {})
    }
    const id = await post(first, answered)
    await checking.promise
    const job = () =>
      storage.database
        .selectFrom('pgboss.job' as never)
        .select(['state', 'retry_count'] as never)
        .where(sql`data->>'proofId'`, '=', id)
        .execute()
    expect(await states([id])).toEqual(['received'])
    expect(await job()).toEqual([{ state: 'active', retry_count: 0 }])
    await first.kill()
    await liar.close()
    expect(await states([id])).toEqual(['received'])

    const second = await serve()
    await expect.poll(() => states([id]), patience).toEqual(['final'])
    // By the same job, begun again.
    expect(await job()).toEqual([{ state: 'completed', retry_count: 1 }])
    const told = await storage.database
      .selectFrom('webhook_messages')
      .select('event')
      .where('endpoint_id', '=', `${endpoint}`)
      .execute()
    expect(told).toEqual([{ event: 'proof.verified' }])
    expect((await receiptsOn(harbour)).filter((digest) => digest === asked.digest)).toHaveLength(1)
    expect(await second.stop()).toBe(0)
  })
})

/** Leases last 15 seconds, a webhook's 30; the machine may be busy. */
const patience = { timeout: 120_000, interval: 200 }

type Pair = readonly [first: Served.Served, second: Served.Served]
type Asked = { readonly id: string; readonly digest: string; readonly object: PresentationRequest.PresentationRequest }
type Answer = { readonly id: string; readonly form: URLSearchParams }

/** At one of them, good for both. */
async function signIn([first, second]: Pair, { insurer }: Scene.Scene): Promise<string> {
  // The follower must have seen the insurer before it can sign in.
  const known = async () => (await Office.call(second, 'GET', `/v1/stakeholders/${insurer.id}`)).status
  await expect.poll(known, patience).toBe(200)
  return await Office.signIn(first, insurer.signer)
}

async function open(
  at: Served.Served,
  { token, policyId }: { token: string; policyId: unknown },
  { insurer }: Scene.Scene,
): Promise<Asked> {
  const terms = {
    policyIds: [policyId],
    purpose: 'COVAUTH',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    recipientName: 'Example Insurance',
  }
  const { json } = await Office.call(at, 'POST', '/v1/requests', { token, body: terms })
  const [id, digest] = [`${json.id}`, `${json.digest}`]
  const { domain, types, message } = json.typedData as TypedData
  const signature = await insurer.signer.signTypedData(domain, types, message)
  await Office.call(at, 'POST', `/v1/requests/${id}/signature`, { token, body: { signature } })
  const { text } = await Office.call(at, 'GET', `/v1/requests/${id}/object`)
  return { id, digest, object: PresentationRequest.parse(text) }
}

/** Really proven. */
async function answer(scene: Scene.Scene, guest: Scene.Guest, { id, object }: Asked): Promise<Answer> {
  const request = PresentationRequest.requestOf(object)
  const incoming = { request, signature: object.medseal_signature, policies: [scene.policy] }
  const submission = await Scene.prove(scene, await Scene.answer(scene, guest, incoming))
  return { id, form: PresentationResponse.formOf(object, [submission]) }
}

/** Gives the acknowledged proof's id. */
async function post({ url }: Served.Served, { id, form }: Answer): Promise<string> {
  const response = await fetch(`${url}/v1/requests/${id}/answer`, { method: 'POST', body: form })
  expect(response.status).toBe(200)
  const { proofs } = (await response.json()) as { proofs: { id: string }[] }
  return proofs[0]?.id ?? ''
}

/** Requests that have a receipt on the chain itself, once for each receipt. */
async function receiptsOn({ network }: Harbour.Harbour): Promise<string[]> {
  const entries = await AuditLog.read(network, ['EligibilityRegistry'])
  const receipts = entries.filter(({ action }) => action === 'eligibility.verified').map(Audit.decode)
  return receipts.map(({ requestId }) => requestId.toLowerCase()).sort()
}

/** Requests that the receiver was told are answered: at least once each. */
function told({ received }: Receiver.Receiver, secret: string): string[] {
  const messages = received.map(({ body, headers }) => {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string; data: { id: string } }
  })
  return [...new Set(messages.map(({ data }) => data.id))].sort()
}

/** What the API gives to be signed. */
type TypedData = {
  readonly domain: Record<string, string>
  readonly types: Record<string, { name: string; type: string }[]>
  readonly message: Record<string, unknown>
}
