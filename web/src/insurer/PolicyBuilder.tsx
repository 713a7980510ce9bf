import { Alert, Button, Card, Select, SimpleGrid, Stack, Tabs, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Draft as Compiled, Policy } from '@medseal/verifier-api/resources/Policy'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import * as Session from '../shared/session/Session.ts'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import * as Draft from './Draft.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { PolicyReading } from './PolicyReading.tsx'
import { samples } from './Samples.ts'

/** Milliseconds of rest before the compiler is asked. */
const restMs = 300

/** A new policy, from nothing or from one there is. */
export function PolicyBuilder() {
  const { from } = useSearch({ strict: false }) as { from?: string }
  const query = useQuery({
    queryKey: ['insurer', 'policy', from],
    queryFn: () => Session.get<Policy>(`/v1/policies/${from}`),
    enabled: from !== undefined,
  })
  if (from === undefined) return <Builder start={Draft.textOf(Draft.blank)} />
  return <Loaded query={query}>{({ policy }) => <Builder start={Draft.textOf(policy)} />}</Loaded>
}

/** Form, text and words of one source: the policy's JSON text. */
function Builder({ start }: { start: string }) {
  const [text, setText] = useState(start)
  const [settled] = useDebouncedValue(text, restMs)
  const policy = Draft.parse(text)
  const check = useQuery({
    queryKey: ['insurer', 'check', settled],
    queryFn: ({ signal }) =>
      Session.post<Compiled>('/v1/policies/check', { body: { policy: Draft.parse(settled) }, signal }),
    enabled: Draft.parse(settled) !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const client = useQueryClient()
  const navigate = useNavigate()
  const keep = useMutation({
    mutationFn: () => Session.post<Policy>('/v1/policies', { body: { policy } }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['insurer', 'policies'] })
      await navigate({ to: '/insurer/policies/$id', params: { id } })
    },
  })
  const isGood = policy !== undefined && check.isSuccess && settled === text
  return (
    <>
      <PageHead title="New policy" says="What you write is what its words say and what its hash is made of.">
        <Button loading={keep.isPending} disabled={!isGood} onClick={() => keep.mutate()}>
          Keep this policy
        </Button>
      </PageHead>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Card>
          <Select
            label="Start from a sample"
            placeholder="Choose one of twelve"
            data={samples.map(({ value, label }) => ({ value, label }))}
            onChange={(value) => {
              const sample = samples.find((each) => each.value === value)
              if (sample) setText(sample.text)
            }}
            searchable
            mb="md"
          />
          <Editor text={text} policy={policy} onChange={setText} />
        </Card>
        <Card aria-live="polite">
          <Stack>
            {policy === undefined && (
              <Alert color="yellow" title="Not JSON yet">
                <Text size="sm">A bracket, a comma or a quotation mark is missing.</Text>
              </Alert>
            )}
            <Problem error={keep.error ?? check.error} />
            {check.data ? (
              <>
                {(check.error || policy === undefined) && (
                  <Text c="dimmed" size="sm">
                    As it was before:
                  </Text>
                )}
                <PolicyReading draft={check.data} />
              </>
            ) : (
              check.isPending && policy && <Waiting />
            )}
          </Stack>
        </Card>
      </SimpleGrid>
    </>
  )
}

function Editor({
  text,
  policy,
  onChange,
}: {
  text: string
  policy: Draft.Json | undefined
  onChange: (text: string) => void
}) {
  return (
    <Tabs defaultValue="form" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="form">Form</Tabs.Tab>
        <Tabs.Tab value="json">JSON</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="form">
        {policy ? (
          <PolicyForm policy={policy} onChange={(changed) => onChange(Draft.textOf(changed))} />
        ) : (
          <Text c="dimmed" size="sm">
            The text is not JSON. Mend it in the other tab.
          </Text>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="json">
        <Textarea
          label="Policy file"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
          autosize
          minRows={20}
          maxRows={40}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      </Tabs.Panel>
    </Tabs>
  )
}
