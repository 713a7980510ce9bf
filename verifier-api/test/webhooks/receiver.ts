import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string }

/** For where nothing came. */
export const nothing: Received = { headers: {}, body: '', path: '' }

/** An HTTP server that keeps what it gets and answers as it is told. */
export type Receiver = {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  answer: (response: ServerResponse, count: number) => void
  readonly close: () => Promise<void>
}

export async function listen({ port = 0 }: { port?: number } = {}): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url ?? '' })
      receiver.answer(response, received.length)
    })
    response.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const at = (server.address() as AddressInfo).port
  const receiver: Receiver = {
    url: `http://127.0.0.1:${at}/hook`,
    port: at,
    received,
    answer: (response) => response.end(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
