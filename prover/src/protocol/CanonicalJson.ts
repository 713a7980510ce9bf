/** What a JSON text holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The one text of a value: RFC 8785. Members sorted by their names' UTF-16 units, no blanks, numbers and strings as
 * ECMAScript writes them.
 * @throws {InvalidJsonError} for what has no such text: lone surrogates, numbers that are not finite.
 */
export function write(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value as object).filter(([, member]) => member !== undefined)
    members.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${write(name)}:${write(member)}`).join(',')}}`
  }
  throw new InvalidJsonError({ rule: 'must be JSON' })
}

/**
 * Reads a text that means the same to every reader: no name twice in an object, none that is special to JavaScript.
 * @throws {InvalidJsonError} with the broken rule.
 */
export function parse(text: string, { longest, deepest }: { longest: number; deepest: number }): Json {
  if (text.length > longest) throw new InvalidJsonError({ rule: `must have at most ${longest} characters` })
  let json: Json
  try {
    json = JSON.parse(text)
  } catch {
    // The engine's own message quotes the text.
    throw new InvalidJsonError({ rule: 'must be JSON' })
  }
  checkNesting(text, deepest)
  return json
}

/** @param text Valid JSON. */
function checkNesting(text: string, deepest: number): void {
  const open: Set<string>[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:[\t\n\r ]*:)?|[[\]{}]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > deepest) throw new InvalidJsonError({ rule: `must nest at most ${deepest} deep` })
    } else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const name: string = JSON.parse(token.slice(0, -1))
      const names = open.at(-1)
      if (names?.has(name) || name === '__proto__')
        throw new InvalidJsonError({ rule: 'must not have a name twice in one object' })
      names?.add(name)
    }
  }
}

/** A text is not JSON that is read one way only, or a value has no canonical text. */
export class InvalidJsonError extends Error {
  override readonly name = 'CanonicalJson.InvalidJsonError'
  readonly rule: string
  constructor({ rule }: { rule: string }) {
    super(`The JSON ${rule}.`)
    this.rule = rule
  }
}
