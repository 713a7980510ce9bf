/** Remembers, for a while, whose proofs did not hold. */
export type Suspicion = {
  readonly suspect: (source: string) => void
  readonly isSuspect: (source: string) => boolean
}

/** Most that are remembered: beyond it the one that was suspected first is forgotten. */
const most = 10_000

/** @param now Milliseconds. */
export function create({
  milliseconds = 600_000,
  now = Date.now,
}: {
  readonly milliseconds?: number
  readonly now?: () => number
} = {}): Suspicion {
  const until = new Map<string, number>()
  return {
    suspect: (source) => {
      until.delete(source)
      until.set(source, now() + milliseconds)
      const [first] = until.keys()
      if (until.size > most && first !== undefined) until.delete(first)
    },
    isSuspect: (source) => {
      const end = until.get(source)
      if (end !== undefined && end > now()) return true
      until.delete(source)
      return false
    },
  }
}
