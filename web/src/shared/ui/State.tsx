import { Badge } from '@mantine/core'

const colours: Readonly<Record<string, string>> = {
  open: 'blue',
  answered: 'teal',
  final: 'teal',
  delivered: 'teal',
  active: 'teal',
  verified: 'blue',
  included: 'blue',
  sent: 'blue',
  received: 'gray',
  pending: 'yellow',
  retiring: 'yellow',
  expired: 'gray',
  withdrawn: 'gray',
  retired: 'gray',
  draft: 'yellow',
  rejected: 'red',
  refused: 'red',
  failed: 'red',
  killed: 'red',
  suspended: 'red',
}

/** A state, by its own word; the colour only helps. */
export function State({ state }: { state: string }) {
  return (
    <Badge color={colours[state] ?? 'gray'} autoContrast miw="max-content">
      {state}
    </Badge>
  )
}
