import { Agent, request } from 'node:http'

export type Call = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Reply = { readonly status: number; readonly text: string; readonly milliseconds: number }

/** A client that keeps so many connections open. */
export function open(origin: string, { connections }: { readonly connections: number }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })
  const send = ({ method, path, headers, body }: Call) =>
    new Promise<Reply>((resolve, reject) => {
      const start = performance.now()
      const sent = request(origin + path, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, text, milliseconds: performance.now() - start })
        })
      })
      sent.once('error', reject)
      sent.end(body)
    })
  return { send, close: () => agent.destroy() }
}

/** Has `connections` callers at once make the calls, each the next as soon as its last is answered. */
export async function run(
  origin: string,
  calls: readonly Call[],
  { connections }: { readonly connections: number },
): Promise<readonly Reply[]> {
  const client = open(origin, { connections })
  const replies: Reply[] = []
  const waiting = calls.values()
  const caller = async () => {
    for (const call of waiting) replies.push(await client.send(call))
  }
  try {
    await Promise.all(Array.from({ length: connections }, caller))
  } finally {
    client.close()
  }
  return replies
}

/** Milliseconds that so large a share of the replies did not exceed. */
export function percentile(replies: readonly Reply[], share: number): number {
  const sorted = replies.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
  const at = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return Math.round(at * 10) / 10
}
