import type { Policy } from '@medseal/verifier-api/resources/Policy'
import { useQuery } from '@tanstack/react-query'
import * as Session from '../shared/session/Session.ts'

/** This insurer's policies, the youngest first. */
export function usePolicies() {
  return useQuery({ queryKey: ['insurer', 'policies'], queryFn: () => Session.all<Policy>('/v1/policies') })
}

/** Names of policies by id, as far as they are known yet. */
export function usePolicyNames(): ReadonlyMap<string, string> {
  const { data = [] } = usePolicies()
  return new Map(data.map(({ id, name }) => [id, name]))
}
