import { Button, Group, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { shortestPassphrase } from '../wallet/shortestPassphrase.ts'
import { Failure } from './Failure.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** Chooses what encrypts a wallet, and makes it. */
export function NewPassphrase({ words, step, onBack }: { words: string; step?: number; onBack: () => void }) {
  const { t } = useWords()
  const { device, open } = useSession()
  const create = useMutation({
    mutationFn: (passphrase: string) => device.call('create', { words, passphrase }),
    onSuccess: open,
  })
  return (
    <Stack maw={480} mx="auto">
      {step && (
        <Text size="sm" c="dimmed">
          {t('create.step', { step })}
        </Text>
      )}
      <Title order={1}>{t('passphrase.title')}</Title>
      <Text>{t('passphrase.says')}</Text>
      <TwicePassphrase
        submit={t('passphrase.make')}
        isPending={create.isPending}
        error={create.error}
        onSubmit={create.mutate}
        onBack={onBack}
      />
    </Stack>
  )
}

/** A new passphrase, entered twice. */
export function TwicePassphrase({
  submit,
  isPending,
  error,
  onSubmit,
  onBack,
  label,
}: {
  submit: string
  isPending: boolean
  error: unknown
  onSubmit: (passphrase: string) => void
  onBack?: () => void
  /** Where another passphrase is asked for beside it. */
  label?: string
}) {
  const { t } = useWords()
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [isTried, setTried] = useState(false)
  const isLong = [...first.normalize('NFKC')].length >= shortestPassphrase
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isLong && first === second) onSubmit(first)
      }}
    >
      <Stack>
        <PasswordInput
          label={label ?? t('passphrase.label')}
          description={t('passphrase.hint', { count: shortestPassphrase })}
          autoComplete="new-password"
          value={first}
          error={isTried && !isLong && t('passphrase.hint', { count: shortestPassphrase })}
          onChange={({ currentTarget: { value } }) => setFirst(value)}
        />
        <PasswordInput
          label={t('passphrase.again')}
          autoComplete="new-password"
          value={second}
          error={isTried && first !== second && t('passphrase.differ')}
          onChange={({ currentTarget: { value } }) => setSecond(value)}
        />
        <Failure error={error} />
        {isPending && (
          <Text size="sm" c="dimmed" role="status">
            {t('passphrase.working')}
          </Text>
        )}
        <Group justify="space-between">
          {onBack && (
            <Button variant="default" onClick={onBack}>
              {t('back')}
            </Button>
          )}
          <Button type="submit" loading={isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The passphrase of a wallet that is there. */
export function PassphraseForm({
  submit,
  isPending,
  error,
  onSubmit,
}: {
  submit: string
  isPending: boolean
  error: unknown
  onSubmit: (passphrase: string) => void
}) {
  const { t } = useWords()
  const [passphrase, setPassphrase] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit(passphrase)
      }}
    >
      <Stack>
        <PasswordInput
          label={t('passphrase.label')}
          autoComplete="current-password"
          value={passphrase}
          onChange={({ currentTarget: { value } }) => setPassphrase(value)}
          data-autofocus
        />
        <Failure error={error} />
        <Button type="submit" loading={isPending} disabled={passphrase === ''}>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
