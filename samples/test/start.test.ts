import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Device from './Device.ts'
import * as Npm from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'medseal-start-'))
const state = join(folder, 'state')
let blocker: Server
let taken: number

/** What the first start leaves: the requests it named, and the receipt of an answer to the first. */
let before: { readonly ids: readonly string[]; readonly receipt: Receipt }

type Receipt = { readonly id: string; readonly requestDigest: string; readonly nullifier: string }

const start = (...args: readonly string[]) => Npm.start(folder, ...args)

/** The requests whose links it has printed. */
const ids = (said: string) => [...said.matchAll(/\/r\/(req_\w+)/g)].map(([, id]) => `${id}`)

async function get(origin: string, path: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(origin + path)
  return { status: response.status, json: await response.json() }
}

const receiptsOf = async (origin: string) =>
  ((await get(origin, '/v1/receipts')).json as { data: readonly Receipt[] }).data

/** Adela's device answers, and finds the receipt. */
async function answer(origin: string, id: string): Promise<Receipt> {
  expect(await receiptsOf(origin)).toEqual([])
  await Device.answer(origin, { id, patient: 'adela', credential: join(state, 'samples/adela.json') })
  await expect.poll(() => receiptsOf(origin), { timeout: 120_000, interval: 200 }).toHaveLength(1)
  const [receipt] = await receiptsOf(origin)
  if (!receipt) throw new Error('The receipt is gone again.')
  return receipt
}

/** The address it says it runs at. */
async function originOf({ child, said }: Npm.Started): Promise<string> {
  for (;;) {
    const [, origin] = /^Medseal runs at (\S+)$/m.exec(said()) ?? []
    if (origin !== undefined && said().includes('Ctrl-C')) return origin
    if (child.exitCode !== null) throw new Error(`It ended: ${said()}`)
    await new Promise((wake) => setTimeout(wake, 100))
  }
}

/** Everything a process has started, and what that has. By Linux's /proc; undefined where there is none. */
function descendants(pid: number | undefined): number[] | undefined {
  if (pid === undefined || !existsSync('/proc/self/stat')) return undefined
  const parents = readdirSync('/proc')
    .map(Number)
    .filter(Boolean)
    .map((one) => [one, parentOf(one)] as const)
  const of = (parent: number): number[] => parents.flatMap(([one, its]) => (its === parent ? [one, ...of(one)] : []))
  return of(pid)
}

/** The name, in brackets, may hold anything; state and parent come after it. */
function parentOf(pid: number): number {
  const stat = tryOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function tryOr<T>(otherwise: T, act: () => T): T {
  try {
    return act()
  } catch {
    return otherwise
  }
}

const isAlive = (pid: number) => tryOr(false, () => process.kill(pid, 0))

beforeAll(async () => {
  blocker = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => blocker.once('listening', listening))
  const address = blocker.address()
  taken = typeof address === 'object' && address ? address.port : 0
})

afterAll(() => {
  blocker.close()
  rmSync(folder, { recursive: true, force: true })
})

it('starts everything beside a port that is taken, keeps its state, and leaves nothing running', async () => {
  const first = start('--data', state, '--port', String(taken))
  const origin = await originOf(first)
  expect(Number(new URL(origin).port)).toBeGreaterThan(taken)

  const ready = await fetch(`${origin}/v1/health/ready`)
  expect(ready.status).toBe(200)
  const page = await fetch(origin)
  expect(await page.text()).toContain('<div id="root">')
  const prover = await fetch(`${origin}/artifacts/eligibility-s.solver`, { method: 'HEAD' })
  expect(prover.status).toBe(200)
  const stakeholders = await fetch(`${origin}/v1/stakeholders?limit=100`).then((answer) => answer.json())
  expect(ids(first.said())).toHaveLength(2)

  before = { ids: ids(first.said()), receipt: await answer(origin, ids(first.said())[0] ?? '') }

  const second = start('--data', state, '--port', String(taken))
  expect(await second.exit).toBe(1)
  expect(second.said()).toContain('LastingTown.TakenError')

  const started = descendants(first.child.pid)
  if (started) expect(started.length).toBeGreaterThan(0)
  else console.warn('No /proc here: whether anything is left running is not looked at.')
  first.child.kill('SIGINT')
  expect(await first.exit).toBe(0)
  // An orphan is seen until the system has taken note of its end.
  await expect.poll(() => started?.filter(isAlive) ?? [], { timeout: 30_000 }).toEqual([])

  const again = start('--data', state, '--port', String(taken))
  const originAgain = await originOf(again)
  const stakeholdersAgain = await fetch(`${originAgain}/v1/stakeholders?limit=100`).then((answer) => answer.json())
  expect(stakeholdersAgain).toEqual(stakeholders)
  // What was answered is kept, and something new is asked in its place.
  expect(ids(again.said())).toEqual([expect.not.stringMatching(`${before.ids[0]}`), before.ids[1]])
  expect(await receiptsOf(originAgain)).toEqual([before.receipt])
  const progress = async () => (await get(originAgain, `/v1/requests/${before.ids[0]}/proofs`)).json
  await expect.poll(progress, { timeout: 60_000 }).toMatchObject({ data: [{ part: 0, state: 'final' }] })
  again.child.kill('SIGTERM')
  expect(await again.exit).toBe(0)
})

it('lays out the sample keys for their owner alone', () => {
  const samples = join(state, 'samples')
  const names = readdirSync(samples)
  expect(names).toEqual(expect.arrayContaining(['insurer.account-key.json', 'hospital.issuer.json', 'adela.json']))
  for (const name of names) expect(statSync(join(samples, name)).mode & 0o077, name).toBe(0)
})

it('refuses what was founded by another version, and forgets it when told to', async () => {
  const version = join(state, 'version')
  const founded = readFileSync(version, 'utf8')
  writeFileSync(version, 'another')
  const refused = start('--data', state, '--port', '0')
  expect(await refused.exit).toBe(1)
  expect(refused.said()).toContain('--fresh')

  const fresh = start('--data', state, '--port', '0', '--fresh')
  const origin = await originOf(fresh)
  expect(readFileSync(version, 'utf8')).toBe(founded)
  expect(ids(fresh.said())).toHaveLength(2)
  for (const id of ids(fresh.said())) expect(before.ids).not.toContain(id)
  expect((await get(origin, `/v1/requests/${before.ids[0]}/object`)).status).toBe(404)
  expect((await get(origin, `/v1/receipts/${before.receipt.id}`)).status).toBe(404)
  expect(await receiptsOf(origin)).toEqual([])
  fresh.child.kill('SIGINT')
  expect(await fresh.exit).toBe(0)
})

it.each([
  ['--port', 'many'],
  ['--bundle', 'one.json'],
  ['--port', '-1'],
])('explains itself when called %s %s', async (...args) => {
  const wrong = start(...args)
  expect(await wrong.exit).not.toBe(0)
  expect(wrong.said()).toContain('npm start')
})
