import * as Keeper from './Keeper.ts'

const item = 'timings'

/** Milliseconds of the last proofs on this device, by circuit, latest last. */
type Timings = Readonly<Record<string, readonly number[]>>

export async function note(keeper: Keeper.Keeper, circuit: string, milliseconds: number): Promise<void> {
  const timings = (await Keeper.read<Timings>(keeper, item)) ?? {}
  const last = [...(timings[circuit] ?? []), Math.round(milliseconds)].slice(-5)
  await Keeper.write(keeper, { put: { [item]: { ...timings, [circuit]: last } } })
}

/** What these proofs will take, by the middle of the last ones of their circuits; undefined before the first. */
export async function estimate(keeper: Keeper.Keeper, circuits: readonly string[]): Promise<number | undefined> {
  const timings = (await Keeper.read<Timings>(keeper, item)) ?? {}
  let sum = 0
  for (const circuit of circuits) {
    const sorted = (timings[circuit] ?? []).toSorted((a, b) => a - b)
    const middle = sorted[Math.floor(sorted.length / 2)]
    if (middle === undefined) return undefined
    sum += middle
  }
  return sum
}
