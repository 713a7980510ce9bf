import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import * as EnrolmentFile from '@medseal/prover/files/EnrolmentFile'
import * as Form from '@medseal/prover/files/Form'
import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import * as Day from '@medseal/prover/protocol/Day'
import { useMutation } from '@tanstack/react-query'
import * as Download from '../shared/Download.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { short } from '../shared/Word.ts'
import * as DeskStore from './DeskStore.ts'
import * as SigningKeyFile from './SigningKeyFile.ts'

export function DeskPage() {
  const open = DeskStore.useDesk()
  if (!open) return null
  const { title, desk } = open
  const { issuer, alive, taken, invitations } = desk
  const issuerId = `0x${IssuerDesk.registrationOf(desk).issuerId.toString(16)}`
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
                onClick={() => Download.save('registration.json', plain(IssuerDesk.registrationOf(desk)))}
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
    mutationFn: () => DeskStore.change(({ desk }) => IssuerDesk.invite(desk)),
    onSuccess: (invitation) => Download.save('invitation.json', Form.write(EnrolmentFile.invitation.tag, invitation)),
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
            onClick={() => Download.save('signing-key.json', SigningKeyFile.write(signingKey))}
          >
            Signing key
          </Button>
          <Button variant="default" size="xs" onClick={() => Download.save('issuer.json', DeskStore.textOf(desk))}>
            Desk
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

/** As `medseal issuer show --json` prints it. */
function plain(data: object): string {
  return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2)
}
