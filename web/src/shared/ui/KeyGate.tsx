import { Button, Card, Divider, FileInput, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import * as StakeholderKey from '../key/StakeholderKey.ts'
import * as Session from '../session/Session.ts'
import * as Shelf from '../vault/Shelf.ts'
import * as Vault from '../vault/Vault.ts'
import { short } from '../Word.ts'
import { Problem } from './Problem.tsx'

/** session: signed in at the API. key: unlocked here, for what only the chain is told. */
export type Needs = 'session' | 'key'

/** What is behind it is shown to whoever has unlocked their key. */
export function KeyGate({ needs, who, children }: { needs: Needs; who: string; children: ReactNode }) {
  const session = Session.useSession()
  const isOpen = session.status === 'signed-in' || (needs === 'key' && session.status === 'unlocked')
  return isOpen ? children : <KeyForm needs={needs} who={who} />
}

function KeyForm({ needs, who }: { needs: Needs; who: string }) {
  const session = Session.useSession()
  const boxes = useQuery({ queryKey: ['shelf', 'account'], queryFn: () => Shelf.list('account') })
  const [isImporting, setIsImporting] = useState(false)
  const enter = useMutation({
    mutationFn: async (open: () => Promise<StakeholderKey.StakeholderKey>) => {
      const key = await open()
      if (needs === 'session') await Session.signIn(key)
      else Session.unlock(key)
    },
  })
  const showImport = isImporting || boxes.data?.length === 0
  return (
    <Card maw={460} mx="auto" mt={{ base: 0, sm: 'xl' }} padding="xl">
      <Stack>
        <div>
          <Title order={1} size="h2">
            {needs === 'session' ? 'Sign in' : 'Unlock your key'}
          </Title>
          <Text size="sm" c="dimmed" mt={4}>
            With the key {who} is registered with. It stays in this browser; there is no password at our end.
          </Text>
        </div>
        {session.status === 'unlocked' && needs === 'session' && (
          <Button loading={enter.isPending} onClick={() => enter.mutate(async () => session.key)}>
            Sign in as {short(session.key.address)}
          </Button>
        )}
        {boxes.data?.map((box) => (
          <Unlock key={box.id} box={box} isPending={enter.isPending} onOpen={(open) => enter.mutate(open)} />
        ))}
        {showImport ? (
          <Import onKept={(open) => enter.mutate(open)} />
        ) : (
          <Button variant="default" onClick={() => setIsImporting(true)}>
            Add another key file
          </Button>
        )}
        {StakeholderKey.hasInjected() && (
          <>
            <Divider label="or" />
            <Button
              variant="default"
              loading={enter.isPending}
              onClick={() => enter.mutate(StakeholderKey.fromInjected)}
            >
              Use this browser's wallet
            </Button>
          </>
        )}
        <Problem error={enter.error ?? boxes.error} />
      </Stack>
    </Card>
  )
}

type OnOpen = (open: () => Promise<StakeholderKey.StakeholderKey>) => void

function Unlock({ box, isPending, onOpen }: { box: Shelf.Box; isPending: boolean; onOpen: OnOpen }) {
  const [passphrase, setPassphrase] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onOpen(async () => StakeholderKey.fromSecret(await Vault.open(box.sealed, passphrase)))
  }
  return (
    <form onSubmit={submit} aria-label={box.title}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={500} truncate>
            {box.title}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {short(box.id)}
          </Text>
        </Group>
        <PasswordInput
          aria-label={`Passphrase of ${box.title}`}
          placeholder="Passphrase"
          autoComplete="current-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <Button type="submit" loading={isPending} disabled={passphrase === ''}>
          Unlock
        </Button>
      </Stack>
    </form>
  )
}

function Import({ onKept }: { onKept: OnOpen }) {
  const client = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [title, setTitle] = useState('')
  const [filePassphrase, setFilePassphrase] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!file) return
    onOpenFile(file)
  }
  const onOpenFile = (given: File) =>
    onKept(async () => {
      const secret = await StakeholderKey.secretOf(await given.text(), filePassphrase)
      const key = await StakeholderKey.fromSecret(secret)
      await Shelf.keep('account', {
        id: key.address,
        title: title || given.name,
        sealed: await Vault.seal(secret, passphrase),
      })
      await client.invalidateQueries({ queryKey: ['shelf', 'account'] })
      return key
    })
  return (
    <form onSubmit={submit} aria-label="Add a key file">
      <Stack gap="sm">
        <FileInput
          label="Key file"
          description="account-key/1 of the command line, or an Ethereum JSON keystore"
          placeholder="Choose a file"
          accept=".json,.txt,application/json,text/plain"
          value={file}
          onChange={setFile}
          required
        />
        <PasswordInput
          label="Passphrase of the file"
          description="Only for a keystore"
          autoComplete="off"
          value={filePassphrase}
          onChange={(event) => setFilePassphrase(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          description="What you call it here"
          maxLength={60}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <PasswordInput
          label="New passphrase"
          description={`Encrypts the key in this browser; at least ${Vault.shortestPassphrase} characters`}
          autoComplete="new-password"
          minLength={Vault.shortestPassphrase}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          required
        />
        <Button type="submit" disabled={!file || passphrase.length < Vault.shortestPassphrase}>
          Keep it and go on
        </Button>
      </Stack>
    </form>
  )
}
