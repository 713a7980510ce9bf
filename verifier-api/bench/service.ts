import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import type { IssuersRoot } from '@medseal/prover/chain/Submission'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as Day from '@medseal/prover/protocol/Day'
import type { Nullifier } from '@medseal/prover/protocol/Eligibility'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { encodeBytes32String, type Wallet } from 'ethers'
import * as Random from '../../prover/test/random.ts'
import * as Insurer from '../../samples/Insurer.ts'
import * as Keys from '../../samples/Keys.ts'
import * as LastingTown from '../../samples/LastingTown.ts'
import type { Request } from '../src/resources/Request.ts'
import * as Forge from '../test/verification/forge.ts'
import * as Load from './load.ts'
import { median, round } from './verification.ts'

const connections = 32
const gets = 2_000
const posts = 600
/** Rounds of so many answers, each to a request of its own. */
const rounds = 3
const answers = 64

/**
 * GET is one request of the insurer's by its id, POST drafts one: with credential, database and, to write, a transaction.
 * End to end is from the first answer posted to the last one included: received, verified, relayed, mined, followed.
 * The answers' proofs are made from the development keys' published secrets: to API and chain they are like any other.
 */
export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-bench-'))
  const town = await LastingTown.open(folder, { fresh: true, tell: () => {} })
  const api = await serve(folder, town)
  try {
    const insurer = await signIn(api.origin, town)
    const policy = await Insurer.keepPolicy(insurer, 'glp1-type-2-diabetes')
    const authorization = `Bearer ${insurer.token}`
    const draft = draftOf(authorization, policy.id)
    await Load.run(api.origin, Array(100).fill(draft), { connections })
    const posted = await Load.run(api.origin, Array(posts).fill(draft), { connections })
    const drafts = posted.map(({ text }) => JSON.parse(text) as Request)
    const read: Load.Call = { method: 'GET', path: `/v1/requests/${drafts[0]?.id}`, headers: { authorization } }
    const got = await Load.run(api.origin, Array(gets).fill(read), { connections })
    assertAll(posted, 201)
    assertAll(got, 200)

    const rates: number[] = []
    for (let i = 0; i < rounds; i++) {
      const some = drafts.slice(i * answers, (i + 1) * answers)
      rates.push(await endToEnd(town, insurer, some))
    }
    const figures = (replies: readonly Load.Reply[]) => ({
      p50: Load.percentile(replies, 0.5),
      p99: Load.percentile(replies, 0.99),
    })
    return {
      http: { unit: 'ms', get: figures(got), post: figures(posted), connections },
      endToEnd: { submissionsPerSecond: round(median(rates)) },
    }
  } finally {
    await api.close()
    await town.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Submissions in a second. */
async function endToEnd(town: LastingTown.LastingTown, insurer: Insurer.Insurer, drafts: readonly Request[]) {
  const calls: Load.Call[] = []
  for (const draft of drafts) calls.push(await answerTo(town, insurer, draft))
  const start = performance.now()
  assertAll(await Load.run(insurer.origin, calls, { connections }), 200)
  const waiting = new Set(drafts.map(({ id }) => id))
  while (waiting.size > 0) {
    await sleep(50)
    const [id] = waiting
    const { data } = await get<{ data: { state: string }[] }>(insurer.origin, `/v1/requests/${id}/proofs`)
    const [state] = data.map((each) => each.state)
    if (state === 'rejected' || state === 'refused') throw new Error(`An answer was ${state}: nothing to measure.`)
    // Those posted later are mostly included when this one is: each is asked about once more.
    if (state === 'included' || state === 'final') waiting.delete(id ?? '')
  }
  return (1_000 * drafts.length) / (performance.now() - start)
}

/** Opens a draft and makes the answer a patient's device would post. */
async function answerTo(
  { network }: LastingTown.LastingTown,
  { origin, signer, token }: Insurer.Insurer,
  { id, typedData: { domain, types, message } }: Request,
): Promise<Load.Call> {
  const signature = await (signer as unknown as Wallet).signTypedData(domain, types, message)
  const client = Load.open(origin, { connections: 1 })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const path = `/v1/requests/${id}/signature`
  assertAll([await client.send({ method: 'POST', path, headers, body: JSON.stringify({ signature }) })], 200)
  client.close()
  const response = await fetch(`${origin}/v1/requests/${id}/object`)
  const object = PresentationRequest.parse(await response.text())
  const circuit = 'eligibility-s'
  const verifiers = Network.contract(network, 'VerifierRegistry')
  const [, version] = await verifiers.getFunction('active')(encodeBytes32String(circuit))
  const now = await Network.now(network)
  const random = Random.seeded(id)
  const terms = {
    request: PresentationRequest.requestOf(object),
    requestSignature: object.medseal_signature,
    part: 0,
    circuit,
    verifierVersion: Number(version),
    today: Day.ofUnixSeconds(Number(now)),
    deadline: now + 3_600n,
    nullifier: random.bits(253) as Nullifier,
    issuersRoot: Registry.currentRoot(await registryOf(network)) as IssuersRoot,
  } as const
  const form = PresentationResponse.formOf(object, [await Forge.complete(terms, random)])
  return {
    method: 'POST',
    path: `/v1/requests/${id}/answer`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  }
}

let registry: Promise<Registry.Registry> | undefined

function registryOf(network: Network.Network): Promise<Registry.Registry> {
  registry ??= Registry.read(network)
  return registry
}

function draftOf(authorization: string, policyId: string): Load.Call {
  const body = {
    policyIds: [policyId],
    purpose: 'COVAUTH',
    consentRequired: false,
    recipientName: 'Northwind Health Insurance',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  }
  const headers = { authorization, 'content-type': 'application/json' }
  return { method: 'POST', path: '/v1/requests', headers, body: JSON.stringify(body) }
}

async function signIn(origin: string, { network, residents }: LastingTown.LastingTown): Promise<Insurer.Insurer> {
  const target = await network.provider.getBlockNumber()
  while ((await get<{ blockNumber: number }>(origin, '/v1/network')).blockNumber < target) await sleep(100)
  return Insurer.signIn(origin, residents.insurer.signer)
}

/** The API as it is in service: a process of its own, which is up when its health says so. */
async function serve(folder: string, town: LastingTown.LastingTown) {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const relayer = town.accounts[Keys.accounts.relayer] as unknown as Wallet
  const api = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      MEDSEAL_DATA: join(folder, 'api'),
      RPC_URL: town.rpcUrl,
      DEPLOYMENT_FILE: town.deploymentFile,
      RELAYER_KEY: relayer.privateKey,
      CONFIRMATIONS: '0',
      PORT: String(port),
      PUBLIC_URL: origin,
      METRICS_PORT: '0',
      REQUESTS_PER_MINUTE: '1000000',
      LOG_LEVEL: 'warn',
    },
  })
  while (!(await isUp(origin))) {
    if (api.exitCode !== null) throw new Error('The API did not start.')
    await sleep(100)
  }
  return { origin, close: () => stop(api) }
}

async function isUp(origin: string): Promise<boolean> {
  return fetch(`${origin}/v1/network`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function stop(api: ChildProcess): Promise<void> {
  if (api.exitCode !== null) return
  api.kill('SIGTERM')
  await once(api, 'exit')
}

async function get<T>(origin: string, path: string): Promise<T> {
  const response = await fetch(origin + path)
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`)
  return (await response.json()) as T
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function assertAll(replies: readonly Load.Reply[], status: number): void {
  const other = replies.find((reply) => reply.status !== status)
  if (other) throw new Error(`Answered ${other.status} instead of ${status}: ${other.text}`)
}
