import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import type * as Asked from '../wallet/Asked.ts'
import { AskedState } from './AskedState.tsx'
import { Failure } from './Failure.tsx'
import { Narrowed } from './Narrowed.tsx'
import { useSession, useWallet } from './session.tsx'
import { knownSentence } from './wording.ts'
import { useWords } from './words.ts'

/** Who asked and what they learned, by recipient: together, answers to one tell more than each. */
export function Log() {
  const { t } = useWords()
  const asked = useWallet(['asked'], (device) => device.call('asked', undefined))
  const narrowed = useWallet(['narrowed'], (device) => device.call('narrowed', undefined))
  const recipients = [...Map.groupBy(asked.data ?? [], ({ recipientId }) => recipientId)]
  return (
    <>
      <PageHead title={t('log.title')} says={t('log.says')} />
      <Stack>
        <Failure error={asked.error ?? narrowed.error} />
        {asked.data?.length === 0 && (
          <Card>
            <EmptyState title={t('log.none')} says={t('log.noneSays')} />
          </Card>
        )}
        {recipients.map(([recipientId, list]) => (
          <Card key={recipientId} component="article">
            <Stack gap="md">
              <Title order={2}>{list[0]?.name}</Title>
              <Narrowed
                title={t('request.narrowTitle', { name: list[0]?.name })}
                narrowed={narrowed.data?.find((one) => one.recipientId === recipientId)?.narrowed ?? []}
              />
              {list.map((one) => (
                <Entry key={one.digest} asked={one} />
              ))}
            </Stack>
          </Card>
        ))}
      </Stack>
    </>
  )
}

function Entry({ asked }: { asked: Asked.Asked }) {
  const { t, say } = useWords()
  const { device, look } = useSession()
  const { digest, openedAt, policyNames, known, answer, returned } = asked
  const forget = useMutation({ mutationFn: () => device.call('forgetRequest', digest), onSuccess: look })
  const policies = policyNames.join(', ')
  const learned = answer.state === 'sent' ? 'learned' : returned?.mayBeKnown ? 'perhaps' : undefined
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" className="numbers">
          {say.time(openedAt)}
        </Text>
        <AskedState asked={asked} />
      </Group>
      <Text size="sm">{t(`log.${learned ?? 'asked'}`, { policies })}</Text>
      {learned ? (
        known.map((one) => (
          <Text key={`${one.kind} ${one.subject} ${one.window}`} size="sm" c="dimmed">
            {knownSentence(t, say, one)}
          </Text>
        ))
      ) : (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('log.nothing')}
          </Text>
          <Button size="compact-xs" variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
            {t('log.forget')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
