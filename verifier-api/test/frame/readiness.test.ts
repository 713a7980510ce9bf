import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Server from '../../src/server.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Harbour from '../chain/harbour.ts'
import * as Liar from '../chain/liar.ts'
import * as Postgres from '../Postgres.ts'
import { testConfig } from '../services.ts'

// readiness
// ├── holds while database, chain and jobs do
// ├── does not when the chain was not reached for a minute, or lies, and again when that is over
// ├── does not when the jobs cannot be reached
// └── does not when the database is down; liveness does

describe.skipIf(!Postgres.programs && !Postgres.mustHave)('readiness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-readiness-'))
  let harbour: Harbour.Harbour
  let liar: Awaited<ReturnType<typeof Liar.start>>
  let postgres: Postgres.Postgres
  let storage: Storage.Storage
  let server: Server.Server

  beforeAll(async () => {
    harbour = await Harbour.open()
    liar = await Liar.start(harbour.chain.rpcUrl)
    postgres = await Postgres.start()
    const databaseUrl = await postgres.createDatabase()
    storage = await Storage.open(databaseUrl, { connections: 1 })
    const { chainId, fromBlock, addresses } = harbour.network
    const deploymentFile = join(folder, 'deployment.json')
    writeFileSync(deploymentFile, Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses }))
    server = await Server.serve(testConfig({ databaseUrl, rpcUrl: liar.url, deploymentFile, dataFolder: folder }))
  })
  afterAll(async () => {
    await server?.close()
    await storage?.close()
    await postgres?.stop()
    await liar?.close()
    await harbour?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const readiness = async () => {
    const response = await fetch(`${server.url}/v1/health/ready`)
    const { ready, checks } = (await response.json()) as { ready: boolean; checks: Record<string, boolean> }
    return { status: response.status, ready, ...checks }
  }
  const well = { status: 200, ready: true, database: true, chain: true, jobs: true }
  const ill = { ...well, status: 503, ready: false }
  const becomes = (expected: object, before: () => Promise<unknown> = async () => {}) =>
    expect.poll(async () => before().then(readiness), { timeout: 60_000, interval: 200 }).toEqual(expected)

  it('holds while everything does', async () => {
    await becomes(well)
  })

  it('does not once the chain was not reached for a minute, and does when it is again', async () => {
    liar.down = true
    // Only a look at the chain makes it later again.
    const aMinuteAgo = () =>
      storage.database
        .updateTable('followed')
        .set({ updated_at: new Date(Date.now() - 61_000) })
        .execute()
    await becomes({ ...ill, chain: false }, aMinuteAgo)
    liar.down = false
    await becomes(well)
  })

  it('does not while the chain is another', async () => {
    liar.tell = Liar.lies['another chain']
    await becomes({ ...ill, chain: false })
    liar.tell = undefined
    await becomes(well)
  })

  it('does not while the jobs cannot be reached', async () => {
    await sql`alter schema pgboss rename to elsewhere`.execute(storage.database)
    await becomes({ ...ill, jobs: false })
    await sql`alter schema elsewhere rename to pgboss`.execute(storage.database)
    await becomes(well)
  })

  it('does not while the database is down, though the process lives', async () => {
    await postgres.crash()
    await becomes({ ...ill, database: false, chain: false, jobs: false })
    expect((await fetch(`${server.url}/v1/health/live`)).status).toBe(200)
    await postgres.restart()
    await becomes(well)
  })
})
