import { Card, Code, List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { Narrowed } from './Narrowed.tsx'
import classes from './Request.module.css'
import type { Fit } from './RequestPage.tsx'
import { knownSentence, recordSentence, sentence } from './wording.ts'
import { useWords } from './words.ts'

/** What answering tells, what it does not, and what could be concluded from it all the same. */
export function Learning({ view }: { view: Fit }) {
  const { t } = useWords()
  return (
    <>
      <Learned view={view} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Stays view={view} />
        <Inferred view={view} />
      </SimpleGrid>
      <Narrowed title={t('request.narrowTitle', { name: view.asked.name })} narrowed={view.narrowed} />
    </>
  )
}

function Learned({ view: { parts } }: { view: Fit }) {
  const { t, say } = useWords()
  return (
    <Card component="section">
      <Title order={2} mb="sm">
        {t('request.learn')}
      </Title>
      {parts.map(({ policy, clauses }) => (
        <Stack key={policy.name} gap="xs">
          <Text>{t('request.learnMet', { name: policy.name })}</Text>
          <List spacing={6}>
            {clauses.map(({ threshold, predicates }) => {
              const sentences = predicates.map((one) => sentence(t, say, one))
              if (threshold === predicates.length)
                return sentences.map((one) => <List.Item key={one}>{one}.</List.Item>)
              return (
                <List.Item key={sentences.join()}>
                  {t('words.someOf', { count: threshold })}
                  <List withPadding size="sm" spacing={2}>
                    {sentences.map((one) => (
                      <List.Item key={one}>{one}.</List.Item>
                    ))}
                  </List>
                </List.Item>
              )
            })}
            <List.Item>{recordSentence(t, say, policy)}</List.Item>
          </List>
          <details>
            <summary className={classes.summary}>{t('request.rulesText')}</summary>
            <Code block mt="xs">
              {JSON.stringify(policy, null, 2)}
            </Code>
          </details>
        </Stack>
      ))}
    </Card>
  )
}

function Stays({ view: { parts } }: { view: Fit }) {
  const { t } = useWords()
  const hasChoice = parts.some(({ clauses }) => clauses.some((c) => c.threshold < c.predicates.length))
  const crowd = Math.min(...parts.map((part) => part.crowd))
  const lines = [
    t('request.staysValues'),
    ...(hasChoice ? [t('request.staysWhich')] : []),
    t('request.staysWho'),
    ...(crowd > 1 ? [t('request.staysIssuer', { count: crowd })] : []),
    t('request.staysRest'),
  ]
  return (
    <Card component="section">
      <Title order={2} mb="sm">
        {t('request.stays')}
      </Title>
      <Lines lines={lines} />
    </Card>
  )
}

/** Fewer than these, and who is asked all but knows the issuer: as `Answer.fewestIssuers` has it. */
const fewestIssuers = 10

function Inferred({ view: { parts, asked } }: { view: Fit }) {
  const { t, say } = useWords()
  const crowd = Math.min(...parts.map((part) => part.crowd))
  const bounds = asked.known.map((one) => {
    const key = one.min !== undefined && one.max !== undefined ? 'request.inferRange' : 'request.inferBound'
    return t(key, { sentence: knownSentence(t, say, one) })
  })
  const lines = [
    ...(asked.program ? [t('request.inferProgram')] : []),
    ...(crowd < fewestIssuers ? [t('request.inferFew', { count: crowd })] : []),
    ...bounds,
    ...(asked.consentRequired ? [] : [t('request.inferConsent')]),
    t('request.inferLink'),
    t('request.inferTime'),
  ]
  return (
    <Card component="section">
      <Title order={2} mb="sm">
        {t('request.infer')}
      </Title>
      <Lines lines={lines} />
    </Card>
  )
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <List spacing={6} size="sm">
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  )
}
