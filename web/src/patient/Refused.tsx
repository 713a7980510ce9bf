import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { RequestView } from '../wallet/device/requests.ts'
import { Failure } from './Failure.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** A request that is not shown, and what stands against it; or why it could not even be checked. */
export function Refused({
  view,
  error,
  onRetry,
}: {
  view: RequestView | undefined
  error: unknown
  onRetry?: (() => void) | undefined
}) {
  const { t } = useWords()
  if (error)
    return (
      <Stack>
        <Failure error={error} onRetry={onRetry} />
        {error instanceof Error && error.name === 'Chain.ChangedError' && <AcceptNetwork onDone={onRetry} />}
      </Stack>
    )
  if (!view || view.fit) return null
  return (
    <Alert color="red" role="alert" title={t('request.refusedTitle')} data-refused={view.objections.join(' ')}>
      <Stack gap="xs">
        <Text size="sm">{t('request.refusedSays')}</Text>
        <List size="sm">
          {view.objections.map((one) => (
            <List.Item key={one}>{t(`objection.${one}`)}</List.Item>
          ))}
        </List>
      </Stack>
    </Alert>
  )
}

function AcceptNetwork({ onDone }: { onDone: (() => void) | undefined }) {
  const { t } = useWords()
  const { device } = useSession()
  const accept = useMutation({ mutationFn: () => device.call('acceptNetwork', undefined), onSuccess: () => onDone?.() })
  return (
    <Button variant="outline" color="red" loading={accept.isPending} onClick={() => accept.mutate()}>
      {t('request.acceptNetwork')}
    </Button>
  )
}
