import { Badge } from '@mantine/core'
import type * as Asked from '../wallet/Asked.ts'
import { useWords } from './words.ts'

const colours = { open: 'blue', declined: 'gray', proving: 'yellow', ready: 'yellow', sent: 'teal' } as const

/** How far a request is, in a word. */
export function AskedState({ asked: { answer, expiresAt } }: { asked: Asked.Asked }) {
  const { t } = useWords()
  const isOver = answer.state === 'open' && expiresAt < new Date().toISOString()
  return (
    <Badge color={isOver ? 'gray' : colours[answer.state]} autoContrast>
      {t(isOver ? 'state.expired' : `state.${answer.state}`)}
    </Badge>
  )
}
