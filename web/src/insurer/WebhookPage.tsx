import { Button, Card, Group, Stack, Table, Title } from '@mantine/core'
import type { Endpoint, Message } from '@medseal/verifier-api/resources/Webhook'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Page } from '../shared/api.ts'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { OnceShown } from './OnceShown.tsx'

export function WebhookPage() {
  const { id } = useParams({ from: '/insurer/webhooks/$id' })
  const query = useQuery({
    queryKey: ['insurer', 'webhooks', id],
    queryFn: () => Session.get<Endpoint>(`/v1/webhooks/${id}`),
  })
  return (
    <Loaded query={query}>
      {(endpoint) => (
        <Stack>
          <Head endpoint={endpoint} />
          <Title order={2}>Messages</Title>
          <Messages endpointId={id} />
        </Stack>
      )}
    </Loaded>
  )
}

function Head({ endpoint: { id, url, events, disabled, createdAt } }: { endpoint: Endpoint }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [secret, setSecret] = useState<string>()
  const refresh = () => client.invalidateQueries({ queryKey: ['insurer', 'webhooks'] })
  const test = useMutation({ mutationFn: () => Session.post(`/v1/webhooks/${id}/test`), onSuccess: refresh })
  const rotate = useMutation({
    mutationFn: () => Session.post<{ secret: string }>(`/v1/webhooks/${id}/rotation`),
    onSuccess: (made) => setSecret(made.secret),
  })
  const remove = useMutation({
    mutationFn: () => Session.remove(`/v1/webhooks/${id}`),
    onSuccess: async () => {
      await navigate({ to: '/insurer/webhooks' })
      await refresh()
    },
  })
  return (
    <>
      <PageHead title={url}>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Button variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>
          New secret
        </Button>
        <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </PageHead>
      <OnceShown secret={secret} label="signing secret" onClose={() => setSecret(undefined)} />
      <Problem error={test.error ?? rotate.error ?? remove.error} />
      <Card>
        <Facts
          facts={[
            ['State', <State key="state" state={disabled ? 'disabled' : 'active'} />],
            ['Events', events.includes('*') ? 'Everything' : events.join(', ')],
            ['Since', Time.show(createdAt)],
          ]}
        />
      </Card>
    </>
  )
}

function Messages({ endpointId }: { endpointId: string }) {
  const query = useQuery({
    queryKey: ['insurer', 'webhooks', endpointId, 'messages'],
    queryFn: () => Session.get<Page<Message>>(`/v1/webhooks/${endpointId}/messages`, { query: { limit: 100 } }),
    refetchInterval: 3_000,
  })
  return (
    <Loaded query={query}>
      {({ data }) =>
        data.length === 0 ? (
          <EmptyState title="Nothing was sent yet" says="Send a test message to see whether your server takes it." />
        ) : (
          <Rows label="Messages" heads={['Event', 'State', 'Attempts', 'Answer', 'When', '']} minWidth={760}>
            {data.map((message) => (
              <MessageRow key={message.id} endpointId={endpointId} message={message} />
            ))}
          </Rows>
        )
      }
    </Loaded>
  )
}

function MessageRow({ endpointId, message }: { endpointId: string; message: Message }) {
  const client = useQueryClient()
  const { id, event, state, attempts, lastStatus, createdAt } = message
  const redeliver = useMutation({
    mutationFn: () => Session.post(`/v1/webhooks/${endpointId}/messages/${id}/redelivery`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['insurer', 'webhooks', endpointId] }),
  })
  return (
    <Table.Tr>
      <Table.Td>{event}</Table.Td>
      <Table.Td>
        <State state={state} />
      </Table.Td>
      <Table.Td className="numbers">{attempts}</Table.Td>
      <Table.Td className="numbers">{lastStatus ?? '–'}</Table.Td>
      <Table.Td>{Time.show(createdAt)}</Table.Td>
      <Table.Td>
        <Group justify="flex-end">
          <Button
            size="xs"
            variant="subtle"
            loading={redeliver.isPending}
            onClick={() => redeliver.mutate()}
            aria-label={`${redeliver.isError ? 'Try again' : 'Send again'}: ${event}`}
          >
            {redeliver.isError ? 'Try again' : 'Send again'}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
