import type { z } from 'zod'
import type * as Network from '../chain/Network.ts'
import * as Form from './Form.ts'

/** Where Medseal is deployed: a network without the way to it. Public. */
export type Deployment = Omit<Network.Network, 'provider'>

export const kind: Form.Kind<Deployment> = {
  tag: 'deployment/1',
  schema: Form.object({
    chainId: Form.bits(256),
    fromBlock: Form.whole(Number.MAX_SAFE_INTEGER),
    addresses: Form.object({
      StakeholderRegistry: Form.address,
      VerifierRegistry: Form.address,
      PolicyRegistry: Form.address,
      ConsentRegistry: Form.address,
      NullifierStore: Form.address,
      EligibilityRegistry: Form.address,
    }),
  }) as unknown as z.ZodType<Deployment>,
}

/** Chain id of development chains, the only one where development keys count. */
export const localChainId = 31337n

const nowhere = '0x0000000000000000000000000000000000000000'

/** No chain at all. A proof made for it counts on no chain: no contract lives at this address. */
export const offChain: Deployment = {
  chainId: localChainId,
  fromBlock: 0,
  addresses: {
    StakeholderRegistry: nowhere,
    VerifierRegistry: nowhere,
    PolicyRegistry: nowhere,
    ConsentRegistry: nowhere,
    NullifierStore: nowhere,
    EligibilityRegistry: nowhere,
  },
}
