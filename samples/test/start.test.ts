import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'medseal-start-'))
const state = join(folder, 'state')
let blocker: Server
let taken: number

type Started = { readonly child: ChildProcess; readonly said: () => string; readonly exit: Promise<number | null> }

/** `npm start` with these arguments, as the shell runs it. */
function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../start.ts'), ...args], { cwd: folder })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      words += chunk
    })
  }
  const exit = new Promise<number | null>((done) => child.once('close', done))
  return { child, said: () => words, exit }
}

/** The address it says it runs at. */
async function originOf({ child, said }: Started): Promise<string> {
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
  const prover = await fetch(`${origin}/artifacts/eligibility-s.wasm`, { method: 'HEAD' })
  expect(prover.status).toBe(200)
  const stakeholders = await fetch(`${origin}/v1/stakeholders?limit=100`).then((answer) => answer.json())
  const links = first.said().match(/http:\S+\/r\/req_\w+/g)
  expect(links).toHaveLength(2)

  const second = start('--data', state, '--port', String(taken))
  expect(await second.exit).toBe(1)
  expect(second.said()).toContain('LastingTown.TakenError')

  const started = descendants(first.child.pid)
  if (started) expect(started.length).toBeGreaterThan(0)
  else console.warn('No /proc here: whether anything is left running is not looked at.')
  first.child.kill('SIGINT')
  expect(await first.exit).toBe(0)
  expect(started?.filter(isAlive) ?? []).toEqual([])

  const again = start('--data', state, '--port', String(taken))
  const originAgain = await originOf(again)
  const stakeholdersAgain = await fetch(`${originAgain}/v1/stakeholders?limit=100`).then((answer) => answer.json())
  expect(stakeholdersAgain).toEqual(stakeholders)
  const ids = (said: string) => said.match(/req_\w+/g)
  expect(ids(again.said())).toEqual(ids(first.said()))
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
  const before = readFileSync(version, 'utf8')
  writeFileSync(version, 'another')
  const refused = start('--data', state, '--port', '0')
  expect(await refused.exit).toBe(1)
  expect(refused.said()).toContain('--fresh')

  const fresh = start('--data', state, '--port', '0', '--fresh')
  await originOf(fresh)
  expect(readFileSync(version, 'utf8')).toBe(before)
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
