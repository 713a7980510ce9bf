import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HDNodeWallet, JsonRpcProvider } from 'ethers'
import { deploy } from '../contracts/deployment.ts'
import * as File from '../prover/src/cli/File.ts'
import * as DeploymentFile from '../prover/src/files/DeploymentFile.ts'
import * as Day from '../prover/src/protocol/Day.ts'
import * as EmbeddedChain from '../verifier-api/src/chain/EmbeddedChain.ts'
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
    const chain = await EmbeddedChain.start({ folder: join(folder, 'chain') })
    const provider = new JsonRpcProvider(chain.rpcUrl, Number(EmbeddedChain.chainId), {
      staticNetwork: true,
      cacheTimeout: -1,
    })
    const close = async () => {
      provider.destroy()
      await chain.close()
      lock.release()
    }
    try {
      const town = { ...(await settle(folder, provider, tell)), rpcUrl: chain.rpcUrl, close }
      await chain.save()
      return town
    } catch (cause) {
      await close()
      throw cause
    }
  } catch (cause) {
    lock.release()
    throw cause
  }
}

async function settle(folder: string, provider: JsonRpcProvider, tell: Tell) {
  const accounts = Keys.accountsOn(provider, { count: Residents.accountCount })
  const [registrar] = accounts as [HDNodeWallet, ...HDNodeWallet[]]
  const deploymentFile = join(folder, 'deployment.json')
  const network = { ...(await deploymentOn(provider, accounts, deploymentFile, tell)), provider }
  const town = { network, registrar, accounts }
  const terms = { today: Day.ofUnixSeconds(Date.now() / 1000), valueSets: files.valueSets() }
  tell('The registrar, ten hospitals, a laboratory, an insurer, a pharmacy, a doctor')
  const residents = await Residents.settle(town, terms)
  const handout = await Handout.layOut(town, residents, { folder: join(folder, 'samples'), ...terms })
  return { ...town, deploymentFile, residents, handout }
}

/** Where the contracts are, deployed now where they are not. */
async function deploymentOn(
  provider: JsonRpcProvider,
  [signer, ...others]: readonly HDNodeWallet[],
  path: string,
  tell: Tell,
): Promise<DeploymentFile.Deployment> {
  const known = existsSync(path) ? File.readJson(path, [DeploymentFile.kind]) : undefined
  if (known && (await provider.getCode(known.addresses.EligibilityRegistry)) !== '0x') return known
  if (!signer) throw new Error('The town has no accounts.')
  tell('The contracts')
  const { chainId, fromBlock, addresses } = await deploy({
    signer,
    readArtifact: Build.contracts(),
    registrar: signer.address,
    attesters: others.slice(0, 2).map(({ address }) => address),
  })
  File.writeJson(path, DeploymentFile.kind.tag, { chainId, fromBlock, addresses }, { force: true, secret: false })
  return { chainId, fromBlock, addresses } as DeploymentFile.Deployment
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
