import {
  Button,
  Card,
  FileInput,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core'
import * as Day from '@medseal/prover/protocol/Day'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import type * as Batch from './Batch.ts'
import * as DeskStore from './DeskStore.ts'
import { OutcomeCard } from './OutcomeCard.tsx'
import * as Pairing from './Pairing.ts'

export function IssuePage() {
  const [asOf, setAsOf] = useState(Day.format(Day.ofUnixSeconds(Math.floor(Date.now() / 1000))))
  const [since, setSince] = useState('')
  const [validDays, setValidDays] = useState<number | string>(30)
  const [currency, setCurrency] = useState('USD')
  const [bundles, setBundles] = useState<File[]>([])
  const [enrolments, setEnrolments] = useState<File[]>([])
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({})
  const [done, setDone] = useState(0)
  const paired = Pairing.pair(bundles, enrolments)
  const enrolmentOf = (index: number) => chosen[bundles[index]?.name ?? ''] ?? paired[index]
  const issue = useMutation({
    mutationFn: async () => {
      const { index: valueSets } = await import('../shared/ValueSets.ts')
      const Batch = await import('./Batch.ts')
      const terms = {
        asOf: Day.parse(asOf),
        since: since === '' ? undefined : Day.parse(since),
        validDays: Number(validDays),
        currency,
        valueSets,
      }
      const rows = await Promise.all(
        bundles.map(async (bundle, i) => {
          const enrolment = enrolments.find(({ name }) => name === enrolmentOf(i))
          return { name: bundle.name, bundle: await bundle.text(), enrolment: await enrolment?.text() }
        }),
      )
      setDone(0)
      return DeskStore.change((open) => Batch.issue(open, rows, terms, { onRow: told(setDone) }))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    issue.mutate()
  }
  return (
    <>
      <PageHead
        title="Issue records"
        says="FHIR R4 documents in, one credential for each patient out. A new one takes the place of the one before."
      />
      <Card component="form" onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <FileInput
              label="Documents"
              description="One FHIR bundle for each patient"
              placeholder="Choose files"
              accept=".json,application/json,application/fhir+json"
              multiple
              value={bundles}
              onChange={setBundles}
              required
            />
            <FileInput
              label="Enrolments"
              description="What the patients gave back; adela.enrolment.json goes with adela.json"
              placeholder="Choose files"
              accept=".json,application/json"
              multiple
              value={enrolments}
              onChange={setEnrolments}
              required
            />
          </SimpleGrid>
          <Group grow preventGrowOverflow={false} align="flex-end">
            <TextInput
              label="As of"
              type="date"
              value={asOf}
              onChange={(event) => setAsOf(event.currentTarget.value)}
              required
            />
            <TextInput
              label="Complete since"
              description="Where you vouch for it"
              type="date"
              value={since}
              onChange={(event) => setSince(event.currentTarget.value)}
            />
            <NumberInput label="Good for, days" value={validDays} onChange={setValidDays} min={0} max={3650} />
            <TextInput
              label="Currency"
              value={currency}
              onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
              maxLength={3}
              pattern="[A-Z]{3}"
            />
          </Group>
          {bundles.length > 0 && (
            <Rows label="Who is who" heads={['Document', 'Enrolment']} minWidth={280}>
              {bundles.map(({ name }, i) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td>
                    <Select
                      aria-label={`Enrolment for ${name}`}
                      placeholder="Choose one"
                      data={enrolments.map((each) => each.name)}
                      value={enrolmentOf(i) ?? null}
                      onChange={(value) => value && setChosen({ ...chosen, [name]: value })}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )}
          <Problem error={issue.error} />
          <Group>
            <Button type="submit" loading={issue.isPending} disabled={bundles.length === 0}>
              Issue {bundles.length > 1 ? `${bundles.length} records` : 'the record'}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {issue.isPending && `${done} of ${bundles.length}`}
            </Text>
          </Group>
        </Stack>
      </Card>
      {issue.data && <Outcomes outcomes={issue.data} />}
    </>
  )
}

function Outcomes({ outcomes }: { outcomes: readonly Batch.Outcome[] }) {
  const superseded = outcomes.filter((each) => each.status === 'issued' && each.isSuperseding).length
  return (
    <Stack mt="xl">
      {superseded > 0 && (
        <Card>
          <Group justify="space-between">
            <Text size="sm">
              {superseded} earlier {superseded === 1 ? 'credential is' : 'credentials are'} revoked once you publish the
              status list: one update for all.
            </Text>
            <LinkButton to="/issuer/publish">Publish</LinkButton>
          </Group>
        </Card>
      )}
      {outcomes.map((outcome) => (
        <OutcomeCard key={outcome.name} outcome={outcome} />
      ))}
    </Stack>
  )
}

/** Lets the page draw between two records. */
function told(onDone: (done: number) => void) {
  return async (done: number) => {
    onDone(done)
    await new Promise((resolve) => setTimeout(resolve))
  }
}
