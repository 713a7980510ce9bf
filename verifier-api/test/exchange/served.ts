import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The whole API in a process of its own, started as operators do. */
export type Served = {
  readonly url: string
  /** kill -9: gives when it is dead. */
  readonly kill: () => Promise<void>
  /** Told to stop, unless it ended before. Gives its exit code. */
  readonly stop: () => Promise<number | null>
}

/** @param settings Variables of the environment. Nothing else is taken from this process's own. */
export async function serve(settings: Readonly<Record<string, string>>): Promise<Served> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    env: { PORT: '0', METRICS_PORT: '0', PUBLIC_URL: 'http://localhost:8080', WORKERS: '1', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await gone
    return child.exitCode
  }
  const lines = createInterface(child.stdout)
  const port = await new Promise<number>((resolve, reject) => {
    // Heard to the end: a full pipe would hold it up.
    lines.on('line', (line) => {
      const { msg, port } = JSON.parse(line) as { msg?: string; port?: number }
      if (msg === 'Listening' && port !== undefined) resolve(port)
    })
    gone.then(() => reject(new NotServingError()))
  })
  return { url: `http://127.0.0.1:${port}`, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') }
}

/** It ended before it listened; its log says why. */
export class NotServingError extends Error {
  override readonly name = 'Served.NotServingError'
  constructor() {
    super('The API ended before it listened.')
  }
}
