import { parameters } from '@medseal/prover/generated/parameters'
import * as Hash from '@medseal/prover/protocol/Hash'

/** Nodes of one level that are not empty, by position. */
export type Level = readonly (readonly [position: number, node: bigint])[]

const { arity, depth } = parameters.tree

/** The levels of a tree from its leaves up to its root, recomputed hash by hash. Leaves of 0 are empty. */
export function of(leaves: Level): readonly Level[] {
  const levels: Level[] = [leaves.filter(([, leaf]) => leaf !== 0n)]
  let empty = 0n
  for (let height = 0; height < depth; height++) {
    const below = new Map(levels[height] ?? [])
    const positions = [...new Set([...below.keys()].map((position) => Math.floor(position / arity)))]
    const none = empty
    levels.push(
      positions
        .sort((a, b) => a - b)
        .map((position) => {
          const children = Array.from({ length: arity }, (_, i) => below.get(position * arity + i) ?? none)
          return [position, Hash.node(children)] as const
        }),
    )
    empty = Hash.node([none, none, none, none])
  }
  return levels
}
