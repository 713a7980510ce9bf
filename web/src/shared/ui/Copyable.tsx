import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Glyph } from './Glyph.tsx'

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
              <Glyph of={copied ? 'tick' : 'copy'} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}
