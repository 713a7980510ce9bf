import { Button, Group, Table } from '@mantine/core'
import type { Proof } from '@medseal/verifier-api/resources/Proof'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Page } from '../shared/api.ts'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import { usePolicies } from './usePolicyNames.ts'

export function Results() {
  const query = useInfiniteQuery({
    queryKey: ['insurer', 'results'],
    queryFn: ({ pageParam }) => Session.get<Page<Proof>>('/v1/proofs', { query: { limit: 100, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: 5_000,
  })
  const proofs = query.data?.pages.flatMap(({ data }) => data)
  return (
    <>
      <PageHead title="Results" says="What patients have answered. Final means that the chain keeps it." />
      <Problem error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending && <Waiting />}
      {proofs?.length === 0 && (
        <EmptyState title="No answers yet" says="They appear here as patients answer, with every check." />
      )}
      {proofs !== undefined && proofs.length > 0 && <Proofs proofs={proofs} />}
      {query.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </>
  )
}

function Proofs({ proofs }: { proofs: readonly Proof[] }) {
  const names = new Map(usePolicies().data?.map(({ hash, name }) => [hash, name]))
  return (
    <Rows label="Results" heads={['Policy', 'State', 'Checks', 'Received']}>
      {proofs.map(({ id, requestId, policyHash, state, checks, createdAt }) => (
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
