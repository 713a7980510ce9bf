import type * as Labour from '../Labour.ts'

/** A thread as its owner sees it: answers orders one after another, each by the number it came with. */
export type Thread = {
  readonly post: (message: Message) => void
  /** Whether it keeps the process from ending. */
  readonly hold: (busy: boolean) => void
  readonly end: () => void
}

export type Message = { readonly number: number; readonly order: Labour.Order }

export type Reply =
  | { readonly number: number; readonly done: Labour.Done }
  | { readonly number: number; readonly failure: Labour.Failure }

/** What threads a machine has. */
export type Threads = {
  /** Cores that may be used. */
  readonly cores: () => number
  readonly available: () => boolean
  readonly start: Start
}

export type Start = (listeners: {
  readonly onReply: (reply: Reply) => void
  /** It will not answer any more. */
  readonly onDeath: () => void
}) => Thread

/** Answers a message with what the labour gives, or with what went wrong. */
export function answering(labour: (order: Labour.Order) => Promise<Labour.Done>, failureOf: typeof Labour.failureOf) {
  return async ({ number, order }: Message): Promise<Reply> => {
    try {
      return { number, done: await labour(order) }
    } catch (error) {
      return { number, failure: failureOf(error) }
    }
  }
}
