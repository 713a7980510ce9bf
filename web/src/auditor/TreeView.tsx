import { Text } from '@mantine/core'
import { short } from '../shared/Word.ts'
import type { Level } from './Nodes.ts'
import classes from './TreeView.module.css'

type Props = {
  readonly levels: readonly Level[]
  /** What the chain's own entries lead to. */
  readonly root: bigint
  readonly labelOf: (position: number) => string
}

/** A tree as nested lists one can open, from its root down; empty branches are left out. */
export function TreeView({ levels, root, labelOf }: Props) {
  const top = levels.length - 1
  const [computed] = levels[top] ?? []
  if (!computed) return <Text size="sm">Empty: no leaf is set. Root {word(root)}.</Text>
  return (
    <>
      <Text size="sm" mb="sm" {...(computed[1] !== root && { c: 'red' })}>
        {computed[1] === root
          ? 'The root computed here is the one the chain has.'
          : 'The root computed here is NOT the one the chain has.'}
      </Text>
      <ul className={classes.tree}>
        <Branch levels={levels} height={top} position={0} labelOf={labelOf} />
      </ul>
    </>
  )
}

function Branch({
  levels,
  height,
  position,
  labelOf,
}: Omit<Props, 'root'> & { readonly height: number; readonly position: number }) {
  const node = levels[height]?.find(([at]) => at === position)?.[1] ?? 0n
  if (height === 0)
    return (
      <li>
        <Text component="span" size="sm" ff="monospace">
          {word(node)}
        </Text>{' '}
        <Text component="span" size="sm" c="dimmed">
          leaf {position}, {labelOf(position)}
        </Text>
      </li>
    )
  const children = (levels[height - 1] ?? []).filter(([at]) => at >> 2 === position)
  return (
    <li>
      <details open>
        <summary>
          <Text component="span" size="sm" ff="monospace">
            {word(node)}
          </Text>{' '}
          <Text component="span" size="sm" c="dimmed">
            {height === levels.length - 1 ? 'root' : `level ${height}, ${children.length} of 4 children`}
          </Text>
        </summary>
        <ul>
          {children.map(([at]) => (
            <Branch key={at} levels={levels} height={height - 1} position={at} labelOf={labelOf} />
          ))}
        </ul>
      </details>
    </li>
  )
}

function word(node: bigint): string {
  return short(`0x${node.toString(16).padStart(64, '0')}`)
}
