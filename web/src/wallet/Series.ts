import type { Fact } from './Fact.ts'

/** Results of one kind over time. */
export type Series = {
  readonly system: string
  readonly code: string
  readonly unit: string
  /** In the order of their days. Floats: for drawing only. */
  readonly points: readonly { readonly day: string; readonly value: number }[]
}

/** What can be drawn: measured on whole days, at least twice. */
export function of(facts: readonly Fact[]): Series[] {
  const found = new Map<string, { system: string; code: string; unit: string; points: Series['points'][number][] }>()
  for (const { category, system, code, day, value, partialDay } of facts) {
    if (category !== 'observation' && category !== 'device-reading') continue
    if (value.kind !== 'decimal' || day === null || partialDay) continue
    const name = `${category} ${system} ${code}`
    const series = found.get(name) ?? { system, code, unit: value.unit, points: [] }
    series.points.push({ day, value: Number(value.decimal) })
    found.set(name, series)
  }
  return [...found.values()]
    .filter(({ points }) => points.length > 1)
    .map((series) => ({ ...series, points: series.points.toSorted((a, b) => (a.day < b.day ? -1 : 1)) }))
}
