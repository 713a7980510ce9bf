import * as Tree from '@medseal/prover/protocol/Tree'
import { expect, test } from 'vitest'
import * as Nodes from '../../src/auditor/Nodes.ts'

test.each([
  ['one', [[0, 5n]]],
  [
    'neighbours',
    [
      [0, 5n],
      [1, 6n],
      [3, 7n],
    ],
  ],
  [
    'far apart',
    [
      [2, 5n],
      [4095, 9n],
    ],
  ],
] as const)('the levels of a tree with leaves %s end in its root', (_, leaves) => {
  const all = Array.from({ length: Tree.capacity }, (_, i) => leaves.find(([at]) => at === i)?.[1] ?? 0n)
  const levels = Nodes.of(leaves)
  expect(levels.at(-1)).toEqual([[0, Tree.root(Tree.build(all))]])
  expect(levels).toHaveLength(7)
})

test('an empty leaf is no node', () => {
  expect(Nodes.of([[0, 0n]]).at(-1)).toEqual([])
})
