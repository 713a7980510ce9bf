import { Button, Card, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import { useState } from 'react'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { short } from '../shared/Word.ts'
import * as Filter from './Filter.ts'
import { Replayed } from './Replayed.tsx'

const step = 50

export function Timeline() {
  return (
    <>
      <PageHead
        title="Timeline"
        says="Every audit entry of every contract, in the order of the chain, the youngest first."
      />
      <Replayed>{({ entries }) => <Entries entries={entries} />}</Replayed>
    </>
  )
}

function Entries({ entries }: { entries: readonly AuditLog.Entry[] }) {
  const [filter, setFilter] = useState<Filter.Filter>(Filter.none)
  const [shown, setShown] = useState(step)
  const found = Filter.apply(entries, filter)
  const set = (change: Partial<Filter.Filter>) => {
    setFilter({ ...filter, ...change })
    setShown(step)
  }
  return (
    <Stack>
      <Card>
        <Group grow preventGrowOverflow={false} align="flex-end">
          <Select
            label="Contract"
            placeholder="All"
            data={Filter.choices(entries, 'contract')}
            value={filter.contract}
            onChange={(contract) => set({ contract })}
            clearable
          />
          <Select
            label="Action"
            placeholder="All"
            data={Filter.choices(entries, 'action')}
            value={filter.action}
            onChange={(action) => set({ action })}
            clearable
            searchable
          />
          <TextInput
            label="Subject or transaction"
            placeholder="0x… or a number"
            value={filter.text}
            onChange={(event) => set({ text: event.currentTarget.value })}
          />
        </Group>
      </Card>
      {found.length === 0 ? (
        <EmptyState title="No such entry" says="Nothing on chain fits these filters." />
      ) : (
        <Rows label="Audit entries" heads={['When', 'Action', 'Subject', 'Contract', 'Transaction']} minWidth={900}>
          {found.slice(0, shown).map((entry) => (
            <Row key={`${entry.blockNumber}/${entry.logIndex}`} entry={entry} />
          ))}
        </Rows>
      )}
      {found.length > shown && (
        <Button variant="default" mx="auto" onClick={() => setShown(shown + step)}>
          Show more of {found.length}
        </Button>
      )}
    </Stack>
  )
}

function Row({
  entry: { timestamp, blockNumber, action, subject, contract, transactionHash },
}: {
  entry: AuditLog.Entry
}) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{Time.show(timestamp)}</Text>
        <Text size="xs" c="dimmed" className="numbers">
          block {blockNumber}
        </Text>
      </Table.Td>
      <Table.Td>{action}</Table.Td>
      <Table.Td>
        <Copyable value={subject} shown={Filter.subjectText(subject)} label="subject" />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {contract}
        </Text>
      </Table.Td>
      <Table.Td ff="monospace" fz="sm">
        {action === 'eligibility.verified' ? (
          <TextLink to="/auditor/receipts/$transaction" params={{ transaction: transactionHash }}>
            {short(transactionHash)}
          </TextLink>
        ) : (
          short(transactionHash)
        )}
      </Table.Td>
    </Table.Tr>
  )
}
