/** A line for each key; the keys take turns, so that a long line delays nobody else's. */
export type RoundRobin<Item> = {
  readonly size: () => number
  readonly countOf: (key: string) => number
  readonly push: (key: string, item: Item) => void
  /** The first of the line whose turn it is. */
  readonly shift: () => Item | undefined
}

export function create<Item>(): RoundRobin<Item> {
  // A map keeps its keys in the order they came in: whose turn is over goes to the end.
  const lines = new Map<string, Item[]>()
  let size = 0
  return {
    size: () => size,
    countOf: (key) => lines.get(key)?.length ?? 0,
    push: (key, item) => {
      const line = lines.get(key)
      if (line) line.push(item)
      else lines.set(key, [item])
      size += 1
    },
    shift: () => {
      const [next] = lines
      if (!next) return undefined
      const [key, line] = next
      const item = line.shift()
      lines.delete(key)
      if (line.length > 0) lines.set(key, line)
      size -= 1
      return item
    },
  }
}
