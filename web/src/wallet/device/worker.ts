import * as Desk from './Desk.ts'
import type { FromWorker, Methods, ToWorker } from './messages.ts'
import * as opening from './opening.ts'

// Everything that is secret or slow is done here: keys, records, checking, proving. The page shows what comes out of it.

const desk = Desk.create(self.location.origin)
const underWay = new Map<number, AbortController>()

type Method = (desk: Desk.Desk, argument: never, call: Desk.Call) => Promise<unknown>

/** The parts are loaded when they are first asked for. */
async function methodOf(name: keyof Methods): Promise<Method | undefined> {
  const parts: readonly (() => Promise<object>)[] = [
    async () => opening,
    () => import('./records.ts'),
    () => import('./requests.ts'),
    () => import('./answering.ts'),
  ]
  for (const part of parts) {
    const found: unknown = Reflect.get(await part(), name)
    if (typeof found === 'function') return found as Method
  }
  return undefined
}

self.addEventListener('message', async ({ data }: MessageEvent<ToWorker>) => {
  if ('ping' in data) return tell({ pong: true })
  if ('cancel' in data) return underWay.get(data.cancel)?.abort(new DOMException('Cancelled', 'AbortError'))
  const { id, method, argument } = data
  const controller = new AbortController()
  underWay.set(id, controller)
  try {
    const run = await methodOf(method)
    const result = await run?.(desk, argument as never, {
      progress: (progress) => tell({ id, progress }),
      signal: controller.signal,
    })
    tell({ id, result })
  } catch (cause) {
    tell({ id, error: failureOf(cause) })
  } finally {
    underWay.delete(id)
  }
})

/** Our errors carry nothing secret; of foreign ones only the name is passed on. */
function failureOf(cause: unknown) {
  const name = cause instanceof Error ? cause.name : 'Error'
  const field = (key: string) => {
    const value: unknown = cause instanceof Error ? Reflect.get(cause, key) : undefined
    return typeof value === 'string' ? value : undefined
  }
  return { name, detail: field('reason') ?? field('rule') ?? field('what') ?? field('code') }
}

function tell(message: FromWorker): void {
  self.postMessage(message)
}
