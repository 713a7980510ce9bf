import { connect } from 'node:net'
import { createApp } from '../../src/app.ts'
import * as Listener from '../../src/Listener.ts'
import type { Principal, Route } from '../../src/Route.ts'
import { scopes } from '../../src/resources/ApiKey.ts'
import type { Services } from '../../src/Services.ts'

/** Stakeholder 7, by an API key with every scope; the header says otherwise who calls. */
export const insurer: Principal = { stakeholderId: '7', roles: ['insurer'], scopes, credential: 'key_insurer' }

export type Served = {
  readonly origin: string
  readonly port: number
  readonly close: () => Promise<void>
}

/** The app on a port of its own. Whoever sends an Authorization is the insurer. */
export async function serve(
  services: Services,
  { routes, patience }: { routes?: readonly Route[]; patience?: Listener.Patience } = {},
): Promise<Served> {
  const app = createApp(services, {
    authenticate: async (request) => (request.header('authorization') ? insurer : undefined),
    ...(routes ? { routes } : {}),
  })
  const listener = await Listener.listen(app, { host: '127.0.0.1', port: 0, ...(patience ? { patience } : {}) })
  const { port } = listener
  return { origin: `http://127.0.0.1:${port}`, port, close: () => listener.close(1) }
}

/** Writes bytes as they are, and gives all that comes back until the other side ends or `ms` are over. */
export function speak(port: number, text: string | Uint8Array, ms = 10_000): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (data) => {
      heard += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(heard)
    })
  })
}
