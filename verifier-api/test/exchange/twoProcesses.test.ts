import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Audit from '@medseal/prover/chain/Audit'
import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import type { IssuersRoot } from '@medseal/prover/chain/Submission'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import type { Nullifier } from '@medseal/prover/protocol/Eligibility'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { encodeBytes32String } from 'ethers'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import { isFullDose, type Random, seeded } from '../../../prover/test/random.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Dock from '../chain/dock.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Liar from '../chain/liar.ts'
import * as Office from '../identity/office.ts'
import * as Postgres from '../Postgres.ts'
import * as Forge from '../verification/forge.ts'
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
      REQUESTS_PER_MINUTE: '1000000',
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

  it('carry one of many different answers of one person, posted to both at once, and refuse the others by name', {
    timeout: isFullDose ? 3_600_000 : 300_000,
  }, async () => {
    const pair = [await serve(), await serve()] as const
    const { scene } = harbour
    const token = await signIn(pair, scene)
    const policy = { policy: scene.policy.policy }
    const policyId = (await Office.call(pair[0], 'POST', '/v1/policies', { token, body: policy })).json.id
    const one = await open(pair[0], { token, policyId, consentRequired: false }, scene)
    const answers = await answersOfOne(scene, one, isFullDose ? 10_000 : 200)

    const acknowledged = await postAll(pair, answers)

    expect(new Set(acknowledged).size).toBe(answers.length)
    const underWay = async () => Object.keys(await outcomes(one)).filter((name) => names.underWay.includes(name))
    await expect.poll(underWay, { ...patience, timeout: 240_000 }).toEqual([])
    const { final, ...refused } = await outcomes(one)
    expect(final).toBe(1)
    expect(Object.keys(refused).filter((name) => !names.spent.includes(name))).toEqual([])
    expect(Object.values(refused).reduce((sum, count) => sum + count, 1)).toBe(answers.length)
    expect((await receiptsOn(harbour)).filter((digest) => digest === one.digest)).toEqual([one.digest])
    for (const served of pair) expect(await served.stop()).toBe(0)
  })

  /** How many answers to a request ended in which way. */
  async function outcomes({ id }: Asked): Promise<Readonly<Record<string, number>>> {
    const rows = await storage.database
      .selectFrom('proofs')
      .select(['state', 'reason', ({ fn }) => fn.countAll().as('count')])
      .where('request_id', '=', id)
      .groupBy(['state', 'reason'])
      .execute()
    return Object.fromEntries(
      rows.map(({ state, reason, count }) => [reason ? `${state} ${reason}` : state, Number(count)]),
    )
  }
})

const names: Readonly<Record<'underWay' | 'spent', readonly string[]>> = {
  underWay: ['received', 'verified', 'sent', 'included'],
  spent: ['rejected nullifier-spent', 'refused NullifierStore_AlreadySpent'],
}

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
  { token, policyId, consentRequired = true }: { token: string; policyId: unknown; consentRequired?: boolean },
  { insurer }: Scene.Scene,
): Promise<Asked> {
  const terms = {
    policyIds: [policyId],
    purpose: 'COVAUTH',
    consentRequired,
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

/** So many that differ in their deadlines, each with a proof that holds: what one holder secret could make. */
async function answersOfOne({ town, today }: Scene.Scene, { id, object }: Asked, count: number): Promise<Answer[]> {
  const { network } = town
  const random: Random = seeded('one nullifier')
  const circuit = 'eligibility-s'
  const verifiers = Network.contract(network, 'VerifierRegistry')
  const [, version] = await verifiers.getFunction('active')(encodeBytes32String(circuit))
  const terms = {
    request: PresentationRequest.requestOf(object),
    requestSignature: object.medseal_signature,
    part: 0,
    circuit,
    verifierVersion: Number(version),
    today,
    nullifier: random.bits(253) as Nullifier,
    issuersRoot: Registry.currentRoot(await Registry.read(network)) as IssuersRoot,
  } as const
  const latest = (await Network.now(network)) + 43_200n
  const answers: Answer[] = []
  for (let i = 0; i < count; i++) {
    const submission = await Forge.complete({ ...terms, deadline: latest + BigInt(i) }, random)
    answers.push({ id, form: PresentationResponse.formOf(object, [submission]) })
  }
  return answers
}

/** All at once to both in turns. Who is told that too many wait, or loses the connection, posts again. Gives the acknowledged proofs' ids. */
async function postAll([first, second]: Pair, answers: readonly Answer[]): Promise<readonly string[]> {
  const waiting = [...answers]
  const acknowledged: string[] = []
  const client = async (at: Served.Served) => {
    for (let answer = waiting.pop(); answer; answer = waiting.pop()) {
      const taken = await tryPost(at, answer)
      if (taken === undefined) waiting.push(answer)
      else acknowledged.push(taken)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, i) => client(i % 2 ? first : second)))
  return acknowledged
}

/** More than may wait unchecked. */
const atOnce = 80

/** Gives the acknowledged proof's id. */
async function post(at: Served.Served, answer: Answer): Promise<string> {
  const id = await tryPost(at, answer)
  expect(id).toBeDefined()
  return id ?? ''
}

/** Undefined where the API says that too many wait, or the connection was lost: the same is to be posted again. */
async function tryPost({ url }: Served.Served, { id, form }: Answer): Promise<string | undefined> {
  const posted = fetch(`${url}/v1/requests/${id}/answer`, { method: 'POST', body: form })
  const response = await posted.catch(() => undefined)
  if (response === undefined || response.status === 429) return undefined
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
