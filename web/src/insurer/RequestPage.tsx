import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { Proof } from '@medseal/verifier-api/resources/Proof'
import type { Request } from '@medseal/verifier-api/resources/Request'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import * as Session from '../shared/session/Session.ts'
import * as Time from '../shared/Time.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { State } from '../shared/ui/State.tsx'
import { short } from '../shared/Word.ts'
import { sign } from './askPatient.ts'
import { ProofCard } from './ProofCard.tsx'
import { QrCode } from './QrCode.tsx'
import { usePolicies, usePolicyNames } from './usePolicyNames.ts'

/** Answers arrive while one looks. */
const everyMs = 3_000

export function RequestPage() {
  const { id } = useParams({ from: '/insurer/requests/$id' })
  const names = usePolicyNames()
  const query = useQuery({
    queryKey: ['insurer', 'request', id],
    queryFn: () => Session.get<Request>(`/v1/requests/${id}`),
    refetchInterval: everyMs,
  })
  const proofs = useQuery({
    queryKey: ['insurer', 'proofs', id],
    queryFn: () => Session.all<Proof>('/v1/proofs', { query: { requestId: id } }),
    refetchInterval: everyMs,
  })
  return (
    <Loaded query={query}>
      {(request) => (
        <>
          <PageHead title={request.policyIds.map((each) => names.get(each) ?? each).join(', ')}>
            <State state={request.state} />
          </PageHead>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Card>
              {request.link === null ? <Draft request={request} /> : <Link request={request} link={request.link} />}
            </Card>
            <Card>
              <Terms request={request} />
            </Card>
          </SimpleGrid>
          <Title order={2} mt="xl" mb="md">
            Answers
          </Title>
          <Loaded query={proofs}>
            {(found) =>
              found.length === 0 ? (
                <Card>
                  <EmptyState
                    title="Waiting for the patient"
                    says="This page follows along: an answer shows up here with each of its checks."
                  />
                </Card>
              ) : (
                <Stack>
                  {found.map((proof) => (
                    <ProofCard
                      key={proof.id}
                      proof={proof}
                      policyName={names.get(request.policyIds[proof.part] ?? '')}
                    />
                  ))}
                </Stack>
              )
            }
          </Loaded>
        </>
      )}
    </Loaded>
  )
}

function Link({ request: { id, state }, link }: { request: Request; link: string }) {
  return (
    <Stack align="center">
      {state === 'open' && <QrCode requestId={id} />}
      <Copyable value={link} label="link for the patient" />
      <Text size="sm" c="dimmed" ta="center">
        {state === 'open'
          ? 'Show the code, or send the link. Whoever opens it learns what you ask, not who is asked.'
          : 'This link can no longer be answered.'}
      </Text>
    </Stack>
  )
}

function Terms({ request }: { request: Request }) {
  const client = useQueryClient()
  const withdraw = useMutation({
    mutationFn: () => Session.post(`/v1/requests/${request.id}/withdrawal`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['insurer'] }),
  })
  return (
    <Stack>
      <Facts
        facts={[
          ['Purpose', request.purpose],
          ['Consent', request.consentRequired ? 'required' : 'not required'],
          ['Opened', Time.show(request.createdAt)],
          ['Expires', Time.show(request.expiresAt)],
          ['Id', <Copyable key="id" value={request.id} shown={short(request.id)} label="id of the request" />],
          ['On chain', <Copyable key="d" value={request.digest} shown={short(request.digest)} label="digest" />],
        ]}
      />
      {(request.state === 'open' || request.state === 'draft') && (
        <Group>
          <Button variant="default" size="xs" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
            Withdraw
          </Button>
        </Group>
      )}
      <Problem error={withdraw.error} />
    </Stack>
  )
}

function Draft({ request }: { request: Request }) {
  const session = Session.useSession()
  const policies = usePolicies()
  const client = useQueryClient()
  const opening = useMutation({
    mutationFn: () => {
      if (session.status !== 'signed-in') throw new Session.LockedError()
      const chosen = request.policyIds.flatMap((id) => policies.data?.find((each) => each.id === id) ?? [])
      const { stakeholderId } = session.session
      return sign(request, { ...request, policies: chosen }, { key: session.key, stakeholderId })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['insurer'] }),
  })
  return (
    <EmptyState title="Not signed yet" says="Nobody can see it until your key has signed it.">
      <Button loading={opening.isPending} disabled={!policies.data} onClick={() => opening.mutate()}>
        Sign and open
      </Button>
      <Problem error={opening.error} />
    </EmptyState>
  )
}
