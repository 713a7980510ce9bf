import type { Random } from '../../../prover/test/random.ts'

/** What no schema takes: broken JSON, wrong types, odd numbers and texts, names that mean something to JavaScript. */
export function body(random: Random): string {
  const kind = random.integer(6)
  if (kind === 0)
    return String.fromCharCode(...Array.from({ length: random.integer(200) }, () => random.integer(0x250)))
  if (kind === 1) return JSON.stringify(value(random, 4)).slice(0, random.integer(300))
  if (kind === 2) return `{"a":1,"a":${'['.repeat(random.integer(100))}`
  return JSON.stringify(value(random, 4)) ?? ''
}

function value(random: Random, depth: number): unknown {
  const kind = random.integer(depth === 0 ? 6 : 8)
  if (kind === 0) return random.pick([null, true, 0, -1, 1e308, 1.5, 2 ** 53])
  if (kind === 1) return random.pick(['', '\0', '\ud800', "'; --", '0x', `0x${'f'.repeat(64)}`, '9'.repeat(100)])
  if (kind === 2) return random.pick(['req_', `req_${'0'.repeat(36)}`, 'x'.repeat(5000), '2026-13-45T99:99:99Z'])
  if (kind < 6) return random.integer(1000)
  if (kind === 6) return Array.from({ length: random.integer(6) }, () => value(random, depth - 1))
  return Object.fromEntries(
    Array.from({ length: random.integer(8) }, () => [random.pick(fieldNames), value(random, depth - 1)]),
  )
}

const fieldNames = [
  ...['name', 'policy', 'policyIds', 'purpose', 'expiresAt', 'signature', 'message', 'url', 'events', 'scopes'],
  ...['proofs', 'vp_token', 'response', 'jsonrpc', 'method', 'params', 'id', 'submission', 'recipientName'],
  ...['__proto__', 'constructor', 'toString', 'length', ''],
]

export function type(random: Random): string {
  return random.pick([
    '',
    'application/json; charset=utf-16',
    'application/xml',
    'multipart/form-data',
    'a/b;;;=',
    '*/*',
  ])
}
