import { Card, Group, List, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { Proof } from '@medseal/verifier-api/resources/Proof'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Glyph } from '../shared/ui/Glyph.tsx'
import { State } from '../shared/ui/State.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { short } from '../shared/Word.ts'

/** One answer: every check by itself, and where it stands on chain. */
export function ProofCard({ proof, policyName }: { proof: Proof; policyName?: string | undefined }) {
  const { id, state, part, checks, reason, circuit, nullifier, transactionHash, receiptId, createdAt } = proof
  return (
    <Card component="article" aria-label={`Answer to part ${part + 1}`}>
      <Group justify="space-between" mb="md">
        <Title order={3}>{policyName ?? `Part ${part + 1}`}</Title>
        <State state={state} />
      </Group>
      <Stack>
        {reason && (
          <Text size="sm" c="red">
            {reason}
          </Text>
        )}
        <List spacing={6} size="sm" center aria-label="Checks">
          {checks.map(({ name, passed }) => (
            <List.Item key={name} icon={<Mark passed={passed} />}>
              {name}
            </List.Item>
          ))}
        </List>
        <Facts
          facts={[
            ['Received', Time.show(createdAt)],
            ['Circuit', circuit],
            ['Proof', <Copyable key="id" value={id} shown={short(id)} label="id of the proof" />],
            ['Person', <Copyable key="n" value={nullifier} shown={short(nullifier)} label="nullifier" />],
            ...(transactionHash
              ? [
                  [
                    'Transaction',
                    <Copyable key="t" value={transactionHash} shown={short(transactionHash)} label="transaction" />,
                  ] as const,
                ]
              : []),
            ...(receiptId
              ? [
                  [
                    'Receipt',
                    <TextLink
                      key="r"
                      to="/auditor/receipts/$transaction"
                      params={{ transaction: transactionHash ?? '' }}
                    >
                      Check it yourself, from the chain
                    </TextLink>,
                  ] as const,
                ]
              : []),
          ]}
        />
      </Stack>
    </Card>
  )
}

function Mark({ passed }: { passed: boolean | null }) {
  if (passed === null) return <Sign colour="gray" sign="dash" says="not checked yet" />
  return passed ? <Sign colour="teal" sign="tick" says="passed" /> : <Sign colour="red" sign="cross" says="failed" />
}

function Sign({ colour, sign, says }: { colour: string; sign: 'tick' | 'cross' | 'dash'; says: string }) {
  return (
    <ThemeIcon color={colour} variant="light" size={20} radius="xl" role="img" aria-label={says}>
      <Glyph of={sign} size={12} />
    </ThemeIcon>
  )
}
