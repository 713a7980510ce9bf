/** To a tenth. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return Math.round((sorted[Math.floor(sorted.length / 2)] as number) * 10) / 10
}
