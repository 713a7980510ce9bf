import { Alert, Button, Card, Code, FileInput, Stack, Text, Title } from '@mantine/core'
import type { Deployment as Network } from '@medseal/prover/files/DeploymentFile'
import type { Network as Resource } from '@medseal/verifier-api/resources/Network'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import * as Api from '../shared/api.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import * as Deployment from './Deployment.ts'

/** Which contracts are replayed, on whose word. */
export function DeploymentPage() {
  const query = useQuery({
    queryKey: ['network'],
    queryFn: async (): Promise<Network> => {
      const { chainId, fromBlock, addresses } = await Api.get<Resource>('/v1/network')
      return { chainId: BigInt(chainId), fromBlock, addresses: addresses as Network['addresses'] }
    },
  })
  return (
    <>
      <PageHead
        title="Deployment"
        says={
          <>
            This page, the contracts' addresses and the chain's entries reach you through this server. Bring the
            deployment file the registrar published: nothing is replayed under other contracts. To trust no server run{' '}
            <Code>medseal audit</Code> against a node of your own.
          </>
        }
      />
      <Loaded query={query}>
        {(named) => (
          <Stack>
            <Own named={named} />
            <Card>
              <Title order={2} size="h3" mb="md">
                What this server names
              </Title>
              <Facts
                facts={[
                  ['Chain', String(named.chainId)],
                  ['First block', String(named.fromBlock)],
                  ...Object.entries(named.addresses).map(
                    ([name, address]) =>
                      [name, <Copyable key={name} value={address} label={`address of ${name}`} />] as const,
                  ),
                ]}
              />
            </Card>
          </Stack>
        )}
      </Loaded>
    </>
  )
}

function Own({ named }: { named: Network }) {
  const own = Deployment.useOwn()
  const [file, setFile] = useState<File | null>(null)
  const [error, setError] = useState<unknown>()
  const read = async (file: File | null) => {
    setFile(file)
    setError(undefined)
    Deployment.choose(undefined)
    try {
      if (file) Deployment.choose(await Deployment.parse(await file.text()))
    } catch (cause) {
      setError(cause)
    }
  }
  return (
    <Card>
      <Stack>
        <FileInput
          label="Your deployment file"
          description="deployment/1, from the registrar and not from this server"
          placeholder="Choose a file"
          accept=".json,application/json"
          value={file}
          onChange={(file) => void read(file)}
          maw={420}
        />
        <Problem error={error} />
        {own && <Verdict differences={Deployment.differences(own, named)} />}
        {own && (
          <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} onClick={() => void read(null)}>
            Replay without a file
          </Button>
        )}
      </Stack>
    </Card>
  )
}

function Verdict({ differences }: { differences: readonly Deployment.Difference[] }) {
  if (differences.length === 0)
    return (
      <Alert color="teal" title="The same deployment" role="status">
        <Text size="sm">The room replays the contracts of your file.</Text>
      </Alert>
    )
  return (
    <Alert color="red" title="Another deployment" role="status">
      <Text size="sm" mb="xs">
        Nothing is replayed while this server names something else than your file.
      </Text>
      <Facts
        facts={differences.map(({ of, own, named }) => [
          of,
          <Text key={of} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {own} in your file, {named} here
          </Text>,
        ])}
      />
    </Alert>
  )
}
