import { Code } from '@mantine/core'

/** JSON to read, not to change. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  return (
    <Code block mah={560} style={{ overflow: 'auto' }} tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </Code>
  )
}
