import { Alert, Button, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useWords } from './words.ts'

/** What did not work, in words a patient understands. Nothing where nothing went wrong, or the patient cancelled. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useWords()
  const common = useTranslation()
  const name = error instanceof Error ? error.name : 'unknown'
  if (!error || name === 'AbortError') return null
  const detail: unknown = error instanceof Error ? Reflect.get(error, 'detail') : undefined
  const keys = [`errors.${name}_${String(detail)}`, `errors.${name}`, 'errors.unknown'] as const
  return (
    <Alert color="red" role="alert" title={common.t('failed')} data-error={name}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t(keys as unknown as 'errors.unknown')}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('errors.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
