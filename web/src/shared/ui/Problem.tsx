import { Alert, Button, Code, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiProblem, UnreachableError } from '../api.ts'

/** What went wrong, in words, beside what it concerns. Nothing where nothing did. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation()
  if (!error) return null
  const problem = error instanceof ApiProblem ? error.problem : undefined
  return (
    <Alert color="red" variant="light" title={problem?.title ?? t('failed')} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{saying(error, t('offline'))}</Text>
        {problem?.field && (
          <Text size="sm">
            <Code>{problem.field}</Code>
          </Text>
        )}
        {problem && problem.status >= 500 && (
          <Text size="xs" c="dimmed">
            {t('quote')} <Code>{problem.requestId}</Code>
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** Our own errors never carry a secret; what others throw is told as they word it. */
function saying(error: unknown, offline: string): string {
  if (error instanceof UnreachableError) return offline
  return error instanceof Error ? error.message : String(error)
}
