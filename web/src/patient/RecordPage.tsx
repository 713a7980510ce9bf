import { Alert, Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { Facts } from '../shared/ui/Facts.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import type * as Fact from '../wallet/Fact.ts'
import type * as Holdings from '../wallet/Holdings.ts'
import { Failure } from './Failure.tsx'
import { useIssuerName } from './issuers.ts'
import { useSession, useWallet } from './session.tsx'
import { factName, shown } from './wording.ts'
import { useWords } from './words.ts'

const Charts = lazy(() => import('./Charts.tsx').then(({ Charts }) => ({ default: Charts })))

/** A record, fact by fact, in words. */
export function RecordPage() {
  const { t } = useWords()
  const { id = '' } = useParams({ strict: false })
  const issuerName = useIssuerName()
  const credentials = useWallet(['credentials'], (device) => device.call('credentials', undefined))
  const record = useWallet(['record', id], (device) => device.call('record', id))
  const credential = credentials.data?.find((one) => one.id === id)
  if (credentials.isPending || record.isPending) return <Waiting />
  if (!credential || !record.data)
    return <Failure error={record.error ?? credentials.error} onRetry={() => void record.refetch()} />
  const { facts, series } = record.data
  return (
    <>
      <PageHead title={issuerName(credential.issuerId)} says={t('home.facts', { count: credential.facts })} />
      <Stack>
        <Statement credential={credential} />
        {series.length > 0 && (
          <Card component="section">
            <Title order={2} mb="md">
              {t('record.charts')}
            </Title>
            <Suspense fallback={<Waiting />}>
              <Charts series={series} />
            </Suspense>
          </Card>
        )}
        {byCategory(facts.filter(({ set }) => set === undefined)).map(([category, some]) => (
          <Category key={category} title={t(`category.${category}`)} facts={some} />
        ))}
        {facts.some(isMarked) && (
          <Alert role="note" color="gray" title={t('record.marked')}>
            {t('record.markedSays')}
          </Alert>
        )}
        <Sets facts={facts.filter(({ set }) => set !== undefined)} />
        <Removal id={id} />
      </Stack>
    </>
  )
}

function Statement({ credential: { asOf, expires, complete } }: { credential: Holdings.Summary }) {
  const { t, say } = useWords()
  const categories = complete.categories.map((one) => t(`category.${one as Fact.Fact['category']}`)).join(', ')
  return (
    <Card>
      <Facts
        facts={[
          [t('record.asOf'), say.day(asOf)],
          [t('record.expires'), say.day(expires)],
          [
            t('record.complete'),
            categories === ''
              ? t('record.nothing')
              : `${categories}, ${t('record.since', { day: say.day(complete.since) })}`,
          ],
        ]}
      />
    </Card>
  )
}

/** Rows a category opens with: 4,000 facts at once would keep the page busy. */
const atOnce = 50

function Category({ title, facts }: { title: string; facts: readonly Fact.Fact[] }) {
  const { t, say } = useWords()
  const [count, setCount] = useState(atOnce)
  const rows = facts.slice(0, count)
  return (
    <Card component="section" aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Table verticalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('record.what')}</Table.Th>
            <Table.Th w="30%">{t('record.value')}</Table.Th>
            <Table.Th w="26%">{t('record.when')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((fact, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two facts may be alike, and their order never changes.
            <Table.Tr key={i}>
              <Table.Td>
                <Text size="sm">{factName(say, fact)}</Text>
                <Group gap={4}>
                  {fact.partialDay && <Badge color="gray">{t('record.partialDay')}</Badge>}
                  {fact.bounded && <Badge color="gray">{t('record.bounded')}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td className="numbers">{shown(t, say, fact.value)}</Table.Td>
              <Table.Td className="numbers">{fact.day === null ? '' : say.day(fact.day)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {facts.length > count && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setCount(count + 200)}>
          {t('record.more', { count: Math.min(200, facts.length - count) })}
        </Button>
      )}
    </Card>
  )
}

/** The lists facts are on, each once. */
function Sets({ facts }: { facts: readonly Fact.Fact[] }) {
  const { t, say } = useWords()
  const names = [...new Set(facts.map(({ set = '' }) => set))]
  if (names.length === 0) return null
  return (
    <Card component="section">
      <Title order={2}>{t('record.sets')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('record.setsSays')}
      </Text>
      <Group gap="xs">
        {names.map((name) => (
          <Badge key={name} color="gray" size="lg">
            {say.code(name)}
          </Badge>
        ))}
      </Group>
    </Card>
  )
}

function Removal({ id }: { id: string }) {
  const { t } = useWords()
  const { device, look } = useSession()
  const navigate = useNavigate()
  const [isSure, setSure] = useState(false)
  const remove = useMutation({
    mutationFn: () => device.call('removeCredential', id),
    onSuccess: async () => {
      await navigate({ to: '/wallet' })
      look()
    },
  })
  return (
    <Stack align="flex-start" gap="xs">
      {isSure && <Text size="sm">{t('record.removeSure')}</Text>}
      <Button
        color="red"
        variant={isSure ? 'filled' : 'outline'}
        size="xs"
        onClick={() => (isSure ? remove.mutate() : setSure(true))}
      >
        {t('record.remove')}
      </Button>
      <Failure error={remove.error} />
    </Stack>
  )
}

function isMarked({ partialDay, bounded }: Fact.Fact): boolean {
  return partialDay || bounded
}

/** In the order of the record, which is that of the categories' numbers. */
function byCategory(facts: readonly Fact.Fact[]): [Fact.Fact['category'], Fact.Fact[]][] {
  return [...Map.groupBy(facts, ({ category }) => category)]
}
