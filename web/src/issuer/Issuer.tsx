import { Box, Button } from '@mantine/core'
import { AccountMenu } from '../shared/ui/AccountMenu.tsx'
import { RoomShell } from '../shared/ui/RoomShell.tsx'
import { DeskGate } from './DeskGate.tsx'
import * as DeskStore from './DeskStore.ts'

const places = [
  { to: '/issuer', label: 'Desk', exact: true },
  { to: '/issuer/issue', label: 'Issue records' },
  { to: '/issuer/credentials', label: 'Credentials' },
  { to: '/issuer/publish', label: 'Publish' },
] as const

/** The room of a hospital or laboratory. What it keeps of patients stays in this browser, sealed. */
export function Issuer() {
  return (
    <RoomShell room="Hospital or laboratory" places={places} account={<Account />}>
      {(page) => <DeskGate>{page}</DeskGate>}
    </RoomShell>
  )
}

function Account() {
  const open = DeskStore.useDesk()
  return (
    <>
      <AccountMenu />
      {open && (
        <Button variant="default" size="xs" onClick={DeskStore.close} aria-label="Close the desk">
          Close
          <Box component="span" visibleFrom="xs">
            &nbsp;the desk
          </Box>
        </Button>
      )}
    </>
  )
}
