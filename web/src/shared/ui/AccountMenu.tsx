import { Button, Menu, Text } from '@mantine/core'
import * as Session from '../session/Session.ts'
import { short } from '../Word.ts'

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const session = Session.useSession()
  if (session.status === 'locked') return null
  const { key } = session
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button variant="default" size="xs" ff="monospace">
          {short(key.address)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {session.status === 'signed-in' && (
          <Menu.Label>
            <Text size="xs">
              Stakeholder {session.session.stakeholderId}
              {session.session.roles.length > 0 && `: ${session.session.roles.join(', ')}`}
            </Text>
          </Menu.Label>
        )}
        <Menu.Item onClick={() => void navigator.clipboard.writeText(key.address)}>Copy address</Menu.Item>
        <Menu.Item onClick={Session.lock}>Lock</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
