const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** A moment as people read it, in their own time zone. @param time ISO 8601, or Unix seconds. */
export function show(time: string | number | bigint): string {
  return format.format(typeof time === 'string' ? new Date(time) : new Date(Number(time) * 1000))
}
