import { Accordion, Card, Stack, Text, Title } from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Day from '@medseal/prover/protocol/Day'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { State } from '../shared/ui/State.tsx'
import { short } from '../shared/Word.ts'
import type { Issuer } from './Replay.ts'
import { Replayed } from './Replayed.tsx'
import { StatusWords } from './StatusWords.tsx'
import { TreeView } from './TreeView.tsx'

export function Trees() {
  return (
    <>
      <PageHead
        title="Trees"
        says="The tree of issuers that proofs are made against, and each issuer's list of revoked credentials. Recomputed here, node by node."
      />
      <Replayed>
        {({ issuers, nodes, root }) => (
          <Stack>
            <Card>
              <Title order={2} mb="md">
                Issuers
              </Title>
              <TreeView levels={nodes} root={root} labelOf={(position) => nameOf(issuers, position)} />
            </Card>
            {issuers.length === 0 ? (
              <EmptyState title="No issuers yet" says="The registrar has verified none." />
            ) : (
              <Accordion variant="separated" radius="lg">
                {issuers.map((issuer) => (
                  <Accordion.Item key={String(issuer.stakeholderId)} value={String(issuer.stakeholderId)}>
                    <Accordion.Control>Issuer of stakeholder {String(issuer.stakeholderId)}</Accordion.Control>
                    <Accordion.Panel>
                      <IssuerCard issuer={issuer} />
                    </Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
            )}
          </Stack>
        )}
      </Replayed>
    </>
  )
}

function nameOf(issuers: readonly Issuer[], position: number): string {
  const issuer = issuers.find((each) => each.position === position)
  return issuer ? `stakeholder ${issuer.stakeholderId}` : 'empty'
}

function IssuerCard({ issuer }: { issuer: Issuer }) {
  const { issuerId, position, roles, validUntil, statusRoot, fits, active, removed, words } = issuer
  return (
    <Stack>
      <Facts
        facts={[
          ['State', <State key="s" state={removed ? 'removed' : active ? 'active' : 'suspended'} />],
          ['Roles', rolesOf(roles).join(', ')],
          ['Valid until', Day.format(Day.fromField(BigInt(validUntil)))],
          ['Leaf', `${position} of ${parameters.tree.arity ** parameters.tree.depth}`],
          ['Issuer id', <Word key="i" value={issuerId} label="issuer id" />],
          ['Status root', <Word key="r" value={statusRoot} label="status root" />],
          [
            'Status list',
            fits
              ? 'The published words make this root'
              : 'The published words do NOT make this root: nothing can be proven under it',
          ],
        ]}
      />
      <StatusWords words={words} />
      <Text size="sm" c="dimmed">
        A place is a credential's, and only its issuer and its holder know which.
      </Text>
    </Stack>
  )
}

function Word({ value, label }: { value: bigint; label: string }) {
  const word = `0x${value.toString(16).padStart(64, '0')}`
  return <Copyable value={word} shown={short(word)} label={label} />
}

function rolesOf(mask: number): string[] {
  return Object.entries(parameters.roles).flatMap(([role, bit]) => ((mask >> bit) & 1 ? [role] : []))
}
