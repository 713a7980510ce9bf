import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import * as Portable from './Portable.ts'

/** A real server of its own in a temporary folder, gone when it is stopped. */
export type Postgres = {
  /** URL of an empty database; each call makes another. */
  readonly createDatabase: () => Promise<string>
  /** Folder of pg_dump, pg_restore and psql. */
  readonly programs: string
  /** kill -9, as a machine that loses power would: the next `restart` recovers from the log. */
  readonly crash: () => Promise<void>
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Whether a missing server is a failure rather than a reason to skip. */
export const mustHave = process.env.MEDSEAL_REQUIRE?.split(/[\s,]+/).includes('postgres') ?? false

/** Folder of the server's programs, undefined where PostgreSQL is not installed. */
export const programs = findPrograms()
if (!programs) console.warn('PostgreSQL is not installed (apt-get install postgresql): its tests are skipped.')

export async function start(): Promise<Postgres> {
  if (!programs) throw new NotInstalledError()
  Portable.watch()
  const folder = mkdtempSync(join(tmpdir(), 'medseal-postgres-'))
  const owner = serverUser()
  chmodSync(folder, 0o700)
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const run = { stdio: 'ignore', cwd: folder, ...owner } as const
  const initialised = spawnSync(
    join(programs, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'medseal', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    run,
  )
  if (initialised.status !== 0) throw new NotStartedError({ step: 'initdb' })
  const port = await freePort()
  const url = (database: string) => `postgres://medseal@127.0.0.1:${port}/${database}`
  const launch = () =>
    spawn(
      join(programs as string, 'postgres'),
      ['-D', join(folder, 'data'), '-p', `${port}`, '-k', folder, '-h', '127.0.0.1', '-c', 'max_connections=200'],
      run,
    )
  let server = launch()
  await untilReady(url('postgres'))
  let count = 0
  return {
    programs,
    createDatabase: async () => {
      const name = `medseal_${++count}`
      await query(url('postgres'), `create database ${name}`)
      return url(name)
    },
    crash: () => end(server, 'SIGKILL', folder),
    restart: async () => {
      server = launch()
      await untilReady(url('postgres'))
    },
    stop: async () => {
      await end(server, 'SIGINT', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function findPrograms(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const installed = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...installed.map((version) => join(versions, version, 'bin')),
    ...(process.env.PATH ?? '').split(':').filter(Boolean),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')))
}

/** The server refuses to be run by root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const of = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  const [uid, gid] = [of('-u'), of('-g')]
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: 65534, gid: 65534 }
}

async function untilReady(url: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (
      await query(url, 'select 1').then(
        () => true,
        () => false,
      )
    )
      return
    await sleep(100)
  }
  throw new NotStartedError({ step: 'postgres' })
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

async function end(server: ChildProcess, signal: 'SIGINT' | 'SIGKILL', folder: string): Promise<void> {
  const gone = new Promise((resolve) => server.once('exit', resolve))
  if (server.exitCode === null && server.signalCode === null) {
    server.kill(signal)
    await gone
  }
  // Backends outlive a killed postmaster for a moment, and hold its shared memory.
  if (signal === 'SIGKILL') rmSync(join(folder, 'data/postmaster.pid'), { force: true })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** PostgreSQL is not on this machine. */
export class NotInstalledError extends Error {
  override readonly name = 'Postgres.NotInstalledError'
  constructor() {
    super('PostgreSQL is not installed; on Debian: apt-get install postgresql.')
  }
}

/** The server did not come up. */
export class NotStartedError extends Error {
  override readonly name = 'Postgres.NotStartedError'
  constructor({ step }: { step: string }) {
    super(`PostgreSQL for the tests did not start: ${step} failed.`)
  }
}
