import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Network from '@medseal/prover/chain/Network'
import type * as Submission from '@medseal/prover/chain/Submission'
import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Day from '@medseal/prover/protocol/Day'
import * as Asked from '@medseal/prover/protocol/Request'
import type { JsonRpcProvider } from 'ethers'
import { buildCircuits } from '../../../circuits/build/build.ts'
import { deploy, type ReadArtifact } from '../../../contracts/deployment.ts'
import * as ArtifactsNode from '../../../prover/src/ArtifactsNode.ts'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Keys from '../../../samples/Keys.ts'
import * as Town from '../../../samples/Town.ts'
import * as EmbeddedChain from '../../src/chain/EmbeddedChain.ts'
import * as Id from '../../src/Id.ts'
import type { ProofState } from '../../src/storage/Database.ts'
import type { Storage } from '../../src/storage/open.ts'
import * as Dock from './dock.ts'

/** An embedded chain with a town on it, and answers of a patient's that were really proven. */
export type Harbour = {
  readonly chain: EmbeddedChain.EmbeddedChain
  readonly network: Network.Network
  readonly provider: JsonRpcProvider
  readonly scene: Scene.Scene
  readonly submissions: readonly Submission.Submission[]
  readonly close: () => Promise<void>
}

export async function open({
  proofs = 0,
  saveEverySeconds = 1,
}: {
  proofs?: number
  saveEverySeconds?: number
} = {}): Promise<Harbour> {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-harbour-'))
  const chain = await EmbeddedChain.start({ folder, saveEverySeconds })
  const provider = Dock.connect(chain.rpcUrl)
  const accounts = Keys.accountsOn(provider, { count: 10 })
  const [registrar, first, second] = accounts as [(typeof accounts)[0], (typeof accounts)[0], (typeof accounts)[0]]
  const deployment = await deploy({
    signer: registrar,
    readArtifact,
    registrar: registrar.address,
    attesters: [first.address, second.address],
  })
  const { chainId, fromBlock, addresses } = deployment
  const network = { chainId, fromBlock, addresses, provider }
  const town = { network, registrar, accounts } as unknown as Town.LocalTown
  const today = Day.ofUnixSeconds(Math.floor(Date.now() / 1000))
  const hospital = await Scene.verifyHospital({ town, today }, { account: 3, key: 3 })
  const insurer = await Town.verifyRecipient(town, { account: 4, roles: ['insurer'] })
  const provers = ArtifactsNode.fromPaths(await buildCircuits())
  const scene = { town, artifacts: provers, today, hospital, insurer, policy: Scene.policyOf() }
  const guest = proofs > 0 ? Scene.invite(scene) : undefined
  const submissions = []
  for (let i = 0; guest && i < proofs; i++) {
    submissions.push(await Scene.prove(scene, await Scene.prepare(scene, guest)))
  }
  const close = async () => {
    provider.destroy()
    await chain.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { chain, network, provider, scene, submissions, close }
}

/** As compiled before the tests began. */
const artifacts = join(import.meta.dirname, '../../../.cache/artifacts')
const readArtifact: ReadArtifact = async (name) => {
  const paths = readdirSync(artifacts, { recursive: true, encoding: 'utf8' })
  const path = paths.find((each) => each.endsWith(join(`${name}.sol`, `${name}.json`)))
  return path === undefined ? undefined : JSON.parse(readFileSync(join(artifacts, path), 'utf8'))
}

/** The chain as it is now; put back when called. */
export async function snapshot({ provider }: Harbour): Promise<() => Promise<void>> {
  const number = await provider.send('evm_snapshot', [])
  return async () => {
    await provider.send('evm_revert', [number])
  }
}

export async function mine({ provider }: Pick<Harbour, 'provider'>, blocks = 1): Promise<void> {
  for (let i = 0; i < blocks; i++) await provider.send('evm_mine', [])
}

/** A proof as it is when it was acknowledged and checked. */
export async function accept(
  { database }: Storage,
  submission: Submission.Submission,
  state: ProofState = 'verified',
): Promise<string> {
  const digest = Asked.idOf(submission.request)
  const now = new Date()
  const own = { stakeholder_id: `${submission.request.recipientId}`, created_at: now }
  const known = await database.selectFrom('requests').select('id').where('digest', '=', digest).executeTakeFirst()
  const requestId = known?.id ?? Id.create('request')
  const policyHashes = submission.request.policyHashes.map(String)
  if (!known) {
    const texts = { request: JSON.stringify({ policyHashes }), object: '{}', signature: '0x' }
    const row = { id: requestId, digest, state: 'open', expires_at: now, ...texts, ...own } as const
    await database.insertInto('requests').values(row).execute()
  }
  const proof = {
    id: Id.create('proof'),
    request_id: requestId,
    part: submission.part,
    nullifier: `0x${submission.nullifier.toString(16).padStart(64, '0')}`,
    submission: Form.write(ProofFile.kind.tag, ProofFile.fieldsOf(submission)),
    digest: Id.create('proof'),
    state,
    reason: null,
    transaction_id: null,
    updated_at: now,
    ...own,
  }
  await database.insertInto('proofs').values(proof).execute()
  return proof.id
}

export async function statesOf({ database }: Storage, ids: readonly string[]) {
  const rows = await database.selectFrom('proofs').select(['id', 'state', 'reason']).where('id', 'in', ids).execute()
  return ids.map((id) => {
    const row = rows.find((each) => each.id === id)
    return row?.reason ? `${row.state} ${row.reason}` : row?.state
  })
}

/** Receipts on the chain itself. */
export async function receiptsOn({ network }: Pick<Harbour, 'network'>): Promise<number> {
  const registry = Network.contract(network, 'EligibilityRegistry')
  const head: bigint = await registry.getFunction('auditHead')()
  // The first entry opens the trail.
  return Number(head >> 200n) - opening
}

const opening = 1

/** Forgets everything but the tables. */
export async function empty({ database }: Storage): Promise<void> {
  const tables = [
    ...['proofs', 'requests', 'transactions', 'receipts', 'audit_entries', 'stakeholders', 'blocks', 'followed'],
    'leases',
  ] as const
  for (const table of tables) await database.deleteFrom(table as 'proofs').execute()
}
