import { expect } from 'vitest'
import { isFullDose, seeded } from '../../../prover/test/random.ts'

const odd = ['"', '{', '[', '0', '-', '\\', '\u0000', '\ud800', 'null', '1e999', 'é']

/** Sends a good body spoilt in a thousand ways, ten thousand in the full dose: none is a fault of ours. */
export async function send(url: string, good: unknown, headers: Record<string, string>): Promise<void> {
  const text = JSON.stringify(good)
  const random = seeded(`malformed bodies of ${new URL(url).pathname.replace(/_\w+/, '')}`)
  const ways: readonly ((at: number) => string)[] = [
    (at) => text.slice(0, at),
    (at) => text.slice(at),
    (at) => text.slice(0, at) + text.slice(at + 1),
    (at) => text.slice(0, at) + random.pick(odd) + text.slice(at + 1),
    (at) => text.slice(0, at) + text.slice(random.integer(text.length)),
  ]
  for (let i = 0; i < (isFullDose ? 10_000 : 1000); i++) {
    const body = random.pick(ways)(random.integer(text.length))
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
    const response = await fetch(url, init)
    expect(response.status, body).toBeLessThan(500)
    await response.arrayBuffer()
  }
}
