import { Anchor, Badge, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import * as Day from '@medseal/prover/protocol/Day'
import * as Download from '../shared/Download.ts'
import { Problem } from '../shared/ui/Problem.tsx'
import type * as Batch from './Batch.ts'
import * as Pairing from './Pairing.ts'
import * as Reasons from './Reasons.ts'

/** What came of one document: its credential, and what is not in it and why. */
export function OutcomeCard({ outcome }: { outcome: Batch.Outcome }) {
  if (outcome.status === 'failed')
    return (
      <Card component="article" aria-label={outcome.name}>
        <Stack>
          <Group justify="space-between">
            <Title order={2} size="h3">
              {outcome.name}
            </Title>
            <Badge color="red">not issued</Badge>
          </Group>
          <Problem error={outcome.error} />
        </Stack>
      </Card>
    )
  const { name, file, leaves, expires, isSuperseding, imported } = outcome
  const { account, complete, omissions, remarks } = imported
  return (
    <Card component="article" aria-label={name}>
      <Stack>
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h3">
              {name}
            </Title>
            <Badge color="teal">{isSuperseding ? 'issued in place of the one before' : 'issued'}</Badge>
          </Group>
          <Button onClick={() => Download.save(`${Pairing.stem(name)}.credential.json`, file)}>
            Save the credential
          </Button>
        </Group>
        <Text size="sm">
          {account.resources + account.parts} resources and parts: {account.taken} taken, {account.leftOut} left out.{' '}
          {leaves} leaves, good to {Day.format(expires)}. The file is the medical record itself: give it to the patient
          and nobody else.
        </Text>
        <Text size="sm" c="dimmed">
          Complete for {complete.categories.join(', ') || 'no category'}
        </Text>
        <Lost title="Left out" lost={omissions} />
        <Lost title="Read in part" lost={remarks} />
      </Stack>
    </Card>
  )
}

/** Reasons that are shown before one asks for all. */
const firstReasons = 6

function Lost({ title, lost }: { title: string; lost: Parameters<typeof Reasons.count>[0] }) {
  const [isWhole, { toggle }] = useDisclosure(false)
  if (lost.length === 0) return null
  const reasons = Reasons.count(lost)
  return (
    <div>
      <Title order={3} size="h4" mb={4}>
        {title}
      </Title>
      <List size="sm" spacing={4}>
        {reasons.slice(0, isWhole ? undefined : firstReasons).map(({ says, of, times }) => (
          <List.Item key={`${says}/${of}`}>
            {times} × {of}: {says}
          </List.Item>
        ))}
      </List>
      {reasons.length > firstReasons && (
        <Anchor component="button" type="button" size="sm" onClick={toggle} aria-expanded={isWhole}>
          {isWhole ? 'Show less' : `Show all ${reasons.length}`}
        </Anchor>
      )}
    </div>
  )
}
