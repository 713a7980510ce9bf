import * as Chronicle from '../chain/Chronicle.ts'
import { type Route, route } from '../Route.ts'
import * as Network from '../resources/Network.ts'
import type { Services } from '../Services.ts'

export function routes({ database, network, config }: Services): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/network',
      tag: 'network',
      summary: 'Where Medseal is deployed',
      description: 'What a client needs to check everything against the chain itself.',
      access: 'public',
      answers: { 200: Network.network },
      handle: async () => {
        const { chainId, fromBlock, addresses } = network
        const blockNumber = (await Chronicle.followed(database))?.number ?? fromBlock - 1
        const body: Network.Network = {
          object: 'network',
          chainId: `${chainId}`,
          fromBlock,
          addresses,
          confirmations: config.confirmations,
          blockNumber: Math.max(0, blockNumber),
        }
        return { status: 200, body }
      },
    }),
  ]
}
