import { createHash, randomBytes } from 'node:crypto'

/** What bearer credentials start with, so that leaked ones are found and told apart: 64 hexadecimal digits follow. */
export const prefixes = { apiKey: 'mk_', session: 'ms_' } as const

export type Kind = keyof typeof prefixes

/** A new credential of 256 random bits. It is shown once and kept nowhere. */
export function create(kind: Kind): string {
  return `${prefixes[kind]}${randomBytes(32).toString('hex')}`
}

/**
 * What a row keeps instead of the credential. No slow hash: there is nothing to guess in 256 random bits. Looking it up
 * by an index tells by its time at most something about the hash, which opens nothing.
 */
export function hash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}

/** undefined where it has the form of neither kind. */
export function kindOf(token: string): Kind | undefined {
  if (!/^m[ks]_[0-9a-f]{64}$/.test(token)) return undefined
  return token.startsWith(prefixes.apiKey) ? 'apiKey' : 'session'
}
