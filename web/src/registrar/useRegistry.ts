import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import { useQuery } from '@tanstack/react-query'
import * as Chain from '../shared/chain/Chain.ts'
import * as Scheduled from './Scheduled.ts'

/** The StakeholderRegistry as its own entries tell it. */
export function useRegistry() {
  return useQuery({
    queryKey: ['chain', 'registry'],
    queryFn: async () => {
      const network = await Chain.network()
      const entries = await AuditLog.read(network, ['StakeholderRegistry'])
      const registry = Registry.create()
      for (const entry of entries) Registry.apply(registry, entry)
      const contract = Network.contract(network, 'StakeholderRegistry')
      const delaySeconds: bigint = await contract.getFunction('ADDITION_DELAY')()
      const now = await Network.now(network)
      return { registry, scheduled: Scheduled.pending(entries), delaySeconds, now }
    },
    staleTime: 3_000,
  })
}
