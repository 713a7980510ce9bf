import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Reply, Threads } from './Thread.ts'

/** Threads of Node. */
export const threads: Threads = {
  cores: availableParallelism,
  available: () => true,
  start({ onReply, onDeath }) {
    // What a thread works on lies outside its heap: with more it would only keep garbage longer.
    const resourceLimits = { maxYoungGenerationSizeMb: 2 }
    const worker = new Worker(new URL('./nodeEntry.ts', import.meta.url), { resourceLimits })
    worker.on('message', (reply: Reply) => onReply(reply))
    worker.on('error', onDeath)
    worker.on('exit', onDeath)
    worker.unref()
    return {
      post: (message) => worker.postMessage(message),
      hold: (busy) => (busy ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    }
  },
}
