import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import type { Deployment as Own } from '@medseal/prover/files/DeploymentFile'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Problem } from '../shared/ui/Problem.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import * as Deployment from './Deployment.ts'
import type { Replay, Told } from './Replay.ts'

type Progressing = { readonly done: number; readonly total: number }

/** The replay, made once and kept while the room is open; what it shows is as of then. */
export function Replayed({ children }: { children: (replay: Replay) => ReactNode }) {
  const [progress, setProgress] = useState<Progressing>()
  const own = Deployment.useOwn()
  const query = useQuery({
    queryKey: ['chain', 'replay', own && Deployment.nameOf(own)],
    queryFn: ({ signal }) => replay(own, setProgress, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (query.isFetching) return <Running progress={progress} />
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Running progress={progress} />
  return (
    <>
      {children(query.data)}
      <Group mt="xl" justify="space-between">
        <Text size="sm" c="dimmed">
          Computed in this browser from {query.data.entries.length} entries of chain {String(query.data.chainId)} as
          this server passes them on, at {new Date(query.dataUpdatedAt).toLocaleTimeString('en-GB')}. Contracts:{' '}
          <TextLink to="/auditor/deployment" underline="always">
            {own ? 'those of your file' : 'as this server names them'}
          </TextLink>
          .
        </Text>
        <Button size="xs" variant="default" onClick={() => void query.refetch()}>
          Replay again
        </Button>
      </Group>
    </>
  )
}

function Running({ progress }: { progress: Progressing | undefined }) {
  const says =
    progress === undefined
      ? 'Reading every entry of the chain'
      : `Checking every proof again: ${progress.done} of ${progress.total}`
  const share = progress === undefined || progress.total === 0 ? 0 : (100 * progress.done) / progress.total
  return (
    <Stack maw={420} mx="auto" py={64} ta="center" gap="xs" role="status">
      <Progress value={Math.max(share, 6)} animated aria-label={says} />
      <Text size="sm" c="dimmed">
        {says}
      </Text>
    </Stack>
  )
}

function replay(
  own: Own | undefined,
  onProgress: (progress: Progressing) => void,
  signal: AbortSignal,
): Promise<Replay> {
  const worker = new Worker(new URL('./replay.worker.ts', import.meta.url), { type: 'module' })
  return new Promise<Replay>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'progress') onProgress(data)
      else if (data.kind === 'done') resolve(data.replay)
      else reject(new ReplayError(data))
    }
    worker.onerror = () => reject(new ReplayError({ message: 'The worker that replays the chain was lost.' }))
    signal.addEventListener('abort', () => reject(signal.reason))
    worker.postMessage(own)
  }).finally(() => worker.terminate())
}

/** The chain could not be replayed: it cannot be reached, or does not follow from its own entries. */
export class ReplayError extends Error {
  override readonly name = 'Replay.ReplayError'
  constructor({ message }: { message: string }) {
    super(message)
  }
}
