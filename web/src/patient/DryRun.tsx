import { Alert, Card, List, Select, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { Glyph } from '../shared/ui/Glyph.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import type * as Review from '../wallet/Review.ts'
import { useIssuerName } from './issuers.ts'
import classes from './Request.module.css'
import { useWallet } from './session.tsx'
import { factLine, sentence } from './wording.ts'
import { useWords } from './words.ts'

/** What the rules come to with the patient's own record, and which fact decides: seen on this device only. */
export function DryRun({
  parts,
  chosen,
  onChoose,
}: {
  parts: readonly Review.Part[]
  chosen: readonly (string | undefined)[]
  onChoose: (part: number, credentialId: string) => void
}) {
  const { t } = useWords()
  if (parts.every(({ candidates }) => candidates.length === 0)) {
    return (
      <Alert role="status" color="yellow">
        <Stack align="flex-start" gap="sm">
          {t('request.noRecord')}
          <LinkButton to="/wallet/add" size="xs" variant="default">
            {t('home.add')}
          </LinkButton>
        </Stack>
      </Alert>
    )
  }
  return (
    <Card component="section">
      <Title order={2}>{t('request.dryTitle')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('request.drySays')}
      </Text>
      <Stack>
        {parts.map((part, i) => (
          <PartRun key={part.policy.name} part={part} chosen={chosen[i]} onChoose={(id) => onChoose(i, id)} />
        ))}
      </Stack>
    </Card>
  )
}

function PartRun({
  part: { candidates, clauses },
  chosen,
  onChoose,
}: {
  part: Review.Part
  chosen: string | undefined
  onChoose: (credentialId: string) => void
}) {
  const { t } = useWords()
  const candidate = candidates.find(({ credentialId }) => credentialId === chosen)
  if (!candidate) return null
  return (
    <Stack gap="sm">
      {candidates.length > 1 && <Choice candidates={candidates} chosen={chosen} onChoose={onChoose} />}
      <Text fw={600} className={candidate.met ? classes.holds : undefined} data-met={candidate.met}>
        {t(candidate.met ? 'request.met' : 'request.notMet')}
      </Text>
      {candidate.obstacles.length > 0 && (
        <List size="sm">
          {candidate.obstacles.map((one) => (
            <List.Item key={one}>{t(`obstacle.${one}`)}</List.Item>
          ))}
        </List>
      )}
      <details open={!candidate.met}>
        <summary className={classes.summary}>{t('request.details')}</summary>
        <Stack gap="xs" mt="xs">
          {clauses.map(({ predicates, threshold }, c) => (
            <Clause
              key={predicates.map((one) => JSON.stringify(one)).join()}
              predicates={predicates}
              threshold={threshold}
              finding={candidate.clauses[c]}
            />
          ))}
        </Stack>
      </details>
    </Stack>
  )
}

function Clause({
  predicates,
  threshold,
  finding,
}: {
  predicates: Review.Part['clauses'][number]['predicates']
  threshold: number
  finding: Review.Candidate['clauses'][number] | undefined
}) {
  const { t, say } = useWords()
  return (
    <div>
      {predicates.length > threshold && (
        <Text size="sm">
          <Mark holds={finding?.holds ?? false} /> {t('words.someOf', { count: threshold })}
        </Text>
      )}
      <Stack gap={4} pl={predicates.length > threshold ? 'lg' : 0}>
        {predicates.map((predicate, p) => {
          const { holds = false, fact } = finding?.findings[p] ?? {}
          return (
            <div key={JSON.stringify(predicate)} className={classes.finding}>
              <Mark holds={holds} />
              <div>
                <Text size="sm">{sentence(t, say, predicate)}.</Text>
                {fact && (
                  <Text size="sm" c="dimmed">
                    {t('request.because', { fact: factLine(t, say, fact) })}
                  </Text>
                )}
                {!holds && !fact && 'any' in predicate && (
                  <Text size="sm" c="dimmed">
                    {t('request.nothingFound')}
                  </Text>
                )}
              </div>
            </div>
          )
        })}
      </Stack>
    </div>
  )
}

function Mark({ holds }: { holds: boolean }) {
  const { t } = useWords()
  return (
    <span className={holds ? classes.holds : classes.fails}>
      <Glyph of={holds ? 'tick' : 'cross'} />
      <VisuallyHidden>{t(holds ? 'request.holds' : 'request.fails')}: </VisuallyHidden>
    </span>
  )
}

function Choice({
  candidates,
  chosen,
  onChoose,
}: {
  candidates: readonly Review.Candidate[]
  chosen: string | undefined
  onChoose: (credentialId: string) => void
}) {
  const { t, say } = useWords()
  const issuerName = useIssuerName()
  const credentials = useWallet(['credentials'], (device) => device.call('credentials', undefined))
  const data = candidates.flatMap(({ credentialId }) => {
    const found = credentials.data?.find(({ id }) => id === credentialId)
    return found
      ? [
          {
            value: credentialId,
            label: `${issuerName(found.issuerId)}, ${t('home.asOf', { day: say.day(found.asOf) })}`,
          },
        ]
      : []
  })
  return (
    <Select
      label={t('request.which')}
      data={data}
      value={chosen ?? null}
      allowDeselect={false}
      onChange={(id) => id && onChoose(id)}
    />
  )
}
