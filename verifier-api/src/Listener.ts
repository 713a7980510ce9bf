import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiError, type Code } from './errors.ts'
import * as Problem from './Problem.ts'

export type Listener = {
  readonly port: number
  /** Takes no more, lets what was begun end within the time, then cuts the rest. */
  readonly close: (seconds: number) => Promise<void>
}

/** Milliseconds a client has: for the head, for the whole request, for the next one on the same connection. */
export type Patience = { readonly head: number; readonly request: number; readonly idle: number }

/** Listens. Who sends slowly is cut off, so that connections cannot be held for nothing. */
export async function listen(
  app: RequestListener,
  { host, port, patience = defaultPatience }: { host: string; port: number; patience?: Patience },
): Promise<Listener> {
  const server = createServer(
    {
      headersTimeout: patience.head,
      requestTimeout: patience.request,
      keepAliveTimeout: patience.idle,
      connectionsCheckingInterval: Math.min(1000, patience.head),
      maxHeaderSize: 16_384,
    },
    app,
  )
  server.on('clientError', refuse)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: (seconds) => close(server, seconds) }
}

const defaultPatience: Patience = { head: 10_000, request: 30_000, idle: 5_000 }

async function close(server: Server, seconds: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), seconds * 1000)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(timer)
}

/** What never became a request gets its problem, too. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const code = ofParser[error.code ?? ''] ?? 'invalid-request'
  const requestId = `rid_${randomUUID()}`
  const problem = Problem.of(new ApiError(code), requestId)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${code}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const ofParser: Readonly<Record<string, Code>> = {
  HPE_HEADER_OVERFLOW: 'too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}
