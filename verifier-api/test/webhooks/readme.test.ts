import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as Day from '@medseal/prover/protocol/Day'
import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import { HDNodeWallet } from 'ethers'
import { expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import { createApp } from '../../src/app.ts'
import * as Chain from '../../src/chain/Chain.ts'
import * as EmbeddedChain from '../../src/chain/EmbeddedChain.ts'
import { codes } from '../../src/errors.ts'
import * as ValueSets from '../../src/exchange/ValueSets.ts'
import * as Exchange from '../../src/exchange/Verify.ts'
import { authenticate } from '../../src/identity/Authentication.ts'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Metrics from '../../src/Metrics.ts'
import { scopes } from '../../src/resources/ApiKey.ts'
import type { Services } from '../../src/Services.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Verification from '../../src/verification/Verification.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { testConfig, testServices } from '../services.ts'
import { listen } from './receiver.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'verifier-api/README.md'), 'utf8')
const patientsTurn = page.indexOf('## 4.')

/** Fenced blocks: of a language, with the file's name where they have one. */
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
  ({ 1: language, 2: name, 3: text, index }) => ({
    language,
    name,
    text: text ?? '',
    index,
  }),
)

it('the page for integrators names every code and every scope', () => {
  const table = Object.entries(codes).map(([code, [status, title]]) => `| \`${code}\` | ${status} | ${title} |`)
  expect(page.trimEnd().split('\n').slice(-table.length)).toEqual(table)
  for (const scope of scopes) expect(page).toContain(`\`${scope}\``)
})

it('the commands of the page for integrators do what it says', async () => {
  const scene = await Scene.set({ today: Day.parse(new Date().toISOString().slice(0, 10)) })
  const guest = Scene.invite(scene)
  const api = await serve(scene)
  // The follower must have seen the insurer before it can sign in.
  const known = async () => (await fetch(`${api.url}/v1/stakeholders/${scene.insurer.id}`)).status
  await expect.poll(known, { timeout: 60_000, interval: 200 }).toBe(200)
  // A port that is free, for the page's own receiver.
  const { port, close } = await listen()
  await close()
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/readme-'))
  try {
    for (const { name, text } of blocks) if (name !== undefined) writeFileSync(join(folder, name), text)
    const shell = blocks.filter(({ language }) => language === 'sh')
    const before = shell.filter(({ index }) => index < patientsTurn)
    const after = shell.filter(({ index }) => index > patientsTurn)
    const wait = 'echo "$ID" > id.part; mv id.part id.txt; until [ -e patient.txt ]; do sleep 0.2; done'
    const lines = ['set -euo pipefail', 'trap "kill 0" EXIT', ...before.map(({ text }) => text), wait]
    const script = [...lines, ...after.map(({ text }) => text), 'trap - EXIT; kill %1'].join('\n')
    const insurer = HDNodeWallet.fromPhrase(EmbeddedChain.developmentMnemonic, '', "m/44'/60'/0'/0/4")
    const env = {
      ...process.env,
      API: api.url,
      STAKEHOLDER_KEY: insurer.privateKey,
      RECEIVER: `http://localhost:${port}/`,
    }
    const running = run(script, folder, env)
    await Promise.race([until(() => existsSync(join(folder, 'id.txt'))), running])
    await answer(scene, guest, `${api.url}/v1/requests/${readFileSync(join(folder, 'id.txt'), 'utf8').trim()}`)
    writeFileSync(join(folder, 'patient.txt'), '')
    const { code, output } = await running
    expect(code, output).toBe(0)
    expect(output).toContain('"policyHash"')
    const received = readFileSync(join(folder, 'received.txt'), 'utf8')
    for (const event of ['webhook.test', 'request.opened', 'proof.verified']) expect(received).toContain(event)
  } finally {
    rmSync(folder, { recursive: true })
    await api.close()
    await Scene.strike(scene)
  }
})

async function serve({ town }: Scene.Scene) {
  const storage = await Storage.open('pglite:memory')
  const metrics = Metrics.create()
  const config = testConfig()
  const jobs = await Jobs.open(storage, { log: (await testServices({}, { storage })).log, metrics })
  const verification = Verification.create({ threads: 1 })
  const services: Services = await testServices(
    {
      config,
      metrics,
      jobs,
      verification,
      network: town.network,
      valueSets: ValueSets.load(),
      webhooks: Webhooks.create({ jobs }),
    },
    { storage },
  )
  await Exchange.work(services)
  await Webhooks.work(services)
  const work = await Chain.work(services, { everyMs: 200 })
  const app = createApp(services, { authenticate: authenticate(services) })
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await work.close()
      await jobs.close()
      await verification.close()
      await storage.close()
    },
  }
}

/** What the patient's device does. */
async function answer(scene: Scene.Scene, guest: Scene.Guest, url: string): Promise<void> {
  const object = PresentationRequest.parse(await (await fetch(`${url}/object`)).text())
  const policies = PresentationRequest.policiesOf(object).map((policy) =>
    PolicyCompiler.compile(policy, { valueSets: ValueSets.load() }),
  )
  const request = PresentationRequest.requestOf(object)
  const incoming = { request, signature: object.medseal_signature, policies }
  const submission = await Scene.prove(scene, await Scene.answer(scene, guest, incoming))
  const body = PresentationResponse.formOf(object, [submission])
  const { status } = await fetch(`${url}/answer`, { method: 'POST', body })
  expect(status).toBe(200)
}

async function run(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  // A process group of its own, so that what it leaves running ends with it.
  const shell = spawn('bash', ['-c', script], { cwd, env, detached: true })
  let output = ''
  shell.stdout.on('data', (chunk) => {
    output += chunk
  })
  shell.stderr.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise<number>((resolve) => shell.on('close', (code_) => resolve(code_ ?? 1)))
  return { code, output }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 200))
}
