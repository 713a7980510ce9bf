import * as Chain from '../shared/chain/Chain.ts'
import { run, type Told } from './Replay.ts'

// Pairings take tens of milliseconds each: off the page's own thread.

function tell(told: Told): void {
  postMessage(told)
}

Chain.network()
  .then((network) => run(network, (progress) => tell({ kind: 'progress', ...progress })))
  .then((replay) => tell({ kind: 'done', replay }))
  .catch((cause: unknown) => {
    const { name, message } = cause instanceof Error ? cause : new Error('Something that is no error was thrown.')
    tell({ kind: 'failed', name, message })
  })
