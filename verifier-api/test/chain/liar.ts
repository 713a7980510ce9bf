import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Call = { readonly id: number; readonly method: string; readonly params?: unknown[] }
// biome-ignore lint/suspicious/noExplicitAny: any answer of any method may be bent
type Tell = (method: string, result: any) => unknown

/** What an RPC may say that is not so. */
export const lies = {
  'another chain': (method, result) => (method === 'eth_chainId' ? '0x1' : result),
  'an entry held back': (method, result) => (method === 'eth_getLogs' ? result.slice(0, -1) : result),
  'an entry altered': (method, result) =>
    method === 'eth_getLogs' ? result.map((log: object) => ({ ...log, ...bent(log) })) : result,
  'an entry of another block': (method, result) =>
    method === 'eth_getLogs' ? result.map((log: object) => ({ ...log, blockHash: `0x${'7'.repeat(64)}` })) : result,
  'a block that does not follow': (method, result) =>
    method === 'eth_getBlockByNumber' && result ? { ...result, parentHash: `0x${'7'.repeat(64)}` } : result,
} as const satisfies Readonly<Record<string, Tell>>
export type Lie = keyof typeof lies

type Liar = {
  down: boolean
  /** While it hangs: a call is passed on when this has ended. */
  hold: ((method: string) => Promise<void>) | undefined
  /** Calls so far, answered or not. */
  asked: number
  tell: Tell | undefined
}

/** A node between us and the chain, which may be down, hang or lie. */
export async function start(rpcUrl: string) {
  const liar: Liar = { down: false, hold: undefined, asked: 0, tell: undefined }
  const answer = async (call: Call) => {
    liar.asked++
    await liar.hold?.(call.method)
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
    })
    const said = (await response.json()) as { result?: unknown }
    return liar.tell && 'result' in said ? { ...said, result: liar.tell(call.method, said.result) } : said
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', async () => {
      if (liar.down) return void response.destroy()
      const calls: Call | Call[] = JSON.parse(body)
      const answers = Array.isArray(calls) ? await Promise.all(calls.map(answer)) : await answer(calls)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return Object.assign(liar, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  })
}

/** A byte of the details is another. */
function bent(log: object): object {
  const { data } = log as { data: string }
  return { data: `${data.slice(0, 200)}${data[200] === '0' ? '1' : '0'}${data.slice(201)}` }
}
