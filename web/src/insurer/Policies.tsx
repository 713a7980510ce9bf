import { Table, Text } from '@mantine/core'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { usePolicies } from './usePolicyNames.ts'

export function Policies() {
  const query = usePolicies()
  return (
    <>
      <PageHead
        title="Policies"
        says="Public criteria. A policy's hash is its name on chain, in the request and in the proof."
      >
        <LinkButton to="/insurer/policies/new">New policy</LinkButton>
      </PageHead>
      <Loaded query={query}>
        {(policies) =>
          policies.length === 0 ? (
            <EmptyState title="No policies yet" says="Start from one of twelve samples, or write your own.">
              <LinkButton to="/insurer/policies/new" variant="default">
                Write one
              </LinkButton>
            </EmptyState>
          ) : (
            <Rows label="Policies" heads={['Name', 'Circuit', 'Kept']}>
              {policies.map(({ id, name, circuit, createdAt, needleNarrow }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <TextLink to="/insurer/policies/$id" params={{ id }}>
                      {name}
                    </TextLink>
                    {needleNarrow.length > 0 && (
                      <Text size="xs" c="red">
                        So narrow that wallets refuse it
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{circuit}</Table.Td>
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
