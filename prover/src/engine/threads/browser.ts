import type { Threads } from './Thread.ts'

/** Dedicated workers. */
export const threads: Threads = {
  cores: () => navigator.hardwareConcurrency,
  available: () => typeof Worker !== 'undefined',
  start({ onReply, onDeath }) {
    const worker = new Worker(new URL('./browserEntry.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }) => onReply(data))
    worker.addEventListener('error', onDeath)
    worker.addEventListener('messageerror', onDeath)
    return {
      post: (message) => worker.postMessage(message),
      hold: () => undefined,
      end: () => worker.terminate(),
    }
  },
}
