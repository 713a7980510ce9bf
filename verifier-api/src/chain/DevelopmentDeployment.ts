import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HDNodeWallet, type JsonRpcProvider } from 'ethers'
import type { Artifact } from '../../../contracts/deployment.ts'
import type { DeployTo } from './Chain.ts'
import { developmentMnemonic } from './EmbeddedChain.ts'

const root = join(import.meta.dirname, '../../..')

/**
 * Compiles the contracts of this checkout and puts them onto the embedded chain: its first account is the registrar, the
 * next two attest. Loaded when it is needed: an API on another chain stands without compiler and contracts.
 */
export const deploy: DeployTo = async (provider: JsonRpcProvider) => {
  const { buildContracts } = await import('../../../circuits/build/contracts.ts')
  const deployment = await import('../../../contracts/deployment.ts')
  await buildContracts()
  const parent = HDNodeWallet.fromPhrase(developmentMnemonic, '', "m/44'/60'/0'/0")
  const signer = parent.deriveChild(0).connect(provider)
  const attesters = [1, 2].map((index) => parent.deriveChild(index).address)
  const readArtifact = async (name: string) => read(name)
  const { chainId, fromBlock, addresses } = await deployment.deploy({
    signer,
    readArtifact,
    registrar: signer.address,
    attesters,
  })
  return { chainId, fromBlock, addresses }
}

function read(name: string): Artifact | undefined {
  const folder = join(root, '.cache/artifacts')
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const path = paths.find((path) => path.replaceAll('\\', '/').endsWith(`/${name}.sol/${name}.json`))
  return path === undefined ? undefined : JSON.parse(readFileSync(join(folder, path), 'utf8'))
}
