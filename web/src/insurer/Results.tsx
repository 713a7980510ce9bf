import { Table } from '@mantine/core'
import type { Proof } from '@medseal/verifier-api/resources/Proof'
import { useQuery } from '@tanstack/react-query'
import type { Page } from '../shared/api.ts'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { usePolicies } from './usePolicyNames.ts'

export function Results() {
  const names = new Map(usePolicies().data?.map(({ hash, name }) => [hash, name]))
  const query = useQuery({
    queryKey: ['insurer', 'proofs'],
    queryFn: () => Session.get<Page<Proof>>('/v1/proofs', { query: { limit: 100 } }),
    refetchInterval: 5_000,
  })
  return (
    <>
      <PageHead title="Results" says="What patients have answered. Final means that the chain keeps it." />
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="No answers yet" says="They appear here as patients answer, with every check." />
          ) : (
            <Rows label="Results" heads={['Policy', 'State', 'Checks', 'Received']}>
              {data.map(({ id, requestId, policyHash, state, checks, createdAt }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <TextLink to="/insurer/requests/$id" params={{ id: requestId }}>
                      {names.get(policyHash) ?? 'A policy of before'}
                    </TextLink>
                  </Table.Td>
                  <Table.Td>
                    <State state={state} />
                  </Table.Td>
                  <Table.Td className="numbers">
                    {checks.filter(({ passed }) => passed).length} of {checks.length}
                  </Table.Td>
                  <Table.Td>{Time.show(createdAt)}</Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
    </>
  )
}
