import { Card, Table, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Rows.module.css'

/** A table that scrolls by itself where the screen is narrow, by keyboard too. */
export function Rows({
  label,
  heads,
  minWidth = 560,
  children,
}: {
  label: string
  heads: readonly string[]
  minWidth?: number
  children: ReactNode
}) {
  return (
    <Card padding={0}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.rows} aria-label={label} tabIndex={0}>
        <Table verticalSpacing="sm" horizontalSpacing="md" miw={minWidth} aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {heads.map((head) => (
                <Table.Th key={head} c="dimmed" fw={500} fz="sm">
                  {head === '' ? <VisuallyHidden>Actions</VisuallyHidden> : head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </section>
    </Card>
  )
}
