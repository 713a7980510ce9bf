import { Alert, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../shared/session/Session.ts'

/** Says so where the unlocked key is not the registrar's: the contracts would refuse everything. */
export function RegistrarNotice() {
  const session = useSession()
  const query = useQuery({
    queryKey: ['chain', 'registrar'],
    queryFn: async () => (await import('./Ledger.ts')).registrar(),
  })
  if (session.status === 'locked' || query.data === undefined) return null
  if (query.data.toLowerCase() === session.key.address.toLowerCase()) return null
  return (
    <Alert color="yellow" title="This is not the registrar's key" mb="md">
      <Text size="sm">You can look at everything. What you send will be refused.</Text>
    </Alert>
  )
}
