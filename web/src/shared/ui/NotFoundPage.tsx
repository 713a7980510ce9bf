import { Container } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState } from './EmptyState.tsx'
import { LinkButton } from './LinkButton.tsx'

export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <Container size="sm" py="xl" component="main">
      <EmptyState title={t('notFound')} says={t('notFoundSays')} titleOrder={1}>
        <LinkButton to="/">{t('home')}</LinkButton>
      </EmptyState>
    </Container>
  )
}
