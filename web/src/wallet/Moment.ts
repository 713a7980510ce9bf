/** When something happened: by the device's clock, which may be set meanwhile, and by what the browser has counted. */
export type Moment = { readonly clock: number; readonly counted: number }

/** A clock that has gone further than was counted was set, unless the device has slept so long. Milliseconds. */
const longestSleep = 12 * 3_600_000

export function now(): Moment {
  return { clock: Date.now(), counted: performance.now() }
}

/** Milliseconds that have gone by, however the clock was set meanwhile. */
export function since({ clock, counted }: Moment): number {
  const at = now()
  const [byClock, byCount] = [at.clock - clock, at.counted - counted]
  // Some browsers count nothing while the device sleeps.
  const slept = byClock - byCount
  return slept > 0 && slept <= longestSleep ? byClock : byCount
}
