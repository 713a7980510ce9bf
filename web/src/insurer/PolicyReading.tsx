import { Alert, Stack, Text, Title } from '@mantine/core'
import type { Draft } from '@medseal/verifier-api/resources/Policy'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { short } from '../shared/Word.ts'

/** What a policy says in words, from what its hash is made of, and what it takes to prove it. */
export function PolicyReading({ draft }: { draft: Draft }) {
  const { words, circuit, hash, needleNarrow } = draft
  return (
    <Stack>
      <Title order={2} size="h3">
        In words
      </Title>
      <div>
        {words.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
          <Text key={i} size="sm" style={{ whiteSpace: 'pre-wrap' }} mih={8}>
            {line}
          </Text>
        ))}
      </div>
      {needleNarrow.length > 0 && (
        <Alert color="red" title="Wallets will refuse this">
          {needleNarrow.map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
          <Text size="sm">The range is so narrow that meeting it tells the value. Widen it.</Text>
        </Alert>
      )}
      <Facts
        facts={[
          ['Circuit', circuit],
          ['Hash', <Copyable key="hash" value={hash} shown={short(hash)} label="hash of the policy" />],
        ]}
      />
    </Stack>
  )
}
