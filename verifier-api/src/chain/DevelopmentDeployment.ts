import { HDNodeWallet, type JsonRpcProvider } from 'ethers'
import type { DeployTo } from './Chain.ts'
import { developmentMnemonic } from './EmbeddedChain.ts'

/**
 * Compiles the contracts of this checkout and puts them onto the embedded chain: its first account is the registrar, the
 * next two attest. Loaded when it is needed: an API on another chain stands without compiler and contracts.
 */
export const deploy: DeployTo = async (provider: JsonRpcProvider) => {
  const { fromCheckout } = await import('../../../contracts/artifacts.ts')
  const deployment = await import('../../../contracts/deployment.ts')
  const parent = HDNodeWallet.fromPhrase(developmentMnemonic, '', "m/44'/60'/0'/0")
  const signer = parent.deriveChild(0).connect(provider)
  const attesters = [1, 2].map((index) => parent.deriveChild(index).address)
  const { chainId, fromBlock, addresses } = await deployment.deploy({
    signer,
    readArtifact: fromCheckout(),
    registrar: signer.address,
    attesters,
  })
  return { chainId, fromBlock, addresses }
}
