import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long somebody may take to sign in. */
export const lifetimeMs = 5 * 60_000

/**
 * A nonce to sign in with: 48 bits of milliseconds, 128 random bits, and 128 bits of a MAC over both, in hexadecimal
 * digits (EIP-4361 takes letters and digits only). The server recognises its own without having kept it: a flood of
 * challenges fills no table and pushes out nobody. Only spent ones are rows, and each of those cost a valid signature.
 */
export function create(key: Uint8Array, { now = Date.now() }: { now?: number } = {}): string {
  const head = now.toString(16).padStart(12, '0') + randomBytes(16).toString('hex')
  return head + mac(key, head)
}

/** When the nonce ends, in milliseconds; undefined where this server did not give it. */
export function expiryOf(key: Uint8Array, nonce: string): number | undefined {
  if (!/^[0-9a-f]{76}$/.test(nonce)) return undefined
  const [head, tail] = [nonce.slice(0, 44), nonce.slice(44)]
  if (!timingSafeEqual(Buffer.from(mac(key, head)), Buffer.from(tail))) return undefined
  return Number.parseInt(head.slice(0, 12), 16) + lifetimeMs
}

function mac(key: Uint8Array, head: string): string {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'medseal sign-in nonce', 32))
  return createHmac('sha256', own).update(head).digest('hex').slice(0, 32)
}
