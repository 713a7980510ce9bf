import type * as Submission from '@medseal/prover/chain/Submission'
import { ApiError } from '../errors.ts'
import type { Verification } from '../Services.ts'
import { mostTogether } from './Groth16.ts'
import * as Lane from './Lane.ts'
import * as Suspicion from './Suspicion.ts'
import * as Workers from './Workers.ts'

type Waiting = Lane.Waiting & {
  readonly submission: Submission.Submission
  /** Threads that were lost over it. */
  readonly losses: number
  readonly resolve: (valid: boolean) => void
  readonly reject: (error: Error) => void
}

/** A proof that so many threads were lost over is given up. */
const mostLosses = 3

/**
 * Verifies in threads. What waits while they are busy is checked together, which is several times cheaper. Nobody pays
 * for others: who asks takes turns, has a bounded line, and whose proof did not hold is for some minutes checked alone,
 * with every second turn while others wait.
 * @param options.threads Most at once.
 * @param options.mostWaiting In all, and `mostOfSource` for answers to one request: beyond them it says 'unavailable'.
 */
export function create({
  threads,
  mostWaiting = 2_048,
  mostOfSource = 128,
  suspicion = Suspicion.create(),
  workers = Workers.create({ threads }),
}: {
  readonly threads: number
  readonly mostWaiting?: number
  readonly mostOfSource?: number
  readonly suspicion?: Suspicion.Suspicion
  readonly workers?: Workers.Workers
}): Verification {
  const [together, alone] = [Lane.create<Waiting>(), Lane.create<Waiting>()]
  let aloneIsNext = false
  let closed = false

  const wait = (item: Waiting) => {
    if (item.losses > 0 || suspicion.isSuspect(item.source)) alone.push(item)
    else together.push(item)
  }
  const takeTogether = (): readonly Waiting[] => {
    for (;;) {
      const taken = together.take(mostTogether)
      const honest = taken.filter(({ source }) => !suspicion.isSuspect(source))
      // Suspected since they came.
      for (const item of taken) if (!honest.includes(item)) alone.push(item)
      if (honest.length > 0 || taken.length === 0) return honest
    }
  }
  const takeAlone = () => alone.take(1)
  const next = (): readonly Waiting[] => {
    // Taking from those together may move some to those alone.
    const turns = [...(aloneIsNext ? [takeAlone] : []), takeTogether, takeAlone]
    aloneIsNext = !aloneIsNext
    for (const take of turns) {
      const items = take()
      if (items.length > 0) return items
    }
    return []
  }
  const check = async (items: readonly Waiting[]) => {
    try {
      const answers = await workers.run(items.map(({ submission }) => submission))
      for (const [i, { source, resolve }] of items.entries()) {
        const valid = answers[i] === true
        if (!valid) suspicion.suspect(source)
        resolve(valid)
      }
    } catch (cause) {
      for (const item of items) {
        const losses = item.losses + 1
        if (closed || losses >= mostLosses) item.reject(new ApiError('unavailable', { cause }))
        else wait({ ...item, losses })
      }
    }
    begin()
  }
  const begin = () => {
    while (!closed && workers.idle() > 0) {
      const items = next()
      if (items.length === 0) return
      void check(items)
    }
  }
  return {
    verify: (submission) => {
      const source = sourceOf(submission)
      const waiting = together.size() + alone.size()
      const ofSource = together.countOf(source) + alone.countOf(source)
      if (closed || waiting >= mostWaiting || ofSource >= mostOfSource) {
        return Promise.reject(new ApiError('unavailable', { detail: 'Too many proofs wait to be verified.' }))
      }
      return new Promise((resolve, reject) => {
        wait({ submission, source, losses: 0, resolve, reject })
        begin()
      })
    },
    close: async () => {
      closed = true
      for (let items = next(); items.length > 0; items = next()) {
        for (const { reject } of items) reject(new ApiError('unavailable'))
      }
      await workers.close()
    },
  }
}

/** The request that is answered: who floods the service with proofs of one link spoils that link, and no other. */
function sourceOf({ request }: Submission.Submission): string {
  return `${request.recipientId}/${request.nonce}`
}
