import { Button, Card, PasswordInput, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Problem } from '../shared/ui/Problem.tsx'
import * as Shelf from '../shared/vault/Shelf.ts'
import * as DeskStore from './DeskStore.ts'
import { NewDesk } from './NewDesk.tsx'
import { OldDesk } from './OldDesk.tsx'

/** What is behind it is shown to whoever has opened a desk. */
export function DeskGate({ children }: { children: ReactNode }) {
  const open = DeskStore.useDesk()
  const boxes = useQuery({ queryKey: ['shelf', 'issuer'], queryFn: () => Shelf.list('issuer') })
  const [wanted, setWanted] = useState<string>()
  if (open) return children
  const way = wanted ?? (boxes.data?.length ? 'open' : 'new')
  return (
    <Card maw={520} mx="auto" mt={{ base: 0, sm: 'xl' }} padding="xl">
      <Stack>
        <div>
          <Title order={1} size="h2">
            Your desk
          </Title>
          <Text size="sm" c="dimmed" mt={4}>
            The signing key, the status list and who your holders are. All of it stays in this browser, under a
            passphrase.
          </Text>
        </div>
        <SegmentedControl
          aria-label="Which desk"
          value={way}
          onChange={setWanted}
          data={[
            { value: 'open', label: 'Open', disabled: !boxes.data?.length },
            { value: 'new', label: 'New issuer' },
            { value: 'files', label: 'From files' },
          ]}
        />
        {way === 'open' && boxes.data?.map((box) => <OpenForm key={box.id} box={box} />)}
        {way === 'new' && <NewDesk />}
        {way === 'files' && <OldDesk />}
        <Problem error={boxes.error} />
      </Stack>
    </Card>
  )
}

function OpenForm({ box }: { box: Shelf.Box }) {
  const [passphrase, setPassphrase] = useState('')
  const enter = useMutation({ mutationFn: () => DeskStore.enter(box, passphrase) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enter.mutate()
  }
  return (
    <form onSubmit={submit} aria-label={box.title}>
      <Stack gap="xs">
        <Text fw={500}>{box.title}</Text>
        <PasswordInput
          aria-label={`Passphrase of ${box.title}`}
          placeholder="Passphrase"
          autoComplete="current-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <Button type="submit" loading={enter.isPending} disabled={passphrase === ''}>
          Open
        </Button>
        <Problem error={enter.error} />
      </Stack>
    </form>
  )
}
