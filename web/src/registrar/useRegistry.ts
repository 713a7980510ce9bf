import { useQuery } from '@tanstack/react-query'

/** The StakeholderRegistry as its own entries tell it. */
export function useRegistry() {
  return useQuery({
    queryKey: ['chain', 'registry'],
    queryFn: async () => (await import('./Ledger.ts')).registry(),
    staleTime: 3_000,
  })
}
