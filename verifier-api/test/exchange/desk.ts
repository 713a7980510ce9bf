import type { AddressInfo } from 'node:net'
import * as Submission from '@medseal/prover/chain/Submission'
import type * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as Signals from '@medseal/prover/Signals'
import * as Verify from '@medseal/prover/verify'
import * as Scene from '../../../prover/test/chain/scene.ts'
import type * as Town from '../../../samples/Town.ts'
import { createApp } from '../../src/app.ts'
import * as ValueSets from '../../src/exchange/ValueSets.ts'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import * as ApiKey from '../../src/resources/ApiKey.ts'
import type { Event } from '../../src/resources/Webhook.ts'
import * as answers from '../../src/routes/answers.ts'
import * as policies from '../../src/routes/policies.ts'
import * as proofs from '../../src/routes/proofs.ts'
import * as requests from '../../src/routes/requests.ts'
import type { Services } from '../../src/Services.ts'
import type { Storage } from '../../src/storage/open.ts'
import { openMemory } from '../memory.ts'
import { testServices } from '../services.ts'

/** The API's exchange over HTTP, on a real chain, database and queue. Who calls is said by a header. */
export type Desk = {
  readonly scene: Scene.Scene
  readonly services: Services
  readonly storage: Storage
  readonly origin: string
  /** What was told to webhooks. */
  readonly told: { readonly stakeholderId: string; readonly event: Event; readonly data: object }[]
  /** Lines of the log. */
  readonly logged: string[]
  readonly close: () => Promise<void>
}

export async function set(): Promise<Desk> {
  const scene = await Scene.set()
  const storage = await openMemory()
  const metrics = Metrics.create()
  const told: Desk['told'] = []
  const logged: string[] = []
  const log = Log.create({ level: 'debug', to: { write: (line) => logged.push(line) } })
  const jobs = await Jobs.open(storage, { log, metrics })
  const services = await testServices(
    {
      log,
      metrics,
      jobs,
      network: scene.town.network,
      valueSets: ValueSets.load(),
      verification: { verify: verifyOne, close: async () => {} },
      webhooks: {
        emit: async (_, stakeholderId, event, data) => void told.push({ stakeholderId, event, data }),
      },
    },
    { storage },
  )
  const { server, origin } = await listen(services)
  const close = async () => {
    server.close()
    await jobs.close()
    await storage.close()
    await Scene.strike(scene)
  }
  return { scene, services, storage, origin, told, logged, close }
}

async function listen(services: Services) {
  const app = createApp(services, {
    authenticate: async (request) => {
      const stakeholderId = request.header('x-stakeholder')
      return stakeholderId
        ? { stakeholderId, roles: ['insurer'], scopes: ApiKey.scopes, credential: `key_${stakeholderId}` }
        : undefined
    },
    routes: [policies, requests, answers, proofs].flatMap((noun) => noun.routes(services)),
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** The proof itself is really checked, by the prover's own verifier. */
async function verifyOne(submission: Submission.Submission): Promise<boolean> {
  const { circuit, proof } = submission
  const signals = Signals.encode(circuit, Submission.signalsOf(submission))
  return (await Verify.verify(circuit, proof, signals)).valid
}

// biome-ignore lint/suspicious/noExplicitAny: what a client reads is any JSON
export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: any }

export async function call(
  { origin }: Pick<Desk, 'origin'>,
  method: string,
  path: string,
  { as, body, form }: { as?: string | undefined; body?: unknown; form?: URLSearchParams | string } = {},
): Promise<Reply> {
  const headers: Record<string, string> = {
    ...(as && { 'x-stakeholder': as }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const sent = body !== undefined ? JSON.stringify(body) : form?.toString()
  const response = await fetch(origin + path, { method, headers, ...(sent !== undefined && { body: sent }) })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

export const insurer = ({ scene }: Desk) => scene.insurer.id.toString()

export async function keepPolicy(desk: Desk, compiled: PolicyCompiler.Compiled, as = insurer(desk)): Promise<string> {
  const { json } = await call(desk, 'POST', '/v1/policies', { as, body: { policy: compiled.policy } })
  return json.id
}

export type Terms = Readonly<Record<string, unknown>>

/** A draft of the insurer's, for the scene's policy unless told. */
export async function draft(desk: Desk, terms: Terms = {}, as = insurer(desk)): Promise<Reply> {
  const policyIds = terms.policyIds ?? [await keepPolicy(desk, desk.scene.policy, as)]
  const now = await desk.scene.town.chain.now()
  return call(desk, 'POST', '/v1/requests', {
    as,
    body: {
      purpose: 'COVAUTH',
      recipientName: 'Example Insurance',
      expiresAt: new Date((now + 86_400) * 1000).toISOString(),
      ...terms,
      policyIds,
    },
  })
}

/** Signs what the API says is to be signed, as any wallet would. */
export async function sign(desk: Desk, { json }: Reply, signer: Town.Account = desk.scene.insurer.signer) {
  const { domain, types, message } = json.typedData
  return signer.signTypedData(domain, types, message)
}

/** An open request: its resource. */
export async function ask(desk: Desk, terms: Terms = {}) {
  const drafted = await draft(desk, terms)
  const signature = await sign(desk, drafted)
  const path = `/v1/requests/${drafted.json.id}/signature`
  return (await call(desk, 'POST', path, { as: insurer(desk), body: { signature } })).json
}
