import { Button, Group, Table, Text } from '@mantine/core'
import type { Request } from '@medseal/verifier-api/resources/Request'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Page } from '../shared/api.ts'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import { usePolicyNames } from './usePolicyNames.ts'

export function Requests() {
  const names = usePolicyNames()
  const query = useInfiniteQuery({
    queryKey: ['insurer', 'requests'],
    queryFn: ({ pageParam }) => Session.get<Page<Request>>('/v1/requests', { query: { cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const requests = query.data?.pages.flatMap(({ data }) => data)
  return (
    <>
      <PageHead title="Requests" says="Signed questions. A patient opens the link and answers with a proof.">
        <LinkButton to="/insurer/requests/new">New request</LinkButton>
      </PageHead>
      <Problem error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending && <Waiting />}
      {requests?.length === 0 && (
        <EmptyState
          title="Nobody has been asked yet"
          says="Write a policy, then ask a patient whether their record meets it. You learn that it does, and nothing else."
        >
          <LinkButton to="/insurer/policies" variant="default">
            See policies
          </LinkButton>
        </EmptyState>
      )}
      {requests !== undefined && requests.length > 0 && (
        <Rows label="Requests" heads={['Policies', 'Purpose', 'State', 'Opened', 'Expires']}>
          {requests.map(({ id, policyIds, purpose, state, createdAt, expiresAt }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <TextLink to="/insurer/requests/$id" params={{ id }}>
                  {policyIds.map((policyId) => names.get(policyId) ?? policyId).join(', ')}
                </TextLink>
              </Table.Td>
              <Table.Td>{purpose}</Table.Td>
              <Table.Td>
                <State state={state} />
              </Table.Td>
              <Table.Td>
                <Text size="sm">{Time.show(createdAt)}</Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{Time.show(expiresAt)}</Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
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
