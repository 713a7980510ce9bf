/**
 * The text of an object's member exactly as it stands in the object's text, or undefined where it has none: what is
 * handed on is then what was signed, numbers and all.
 * @param text Well-formed JSON: what `Json.parse` has accepted.
 * @throws {RepeatedMemberError} readers differ on which of two members of one name counts.
 */
export function member(text: string, name: string): string | undefined {
  let found: string | undefined
  let at = afterBlanks(text, 0)
  if (text[at] !== '{') return undefined
  at = afterBlanks(text, at + 1)
  while (text[at] === '"') {
    const keyEnd = afterString(text, at)
    const key: unknown = JSON.parse(text.slice(at, keyEnd))
    const start = afterBlanks(text, afterBlanks(text, keyEnd) + 1)
    const end = afterValue(text, start)
    if (key === name) {
      if (found !== undefined) throw new RepeatedMemberError({ member: name })
      found = text.slice(start, end).trimEnd()
    }
    at = text[end] === ',' ? afterBlanks(text, end + 1) : end
  }
  return found
}

/** The text of the member at the end of a path of members. @throws {RepeatedMemberError} anywhere on the path. */
export function memberAt(text: string, path: readonly string[]): string | undefined {
  return path.reduce<string | undefined>((inner, name) => inner && member(inner, name), text)
}

function afterBlanks(text: string, start: number): number {
  let at = start
  while (at < text.length && blanks.includes(text[at] ?? '')) at++
  return at
}

/** @param start The opening quote. */
function afterString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** The comma or bracket that ends a value, blanks before it included. */
function afterValue(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '"') {
      at = afterString(text, at)
      continue
    }
    if (depth === 0 && ',}]'.includes(character)) return at
    if ('{['.includes(character)) depth++
    else if ('}]'.includes(character)) depth--
    at++
  }
  return at
}

/** RFC 8259, section 2. */
const blanks = ' \t\n\r'

/** An object has two members of one name. */
export class RepeatedMemberError extends Error {
  override readonly name = 'JsonText.RepeatedMemberError'
  constructor({ member }: { member: string }) {
    super(`The object has "${member}" more than once.`)
  }
}
