import { Alert, List } from '@mantine/core'
import type * as Narrowing from '../wallet/Narrowing.ts'
import { knownSentence } from './wording.ts'
import { useWords } from './words.ts'

/** What several answers to one recipient tell together. */
export function Narrowed({ title, narrowed }: { title: string; narrowed: readonly Narrowing.Narrowed[] }) {
  const { t, say } = useWords()
  if (narrowed.length === 0) return null
  return (
    <Alert role="note" color={narrowed.some(({ isNeedle }) => isNeedle) ? 'red' : 'yellow'} title={title} data-narrowed>
      <List size="sm">
        {narrowed.map((one) => (
          <List.Item key={`${one.kind} ${one.subject} ${one.window}`}>
            {one.isEmpty
              ? t('narrowed.empty')
              : t('narrowed.sentence', { answers: one.answers, sentence: knownSentence(t, say, one) })}{' '}
            {one.kind === 'any' && t('narrowed.any')} {one.isNeedle && t('narrowed.needle')}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
