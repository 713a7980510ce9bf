import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { circuits } from '../../../prover/src/generated/circuits.ts'
import * as Config from '../../src/config.ts'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Listener from '../../src/Listener.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import { open } from '../../src/storage/open.ts'
import * as Destination from '../../src/webhooks/Destination.ts'
import * as Postgres from '../Postgres.ts'
import { testConfig, testServices } from '../services.ts'
import { serve } from './serving.ts'

// operation
// ├── wrong settings are all named at start, with their rules and without their values
// ├── pages get a fresh nonce each time, unknown pages the same page, unknown files and routes a problem
// ├── prover files that are asked for with their pinned hash may be kept for ever
// ├── a stop lets what was begun end, and cuts what does not end in time
// ├── metrics are on a port of their own
// └── a backup can be restored

const folder = mkdtempSync(join(tmpdir(), 'medseal-operation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('settings', () => {
  it('have defaults that start everything embedded, with a key that stays', () => {
    const config = Config.read({ MEDSEAL_DATA: join(folder, 'data') })
    expect(config).toMatchObject({
      databaseUrl: `pglite:${join(folder, 'data/db')}`,
      host: '127.0.0.1',
      confirmations: 0,
    })
    const again = Config.read({ MEDSEAL_DATA: join(folder, 'data') })
    expect(config.webhookKey.reveal()).toHaveLength(32)
    expect(again.webhookKey.reveal()).toEqual(config.webhookKey.reveal())
    expect(statSync(join(folder, 'data/webhook.key')).mode & 0o777).toBe(0o600)
  })

  it('are refused with every rule that is broken and no value', () => {
    const wrong = {
      DATABASE_URL: 'mysql://hunter2',
      RPC_URL: 'hunter2',
      PORT: 'hunter2',
      PUBLIC_URL: 'https://hunter2/path',
      HOST: 'https://hunter2',
      METRICS_HOST: '-hunter2',
      LOG_LEVEL: 'hunter2',
      WEB_DIR: '/hunter2',
    }
    expect(() => Config.read(wrong)).toThrow(Config.InvalidSettingsError)
    const message = messageOf(() => Config.read(wrong))
    for (const name of Object.keys(wrong)) expect(message).toContain(`${name} must be`)
    expect(message).not.toContain('hunter2')
  })

  it('of a server and a chain need the keys that go with them, well-formed', () => {
    const given = { DATABASE_URL: 'postgres://a/b', RPC_URL: 'http://a', MEDSEAL_DATA: folder }
    const message = messageOf(() => Config.read(given))
    for (const name of ['RELAYER_KEY', 'DEPLOYMENT_FILE', 'WEBHOOK_KEY']) expect(message).toContain(`${name} must be`)
    expect(() => Config.read({ HOST: '::1', METRICS_HOST: 'api.internal', MEDSEAL_DATA: folder })).not.toThrow()
    const wrong = messageOf(() => Config.read({ RELAYER_KEY: 'hunter2', WEBHOOK_KEY: 'hunter2' }))
    expect(wrong).toMatch(/RELAYER_KEY must be[\s\S]*WEBHOOK_KEY must be/)
    expect(wrong).not.toContain('hunter2')
    writeFileSync(join(folder, 'relayer.key'), `0x${'1'.repeat(64)}\n0x${'2'.repeat(64)}\n`)
    const config = Config.read({ RELAYER_KEY_FILE: join(folder, 'relayer.key'), DATABASE_URL: 'pglite:memory' })
    expect(config.relayerKeys.reveal()).toEqual([`0x${'1'.repeat(64)}`, `0x${'2'.repeat(64)}`])
    expect(JSON.stringify(config)).not.toContain('1'.repeat(64))
  })

  it('never guess the origin of an API that others reach: webhooks could then go to its own network', () => {
    const relayer = { RELAYER_KEY: `0x${'1'.repeat(64)}`, DEPLOYMENT_FILE: folder }
    const servers = [
      { DATABASE_URL: 'postgres://a/b', WEBHOOK_KEY: '1'.repeat(64) },
      { DATABASE_URL: 'pglite:memory', RPC_URL: 'http://a', ...relayer },
      { DATABASE_URL: 'postgres://a/b', WEBHOOK_KEY: '1'.repeat(64), RPC_URL: 'http://a', ...relayer },
    ]
    for (const given of servers) {
      expect(messageOf(() => Config.read(given))).toMatch(/^Wrong settings:\n {2}PUBLIC_URL must be [^\n]+$/)
      const config = Config.read({ ...given, PUBLIC_URL: 'https://medseal.example' })
      expect([config.publicUrl, Destination.isPrivateAllowed(config)]).toEqual(['https://medseal.example', false])
    }
  })

  // Order of secp256k1 (SEC 2, 2.4.1).
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'
  it.each(['0'.repeat(64), order, 'f'.repeat(64)])('take no relayer key that is no private key: %s', (digits) => {
    const given = { DATABASE_URL: 'pglite:memory', RELAYER_KEY: `0x${'1'.repeat(64)},0x${digits}` }
    expect(messageOf(() => Config.read(given))).toContain('RELAYER_KEY must be')
  })

  it('take no webhook key of nothing but 0', () => {
    const given = { DATABASE_URL: 'pglite:memory', WEBHOOK_KEY: '0'.repeat(64) }
    expect(messageOf(() => Config.read(given))).toContain('WEBHOOK_KEY must be')
    expect(() => Config.read({ ...given, WEBHOOK_KEY: `${'0'.repeat(63)}1` })).not.toThrow()
  })

  it('that are wrong end the process with the code for it', () => {
    const main = join(import.meta.dirname, '../../src/main.ts')
    const { status, stderr } = spawnSync(process.execPath, [main], {
      env: { ...process.env, PORT: 'hunter2' },
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([78, 'Wrong settings:\n  PORT must be a whole number from 0 to 65535.\n'])
  })
})

describe('pages and prover files', () => {
  const [web, provers] = [join(folder, 'web'), join(folder, 'provers')]
  let served: Awaited<ReturnType<typeof serve>>
  let services: Awaited<ReturnType<typeof testServices>>
  beforeAll(async () => {
    mkdirSync(join(web, 'assets'), { recursive: true })
    mkdirSync(provers)
    writeFileSync(join(web, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__"><p>page</p>')
    writeFileSync(join(web, 'assets/main-abc.js'), 'export {}')
    writeFileSync(join(web, 'icon.svg'), '<svg/>')
    writeFileSync(join(provers, 'enrolment.wasm'), 'wasm')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    services = await testServices({ config: testConfig({ webFolder: web, artifactsFolder: provers }) })
    served = await serve(services)
  })
  afterAll(async () => {
    await served.close()
    await services.close()
  })
  const get = (path: string) => fetch(served.origin + path)

  it('are each answered with a nonce of its own', async () => {
    const nonces = new Set<string>()
    for (const path of ['/', '/insurer/requests/req_1', '/patient']) {
      const answer = await get(path)
      const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1] ?? ''
      expect(answer.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(3)
    expect(nonces).not.toContain('__CSP_NONCE__')
  })

  it('are files where they are, kept for ever where their name says what is in them', async () => {
    expect((await get('/assets/main-abc.js')).headers.get('cache-control')).toContain('immutable')
    expect((await get('/icon.svg')).headers.get('cache-control')).toContain('max-age=0')
    const { hashes } = circuits.enrolment
    const pinned = await get(`/artifacts/enrolment.wasm?sha256=${hashes.wasm}`)
    expect([pinned.status, pinned.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect((await get('/artifacts/enrolment.wasm')).headers.get('cache-control')).toContain('max-age=0')
  })

  it('are a problem where there is nothing, and never what lies outside', async () => {
    for (const path of ['/v1/nothing', '/assets/none.js', '/artifacts/none.zkey', '/none.png', '/docs/none']) {
      const answer = await get(path)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ])
    }
    for (const path of ['/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/artifacts/..%2fsecret.txt']) {
      expect(await (await get(path)).text()).not.toContain('secret')
    }
  })
})

describe('a stop', () => {
  const listen = async () => {
    const app = express()
    app.get('/slow', (_, response) => void setTimeout(() => response.send('done'), 300))
    app.get('/never', () => {})
    return await Listener.listen(app, { host: '127.0.0.1', port: 0 })
  }
  const get = (port: number, path: string) =>
    new Promise<string>((resolve) => {
      const asked = request({ port, path, host: '127.0.0.1' }, (answer) => {
        answer.setEncoding('utf8').on('data', resolve)
      })
      asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
      asked.end()
    })

  it('lets what was begun end, and takes no more', async () => {
    const listener = await listen()
    const begun = get(listener.port, '/slow')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const closing = listener.close(10)
    expect(await get(listener.port, '/slow')).toBe('ECONNREFUSED')
    expect(await begun).toBe('done')
    await closing
  })

  it('cuts what does not end in time', async () => {
    const listener = await listen()
    const begun = get(listener.port, '/never')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await listener.close(0.2)
    expect(await begun).toBe('ECONNRESET')
  })
})

it('metrics are on a port of their own, by route pattern', async () => {
  const metrics = Metrics.create()
  metrics.requests.observe({ method: 'GET', route: '/v1/requests/{id}', status: '200' }, 0.01)
  const { port, close } = await Metrics.serve(metrics, { host: '127.0.0.1', port: 0, log: Log.silent })
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('route="/v1/requests/{id}"')
  expect((await fetch(`http://127.0.0.1:${port}/v1/policies`)).status).toBe(404)
  await close()
})

describe('a backup', () => {
  it('of the embedded database is its folder', async () => {
    const [from, to] = [join(folder, 'live/db'), join(folder, 'restored/db')]
    const live = await open(`pglite:${from}`)
    await live.database
      .insertInto('challenges')
      .values({ nonce: 'kept', expires_at: new Date(0) })
      .execute()
    await live.close()
    cpSync(from, to, { recursive: true })
    const restored = await open(`pglite:${to}`)
    expect(await restored.database.selectFrom('challenges').select('nonce').execute()).toEqual([{ nonce: 'kept' }])
    await restored.close()
  })

  it.skipIf(!Postgres.programs)('of PostgreSQL is restored by the drill, while the API writes', async () => {
    const server = await Postgres.start()
    const url = await server.createDatabase()
    const storage = await open(url)
    const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
    await jobs.send('webhook', { messageId: 'msg' })
    await storage.database
      .insertInto('challenges')
      .values({ nonce: 'kept', expires_at: new Date(0) })
      .execute()
    const drill = spawn(join(import.meta.dirname, '../../deploy/drill.sh'), [url, join(folder, 'dump')], {
      env: { ...process.env, PATH: `${server.programs}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    drill.stdout.on('data', (data) => {
      said += data
    })
    const status = await new Promise((resolve) => drill.once('exit', resolve))
    expect(said).toContain('public.challenges: 1 restored, 1 now')
    expect([status, said.trimEnd().split('\n').at(-1)]).toEqual([0, 'The dump can be restored.'])
    expect(readFileSync(join(folder, 'dump')).length).toBeGreaterThan(1000)
    await jobs.close()
    await storage.close()
    await server.stop()
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (cause) {
    return (cause as Error).message
  }
  return ''
}
