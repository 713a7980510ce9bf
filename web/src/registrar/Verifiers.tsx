import { Alert, Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTransaction } from '../shared/chain/useTransaction.ts'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { Rows } from '../shared/ui/Rows.tsx'
import { State } from '../shared/ui/State.tsx'
import { short } from '../shared/Word.ts'
import type { Verifier } from './Ledger.ts'

export function Verifiers() {
  const query = useQuery({
    queryKey: ['chain', 'verifiers'],
    queryFn: async () => (await import('./Ledger.ts')).verifiers(),
    staleTime: 3_000,
  })
  return (
    <>
      <PageHead
        title="Verifiers"
        says="The code that checks proofs on chain, by circuit and version. Only an active one is used for new proofs."
      />
      <Loaded query={query}>
        {(verifiers) =>
          verifiers.length === 0 ? (
            <EmptyState title="No verifiers" says="None was registered on this chain: no proof can be checked yet." />
          ) : (
            <Stack>
              {verifiers.some((each) => each.class === 'development') && (
                <Alert color="yellow" title="Development keys">
                  <Text size="sm">Anybody can forge a proof for them. They are admitted on local chains only.</Text>
                </Alert>
              )}
              <Rows label="Verifiers" heads={['Circuit', 'Class', 'State', 'Attestations', 'Key', '']} minWidth={760}>
                {verifiers.map((verifier) => (
                  <VerifierRow key={`${verifier.kind}/${verifier.version}`} verifier={verifier} />
                ))}
              </Rows>
            </Stack>
          )
        }
      </Loaded>
    </>
  )
}

function VerifierRow({ verifier }: { verifier: Verifier }) {
  const { kind, circuit, version, state, attestations, changesAt, keyHash } = verifier
  const act = useTransaction()
  const name = `${circuit}, version ${version}`
  const send = (call: string, more: readonly unknown[] = []) =>
    act.mutate({ contract: 'VerifierRegistry', call, args: [kind, version, ...more] })
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
          {name}
        </Text>
        <Problem error={act.error} />
      </Table.Td>
      <Table.Td>
        <Badge color={verifier.class === 'production' ? 'teal' : 'yellow'} miw="max-content">
          {verifier.class}
        </Badge>
      </Table.Td>
      <Table.Td>
        <State state={state} />
        {(state === 'pending' || state === 'retiring') && (
          <Text size="xs" c="dimmed">
            {state === 'pending' ? 'possible from' : 'until'} {Time.show(changesAt)}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="numbers">{String(attestations)}</Table.Td>
      <Table.Td>
        <Copyable value={keyHash} shown={short(keyHash)} label={`key hash of ${name}`} />
      </Table.Td>
      <Table.Td>
        <Group justify="flex-end">
          {state === 'pending' && (
            <Button size="xs" loading={act.isPending} onClick={() => send('activate')} aria-label={`Activate ${name}`}>
              Activate
            </Button>
          )}
          {state === 'active' && (
            <Button
              size="xs"
              variant="subtle"
              color="red"
              loading={act.isPending}
              onClick={() => send('retire', [BigInt(Math.floor(Date.now() / 1000)) + retirementSeconds])}
              aria-label={`Retire in 30 days: ${name}`}
            >
              Retire in 30 days
            </Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

/** Proofs under way still have time to arrive. */
const retirementSeconds = 30n * 86_400n
