import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import type * as Asked from '../wallet/Asked.ts'
import type * as Holdings from '../wallet/Holdings.ts'
import { Failure } from './Failure.tsx'
import { useIssuerName } from './issuers.ts'
import { useSession, useWallet } from './session.tsx'
import { useWords } from './words.ts'

export function Home() {
  const { t } = useWords()
  const credentials = useWallet(['credentials'], (device) => device.call('credentials', undefined))
  const asked = useWallet(['asked'], (device) => device.call('asked', undefined))
  const waiting = asked.data?.filter(({ answer: { state } }) => ['open', 'proving', 'ready'].includes(state)) ?? []
  return (
    <>
      <PageHead title={t('home.title')}>
        <LinkButton to="/wallet/requests">{t('home.openRequest')}</LinkButton>
      </PageHead>
      <Stack gap="xl">
        <Failure error={credentials.error ?? asked.error} />
        {waiting.length > 0 && (
          <Stack component="section" gap="sm" aria-label={t('home.waiting')}>
            <Title order={2}>{t('home.waiting')}</Title>
            {waiting.map((one) => (
              <Task key={one.digest} asked={one} />
            ))}
          </Stack>
        )}
        <Stack component="section" gap="sm">
          <Group justify="space-between">
            <Title order={2}>{t('home.records')}</Title>
            <LinkButton to="/wallet/add" variant="default" size="xs">
              {t('home.add')}
            </LinkButton>
          </Group>
          {credentials.data?.length === 0 && (
            <Card>
              <EmptyState title={t('home.noRecords')} says={t('home.noRecordsSays')}>
                <LinkButton to="/wallet/add" mt="sm">
                  {t('home.add')}
                </LinkButton>
              </EmptyState>
            </Card>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {credentials.data?.map((one) => (
              <Credential key={one.id} credential={one} />
            ))}
          </SimpleGrid>
        </Stack>
      </Stack>
    </>
  )
}

function Credential({ credential: { id, issuerId, facts, asOf, expires } }: { credential: Holdings.Summary }) {
  const { t, say } = useWords()
  const issuerName = useIssuerName()
  const isExpired = expires < new Date().toISOString().slice(0, 10)
  return (
    <Card>
      <Stack gap="xs" align="flex-start">
        <Title order={3}>{issuerName(issuerId)}</Title>
        <Text size="sm" c="dimmed">
          {t('home.facts', { count: facts })} · {t('home.asOf', { day: say.day(asOf) })}
        </Text>
        <Text size="sm" c={isExpired ? 'red' : 'dimmed'}>
          {t(isExpired ? 'home.expired' : 'home.goodTo', { day: say.day(expires) })}
        </Text>
        <LinkButton
          to="/wallet/records/$id"
          params={{ id }}
          variant="default"
          size="xs"
          aria-label={`${t('home.look')}: ${issuerName(issuerId)}`}
        >
          {t('home.look')}
        </LinkButton>
      </Stack>
    </Card>
  )
}

/** Something the patient has not finished. */
function Task({ asked: { digest, name, answer } }: { asked: Asked.Asked }) {
  const { t } = useWords()
  const { device, look } = useSession()
  const send = useMutation({ mutationFn: () => device.call('flush', undefined), onSettled: look })
  if (answer.state === 'ready') {
    return (
      <Alert role="status" color="yellow">
        <Group justify="space-between">
          <Text size="sm">{t('home.outbox', { name })}</Text>
          <Button size="xs" variant="default" loading={send.isPending} onClick={() => send.mutate()}>
            {t('home.sendNow')}
          </Button>
        </Group>
        <Failure error={send.error} />
      </Alert>
    )
  }
  const isBroken = answer.state === 'proving'
  return (
    <Alert role="status" color={isBroken ? 'yellow' : 'seal'}>
      <Group justify="space-between">
        <Text size="sm">{t(isBroken ? 'home.interrupted' : 'home.open', { name })}</Text>
        <LinkButton to="/wallet/requests/$digest" params={{ digest }} size="xs" variant="default">
          {t(isBroken ? 'home.continue' : 'home.readIt')}
        </LinkButton>
      </Group>
    </Alert>
  )
}
