import { AccountMenu } from '../shared/ui/AccountMenu.tsx'
import { KeyGate } from '../shared/ui/KeyGate.tsx'
import { RoomShell } from '../shared/ui/RoomShell.tsx'
import { RegistrarNotice } from './RegistrarNotice.tsx'

const places = [
  { to: '/registrar', label: 'Stakeholders', exact: true },
  { to: '/registrar/new', label: 'Verify somebody' },
  { to: '/registrar/verifiers', label: 'Verifiers' },
] as const

/** The registrar's room: who takes part. Everything here is read from the chain and sent to it, by the registrar's key. */
export function Registrar() {
  return (
    <RoomShell room="Registrar" places={places} account={<AccountMenu />}>
      {(page) => (
        <KeyGate needs="key" who="the registrar">
          <RegistrarNotice />
          {page}
        </KeyGate>
      )}
    </RoomShell>
  )
}
