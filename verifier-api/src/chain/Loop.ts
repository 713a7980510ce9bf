import { setTimeout as sleep } from 'node:timers/promises'

/** Something done again and again until it is stopped. */
export type Loop = {
  /** Now, not after the pause. */
  readonly wake: () => void
  /** After the present turn. */
  readonly stop: () => Promise<void>
}

/**
 * @param turn One turn; gives the milliseconds to pause after it.
 * @param failed Called with what a turn threw and how often in a row; the pauses grow up to half a minute.
 */
export function start(turn: () => Promise<number>, failed: (cause: unknown, times: number) => Promise<void>): Loop {
  let stopped = false
  let waking = new AbortController()
  const run = async () => {
    for (let failures = 0; !stopped; ) {
      let pause: number
      waking = new AbortController()
      try {
        pause = await turn()
        failures = 0
      } catch (cause) {
        failures++
        await failed(cause, failures).catch(() => undefined)
        pause = Math.min(30_000, 250 * 2 ** Math.min(failures, 10))
      }
      if (!stopped && pause > 0) await sleep(pause, undefined, { signal: waking.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    wake: () => waking.abort(),
    stop: async () => {
      stopped = true
      waking.abort()
      await running
    },
  }
}
