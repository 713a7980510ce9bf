import { Button, Checkbox, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Endpoint, Event } from '@medseal/verifier-api/resources/Webhook'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { OnceShown } from './OnceShown.tsx'

const events: Readonly<Record<Event, string>> = {
  'request.opened': 'A request was opened',
  'request.answered': 'Every part was answered by one person',
  'proof.verified': 'A proof holds, off chain',
  'proof.rejected': 'A proof does not hold',
  'proof.refused': 'The contract refused a proof',
  'receipt.included': 'A receipt is on chain',
  'receipt.final': 'A receipt is final',
  'receipt.reverted': 'The chain took a receipt back',
}

export function Webhooks() {
  const [isMaking, { open, close }] = useDisclosure(false)
  const [secret, setSecret] = useState<string>()
  const query = useQuery({ queryKey: ['insurer', 'webhooks'], queryFn: () => Session.all<Endpoint>('/v1/webhooks') })
  return (
    <>
      <PageHead title="Webhooks" says="We tell your server what happened, signed as Standard Webhooks says.">
        <Button onClick={open}>New webhook</Button>
      </PageHead>
      <OnceShown secret={secret} label="signing secret" onClose={() => setSecret(undefined)} />
      <Loaded query={query}>
        {(endpoints) =>
          endpoints.length === 0 ? (
            <EmptyState title="No webhooks yet" says="Without one, your program has to ask for news itself." />
          ) : (
            <Rows label="Webhooks" heads={['Address', 'Events', 'State', 'Since']}>
              {endpoints.map(({ id, url, events: wanted, disabled, createdAt }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <TextLink to="/insurer/webhooks/$id" params={{ id }}>
                      {url}
                    </TextLink>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {wanted.includes('*') ? 'Everything' : wanted.join(', ')}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <State state={disabled ? 'disabled' : 'active'} />
                  </Table.Td>
                  <Table.Td>{Time.show(createdAt)}</Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      <Modal opened={isMaking} onClose={close} title="New webhook" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Creation
          onMade={(made) => {
            setSecret(made)
            close()
          }}
        />
      </Modal>
    </>
  )
}

function Creation({ onMade }: { onMade: (secret: string) => void }) {
  const client = useQueryClient()
  const [url, setUrl] = useState('https://')
  const [chosen, setChosen] = useState<string[]>(['request.answered', 'receipt.final', 'proof.rejected'])
  const make = useMutation({
    mutationFn: () => Session.post<{ secret: string }>('/v1/webhooks', { body: { url, events: chosen } }),
    onSuccess: async ({ secret }) => {
      await client.invalidateQueries({ queryKey: ['insurer', 'webhooks'] })
      onMade(secret)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Address"
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Checkbox.Group label="When" value={chosen} onChange={setChosen}>
          <Stack gap="xs" mt="xs">
            {Object.entries(events).map(([event, says]) => (
              <Checkbox key={event} value={event} label={says} description={event} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Problem error={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={chosen.length === 0}>
            Register
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
