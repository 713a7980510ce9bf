import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import * as Day from '@medseal/prover/protocol/Day'
import { useMutation } from '@tanstack/react-query'
import * as Download from '../shared/Download.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { short } from '../shared/Word.ts'
import * as DeskStore from './DeskStore.ts'

export function DeskPage() {
  const open = DeskStore.useDesk()
  if (!open) return null
  const { id, title, desk } = open
  const { issuer, alive, taken, invitations } = desk
  const issuerId = `0x${BigInt(id).toString(16)}`
  return (
    <>
      <PageHead title={title} says="Invite a patient, issue what they take home, publish what changed." />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Invite openInvitations={invitations.size} />
        <Card>
          <Stack>
            <Title order={2} size="h3">
              This issuer
            </Title>
            <Facts
              facts={[
                ['Roles', issuer.roles.join(', ')],
                ['Valid until', Day.format(issuer.validUntil)],
                ['Issued', String(taken.size)],
                ['Alive', String(alive.size)],
                ['Issuer id', <Copyable key="id" value={issuerId} shown={short(issuerId)} label="issuer id" />],
              ]}
            />
            <Group>
              <Button
                variant="default"
                size="xs"
                onClick={async () => Download.save('registration.json', (await files()).registrationOf(desk))}
              >
                Registration for the registrar
              </Button>
            </Group>
          </Stack>
        </Card>
        <Backup open={open} />
      </SimpleGrid>
    </>
  )
}

function Invite({ openInvitations }: { openInvitations: number }) {
  const invite = useMutation({
    mutationFn: () => DeskStore.change(async ({ desk }) => (await files()).invite(desk)),
    onSuccess: (invitation) => Download.save('invitation.json', invitation),
  })
  return (
    <Card>
      <Stack align="flex-start">
        <Title order={2} size="h3">
          Invite a patient
        </Title>
        <Text size="sm" c="dimmed">
          For somebody whose identity you have checked. They open the file in their wallet and give you an enrolment
          back. Good for one enrolment.
        </Text>
        <Button loading={invite.isPending} onClick={() => invite.mutate()}>
          Make an invitation
        </Button>
        {openInvitations > 0 && (
          <Text size="sm" c="dimmed">
            Not answered yet: {openInvitations}
          </Text>
        )}
        <Problem error={invite.error} />
      </Stack>
    </Card>
  )
}

function Backup({ open: { signingKey, desk } }: { open: DeskStore.Open }) {
  return (
    <Card>
      <Stack align="flex-start">
        <Title order={2} size="h3">
          Backup
        </Title>
        <Text size="sm" c="dimmed">
          Both files are secret, and in clear: with the key anybody signs records in your name, and the desk knows your
          holders.
        </Text>
        <Group>
          <Button
            variant="default"
            size="xs"
            onClick={async () => Download.save('signing-key.json', (await files()).signingKeyOf(signingKey))}
          >
            Signing key
          </Button>
          <Button
            variant="default"
            size="xs"
            onClick={async () => Download.save('issuer.json', (await files()).textOf(desk))}
          >
            Desk
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

function files() {
  return import('./DeskFile.ts')
}
