import { Container } from '@mantine/core'
import { Problem } from './Problem.tsx'

/** A page could not be shown at all. */
export function ErrorPage({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Container size="sm" py="xl" component="main">
      <Problem error={error} onRetry={onRetry} />
    </Container>
  )
}
