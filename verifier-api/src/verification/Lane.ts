import type { Circuit } from '@medseal/prover/protocol/Eligibility'
import * as RoundRobin from './RoundRobin.ts'

/** What waits: circuits take turns, and within a circuit those who sent something. */
export type Lane<Item extends Waiting> = {
  readonly size: () => number
  readonly countOf: (source: string) => number
  readonly push: (item: Item) => void
  /** Up to `most` of one circuit; empty when nothing waits. */
  readonly take: (most: number) => readonly Item[]
}

export type Waiting = { readonly submission: { readonly circuit: Circuit }; readonly source: string }

export function create<Item extends Waiting>(): Lane<Item> {
  const byCircuit = new Map<Circuit, RoundRobin.RoundRobin<Item>>()
  const total = (count: (line: RoundRobin.RoundRobin<Item>) => number) =>
    [...byCircuit.values()].reduce((sum, line) => sum + count(line), 0)
  return {
    size: () => total((line) => line.size()),
    countOf: (source) => total((line) => line.countOf(source)),
    push: (item) => {
      const { circuit } = item.submission
      const line = byCircuit.get(circuit) ?? RoundRobin.create<Item>()
      byCircuit.set(circuit, line)
      line.push(item.source, item)
    },
    take: (most) => {
      const [next] = byCircuit
      if (!next) return []
      const [circuit, line] = next
      const items: Item[] = []
      for (let item = line.shift(); item; item = items.length < most ? line.shift() : undefined) items.push(item)
      byCircuit.delete(circuit)
      if (line.size() > 0) byCircuit.set(circuit, line)
      return items
    },
  }
}
