import { Table, Text } from '@mantine/core'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { Replayed } from './Replayed.tsx'

export function Heads() {
  return (
    <>
      <PageHead
        title="Audit heads"
        says="Each contract chains its entries by their hashes. Recomputed here from the first to the last, and compared with the head the contract itself keeps."
      />
      <Replayed>
        {({ trails, addresses }) => (
          <Rows label="Audit heads" heads={['Contract', 'Entries', 'Head', 'Chain']} minWidth={760}>
            {trails.map(({ contract, entries, head, breaks }) => (
              <Table.Tr key={contract}>
                <Table.Td>
                  <Text size="sm">{contract}</Text>
                  <Copyable value={addresses[contract]} label={`address of ${contract}`} />
                </Table.Td>
                <Table.Td className="numbers">{entries}</Table.Td>
                <Table.Td>
                  <Copyable
                    value={`0x${head.toString(16).padStart(64, '0')}`}
                    shown={`0x${head.toString(16).slice(0, 18)}…`}
                    label={`head of ${contract}`}
                  />
                </Table.Td>
                <Table.Td>
                  {breaks.length === 0 ? (
                    <Text size="sm">Every link holds</Text>
                  ) : (
                    <Text size="sm" c="red" fw={500}>
                      Broken at entry {breaks.map((place) => place + 1).join(', ')}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Replayed>
    </>
  )
}
