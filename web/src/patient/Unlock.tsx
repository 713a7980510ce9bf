import { Anchor, Button, Card, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { Failure } from './Failure.tsx'
import { PassphraseForm } from './Passphrase.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** A wallet that is there, and locked. */
export function Unlock() {
  const { t } = useWords()
  const { device, open, passkeys } = useSession()
  const unlock = useMutation({
    mutationFn: (passphrase: string) => device.call('unlock', passphrase),
    onSuccess: open,
  })
  const byPasskey = useMutation({
    mutationFn: async () => {
      const Passkey = await import('../wallet/Passkey.ts')
      const [lock] = passkeys
      if (!lock) throw new Passkey.NoPasskeyError()
      const secret = await Passkey.secretOf(lock)
      return device.call('unlockByPasskey', { credentialId: lock.credentialId, secret })
    },
    onSuccess: open,
  })
  return (
    <Stack maw={400} mx="auto" py={{ base: 'md', sm: 48 }}>
      <Stack gap={2}>
        <Title order={1}>{t('unlock.title')}</Title>
        <Text c="dimmed" size="sm">
          {t('unlock.says')}
        </Text>
      </Stack>
      <Card>
        <Stack>
          {passkeys.length > 0 && (
            <>
              <Button variant="default" onClick={() => byPasskey.mutate()} loading={byPasskey.isPending}>
                {t('unlock.passkey')}
              </Button>
              <Failure error={byPasskey.error} />
            </>
          )}
          <PassphraseForm
            submit={t('unlock.open')}
            isPending={unlock.isPending}
            error={unlock.error}
            onSubmit={unlock.mutate}
          />
        </Stack>
      </Card>
      <Forgotten />
    </Stack>
  )
}

function Forgotten() {
  const { t } = useWords()
  const { device, look } = useSession()
  const [isOpen, { open }] = useDisclosure(false)
  const [isSure, { open: ask }] = useDisclosure(false)
  const forget = useMutation({ mutationFn: () => device.call('forget', undefined), onSuccess: look })
  if (!isOpen)
    return (
      <Anchor component="button" type="button" size="sm" onClick={open}>
        {t('unlock.forgotten')}
      </Anchor>
    )
  return (
    <Stack gap="xs">
      <Text size="sm">{t(isSure ? 'unlock.forgetSure' : 'unlock.forgottenSays')}</Text>
      <Button color="red" variant={isSure ? 'filled' : 'outline'} onClick={isSure ? () => forget.mutate() : ask}>
        {t('unlock.forget')}
      </Button>
      <Failure error={forget.error} />
    </Stack>
  )
}
