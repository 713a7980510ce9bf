import { Alert } from '@mantine/core'
import { Copyable } from '../shared/ui/Copyable.tsx'

/** A secret that the API shows this once. */
export function OnceShown({
  secret,
  label,
  onClose,
}: {
  secret: string | undefined
  label: string
  onClose: () => void
}) {
  if (secret === undefined) return null
  return (
    <Alert
      color="teal"
      title="Copy it now: it is not shown again"
      mb="md"
      role="status"
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
      // A secret is wider than a phone: what copies it must not be pushed out.
      styles={{ body: { minWidth: 0 } }}
    >
      <Copyable value={secret} label={label} />
    </Alert>
  )
}
