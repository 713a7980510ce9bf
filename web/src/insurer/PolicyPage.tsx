import { Card, SimpleGrid, Title } from '@mantine/core'
import type { Policy } from '@medseal/verifier-api/resources/Policy'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import * as Session from '../shared/session/Session.ts'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { JsonView } from './JsonView.tsx'
import { PolicyReading } from './PolicyReading.tsx'

export function PolicyPage() {
  const { id } = useParams({ from: '/insurer/policies/$id' })
  const query = useQuery({
    queryKey: ['insurer', 'policy', id],
    queryFn: () => Session.get<Policy>(`/v1/policies/${id}`),
  })
  return (
    <Loaded query={query}>
      {(policy) => (
        <>
          <PageHead title={policy.name}>
            <LinkButton to="/insurer/policies/new" search={{ from: id }} variant="default">
              Change a copy
            </LinkButton>
            <LinkButton to="/insurer/requests/new" search={{ policy: id }}>
              Ask a patient
            </LinkButton>
          </PageHead>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Card>
              <PolicyReading draft={policy} />
            </Card>
            <Card>
              <Title order={2} size="h3" mb="sm">
                File
              </Title>
              <JsonView value={policy.policy} label="The policy's file" />
            </Card>
          </SimpleGrid>
        </>
      )}
    </Loaded>
  )
}
