import * as Network from '../prover/src/chain/Network.ts'

/** Tells what happens as it happens, with times, and keeps the tally of what came out as written. */
export type Narrator = {
  readonly startedAt: number
  readonly tally: { asWritten: number; otherwise: number }
  readonly write: (line: string) => void
}

export function create(write: (line: string) => void = console.log): Narrator {
  return { startedAt: performance.now(), tally: { asWritten: 0, otherwise: 0 }, write }
}

/** A chapter heading. */
export function chapter(narrator: Narrator, title: string): void {
  narrator.write(`\n${title}`)
}

/** Something said without a time. */
export function say(narrator: Narrator, line: string): void {
  narrator.write(`          ${line}`)
}

/** Does something, and says how long it took. */
export async function phase<T>(narrator: Narrator, title: string, act: () => Promise<T> | T): Promise<T> {
  const start = performance.now()
  const result = await act()
  narrator.write(`${seconds(performance.now() - start)}  ${title}`)
  return result
}

/** Something that must succeed. */
export async function accepted<T>(narrator: Narrator, title: string, act: () => Promise<T>): Promise<T | undefined> {
  const start = performance.now()
  try {
    const result = await act()
    narrator.tally.asWritten++
    narrator.write(`${seconds(performance.now() - start)}  accepted  ${title}`)
    return result
  } catch (cause) {
    narrator.tally.otherwise++
    narrator.write(`${seconds(performance.now() - start)}  WRONG     ${title}: refused with ${nameOf(cause)}`)
    return undefined
  }
}

/** Something that must be refused, by an error of this name. */
export async function refused(
  narrator: Narrator,
  title: string,
  expected: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const start = performance.now()
  const name = await act().then(() => undefined, nameOf)
  const asWritten = name === expected
  narrator.tally[asWritten ? 'asWritten' : 'otherwise']++
  const verdict = asWritten ? 'refused ' : 'WRONG   '
  const outcome = name === undefined ? `accepted, ${expected} was expected` : name
  narrator.write(
    `${seconds(performance.now() - start)}  ${verdict}  ${title}: ${outcome}${asWritten || !name ? '' : `, ${expected} was expected`}`,
  )
}

/** A statement about outcomes that are no errors: a dry run, an auditor's report. */
export function expect(narrator: Narrator, title: string, holds: boolean): void {
  narrator.tally[holds ? 'asWritten' : 'otherwise']++
  narrator.write(`          ${holds ? 'as written' : 'WRONG     '}  ${title}`)
}

/** The last line. True when everything came out as written. */
export function close(narrator: Narrator): boolean {
  const { asWritten, otherwise } = narrator.tally
  const time = ((performance.now() - narrator.startedAt) / 1000).toFixed(1)
  narrator.write(`\n${asWritten} outcomes as written, ${otherwise} otherwise, in ${time} s.`)
  return otherwise === 0 && asWritten > 0
}

function nameOf(cause: unknown): string {
  const refusal = Network.refusalOf(cause)
  if (refusal) return refusal
  return cause instanceof Error ? cause.name : 'an unknown error'
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(7)} s`
}
