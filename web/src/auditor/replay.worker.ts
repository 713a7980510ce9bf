import type { Deployment as Own } from '@medseal/prover/files/DeploymentFile'
import * as Chain from '../shared/chain/Chain.ts'
import * as Deployment from './Deployment.ts'
import { run, type Told } from './Replay.ts'

// Pairings take tens of milliseconds each: off the page's own thread. Begins when told which deployment, if any.

function tell(told: Told): void {
  postMessage(told)
}

addEventListener('message', ({ data: own }: MessageEvent<Own | undefined>) => {
  Chain.network()
    .then((network) => {
      if (own) Deployment.compare(own, network)
      return run(network, (progress) => tell({ kind: 'progress', ...progress }))
    })
    .then((replay) => tell({ kind: 'done', replay }))
    .catch((cause: unknown) => {
      const { name, message } = cause instanceof Error ? cause : new Error('Something that is no error was thrown.')
      tell({ kind: 'failed', name, message })
    })
})
