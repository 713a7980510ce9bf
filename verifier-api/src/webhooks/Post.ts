import * as http from 'node:http'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Destination } from './Destination.ts'

/** How long a receiver may take in all, in milliseconds. */
export const timeoutMs = 10_000
/** More of an answer's body is not read. */
export const mostBytes = 64 * 1024

/**
 * Posts once: to the address that was checked, whatever the name resolves to by now, following no redirect and
 * answering no challenge. Gives the answer's status, undefined where there was none in time.
 */
export async function post(
  { url, address, family }: Destination,
  { headers, body, timeout = timeoutMs }: { headers: Readonly<Record<string, string>>; body: string; timeout?: number },
): Promise<number | undefined> {
  const lookup: LookupFunction = (_hostname, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family)
  const { request: open } = url.protocol === 'https:' ? https : http
  return new Promise((settle) => {
    let status: number | undefined
    // No agent: a connection that is kept would be to an address checked long ago.
    const request = open(url, { method: 'POST', headers, lookup, agent: false, signal: AbortSignal.timeout(timeout) })
    request.on('response', (response) => {
      status = response.statusCode
      let read = 0
      response.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > mostBytes) request.destroy()
      })
      response.on('error', () => {})
    })
    // What went wrong may quote the receiver's words, and the status says enough.
    request.on('error', () => {})
    request.on('close', () => settle(status))
    request.end(body)
  })
}
