import type { Failure, FromWorker, Methods, ToWorker } from './messages.ts'

/** The page's end of the wallet's worker. */
export type Device = {
  readonly call: <Name extends keyof Methods>(
    method: Name,
    argument: Parameters<Methods[Name]>[0],
    options?: Options,
  ) => ReturnType<Methods[Name]>
  /** Keeps the key that opens the wallet again when its worker is lost. */
  readonly hold: (dataKey: CryptoKey) => void
  /** Forgets key and worker, and all that was open in it. */
  readonly lock: () => void
}

export type Options = {
  readonly onProgress?: (step: Step) => void
  readonly signal?: AbortSignal
}

/** How far a proof is. */
export type Step = { readonly phase: Phase; readonly part?: number; readonly parts?: number }
export type Phase = 'loading' | 'witness' | 'proving' | 'checking' | 'sending'

/** A worker that says nothing for so long is lost: browsers take memory back without a word. */
const silentMilliseconds = 30_000
const pingMilliseconds = 5_000

type Waiting = {
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: unknown) => void
  readonly onProgress: Options['onProgress']
}

export function create(startWorker: () => Worker): Device {
  let worker: Worker | undefined
  let dataKey: CryptoKey | undefined
  let next = 0
  let heardAt = 0
  let watch: ReturnType<typeof setInterval> | undefined
  const waiting = new Map<number, Waiting>()

  const send = (message: ToWorker) => worker?.postMessage(message)

  function end(reason: unknown): void {
    worker?.terminate()
    worker = undefined
    clearInterval(watch)
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
  }

  function start(): void {
    worker = startWorker()
    heardAt = Date.now()
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => hear(data))
    worker.addEventListener('error', () => end(new LostError()))
    watch = setInterval(() => {
      if (waiting.size === 0) {
        heardAt = Date.now()
        return
      }
      if (Date.now() - heardAt > silentMilliseconds) end(new LostError())
      else send({ ping: true })
    }, pingMilliseconds)
    if (dataKey) void ask('reopen', dataKey, {})
  }

  function hear(message: FromWorker): void {
    heardAt = Date.now()
    if ('pong' in message) return
    const found = waiting.get(message.id)
    if (!found) return
    if ('progress' in message) {
      found.onProgress?.(message.progress as Step)
      return
    }
    waiting.delete(message.id)
    if ('error' in message) found.reject(new FailedError(message.error))
    else found.resolve(message.result)
  }

  function ask(method: keyof Methods, argument: unknown, { onProgress, signal }: Options): Promise<unknown> {
    if (!worker) start()
    const id = next++
    signal?.addEventListener('abort', () => send({ cancel: id }), { once: true })
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, onProgress })
      send({ id, method, argument })
    })
  }

  return {
    call: (method, argument, options = {}) => ask(method, argument, options) as ReturnType<Methods[typeof method]>,
    hold(key) {
      dataKey = key
    },
    lock() {
      dataKey = undefined
      end(new LostError())
    },
  }
}

/** The worker is gone. What was kept is kept; what was under way has to be asked for again. */
export class LostError extends Error {
  override readonly name = 'Device.LostError'
  constructor() {
    super('What works in the background was ended by the browser.')
  }
}

/** What the worker could not do: the name of its error, and the rule it names. */
export class FailedError extends Error {
  override readonly name: string
  readonly detail: string | undefined
  constructor({ name, detail }: Failure) {
    super(detail === undefined ? name : `${name}: ${detail}`)
    this.name = name
    this.detail = detail
  }
}
