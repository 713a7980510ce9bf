import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { circuits } from '../../../prover/src/generated/circuits.ts'
import * as Dock from '../chain/dock.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Served from '../exchange/served.ts'
import * as Postgres from '../Postgres.ts'

// production
// ├── starts with the settings of deploy/, in the folders that `npm run build:served` fills
// ├── is ready, and serves pages and the pinned prover files
// └── is told the same folders by systemd's and by compose's file

const deploy = join(import.meta.dirname, '../../deploy')
const textOf = (file: string) => readFileSync(join(deploy, file), 'utf8')

describe.skipIf(!Postgres.programs && !Postgres.mustHave)('production', () => {
  const machine = mkdtempSync(join(tmpdir(), 'medseal-production-'))
  let harbour: Harbour.Harbour
  let postgres: Postgres.Postgres
  let served: Served.Served

  beforeAll(async () => {
    const command = join(import.meta.dirname, '../../../samples/served.ts')
    const built = spawnSync(process.execPath, [command, join(machine, 'opt/medseal/served')], { encoding: 'utf8' })
    expect([built.status, built.stderr]).toEqual([0, expect.not.stringContaining('Error')])
    harbour = await Harbour.open()
    postgres = await Postgres.start()
    for (const folder of ['etc/medseal', 'var/lib/medseal']) mkdirSync(join(machine, folder), { recursive: true })
    const { chainId, fromBlock, addresses } = harbour.network
    const files = {
      'deployment.json': Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }),
      'relayer.key': `${Dock.relayer().privateKey}\n`,
      'webhook.key': `${'07'.repeat(32)}\n`,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(machine, 'etc/medseal', name), text)
    served = await Served.serve({
      ...onMachine(settingsOf(textOf('medseal.env'))),
      ...onMachine(environmentOf(textOf('medseal.service'))),
      DATABASE_URL: await postgres.createDatabase(),
      RPC_URL: harbour.chain.rpcUrl,
    })
  })
  afterAll(async () => {
    await served?.stop()
    await postgres?.stop()
    await harbour?.close()
    rmSync(machine, { recursive: true, force: true })
  })

  /** As if this folder were the machine's root; credentials are where systemd takes them from. */
  function onMachine(settings: Readonly<Record<string, string>>): Record<string, string> {
    const place = (value: string) => value.replace('%d/', '/etc/medseal/').replace(/^\/(?=opt|etc|var)/, `${machine}/`)
    return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, place(value)]))
  }

  it('is ready with the settings of deploy/', async () => {
    const readiness = async () => (await fetch(`${served.url}/v1/health/ready`)).status
    await expect.poll(readiness, { timeout: 60_000, interval: 200 }).toBe(200)
  })

  it('serves the pages, under the origin it was told', async () => {
    const page = await fetch(served.url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')])
    const { domain } = (await (await fetch(`${served.url}/v1/sessions/challenge`, { method: 'POST' })).json()) as {
      domain: string
    }
    expect(domain).toBe('medseal.example')
  })

  it('serves every circuit and key as they are pinned', async () => {
    for (const [name, { hashes }] of Object.entries(circuits)) {
      for (const kind of ['wasm', 'solver', 'zkey'] as const) {
        const path = `/artifacts/${name}.${kind}?sha256=${hashes[kind]}`
        const head = await fetch(served.url + path, { method: 'HEAD' })
        expect([path, head.status, head.headers.get('cache-control')]).toEqual([
          path,
          200,
          'public, max-age=31536000, immutable',
        ])
      }
    }
  })

  it('is told to stop, and does', async () => {
    expect(await served.stop()).toBe(0)
  })
})

it('systemd and compose name the folders that are built', () => {
  const { WEB_DIR, ARTIFACTS_DIR } = settingsOf(textOf('medseal.env'))
  const compose = textOf('compose.yaml')
  for (const setting of [`WEB_DIR: ${WEB_DIR}`, `ARTIFACTS_DIR: ${ARTIFACTS_DIR}`]) expect(compose).toContain(setting)
  expect(textOf('medseal.service')).toContain('WorkingDirectory=/opt/medseal\n')
})

/** NAME=value, a line each. */
function settingsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^[A-Z_]+=/.test(line))
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

/** Of a unit's Environment= lines: several settings in one, divided by blanks. */
function environmentOf(unit: string): Record<string, string> {
  const lines = [...unit.matchAll(/^Environment=(.+)$/gm)].map(([, line = '']) => line.replaceAll(' ', '\n'))
  return settingsOf(lines.join('\n'))
}
