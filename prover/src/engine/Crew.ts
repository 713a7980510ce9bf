/** The threads of an engine: each takes one order at a time, the next as soon as it is done. */
import { FormatError } from '../Zkey.ts'
import { UnreadableError } from './Content.ts'
import { WorkersError } from './Engine.ts'
import * as Labour from './Labour.ts'
import * as SolverFile from './SolverFile.ts'
import { answering, type Reply, type Start, type Thread } from './threads/Thread.ts'

export type Crew = {
  readonly size: number
  /** To one thread. @throws {WorkersError} {OutOfMemoryError} {UnreadableError}, and the key's and the solver's {FormatError}. */
  readonly ask: <Name extends Labour.Order['order']>(place: number, order: OrderOf<Name>) => Promise<DoneOf<Name>>
  /** Whether it is of no use any more. */
  readonly isLost: () => boolean
  /** Whether it keeps the process from ending. */
  readonly hold: (busy: boolean) => void
  /** At once, whatever is under way. */
  readonly end: () => void
}

type OrderOf<Name> = Extract<Labour.Order, { readonly order: Name }>
type DoneOf<Name> = Extract<Labour.Done, { readonly order: Name }>

type Waiting = { readonly resolve: (done: Labour.Done) => void; readonly reject: (error: Error) => void }

/** As many threads as asked for. */
export function ofThreads(start: Start, size: number): Crew {
  const waiting = new Map<number, Waiting>()
  let next = 0
  let lost = false
  const settle = (reply: Reply) => {
    const found = waiting.get(reply.number)
    waiting.delete(reply.number)
    if ('done' in reply) found?.resolve(reply.done)
    else found?.reject(errorOf(reply.failure))
  }
  const lose = () => {
    if (lost) return
    lost = true
    for (const { end } of threads) end()
    for (const { reject } of waiting.values()) reject(new WorkersError({ problem: 'died' }))
    waiting.clear()
  }
  const threads: readonly Thread[] = Array.from({ length: size }, () => start({ onReply: settle, onDeath: lose }))
  return {
    size,
    ask: (place, order) =>
      new Promise((resolve, reject) => {
        if (lost) return reject(new WorkersError({ problem: 'died' }))
        const number = next++
        waiting.set(number, { resolve: resolve as Waiting['resolve'], reject })
        threads[place]?.post({ number, order })
      }),
    isLost: () => lost,
    hold: (busy) => {
      for (const thread of threads) thread.hold(busy)
    },
    end: lose,
  }
}

/** This thread itself: lets other work through between orders. */
export function ofThisThread(): Crew {
  const answer = answering(Labour.create(), Labour.failureOf)
  return {
    size: 1,
    async ask(_, order) {
      await new Promise((wake) => setTimeout(wake))
      const reply = await answer({ number: 0, order })
      if ('failure' in reply) throw errorOf(reply.failure)
      return reply.done as DoneOf<typeof order.order>
    },
    isLost: () => false,
    hold: () => undefined,
    end: () => undefined,
  }
}

function errorOf(failure: Labour.Failure): Error {
  if (failure === 'key') return new FormatError()
  if (failure === 'solver') return new SolverFile.FormatError()
  if (failure === 'file') return new UnreadableError()
  return failure === 'memory' ? new OutOfMemoryError() : new WorkersError({ problem: 'died' })
}

/** The machine gives the prover no more memory. */
export class OutOfMemoryError extends Error {
  override readonly name = 'Engine.OutOfMemoryError'
  constructor() {
    super('There is not enough memory to prove.')
  }
}
