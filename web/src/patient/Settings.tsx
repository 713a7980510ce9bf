import { Alert, Button, Card, Group, PasswordInput, Select, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { save } from '../shared/Download.ts'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Failure } from './Failure.tsx'
import { PassphraseForm, TwicePassphrase } from './Passphrase.tsx'
import { lockAfterKey, lockAfterMinutes, useSession } from './session.tsx'
import { useWords } from './words.ts'

export function Settings() {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('settings.title')} />
      <Stack>
        <Backup />
        <LockAfter />
        <Passkeys />
        <ChangePassphrase />
      </Stack>
    </>
  )
}

function Section({ title, says, children }: { title: string; says?: string; children: ReactNode }) {
  return (
    <Card component="section">
      <Stack align="flex-start" gap="sm">
        <Title order={2}>{title}</Title>
        {says && <Text size="sm">{says}</Text>}
        {children}
      </Stack>
    </Card>
  )
}

function Backup() {
  const { t } = useWords()
  const { device } = useSession()
  const isKept = useQuery({
    queryKey: ['persisted'],
    queryFn: async () => (await navigator.storage?.persisted?.()) ?? false,
  })
  const backup = useMutation({
    mutationFn: () => device.call('backup', undefined),
    onSuccess: (text) => save('medseal-wallet.json', text),
  })
  return (
    <Section title={t('settings.backupTitle')} says={t('settings.backupSays')}>
      <Text size="sm" c="dimmed">
        {t(isKept.data ? 'settings.persisted' : 'settings.notPersisted')}
      </Text>
      <Button variant="default" loading={backup.isPending} onClick={() => backup.mutate()}>
        {t('settings.backup')}
      </Button>
      <Failure error={backup.error} />
    </Section>
  )
}

function LockAfter() {
  const { t } = useWords()
  const [minutes, setMinutes] = useState(String(lockAfterMinutes()))
  return (
    <Section title={t('settings.lockTitle')}>
      <Select
        label={t('settings.lockAfter')}
        allowDeselect={false}
        value={minutes}
        data={['2', '5', '10', '30'].map((value) => ({
          value,
          label: t('settings.minutes', { count: Number(value) }),
        }))}
        onChange={(value) => {
          if (value === null) return
          setMinutes(value)
          try {
            localStorage.setItem(lockAfterKey, value)
          } catch {
            // A browser that keeps nothing locks after what it is told until it is closed.
          }
        }}
      />
    </Section>
  )
}

function Passkeys() {
  const { t } = useWords()
  const { device, passkeys, look } = useSession()
  const isOffered = useQuery({
    queryKey: ['passkeys'],
    queryFn: async () => (await import('../wallet/Passkey.ts')).isOffered(),
  })
  const [isAdding, setAdding] = useState(false)
  const add = useMutation({
    mutationFn: async (passphrase: string) => {
      const { create } = await import('../wallet/Passkey.ts')
      await device.call('addPasskey', { passphrase, passkey: await create() })
    },
    onSuccess: () => {
      setAdding(false)
      look()
    },
  })
  const remove = useMutation({ mutationFn: () => device.call('removePasskeys', undefined), onSuccess: look })
  return (
    <Section title={t('settings.passkeyTitle')} says={t('settings.passkeySays')}>
      {passkeys.length > 0 && (
        <Alert role="status" color="teal">
          {t('settings.passkeyThere')}
        </Alert>
      )}
      {isOffered.data === false && (
        <Text size="sm" c="dimmed">
          {t('settings.passkeyNone')}
        </Text>
      )}
      {isAdding ? (
        <PassphraseForm
          submit={t('settings.passkeyAdd')}
          isPending={add.isPending}
          error={add.error}
          onSubmit={add.mutate}
        />
      ) : (
        <Group>
          {isOffered.data && passkeys.length === 0 && (
            <Button variant="default" onClick={() => setAdding(true)}>
              {t('settings.passkeyAdd')}
            </Button>
          )}
          {passkeys.length > 0 && (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('settings.passkeyRemove')}
            </Button>
          )}
        </Group>
      )}
      <Failure error={remove.error} />
    </Section>
  )
}

function ChangePassphrase() {
  const { t } = useWords()
  const { device } = useSession()
  const [from, setFrom] = useState('')
  const [isOpen, setOpen] = useState(false)
  const change = useMutation({
    mutationFn: (to: string) => device.call('changePassphrase', { from, to }),
    onSuccess: () => {
      setOpen(false)
      setFrom('')
    },
  })
  return (
    <Section title={t('settings.changeTitle')}>
      {change.isSuccess && !isOpen && (
        <Alert role="status" color="teal">
          {t('saved')}
        </Alert>
      )}
      {isOpen ? (
        <Stack w="100%" maw={420}>
          <PasswordInput
            label={t('settings.old')}
            autoComplete="current-password"
            value={from}
            onChange={({ currentTarget: { value } }) => setFrom(value)}
          />
          <TwicePassphrase
            label={t('settings.new')}
            submit={t('settings.change')}
            isPending={change.isPending}
            error={change.error}
            onSubmit={change.mutate}
            onBack={() => setOpen(false)}
          />
        </Stack>
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('settings.change')}
        </Button>
      )}
    </Section>
  )
}
