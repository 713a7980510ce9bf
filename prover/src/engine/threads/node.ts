import { getCompileCacheDir } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Reply, Threads } from './Thread.ts'

/** Threads of Node. */
export const threads: Threads = {
  cores: availableParallelism,
  available: () => true,
  start({ onReply, onDeath }) {
    const worker = new Worker(new URL('./nodeEntry.ts', import.meta.url), { env: environment() })
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

/** A thread has its process's cache of compiled code by the environment alone: without it, it strips types anew. */
function environment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir()
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) }
}
