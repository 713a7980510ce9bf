import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type * as Asked from '../wallet/Asked.ts'
import type { Phase, Step } from '../wallet/device/Device.ts'
import { Failure } from './Failure.tsx'
import type { Fit } from './RequestPage.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** The decision, and the proof: in a worker, with its phases named. */
export function Answering({
  view: { parts, estimate },
  asked,
  chosen,
  onAnswered,
}: {
  view: Fit
  asked: Asked.Asked
  chosen: readonly (string | undefined)[]
  onAnswered: (asked: Asked.Asked) => void
}) {
  const { t } = useWords()
  const { device, hold, look } = useSession()
  const [step, setStep] = useState<Step>()
  const controller = useRef<AbortController>(undefined)
  const credentials = chosen.flatMap((one) => one ?? [])
  const isMet = parts.every(({ candidates }, i) =>
    candidates.some(({ credentialId, met }) => met && credentialId === chosen[i]),
  )
  const answer = useMutation({
    mutationFn: async () => {
      controller.current = new AbortController()
      hold(true)
      const options = { onProgress: setStep, signal: controller.current.signal }
      const send = () => device.call('answer', { digest: asked.digest, credentials }, options)
      return send().catch(async (cause: Error) => {
        if (cause.name !== 'Answering.NotCheckedError') throw cause
        // The worker that had checked it was lost: the same request is checked again, and not answered if it is unfit by now.
        await device.call('review', asked.object)
        return send()
      })
    },
    onSuccess: onAnswered,
    onSettled: () => {
      hold(false)
      setStep(undefined)
      look()
    },
  })
  const decline = useMutation({
    mutationFn: () => device.call('decline', asked.digest),
    onSuccess: () => onAnswered({ ...asked, answer: { state: 'declined', at: new Date().toISOString() } }),
    onSettled: look,
  })
  if (answer.isPending) return <Proving step={step} estimate={estimate} onCancel={() => controller.current?.abort()} />
  return (
    <Stack>
      {answer.error?.name === 'AbortError' && <Text role="status">{t('request.cancelled')}</Text>}
      <Failure error={answer.error ?? decline.error} onRetry={() => answer.mutate()} />
      {isMet && (
        <Text size="sm" c="dimmed">
          {estimate === undefined
            ? t('request.noEstimate', { size: '75 MB' })
            : t('request.estimate', {
                time: t('request.seconds', { count: Math.max(1, Math.round(estimate / 1000)) }),
              })}
        </Text>
      )}
      <Group>
        <Button size="md" disabled={!isMet} onClick={() => answer.mutate()}>
          {t(asked.answer.state === 'proving' ? 'home.continue' : 'request.answer')}
        </Button>
        <Button size="md" variant="default" loading={decline.isPending} onClick={() => decline.mutate()}>
          {t('request.decline')}
        </Button>
      </Group>
    </Stack>
  )
}

const phases: readonly Phase[] = ['loading', 'witness', 'proving', 'checking', 'sending']

function Proving({
  step,
  estimate,
  onCancel,
}: {
  step: Step | undefined
  estimate: number | undefined
  onCancel: () => void
}) {
  const { t } = useWords()
  const title = useRef<HTMLHeadingElement>(null)
  // The button that had the focus is gone.
  useEffect(() => title.current?.focus(), [])
  const done = step ? phases.indexOf(step.phase) : 0
  const { part = 0, parts = 1 } = step ?? {}
  return (
    <Card>
      <Stack>
        <Title order={2} ref={title} tabIndex={-1}>
          {t('request.proving')}
        </Title>
        <Progress
          value={(100 * (part + done / phases.length)) / parts}
          animated
          aria-label={t('request.proving')}
          transitionDuration={200}
        />
        <Text role="status" data-phase={step?.phase}>
          {t(`phase.${step?.phase ?? 'loading'}`)}
          {parts > 1 && part < parts && ` · ${t('request.part', { part: part + 1, parts })}`}
        </Text>
        <Text size="sm" c="dimmed">
          {estimate !== undefined &&
            t('request.estimate', {
              time: t('request.seconds', { count: Math.max(1, Math.round(estimate / 1000)) }),
            })}{' '}
          {t('request.stayHere')}
        </Text>
        <Group>
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
