import { Button, Code, Table, Text } from '@mantine/core'
import * as AuditReport from '@medseal/prover/chain/AuditReport'
import * as Download from '../shared/Download.ts'
import * as Time from '../shared/Time.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { short } from '../shared/Word.ts'
import type { Replay } from './Replay.ts'
import { Replayed } from './Replayed.tsx'
import { Soundness } from './Soundness.tsx'

export function Receipts() {
  return <Replayed>{(replay) => <Report replay={replay} />}</Replayed>
}

function Report({ replay: { report } }: { replay: Replay }) {
  return (
    <>
      <PageHead
        title="Receipts"
        says={
          <>
            What <Code>medseal audit</Code> finds, computed here: every signal anew, every proof against the pinned key.
          </>
        }
      >
        <Button variant="default" onClick={() => Download.save('audit.csv', AuditReport.toCsv(report), 'text/csv')}>
          Export CSV
        </Button>
        <Button variant="default" onClick={() => Download.save('audit.json', AuditReport.toJson(report))}>
          Export JSON
        </Button>
      </PageHead>
      <Soundness report={report} />
      {report.receipts.length === 0 ? (
        <EmptyState title="No receipts yet" says="A receipt is left when a contract accepts a patient's proof." />
      ) : (
        <Rows label="Receipts" heads={['When', 'Transaction', 'Recipient', 'Policy', 'Found']} minWidth={680}>
          {report.receipts
            .toReversed()
            .map(({ transactionHash, timestamp, recipientId, policyHash, part, findings }) => (
              <Table.Tr key={`${transactionHash}/${part}`}>
                <Table.Td>{Time.show(timestamp)}</Table.Td>
                <Table.Td ff="monospace" fz="sm">
                  <TextLink to="/auditor/receipts/$transaction" params={{ transaction: transactionHash }}>
                    {short(transactionHash)}
                  </TextLink>
                </Table.Td>
                <Table.Td className="numbers">{String(recipientId)}</Table.Td>
                <Table.Td ff="monospace" fz="sm">
                  {short(`0x${policyHash.toString(16).padStart(64, '0')}`)}
                </Table.Td>
                <Table.Td>
                  {findings.length === 0 ? (
                    <Text size="sm">Sound</Text>
                  ) : (
                    <Text size="sm" c="red" fw={500}>
                      {findings.join(', ')}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
        </Rows>
      )}
    </>
  )
}
