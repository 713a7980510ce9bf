import * as Network from '../chain/Network.ts'
import * as Registry from '../chain/Registry.ts'
import type { Desk } from '../files/IssuerFile.ts'
import * as IssuerDesk from '../IssuerDesk.ts'
import * as Issuer from '../protocol/Issuer.ts'
import * as StatusList from '../protocol/StatusList.ts'
import * as Chain from './Chain.ts'
import * as KeyFile from './KeyFile.ts'
import type { OnChain } from './Options.ts'
import type * as Output from './Output.ts'
import * as Secret from './Secret.ts'

/**
 * Sends an issuer's status list to the chain: the words that differ from those published.
 * @param account File of the issuer's registered key.
 * @throws {NotRegisteredError} and what `Chain.use` and `Secret.read` throw.
 */
export async function publish(
  options: Required<OnChain>,
  { issuer, status }: Desk,
  account: string | undefined,
): Promise<Output.Answer> {
  const wallet = await Secret.read(KeyFile.account, account)
  return Chain.use(options, async (network) => {
    const published = await findPublished(network, Issuer.idOf(issuer.publicKey))
    const changes = IssuerDesk.unpublished({ status }, published.status)
    const statusRoot = StatusList.root(status)
    if (changes.length === 0) return { data: { words: 0, statusRoot }, text: ['nothing to publish'] }
    const registry = Network.contract(network, 'StakeholderRegistry', wallet.connect(network.provider))
    const transaction = await Chain.sent(
      registry.getFunction('updateStatus')(
        published.stakeholderId,
        statusRoot,
        changes.map(({ position }) => position),
        changes.map(({ word }) => word),
      ),
    )
    return {
      data: { words: changes.length, statusRoot, transaction },
      text: [`published ${changes.length} words of the status list in ${transaction}`],
    }
  })
}

async function findPublished(network: Network.Network, issuerId: Issuer.IssuerId): Promise<Registry.Issuer> {
  const { issuers } = await Registry.read(network)
  const found = [...issuers.values()].find((each) => each.issuerId === issuerId)
  if (!found) throw new NotRegisteredError()
  return found
}

/** The registrar of this chain has not added the issuer. */
export class NotRegisteredError extends Error {
  override readonly name = 'Chain.NotRegisteredError'
  constructor() {
    super('This issuer is not registered on the chain: its registrar adds it from what `medseal issuer show` says.')
  }
}
