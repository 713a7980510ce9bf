import { randomBytes } from 'node:crypto'

/** What each kind of resource's id starts with. */
export const prefixes = {
  policy: 'pol',
  request: 'req',
  proof: 'prf',
  transaction: 'txn',
  apiKey: 'key',
  webhookEndpoint: 'whk',
  webhookMessage: 'msg',
} as const

export type Kind = keyof typeof prefixes

/**
 * A new id: prefix, 48 bits of milliseconds, 128 random bits, in Crockford's base 32. Ids of one kind sort by when they
 * were made, which is what pages go by, and cannot be guessed.
 */
export function create(kind: Kind, { now = Date.now() }: { now?: number } = {}): string {
  const random = BigInt(`0x${randomBytes(16).toString('hex')}`)
  return `${prefixes[kind]}_${base32(BigInt(now), 10)}${base32(random, 26)}`
}

/** Form of an id of this kind, for schemas. */
export function pattern(kind: Kind): RegExp {
  return new RegExp(`^${prefixes[kind]}_[0-9a-hjkmnp-tv-z]{36}$`)
}

function base32(value: bigint, digits: number): string {
  const text = Array.from({ length: digits }, (_, i) => alphabet[Number((value >> BigInt(5 * (digits - 1 - i))) & 31n)])
  return text.join('')
}

/** Crockford's: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
