import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { save } from '../shared/Download.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import type * as Asked from '../wallet/Asked.ts'
import { Failure } from './Failure.tsx'
import { useSession, useWallet } from './session.tsx'
import { useWords } from './words.ts'

const followEachMilliseconds = 3_000

/** What was sent, followed until the chain has its receipt. */
export function Answers() {
  const { t } = useWords()
  const { device } = useSession()
  const asked = useWallet(['asked'], (one) => one.call('asked', undefined))
  const sent = asked.data?.filter(({ answer: { state } }) => state === 'sent' || state === 'ready') ?? []
  const isWaiting = sent.some(({ answer }) => answer.state === 'sent' && answer.receipts.includes(null))
  const follow = useQuery({
    queryKey: ['wallet', 'follow'],
    queryFn: async () => {
      await device.call('follow', undefined)
      return Date.now()
    },
    enabled: isWaiting,
    refetchInterval: followEachMilliseconds,
    retry: false,
  })
  const { refetch } = asked
  useEffect(() => {
    if (follow.data) void refetch()
  }, [follow.data, refetch])
  return (
    <>
      <PageHead title={t('answers.title')} says={t('answers.says')}>
        {isWaiting && (
          <Button variant="default" size="xs" loading={follow.isFetching} onClick={() => void follow.refetch()}>
            {t('answers.look')}
          </Button>
        )}
      </PageHead>
      <Stack>
        <Failure error={asked.error ?? (isWaiting ? follow.error : null)} />
        {asked.data && sent.length === 0 && (
          <Card>
            <EmptyState title={t('answers.none')} says={t('answers.noneSays')} />
          </Card>
        )}
        {sent.map((one) => (
          <Answer key={one.digest} asked={one} />
        ))}
      </Stack>
    </>
  )
}

function Answer({ asked }: { asked: Asked.Asked }) {
  const { t, say } = useWords()
  const { name, policyNames, answer } = asked
  return (
    <Card component="article" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2}>{name}</Title>
          {answer.state === 'ready' && <Badge color="yellow">{t('state.ready')}</Badge>}
        </Group>
        <Text size="sm">{policyNames.join(', ')}</Text>
        {answer.state === 'sent' && (
          <>
            <Text size="sm" c="dimmed">
              {t('answers.sentAt')} {say.time(answer.at)}
            </Text>
            {answer.receipts.map((receipt, part) => (
              <Group key={answer.states[part]?.id ?? part} gap="xs">
                <Badge color={receipt ? 'teal' : isOver(answer.states[part]?.state) ? 'red' : 'gray'} autoContrast>
                  {t(`state.${stateOf(receipt, answer.states[part]?.state)}`)}
                </Badge>
                <Text size="sm">
                  {receipt ? t('answers.receipt', { block: receipt.blockNumber }) : t('answers.noReceipt')}
                </Text>
              </Group>
            ))}
            <Withdrawal asked={asked} revokedAt={answer.revokedAt} />
          </>
        )}
      </Stack>
    </Card>
  )
}

/** The chain's word before the API's. */
function stateOf(receipt: Asked.Receipt | null, told = 'received') {
  const known = ['received', 'verified', 'rejected', 'sent', 'included', 'final', 'refused'] as const
  const state = known.find((one) => one === told) ?? 'received'
  return receipt && state !== 'final' ? 'included' : state
}

function isOver(state: string | undefined): boolean {
  return state === 'rejected' || state === 'refused'
}

/** Consent can be taken back where one was given. */
function Withdrawal({ asked, revokedAt }: { asked: Asked.Asked; revokedAt: string | undefined }) {
  const { t } = useWords()
  const { device, look } = useSession()
  const [isOpen, { open, close }] = useDisclosure(false)
  const onChain = useWallet(['revoked', asked.digest, String(revokedAt)], (one) =>
    revokedAt === undefined ? Promise.resolve(false) : one.call('isRevoked', asked.digest),
  )
  const revoke = useMutation({
    mutationFn: () => device.call('revoke', asked.digest),
    onSuccess: (text) => {
      save('revocation.json', text)
      close()
      look()
    },
  })
  if (!asked.consentRequired)
    return (
      <Text size="sm" c="dimmed">
        {t('answers.noConsent')}
      </Text>
    )
  return (
    <Group gap="sm">
      {revokedAt !== undefined && (
        <Text size="sm">{t(onChain.data ? 'answers.revoked' : 'answers.revocationSigned')}</Text>
      )}
      {!onChain.data && (
        <Button size="xs" variant="default" onClick={open}>
          {t('answers.revoke')}
        </Button>
      )}
      <Modal
        // What locks the scroll writes a style element that the content-security policy does not let through.
        lockScroll={false}
        opened={isOpen}
        onClose={close}
        title={t('answers.revoke')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Text size="sm">{t('answers.revokeSays')}</Text>
          <Failure error={revoke.error} />
          <Button loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('answers.revokeSign')}
          </Button>
        </Stack>
      </Modal>
    </Group>
  )
}
