import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Dock from './dock.ts'
import * as Harbour from './harbour.ts'

// the command that rebuilds
// ├── fills every table that is a copy of the chain as it was, from nothing
// ├── cannot bring back what no chain holds
// └── does nothing beside a process that has the database open

const folder = mkdtempSync(join(tmpdir(), 'medseal-rebuild-'))
const databaseUrl = `pglite:${join(folder, 'db')}`
let harbour: Harbour.Harbour

beforeAll(async () => {
  harbour = await Harbour.open({ proofs: 1 })
  const { chainId, fromBlock, addresses } = harbour.network
  const deployment = Form.write(DeploymentFile.kind.tag, { chainId, fromBlock, addresses })
  writeFileSync(join(folder, 'deployment.json'), deployment)
})
afterAll(async () => {
  await harbour?.close()
  rmSync(folder, { recursive: true, force: true })
})

const settings = () => ({
  MEDSEAL_DATA: folder,
  DATABASE_URL: databaseUrl,
  RPC_URL: harbour.chain.rpcUrl,
  DEPLOYMENT_FILE: join(folder, 'deployment.json'),
  RELAYER_KEY: Dock.relayer().privateKey,
  PUBLIC_URL: 'https://medseal.example',
  CONFIRMATIONS: '0',
})

function rebuild() {
  const command = join(import.meta.dirname, '../../src/rebuild.ts')
  const { status, stderr } = spawnSync(process.execPath, [command], { env: settings(), encoding: 'utf8' })
  return { status, stderr }
}

const copies = ['receipts', 'audit_entries', 'stakeholders', 'blocks'] as const

async function rowsOf({ database }: Storage.Storage) {
  const rows = copies.map((table) =>
    database
      .selectFrom(table as 'receipts')
      .selectAll()
      .orderBy(keyOf(table))
      .execute(),
  )
  return await Promise.all(rows)
}
const keyOf = (table: (typeof copies)[number]) => (table === 'blocks' ? 'number' : 'id') as 'id'

it('fills every copy of the chain as it was, and brings back nothing else', async () => {
  let storage = await Storage.open(databaseUrl)
  const [submission] = harbour.submissions
  if (!submission) throw new Error('Nothing was proven.')
  await Harbour.accept(storage, submission)
  await Scene.submit(harbour.scene, submission)
  await Dock.catchUp(Dock.following(harbour, storage))
  const before = await rowsOf(storage)
  expect(before.map((rows) => rows.length > 0)).toEqual(copies.map(() => true))
  await Harbour.empty(storage)
  await storage.close()

  expect(rebuild()).toEqual({ status: 0, stderr: '' })

  storage = await Storage.open(databaseUrl)
  expect(await rowsOf(storage)).toEqual(before)
  for (const table of ['requests', 'proofs'] as const)
    expect(await storage.database.selectFrom(table).selectAll().execute()).toEqual([])
  await storage.close()
})

it('does nothing beside a process that has the database open', async () => {
  const storage = await Storage.open(databaseUrl)
  const before = await rowsOf(storage)
  expect(rebuild()).toMatchObject({ status: 1, stderr: expect.stringContaining('is open already') })
  expect(await rowsOf(storage)).toEqual(before)
  await storage.close()
})
