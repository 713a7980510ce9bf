import { Button, Group, Modal, Stack, Table, Text, Title } from '@mantine/core'
import type * as Registry from '@medseal/prover/chain/Registry'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Day from '@medseal/prover/protocol/Day'
import { useState } from 'react'
import { type Transaction, useTransaction } from '../shared/chain/useTransaction.ts'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { short } from '../shared/Word.ts'
import type { Scheduled } from './Scheduled.ts'
import { useRegistry } from './useRegistry.ts'

export function Stakeholders() {
  return (
    <>
      <PageHead title="Stakeholders" says="Who is verified, from the registry's own entries.">
        <LinkButton to="/registrar/new">Verify somebody</LinkButton>
      </PageHead>
      <Loaded query={useRegistry()}>
        {({ registry, scheduled, now }) => (
          <Stack>
            {scheduled.length > 0 && <Announced scheduled={scheduled} now={now} />}
            <Verified registry={registry} />
          </Stack>
        )}
      </Loaded>
    </>
  )
}

function Verified({ registry }: { registry: Registry.Registry }) {
  if (registry.stakeholders.size === 0)
    return (
      <EmptyState
        title="Nobody is verified yet"
        says="Verify a hospital first, then an insurer: then a patient can prove."
      />
    )
  return (
    <Rows label="Stakeholders" heads={['Number', 'Roles', 'Key', 'Issues until', 'State', '']} minWidth={760}>
      {[...registry.stakeholders].map(([id, stakeholder]) => (
        <StakeholderRow key={String(id)} id={id} stakeholder={stakeholder} issuer={registry.issuers.get(id)} />
      ))}
    </Rows>
  )
}

function StakeholderRow({
  id,
  stakeholder: { roles, key, suspended },
  issuer,
}: {
  id: bigint
  stakeholder: Registry.Stakeholder
  issuer: Registry.Issuer | undefined
}) {
  return (
    <Table.Tr>
      <Table.Td className="numbers">{String(id)}</Table.Td>
      <Table.Td>{rolesOf(roles).join(', ')}</Table.Td>
      <Table.Td>
        <Copyable value={key} shown={short(key)} label={`key of stakeholder ${id}`} />
      </Table.Td>
      <Table.Td>{issuer && !issuer.removed ? Day.format(Day.fromField(BigInt(issuer.validUntil))) : '–'}</Table.Td>
      <Table.Td>
        <State state={suspended ? 'suspended' : 'active'} />
      </Table.Td>
      <Table.Td>
        <Group justify="flex-end">
          <Standing id={id} isSuspended={suspended} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

/** Suspends after asking, because what follows cannot wait for anybody; ends a suspension at once. */
function Standing({ id, isSuspended }: { id: bigint; isSuspended: boolean }) {
  const [isAsking, setIsAsking] = useState(false)
  const act = useTransaction()
  const send = (call: 'suspend' | 'unsuspend') =>
    act.mutate({ contract: 'StakeholderRegistry', call, args: [id] }, { onSuccess: () => setIsAsking(false) })
  if (isSuspended)
    return (
      <Stack gap={4} align="flex-end">
        <Button
          size="xs"
          variant="default"
          loading={act.isPending}
          onClick={() => send('unsuspend')}
          aria-label={`Unsuspend stakeholder ${id}`}
        >
          Unsuspend
        </Button>
        <Problem error={act.error} />
      </Stack>
    )
  return (
    <>
      <Button
        size="xs"
        variant="subtle"
        color="red"
        onClick={() => setIsAsking(true)}
        aria-label={`Suspend stakeholder ${id}`}
      >
        Suspend
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Suspend stakeholder ${id}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">
            It can enter nothing new. If it is an issuer, every proof made so far that is not yet on chain dies at once,
            everybody's, and patients prove again.
          </Text>
          <Problem error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsAsking(false)}>
              Leave it
            </Button>
            <Button color="red" loading={act.isPending} onClick={() => send('suspend')}>
              Suspend
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

/** Additions that wait for their delay, or for somebody to carry them out. */
function Announced({ scheduled, now }: { scheduled: readonly Scheduled[]; now: bigint }) {
  const act = useTransaction()
  const send = (transaction: Omit<Transaction, 'contract'>) =>
    act.mutate({ contract: 'StakeholderRegistry', ...transaction })
  return (
    <>
      <Title order={2}>Announced</Title>
      <Rows label="Announced additions" heads={['Key', 'Roles', 'Possible from', '']}>
        {scheduled.map(({ id, addition, eta }) => (
          <Table.Tr key={id}>
            <Table.Td ff="monospace" fz="sm">
              {short(addition.key)}
            </Table.Td>
            <Table.Td>{rolesOf(addition.roles).join(', ')}</Table.Td>
            <Table.Td>{Time.show(eta)}</Table.Td>
            <Table.Td>
              <Group justify="flex-end" gap="xs">
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  onClick={() => send({ call: 'cancelAddition', args: [id] })}
                >
                  Withdraw
                </Button>
                <Button
                  size="xs"
                  disabled={eta > now}
                  loading={act.isPending}
                  onClick={() => send({ call: 'executeAddition', args: [addition] })}
                >
                  Carry out
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
      <Problem error={act.error} />
      <Title order={2}>Verified</Title>
    </>
  )
}

export function rolesOf(mask: number): string[] {
  return Object.entries(parameters.roles).flatMap(([role, bit]) => ((mask >> bit) & 1 ? [role] : []))
}
