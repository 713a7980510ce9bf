/** JSON with numbers kept as they were written: no float ever stands between a result and its value. */
export type Json = null | boolean | string | Decimal | readonly Json[] | JsonObject

export type JsonObject = { readonly [key: string]: Json }

const written: unique symbol = Symbol('number as written')

/** A number's source text. Told from objects by a symbol, which no JSON can contain. */
export type Decimal = { readonly [written]: string }

/** Characters of text, and nesting, that are read at all. FHIR's own examples nest 20 deep. */
export const longestText = 64 * 1024 * 1024
export const deepest = 100

/**
 * Parses JSON text, numbers as text.
 * @throws {TooLongError} {TooDeepError} {RepeatedMemberError} before anything is built; {NotJsonError}
 *         {UnsupportedEngineError}
 */
export function parse(text: string): Json {
  if (text.length > longestText) throw new TooLongError()
  checkStructure(text)
  try {
    return JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown) as Json
  } catch (error) {
    if (error instanceof UnsupportedEngineError) throw error
    // The engine's own message quotes the text, which is a medical record: it must not travel as a cause either.
    throw new NotJsonError()
  }
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(written in json)
}

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

/** The source text of a number, undefined for anything else. */
export function decimalOf(json: Json | undefined): string | undefined {
  return typeof json === 'object' && json !== null && written in json ? (json as Decimal)[written] : undefined
}

/** An object's own member: never one of its prototype's, whatever the key. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Whether two parsed texts say the same; numbers are compared as written. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]))
  if (isObject(a)) {
    if (!isObject(b)) return false
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => equal(member(a, key), member(b, key)))
  }
  const decimal = decimalOf(a)
  return decimal === undefined ? a === b : decimal === decimalOf(b)
}

function keepNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  if (context?.source === undefined) throw new UnsupportedEngineError()
  return { [written]: context.source }
}

/**
 * One pass over the characters, as the parser's recursion must not meet what is nested too deep, and keeps the last of
 * two members of one name without a word: what the first said would be missing, and nobody would know.
 */
function checkStructure(text: string): void {
  const names: (Set<string> | undefined)[] = []
  let [start, end] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === quote) {
      start = i
      i = endOfText(text, i)
      end = i + 1
    } else if (character === colon) {
      const open = names.at(-1)
      const name = nameOf(text.slice(start, end))
      if (open?.has(name)) throw new RepeatedMemberError()
      open?.add(name)
    } else if (character === openBracket || character === openBrace) {
      names.push(character === openBrace ? new Set() : undefined)
      if (names.length > deepest) throw new TooDeepError()
    } else if (character === closeBracket || character === closeBrace) names.pop()
  }
}

/** @param start The opening quote. @returns where the closing one is. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at
}

/** A member's name, however it is spelt. */
function nameOf(written: string): string {
  if (!written.includes('\\')) return written.slice(1, -1)
  try {
    return String(JSON.parse(written))
  } catch {
    throw new NotJsonError()
  }
}

const [quote, backslash, colon] = [34, 92, 58] as const
const [openBracket, closeBracket, openBrace, closeBrace] = [91, 93, 123, 125] as const

/** The text is longer than is read. */
export class TooLongError extends Error {
  override readonly name = 'Json.TooLongError'
  constructor() {
    super(`Text is longer than ${longestText} characters.`)
  }
}

/** The text nests deeper than is read. */
export class TooDeepError extends Error {
  override readonly name = 'Json.TooDeepError'
  constructor() {
    super(`Text nests deeper than ${deepest} levels.`)
  }
}

/** An object has two members of one name. The name is not repeated: anything may stand there. */
export class RepeatedMemberError extends Error {
  override readonly name = 'Json.RepeatedMemberError'
  constructor() {
    super('Text has an object with two members of one name.')
  }
}

/** The text is not JSON. */
export class NotJsonError extends Error {
  override readonly name = 'Json.NotJsonError'
  constructor() {
    super('Text is not JSON.')
  }
}

/** This JavaScript engine does not give a reviver the source text of numbers. */
export class UnsupportedEngineError extends Error {
  override readonly name = 'Json.UnsupportedEngineError'
  constructor() {
    super(
      'This JavaScript engine cannot keep numbers as written (JSON.parse source text access). Use Node 22 or a browser of 2025.',
    )
  }
}
