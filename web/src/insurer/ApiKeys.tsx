import { Button, Checkbox, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ApiKey, Scope } from '@medseal/verifier-api/resources/ApiKey'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { OnceShown } from './OnceShown.tsx'

const scopes: Readonly<Record<Scope, string>> = {
  'policies:read': 'Read policies',
  'policies:write': 'Write policies',
  'requests:read': 'Read requests',
  'requests:write': 'Draft and open requests',
  'proofs:read': 'Read results',
  'webhooks:read': 'Read webhooks',
  'webhooks:write': 'Write webhooks',
  'keys:read': 'List keys',
}

export function ApiKeys() {
  const [isMaking, { open, close }] = useDisclosure(false)
  const [secret, setSecret] = useState<string>()
  const query = useQuery({ queryKey: ['insurer', 'keys'], queryFn: () => Session.all<ApiKey>('/v1/api-keys') })
  return (
    <>
      <PageHead title="API keys" says="For your own programs. We keep only a hash of each.">
        <Button onClick={open}>New key</Button>
      </PageHead>
      <OnceShown secret={secret} label="API key" onClose={() => setSecret(undefined)} />
      <Loaded query={query}>
        {(keys) =>
          keys.length === 0 ? (
            <EmptyState
              title="No keys yet"
              says="A program opens requests and reads results with one. Everything these pages do is in the API."
            />
          ) : (
            <Rows label="API keys" heads={['Name', 'May', 'Last used', 'Ends', '']}>
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} />
              ))}
            </Rows>
          )
        }
      </Loaded>
      <Modal opened={isMaking} onClose={close} title="New key" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Creation
          onMade={(key) => {
            setSecret(key)
            close()
          }}
        />
      </Modal>
    </>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const client = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => Session.remove(`/v1/api-keys/${apiKey.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['insurer', 'keys'] }),
  })
  const { name, scopes: given, lastUsedAt, expiresAt } = apiKey
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {given.map((scope) => scopes[scope]).join(', ')}
        </Text>
      </Table.Td>
      <Table.Td>{lastUsedAt ? Time.show(lastUsedAt) : 'Never'}</Table.Td>
      <Table.Td>{expiresAt ? Time.show(expiresAt) : 'Never'}</Table.Td>
      <Table.Td>
        <Button
          size="xs"
          variant="subtle"
          color="red"
          loading={revoke.isPending}
          onClick={() => revoke.mutate()}
          aria-label={`${revoke.isError ? 'Try again' : 'Revoke'}: ${name}`}
        >
          {revoke.isError ? 'Try again' : 'Revoke'}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

function Creation({ onMade }: { onMade: (key: string) => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>(['requests:read', 'requests:write', 'proofs:read'])
  const [days, setDays] = useState<string | null>('90')
  const make = useMutation({
    mutationFn: () => {
      const expiresAt = days === 'never' ? undefined : new Date(Date.now() + Number(days) * 86_400_000).toISOString()
      return Session.post<{ key: string }>('/v1/api-keys', { body: { name, scopes: chosen, expiresAt } })
    },
    onSuccess: async ({ key }) => {
      await client.invalidateQueries({ queryKey: ['insurer', 'keys'] })
      onMade(key)
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
          label="Name"
          description="Which program it is for"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        <Checkbox.Group label="It may" value={chosen} onChange={setChosen}>
          <Stack gap="xs" mt="xs">
            {Object.entries(scopes).map(([scope, says]) => (
              <Checkbox key={scope} value={scope} label={says} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label="Ends"
          data={[
            { value: '30', label: 'In 30 days' },
            { value: '90', label: 'In 90 days' },
            { value: '365', label: 'In a year' },
            { value: 'never', label: 'Never' },
          ]}
          value={days}
          onChange={setDays}
          allowDeselect={false}
        />
        <Problem error={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={name === '' || chosen.length === 0}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
