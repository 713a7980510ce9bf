import { Stack, Text, Title, type TitleOrder } from '@mantine/core'
import type { ReactNode } from 'react'

/** Where there is nothing yet: what would be here, and the one thing to do about it. */
export function EmptyState({
  title,
  says,
  titleOrder = 2,
  children,
}: {
  title: string
  says?: ReactNode
  titleOrder?: TitleOrder
  children?: ReactNode
}) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <Title order={titleOrder} size="h3">
        {title}
      </Title>
      {says && (
        <Text c="dimmed" size="sm" maw={420}>
          {says}
        </Text>
      )}
      {children}
    </Stack>
  )
}
