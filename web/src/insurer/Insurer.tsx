import { AccountMenu } from '../shared/ui/AccountMenu.tsx'
import { KeyGate } from '../shared/ui/KeyGate.tsx'
import { RoomShell } from '../shared/ui/RoomShell.tsx'

const places = [
  { to: '/insurer', label: 'Requests', exact: true },
  { to: '/insurer/policies', label: 'Policies' },
  { to: '/insurer/results', label: 'Results' },
  { to: '/insurer/keys', label: 'API keys' },
  { to: '/insurer/webhooks', label: 'Webhooks' },
] as const

/** The recipient's room: it asks, and reads the answers. */
export function Insurer() {
  return (
    <RoomShell room="Insurer" places={places} account={<AccountMenu />}>
      {(page) => (
        <KeyGate needs="session" who="your organisation">
          {page}
        </KeyGate>
      )}
    </RoomShell>
  )
}
