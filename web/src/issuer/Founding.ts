import type * as Day from '@medseal/prover/protocol/Day'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import type { Role } from '@medseal/prover/protocol/Policy'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import * as Chain from '../shared/chain/Chain.ts'
import type { Open } from './DeskStore.ts'
import * as SigningKeyFile from './SigningKeyFile.ts'

/** A new signing key and an empty status list, for the chain that is there. */
export async function create(of: {
  readonly roles: readonly Role[]
  readonly validUntil: Day.Day
}): Promise<Pick<Open, 'signingKey' | 'desk'>> {
  const signingKey = SigningKeyFile.create()
  const { chainId } = await Chain.network()
  const issuer = { publicKey: Issuer.publicKeyOf(signingKey), ...of }
  const empty = {
    status: StatusList.create(),
    alive: new Map(),
    taken: new Set<never>(),
    invitations: new Set<never>(),
  }
  return { signingKey, desk: { issuer, chainId, ...empty } }
}
