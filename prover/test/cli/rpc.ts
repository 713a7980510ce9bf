import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserProvider } from 'ethers'

type Call = { readonly id: unknown; readonly method: string; readonly params?: unknown[] }

/** What a node answers with, before it is sent: a test may lie here. */
export type Tamper = (method: string, result: unknown) => unknown

/** A chain inside this process, served as a node serves one: JSON-RPC over HTTP. */
export async function serve(provider: BrowserProvider, { tamper }: { tamper?: Tamper } = {}) {
  const answer = async ({ id, method, params = [] }: Call) => {
    try {
      const result = await provider.send(method, params)
      return { jsonrpc: '2.0', id, result: tamper ? tamper(method, result) : result }
    } catch (cause) {
      const { info } = cause as { info?: { error?: unknown } }
      return { jsonrpc: '2.0', id, error: info?.error ?? { code: -32603, message: 'internal error' } }
    }
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', async () => {
      const calls: Call | Call[] = JSON.parse(body)
      const answers = Array.isArray(calls) ? await Promise.all(calls.map(answer)) : await answer(calls)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}
