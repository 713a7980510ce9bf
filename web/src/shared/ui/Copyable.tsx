import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** A text that one copies rather than reads: hashes, keys, links. */
export function Copyable({ value, shown = value, label }: { value: string; shown?: string; label: string }) {
  const { t } = useTranslation()
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex" maw="100%">
      <Code style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{shown}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? 'copied' : 'copy')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              onClick={copy}
              aria-label={`${t(copied ? 'copied' : 'copy')}: ${label}`}
            >
              <Glyph isDone={copied} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}

/** Drawn, as not every device's fonts have a sign for copying. */
function Glyph({ isDone }: { isDone: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="14"
      height="14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      {isDone ? (
        <path d="M3 8.5l3.5 3.5L13 4.5" />
      ) : (
        <>
          <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
          <path d="M10.5 3.5v-1h-8v8h1" />
        </>
      )}
    </svg>
  )
}
