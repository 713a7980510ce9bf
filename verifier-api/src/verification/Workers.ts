import { Worker } from 'node:worker_threads'
import type * as Submission from '@medseal/prover/chain/Submission'

/** Submissions to one circuit, to be checked together. */
export type Task = readonly Submission.Submission[]

/** Threads that each do one task at a time. Idle ones keep no process alive. */
export type Workers = {
  /** How many could take a task now. */
  readonly idle: () => number
  /** @throws {LostError} when the thread ended before it answered. */
  readonly run: (task: Task) => Promise<readonly boolean[]>
  /** Ends all; what they were doing is lost. */
  readonly close: () => Promise<void>
}

/** Far above what a full batch takes on a slow machine: a thread that is stuck is ended. */
const longestMilliseconds = 60_000

/** @param options.threads Most at once; each starts when it is first needed. */
export function create({
  threads,
  start = () => new Worker(new URL('./worker.ts', import.meta.url)),
}: {
  readonly threads: number
  readonly start?: () => Worker
}): Workers {
  const idle: Worker[] = []
  const all = new Set<Worker>()
  let busy = 0

  const startAnother = () => {
    const worker = start()
    all.add(worker)
    // One that ends while idle is only forgotten; run() tells of one that ends at work.
    worker.on('error', () => {})
    worker.on('exit', () => {
      all.delete(worker)
      const place = idle.indexOf(worker)
      if (place >= 0) idle.splice(place, 1)
    })
    return worker
  }
  return {
    idle: () => threads - busy,
    run: async (task) => {
      const worker = idle.pop() ?? startAnother()
      busy += 1
      worker.ref()
      try {
        return await ask(worker, task)
      } finally {
        if (all.has(worker)) idle.push(worker)
        busy -= 1
        worker.unref()
      }
    },
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()))
    },
  }
}

function ask(worker: Worker, task: Task): Promise<readonly boolean[]> {
  return new Promise((resolve, reject) => {
    worker.postMessage(task)
    const timer = setTimeout(() => worker.terminate(), longestMilliseconds)
    let cause: unknown
    const done = () => {
      clearTimeout(timer)
      worker.off('message', answered)
      worker.off('error', failed)
      worker.off('exit', lost)
    }
    const answered = (answers: readonly boolean[]) => {
      done()
      resolve(answers)
    }
    const failed = (error: unknown) => {
      cause = error
    }
    const lost = () => {
      done()
      reject(new LostError({ cause }))
    }
    worker.once('message', answered)
    worker.once('error', failed)
    worker.once('exit', lost)
  })
}

/** A thread ended in the middle of a task. */
export class LostError extends Error {
  override readonly name = 'Workers.LostError'
  constructor({ cause }: { cause: unknown }) {
    super('A thread that verifies proofs ended before it answered.', { cause })
  }
}
