import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An insurer's server that takes webhooks. */
export type Receiver = {
  readonly url: string
  /** The next message that has come in, or comes. */
  readonly next: () => Promise<Message>
  readonly close: () => void
}

export type Message = { readonly headers: IncomingHttpHeaders; readonly body: string }

export async function listen(): Promise<Receiver> {
  const queue: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  const server = createServer(async (request, response) => {
    const message = { headers: request.headers, body: await text(request) }
    response.end()
    const take = waiting.shift()
    if (take) take(message)
    else queue.push(message)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    next: () => {
      const first = queue.shift()
      return first ? Promise.resolve(first) : new Promise((take) => waiting.push(take))
    },
    close: () => void server.close(),
  }
}

/** Whether one of a message's signatures is made with this secret, as Standard Webhooks has it. */
export function isSignedWith(secret: string, { headers, body }: Message): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const signature = createHmac('sha256', key).update(signed).digest('base64')
  return String(headers['webhook-signature']).split(' ').includes(`v1,${signature}`)
}
