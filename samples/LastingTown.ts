import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HDNodeWallet, Provider } from 'ethers'
import * as Artifacts from '../contracts/artifacts.ts'
import { deploy } from '../contracts/deployment.ts'
import type * as Network from '../prover/src/chain/Network.ts'
import type * as DeploymentFile from '../prover/src/files/DeploymentFile.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as Chain from '../verifier-api/src/chain/Chain.ts'
import * as Log from '../verifier-api/src/Log.ts'
import * as Lock from '../verifier-api/src/storage/Lock.ts'
import * as Build from './Build.ts'
import * as files from './files.ts'
import * as Handout from './Handout.ts'
import * as Keys from './Keys.ts'
import * as Residents from './Residents.ts'
import type * as Town from './Town.ts'

/** A town on a chain that is kept on disk, with the sample people in it. */
export type LastingTown = Town.Town & {
  readonly rpcUrl: string
  readonly deploymentFile: string
  readonly residents: Residents.Residents
  readonly handout: Handout.Handout
  readonly close: () => Promise<void>
}

/** How a start tells what it is at. */
export type Tell = (phase: string) => void

/**
 * Opens the town in a folder, or founds it there.
 * @param fresh Forgets what is kept there.
 * @throws {TakenError} {OtherVersionError} and what deploying and settling throw.
 */
export async function open(
  folder: string,
  { fresh, tell }: { readonly fresh: boolean; readonly tell: Tell },
): Promise<LastingTown> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = take(folder)
  try {
    if (fresh) forget(folder)
    assertSameVersion(folder)
    tell('The chain')
    const chain = await Chain.openChain(
      { dataFolder: folder, rpcUrl: undefined, deploymentFile: undefined },
      Log.silent,
      { deployTo: (provider) => deployTo(provider, tell) },
    )
    const close = async () => {
      await chain.close()
      lock.release()
    }
    try {
      return { ...(await settle(folder, chain.network, tell)), rpcUrl: chain.rpcUrl, close }
    } catch (cause) {
      await close()
      throw cause
    }
  } catch (cause) {
    lock.release()
    throw cause
  }
}

async function settle(folder: string, network: Network.Network, tell: Tell) {
  const accounts = Keys.accountsOn(network.provider, { count: Residents.accountCount })
  const [registrar] = accounts as [HDNodeWallet, ...HDNodeWallet[]]
  const town = { network, registrar, accounts }
  const terms = { today: Day.ofUnixSeconds(Date.now() / 1000), valueSets: files.valueSets() }
  tell('The registrar, ten hospitals, a laboratory, an insurer, a pharmacy, a doctor')
  const residents = await Residents.settle(town, terms)
  const handout = await Handout.layOut(town, residents, { folder: join(folder, 'samples'), ...terms })
  return { ...town, deploymentFile: join(folder, 'deployment.json'), residents, handout }
}

async function deployTo(provider: Provider, tell: Tell): Promise<DeploymentFile.Deployment> {
  tell('The contracts')
  const [signer, ...attesters] = Keys.accountsOn(provider, { count: 3 }) as [HDNodeWallet, ...HDNodeWallet[]]
  const { chainId, fromBlock, addresses } = await deploy({
    signer,
    readArtifact: Artifacts.fromCheckout(),
    registrar: signer.address,
    attesters: attesters.map(({ address }) => address),
  })
  return { chainId, fromBlock, addresses }
}

function take(folder: string): Lock.Lock {
  try {
    return Lock.take(join(folder, 'town'))
  } catch (cause) {
    if (cause instanceof Lock.FolderTakenError) throw new TakenError({ folder, cause })
    throw cause
  }
}

/** Only what a start has written: the folder may hold what is somebody's own. */
function forget(folder: string): void {
  for (const name of ['chain', 'db', 'samples', 'deployment.json', 'version', 'webhook.key']) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function assertSameVersion(folder: string): void {
  const path = join(folder, 'version')
  const version = Build.fingerprint()
  if (!existsSync(path)) writeFileSync(path, version)
  else if (readFileSync(path, 'utf8') !== version) throw new OtherVersionError({ folder })
}

/** Medseal runs from this folder already. */
export class TakenError extends Error {
  override readonly name = 'LastingTown.TakenError'
  constructor({ folder, cause }: { folder: string; cause: unknown }) {
    super(`Medseal is running from ${folder} already: stop it first, or name another folder with --data.`, { cause })
  }
}

/** The contracts or circuits have changed since the chain was founded. */
export class OtherVersionError extends Error {
  override readonly name = 'LastingTown.OtherVersionError'
  constructor({ folder }: { folder: string }) {
    super(`What is kept in ${folder} is of another version of the contracts or circuits: forget it with --fresh.`)
  }
}
