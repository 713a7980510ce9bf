import { Alert, Card, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Facts } from '../shared/ui/Facts.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import type * as Asked from '../wallet/Asked.ts'
import type { RequestView } from '../wallet/device/requests.ts'
import { Answering } from './Answering.tsx'
import { DryRun } from './DryRun.tsx'
import { Learning } from './Learning.tsx'
import { Refused } from './Refused.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** A request behind a link. */
export function LinkedRequestPage() {
  const { id = '' } = useParams({ strict: false })
  const { device } = useSession()
  return <Reviewed name={`link/${id}`} read={() => device.call('fetchRequest', id)} />
}

/** A request this wallet has kept: read and checked anew. */
export function KeptRequestPage() {
  const { digest = '' } = useParams({ strict: false })
  const { device } = useSession()
  return (
    <Reviewed
      name={`kept/${digest}`}
      read={async () => {
        const found = (await device.call('asked', undefined)).find((one) => one.digest === digest)
        return found?.object ?? ''
      }}
    />
  )
}

function Reviewed({ name, read }: { name: string; read: () => Promise<string> }) {
  const { t } = useWords()
  const { device } = useSession()
  const review = useQuery({
    queryKey: ['wallet', 'review', name],
    queryFn: async () => device.call('review', await read()),
    // What was checked is proven against: it is not exchanged under the patient's eyes.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  if (review.data?.fit) return <Request view={review.data} />
  if (review.isFetching)
    return (
      <Stack align="center">
        <Waiting />
        <Text c="dimmed">{t('request.checking')}</Text>
      </Stack>
    )
  return (
    <>
      <PageHead title={t('inbox.title')} />
      <Refused view={review.data} error={review.error} onRetry={() => void review.refetch()} />
    </>
  )
}

export type Fit = Extract<RequestView, { readonly fit: true }>

function Request({ view }: { view: Fit }) {
  const { t } = useWords()
  const [answered, setAnswered] = useState<Asked.Asked>()
  const asked = answered ?? view.asked
  const kept = useKept(asked)
  useEffect(() => {
    if (kept && kept.answer.state !== 'ready') setAnswered(kept)
  }, [kept])
  const credentials = view.parts.map(
    ({ candidates }) => (candidates.find(({ met }) => met) ?? candidates[0])?.credentialId,
  )
  const [chosen, setChosen] = useState(credentials)
  return (
    <article>
      <PageHead title={t('request.asks', { name: asked.name })} says={t('request.selfNamed')} />
      <Stack>
        <Who view={view} />
        <Learning view={view} />
        {['open', 'proving'].includes(asked.answer.state) && (
          <DryRun
            parts={view.parts}
            chosen={chosen}
            onChoose={(part, id) => setChosen(chosen.map((one, i) => (i === part ? id : one)))}
          />
        )}
        <CameBack asked={asked} />
        <Outcome asked={asked} isFresh={answered !== undefined} />
        {['open', 'proving'].includes(asked.answer.state) && (
          <Answering view={view} asked={asked} chosen={chosen} onAnswered={setAnswered} />
        )}
      </Stack>
    </article>
  )
}

/** An answer that waits to be sent, as it is now: it leaves the outbox by itself, while its patient looks at it. */
function useKept({ digest, answer }: Asked.Asked): Asked.Asked | null | undefined {
  const { device } = useSession()
  const since = answer.state === 'ready' ? answer.at : undefined
  const kept = useQuery({
    queryKey: ['wallet', 'asked', digest, since],
    queryFn: async () => (await device.call('asked', undefined)).find((one) => one.digest === digest) ?? null,
    enabled: since !== undefined,
    retry: false,
  })
  return kept.data
}

function Who({ view: { asked, roles } }: { view: Fit }) {
  const { t, say } = useWords()
  return (
    <Card>
      <Facts
        facts={[
          [
            t('request.registered'),
            <>
              <strong>{say.roles(roles)}</strong>, {t('request.number', { id: asked.recipientId })}
            </>,
          ],
          [t('request.for'), t(`purpose.${asked.purpose as 'COVAUTH'}`)],
          ...(asked.note === undefined ? [] : ([[t('request.note'), `“${asked.note}”`]] as const)),
          [t('request.policies'), asked.policyNames.join(', ')],
          [t('request.until'), say.time(asked.expiresAt)],
        ]}
      />
    </Card>
  )
}

/** That an answer came back, where no other is under way. */
function CameBack({ asked: { answer, returned } }: { asked: Asked.Asked }) {
  const { t, say } = useWords()
  if (!returned || answer.state !== 'open') return null
  return (
    <Alert color="yellow" role="status" data-returned={returned.why}>
      {t(`request.returned_${returned.why}`, { time: say.time(returned.at) })}
      {returned.mayBeKnown && ` ${t('request.returnedKnown')}`}
    </Alert>
  )
}

/** What has become of the request, once it is no longer open. */
function Outcome({ asked: { answer, name }, isFresh }: { asked: Asked.Asked; isFresh: boolean }) {
  const { t, say } = useWords()
  const told = useRef<HTMLDivElement>(null)
  // The button that had the focus is gone.
  useEffect(() => {
    if (isFresh) told.current?.focus()
  }, [isFresh])
  if (answer.state === 'open') return null
  if (answer.state === 'proving')
    return (
      <Alert role="status" color="yellow">
        {t('request.interrupted')}
      </Alert>
    )
  if (answer.state === 'declined')
    return (
      <Alert role="status" color="gray" ref={told} tabIndex={-1}>
        {t('request.declined')}
      </Alert>
    )
  const isSent = answer.state === 'sent'
  return (
    <Alert
      color={isSent ? 'teal' : 'yellow'}
      role="status"
      title={isSent ? t('request.sentTitle') : t('request.outboxTitle')}
      data-outcome={answer.state}
      ref={told}
      tabIndex={-1}
    >
      <Stack align="flex-start" gap="sm">
        <Text size="sm">
          {isSent
            ? t(isFresh ? 'request.sentSays' : 'request.already', { name })
            : t('request.outboxSays', { time: say.time(answer.deadline) })}
        </Text>
        <LinkButton to="/wallet/answers" size="xs" variant="default">
          {t('request.seeAnswers')}
        </LinkButton>
      </Stack>
    </Alert>
  )
}
