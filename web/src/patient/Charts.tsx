import { SimpleGrid, Stack, Text } from '@mantine/core'
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Series } from '../wallet/Series.ts'
import { unit } from './wording.ts'
import { useWords } from './words.ts'

/** Results over time, each kind for itself: their units differ. */
export function Charts({ series }: { series: readonly Series[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      {series.map((one) => (
        <Chart key={`${one.system} ${one.code}`} series={one} />
      ))}
    </SimpleGrid>
  )
}

function Chart({ series: { system, code, unit: ucum, points } }: { series: Series }) {
  const { t, say } = useWords()
  const name = say.code(`${system} ${code}`)
  const number = (value: unknown) => say.decimal(String(Number(Number(value).toPrecision(4))))
  const data = points.map(({ day, value }) => ({ at: Date.parse(day), value }))
  const dayOf = (at: unknown) => say.day(new Date(Number(at)).toISOString().slice(0, 10))
  const marks = years(data.map(({ at }) => at))
  const label = t('record.chartOf', {
    name,
    unit: unit(ucum),
    from: dayOf(data[0]?.at),
    to: dayOf(data.at(-1)?.at),
  })
  return (
    <Stack gap={4} component="figure" m={0}>
      <Text component="figcaption" size="sm" fw={600}>
        {name}{' '}
        <Text span c="dimmed" fw={400}>
          {unit(ucum)}
        </Text>
      </Text>
      <div role="img" aria-label={label}>
        <ResponsiveContainer width="100%" height={170}>
          <LineChart data={data} margin={{ top: 8, right: 12, bottom: 0, left: -18 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
            <XAxis
              dataKey="at"
              type="number"
              scale="time"
              domain={['dataMin', 'dataMax']}
              tickFormatter={(at) => (marks.length > 0 ? String(new Date(at).getUTCFullYear()) : dayOf(at))}
              ticks={marks.length > 0 ? marks : [data[0]?.at ?? 0, data.at(-1)?.at ?? 0]}
              interval="preserveStartEnd"
              tick={{ fill: 'var(--mantine-color-dimmed)', fontSize: 12 }}
              stroke="var(--mantine-color-default-border)"
            />
            <YAxis
              domain={roundDomain(points.map(({ value }) => value))}
              tickCount={4}
              tickFormatter={number}
              tick={{ fill: 'var(--mantine-color-dimmed)', fontSize: 12 }}
              stroke="var(--mantine-color-default-border)"
            />
            <Tooltip
              labelFormatter={dayOf}
              formatter={(value) => [`${number(value)} ${unit(ucum)}`, name]}
              contentStyle={{
                background: 'var(--mantine-color-body)',
                border: '1px solid var(--mantine-color-default-border)',
                borderRadius: 8,
              }}
            />
            <Line
              dataKey="value"
              stroke="var(--mantine-color-anchor)"
              strokeWidth={2}
              dot={{ r: 3, fill: 'var(--mantine-color-anchor)' }}
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
    </Stack>
  )
}

/** First of January of each year within, but for the first; none where all lie in one year. */
function years(times: readonly number[]): number[] {
  const [first = 0] = times
  const from = new Date(first).getUTCFullYear() + 1
  const to = new Date(times.at(-1) ?? first).getUTCFullYear()
  const step = Math.max(1, Math.ceil((to - from + 1) / 4))
  const count = Math.max(0, Math.floor((to - from) / step) + 1)
  return Array.from({ length: count }, (_, i) => Date.UTC(from + i * step, 0, 1))
}

/** A little more than the values span, in whole, half or tenth units. */
function roundDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const unit = 10 ** Math.floor(Math.log10(Math.max(high - low, Math.abs(high) / 20, 1e-6)))
  const step = 3 * unit
  const from = Math.floor(low / unit) * unit
  const to = from + Math.max(1, Math.ceil((high - from) / step)) * step
  return [Number(from.toPrecision(6)), Number(to.toPrecision(6))]
}
