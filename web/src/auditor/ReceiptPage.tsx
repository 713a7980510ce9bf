import { Card, Group, List, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type * as Audit from '@medseal/prover/chain/Audit'
import * as Day from '@medseal/prover/protocol/Day'
import { useParams } from '@tanstack/react-router'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Glyph } from '../shared/ui/Glyph.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import type { Replay } from './Replay.ts'
import { Replayed } from './Replayed.tsx'

/** What is checked of a receipt, in words, by what it is called where it fails. */
const checks: readonly (readonly [Audit.Finding, string])[] = [
  ['proof', 'The proof holds against the pinned key, for the signals computed here'],
  ['issuers-root', "The issuers' root was valid when it was used"],
  ['day', 'It was made for the day of its block, one day either way'],
  ['deadline', 'It was used before its deadline'],
  ['spent-twice', 'Its mark had not been spent before'],
  ['unknown-recipient', 'The recipient is registered'],
  ['recipient-suspended', 'The recipient was not suspended'],
]

/** The proof explorer: the receipts of one transaction, each check by itself. */
export function ReceiptPage() {
  const { transaction } = useParams({ from: '/auditor/receipts/$transaction' })
  return (
    <>
      <PageHead title="Receipt" says={<Copyable value={transaction} label="transaction" />} />
      <Replayed>
        {(replay) => {
          const found = replay.report.receipts.flatMap((receipt, i) =>
            receipt.transactionHash === transaction ? [{ receipt, told: replay.signals[i] }] : [],
          )
          if (found.length === 0)
            return (
              <EmptyState title="No receipt in this transaction" says="The chain has none there, or not yet.">
                <LinkButton to="/auditor/receipts" variant="default">
                  All receipts
                </LinkButton>
              </EmptyState>
            )
          return (
            <Stack>
              {found.map(
                ({ receipt, told }) =>
                  told && <Explored key={`${receipt.requestId}/${receipt.part}`} receipt={receipt} told={told} />,
              )}
            </Stack>
          )
        }}
      </Replayed>
    </>
  )
}

type Judged = Replay['report']['receipts'][number]

function Explored({ receipt, told: { scope, signals } }: { receipt: Judged; told: Replay['signals'][number] }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card>
        <Title order={2} size="h3" mb="md">
          Checked in this browser
        </Title>
        <List spacing="xs" size="sm" center>
          {checks.map(([finding, says]) => {
            const isGood = !receipt.findings.includes(finding)
            return (
              <List.Item
                key={finding}
                icon={
                  <ThemeIcon
                    color={isGood ? 'teal' : 'red'}
                    variant="light"
                    size={20}
                    radius="xl"
                    role="img"
                    aria-label={isGood ? 'holds' : 'does not hold'}
                  >
                    <Glyph of={isGood ? 'tick' : 'cross'} size={12} />
                  </ThemeIcon>
                }
              >
                {says}
              </List.Item>
            )
          })}
        </List>
        <Title order={2} size="h3" mt="xl" mb="md">
          What it says
        </Title>
        <Facts
          facts={[
            ['Recipient', String(receipt.recipientId)],
            ['Part', String(receipt.part + 1)],
            ['Circuit', `${receipt.circuit}, version ${receipt.verifierVersion}`],
            ['Day', Day.format(receipt.day)],
            ['Recorded', `${Time.show(receipt.timestamp)}, block ${receipt.blockNumber}`],
            ['Deadline', Time.show(receipt.deadline)],
            ['Program', receipt.program === 0n ? 'none' : String(receipt.program)],
            ['Request', <Copyable key="r" value={receipt.requestId} label="request" />],
            [
              'Consent',
              /^0x0+$/.test(receipt.consentId) ? (
                'none'
              ) : (
                <Copyable key="c" value={receipt.consentId} label="consent" />
              ),
            ],
          ]}
        />
        <Text size="sm" c="dimmed" mt="md">
          It does not say who the patient is, and nothing of their record.
        </Text>
      </Card>
      <Card>
        <Group justify="space-between" mb="md">
          <Title order={2} size="h3">
            Public signals, computed here
          </Title>
        </Group>
        <Facts
          facts={Object.entries({ ...signals, scope }).map(([name, value]) => [
            name,
            <Words key={name} name={name} value={BigInt(value)} />,
          ])}
        />
        <Title order={2} size="h3" mt="xl" mb="md">
          Proof
        </Title>
        <Facts
          facts={(['a', 'b', 'c'] as const).map((point) => [
            point,
            <Words key={point} name={point} value={receipt.proof[point].flat() as bigint[]} />,
          ])}
        />
      </Card>
    </SimpleGrid>
  )
}

function Words({ name, value }: { name: string; value: bigint | readonly bigint[] }) {
  const words = [value].flat().map((each) => `0x${each.toString(16).padStart(64, '0')}`)
  return (
    <Stack gap={2}>
      {words.map((word, i) => (
        <Copyable key={word} value={word} label={words.length > 1 ? `${name}, ${i + 1}` : name} />
      ))}
    </Stack>
  )
}
