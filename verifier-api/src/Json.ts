import { ApiError } from './errors.ts'

/** JSON as the API sends it: bigints are decimal text. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}

/** Reads a body, or throws ApiError: strict UTF-8, no deeper than `maximumDepth`, no text that a database cannot hold. */
export function parse(bytes: Uint8Array): unknown {
  const value = read(bytes)
  refuseOddities(value, maximumDepth)
  return value
}

/** Fields of an application/x-www-form-urlencoded body, each once. */
export function parseForm(bytes: Uint8Array): unknown {
  const fields = [...new URLSearchParams(decode(bytes))]
  const form = Object.fromEntries(fields)
  if (Object.keys(form).length !== fields.length) {
    throw new ApiError('invalid-field', { detail: 'A field of the form stands twice.' })
  }
  refuseOddities(form, maximumDepth)
  return form
}

/** Whether PostgreSQL can hold it as text, and reads back the same. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

const maximumDepth = 32

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ApiError('invalid-json', { detail: 'The body is not UTF-8.', cause })
  }
}

function read(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the body.
    throw new ApiError('invalid-json')
  }
}

function refuseOddities(value: unknown, depthLeft: number): void {
  if (typeof value === 'string') {
    if (!isPlainText(value)) throw new ApiError('invalid-json', { detail: 'A text holds NUL or half a character.' })
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (depthLeft === 0) throw new ApiError('invalid-json', { detail: `The body is deeper than ${maximumDepth} levels.` })
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') throw new ApiError('invalid-json', { detail: 'A field has a name that is not taken.' })
    refuseOddities(key, depthLeft)
    refuseOddities(inner, depthLeft - 1)
  }
}
