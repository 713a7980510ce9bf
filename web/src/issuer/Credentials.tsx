import { Button, Card, FileButton, Group, Modal, Stack, Table, Text } from '@mantine/core'
import type { Holder } from '@medseal/prover/protocol/Holder'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { short } from '../shared/Word.ts'
import * as DeskStore from './DeskStore.ts'

export function Credentials() {
  const open = DeskStore.useDesk()
  const [asked, setAsked] = useState<Holder>()
  const [error, setError] = useState<unknown>()
  if (!open) return null
  const alive = [...open.desk.alive]
  const find = async (file: File | null) => {
    setError(undefined)
    try {
      if (file) setAsked((await import('./DeskFile.ts')).holderOf(await file.text(), open.desk.alive))
    } catch (cause) {
      setError(cause)
    }
  }
  return (
    <>
      <PageHead
        title="Credentials"
        says="One live credential for each holder. A holder is a number that only this issuer sees: no name is kept here."
      >
        <FileButton onChange={(file) => void find(file)} accept=".json,application/json">
          {(props) => (
            <Button variant="default" {...props}>
              Find by enrolment or credential
            </Button>
          )}
        </FileButton>
      </PageHead>
      <Stack>
        <Problem error={error} />
        {alive.length === 0 ? (
          <Card>
            <EmptyState title="No credential is alive" says="What you issue appears here, to be revoked if it must.">
              <LinkButton to="/issuer/issue">Issue records</LinkButton>
            </EmptyState>
          </Card>
        ) : (
          <Rows label="Live credentials" heads={['Holder', 'Place in the status list', '']} minWidth={320}>
            {alive.map(([holder, index]) => (
              <Table.Tr key={String(holder)}>
                <Table.Td ff="monospace" fz="sm" style={{ whiteSpace: 'nowrap' }}>
                  {nameOf(holder)}
                </Table.Td>
                <Table.Td className="numbers">
                  word {index >> 8}, bit {index & 0xff}
                </Table.Td>
                <Table.Td>
                  <Group justify="flex-end">
                    <Button
                      size="xs"
                      variant="subtle"
                      color="red"
                      onClick={() => setAsked(holder)}
                      aria-label={`Revoke the credential of ${nameOf(holder)}`}
                    >
                      Revoke
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Stack>
      <Revocation holder={asked} onClose={() => setAsked(undefined)} />
    </>
  )
}

function Revocation({ holder, onClose }: { holder: Holder | undefined; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: (whose: Holder) =>
      DeskStore.change(async ({ desk }) => (await import('@medseal/prover/protocol/Issuance')).revoke(desk, whose)),
  })
  const close = () => {
    revoke.reset()
    onClose()
  }
  return (
    <Modal
      opened={holder !== undefined}
      onClose={close}
      title={revoke.isSuccess ? 'Revoked here' : `Revoke the credential of ${holder ? nameOf(holder) : ''}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">
          {revoke.isSuccess
            ? 'It counts once the status list is published. You can revoke more first: one update is enough.'
            : 'This cannot be undone. The patient needs a new credential to prove anything.'}
        </Text>
        <Problem error={revoke.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {revoke.isSuccess ? 'Later' : 'Leave it'}
          </Button>
          {revoke.isSuccess ? (
            <LinkButton to="/issuer/publish">Publish</LinkButton>
          ) : (
            <Button
              color="red"
              loading={revoke.isPending}
              onClick={() => holder !== undefined && revoke.mutate(holder)}
            >
              Revoke
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function nameOf(holder: Holder): string {
  return short(`0x${holder.toString(16).padStart(64, '0')}`)
}
