import { parameters } from '../generated/parameters.ts'
import type { Policy } from './Policy.ts'
import * as PolicyFile from './PolicyFile.ts'
import { blanks, headings, inRecord, type Nouns, plural, printed, singular } from './PolicySentences.ts'

/**
 * A policy in plain English, from the same source the compiler reads: one sentence a line, two blanks a level.
 * @throws {PolicyFile.InvalidPolicyError} for a policy that no file could hold.
 */
export function print(policy: Policy): string {
  return printed(PolicyFile.parse(JSON.stringify(policy)))
}

/**
 * The policy of a printed text: the exact inverse of `print`. A text written in any other way is refused, so that no
 * two texts say one thing.
 * @throws {InvalidTextError} naming the line and the rule.
 */
export function parse(text: string): Policy {
  if (text.length > PolicyFile.longestText) {
    throw new InvalidTextError({ line: 1, rule: `the text must have at most ${PolicyFile.longestText} characters` })
  }
  const reader: Reader = { lines: text.split('\n'), next: 0, lineOf: new Map() }
  const read = readPolicy(reader)
  const policy = checked(read, reader)
  const expected = printed(policy).split('\n')
  const other = reader.lines.findIndex((line, i) => line !== expected[i])
  if (other >= 0) throw new InvalidTextError({ line: other + 1, rule: 'it must be written as it would be printed' })
  return policy
}

/** What is read so far, and the line on which each place of the file was read. */
type Reader = { readonly lines: readonly string[]; next: number; readonly lineOf: Map<string, number> }

/** What is left of one line. */
type Line = { rest: string; readonly number: number }

/** Not yet a policy: numbers, codes, days and decimals are checked where files are. */
type Unchecked = Readonly<Record<string, unknown>>

function checked(read: Unchecked, { lineOf }: Reader): Policy {
  try {
    return PolicyFile.parse(JSON.stringify(read))
  } catch (error) {
    if (!(error instanceof PolicyFile.InvalidPolicyError)) throw error
    const { path, rule } = error
    const [, line = 1] =
      [...lineOf].filter(([place]) => path.startsWith(place)).sort(([a], [b]) => b.length - a.length)[0] ?? []
    throw new InvalidTextError({ line, rule: `${path} ${rule}` })
  }
}

function readPolicy(reader: Reader): Unchecked {
  const title = nextLine(reader, 'name')
  expect(title, 'Policy ')
  const name = readQuoted(title)
  end(title)
  const source = optional(reader, 'source', 'Criteria published in ', readQuoted)
  const blind = optional(reader, 'blind', 'Unlisted, blinded with ', (line) =>
    match(line, /^[0-9a-f]+/, 'a blind word'),
  )
  const signed = nextLine(reader, 'issuers')
  expect(signed, 'The record is signed by one with the role of ')
  const issuers = signed.rest.split(/, | or /)
  const aged = nextLine(reader, 'record.maximumAgeDays')
  expect(aged, 'The record is at most ')
  const maximumAgeDays = readDays(aged)
  expect(aged, ' old')
  end(aged)
  const completeFrom = optional(reader, 'record.completeFrom', 'The record is complete from ', readDay)
  const setsEdition = optional(reader, 'record.setsEdition', 'The value sets are of edition ', (line) => {
    const edition = readWhole(line)
    expect(line, ' or later')
    return edition
  })
  const required = nextLine(reader, '')
  expect(required, 'It is required that')
  end(required)
  const require = readFormula(reader, 1, 'require')
  if (reader.next !== reader.lines.length - 1 || reader.lines.at(-1) !== '') {
    throw new InvalidTextError({
      line: reader.next + 1,
      rule: 'the text must end after one requirement and a line feed',
    })
  }
  const record = { maximumAgeDays, completeFrom, setsEdition }
  return { medseal: 'policy/1', name, source, issuers, record, blind, require }
}

function readFormula(reader: Reader, level: number, path: string): Unchecked {
  const line = nextLine(reader, path)
  expect(line, blanks.repeat(level))
  if (level > PolicyFile.deepest) throw new InvalidTextError({ line: line.number, rule: 'it is indented too deep' })
  const children = (key: string): Unchecked[] => {
    end(line)
    const read: Unchecked[] = []
    const indent = blanks.repeat(level + 1)
    do read.push(readFormula(reader, level + 1, `${path}.${key}[${read.length}]`))
    while (reader.lines[reader.next]?.startsWith(indent))
    return read
  }
  if (take(line, headings.allOf)) return { allOf: children('allOf') }
  if (take(line, headings.anyOf)) return { anyOf: children('anyOf') }
  if (take(line, headings.not)) {
    end(line)
    return { not: readFormula(reader, level + 1, `${path}.not`) }
  }
  if (take(line, 'at least ')) {
    const atLeast = readWhole(line)
    expect(line, ' of these hold:')
    return { atLeast, of: children('of') }
  }
  const predicate = readPredicate(line)
  end(line)
  return predicate
}

function readPredicate(line: Line): Unchecked {
  if (take(line, 'some ')) {
    const any = readFacts(line, singular)
    const window = readDated(line)
    return { any, window, value: take(line, ' with ') ? readValue(line) : undefined }
  }
  if (take(line, 'the latest ')) {
    const latest = readFacts(line, singular)
    const window = readDated(line)
    expect(line, ' has ')
    return { latest, window, value: readValue(line) }
  }
  if (take(line, 'no ')) {
    const none = readFacts(line, singular)
    const window = readDated(line)
    expect(line, ` is listed ${inRecord}`)
    return { none, window }
  }
  if (take(line, 'the number of ')) {
    const count = readFacts(line, plural)
    const window = readDated(line)
    expect(line, ` ${inRecord} is `)
    return { count, window, range: readBetween(line, readWhole) }
  }
  if (take(line, 'the mean of at least ')) {
    const minimumCount = readWhole(line)
    expect(line, ' ')
    const average = readFacts(line, plural)
    const window = readDated(line)
    expect(line, ' is ')
    return { average, window, value: readMeasured(line), minimumCount }
  }
  expect(line, 'age is ')
  const age = readBetween(line, readWhole)
  expect(line, ' years')
  return { age }
}

function readFacts(line: Line, nouns: Nouns): Unchecked {
  const category = oneOf(line, Object.entries(nouns), 'a category')
  if (take(line, ' of value set ')) {
    const set = readQuoted(line)
    return { category, set, active: take(line, ' still active') ? true : undefined }
  }
  expect(line, ' ')
  const system = readSystem(line)
  // A code may itself read "starting" or "from": what follows it tells.
  if (!/^ starting with (?:a value of|the value) /.test(line.rest) && take(line, ' starting with '))
    return { category, system, prefix: readCode(line) }
  if (/^ from \S+ to /.test(line.rest) && take(line, ' from ')) {
    const from = readCode(line)
    expect(line, ' to ')
    return { category, system, from, to: readCode(line) }
  }
  expect(line, ' ')
  return { category, system, code: readCode(line) }
}

function readDated(line: Line): Unchecked | undefined {
  if (!take(line, ' dated')) return undefined
  const from = take(line, ' from ') ? readDay(line) : undefined
  return { from, to: take(line, ' up to ') ? readDay(line) : undefined }
}

function readDay(line: Line): Unchecked {
  const date = /^\d+-\d+-\d+/.exec(line.rest)?.[0]
  if (date !== undefined) {
    expect(line, date)
    return { date }
  }
  const daysBeforeToday = readDays(line)
  expect(line, ' before today')
  return { daysBeforeToday }
}

function readDays(line: Line): number {
  const number = readWhole(line)
  expect(line, number === 1 ? ' day' : ' days')
  return number
}

function readValue(line: Line): Unchecked {
  if (take(line, 'a value of ')) return readMeasured(line)
  expect(line, 'the value ')
  if (line.rest.startsWith('"')) return { text: readQuoted(line) }
  const system = readSystem(line)
  expect(line, ' ')
  return { code: { system, code: readCode(line) } }
}

function readMeasured(line: Line): Unchecked {
  const range = readBetween(line, (bound) => match(bound, /^-?[0-9.eE+-]+/, 'a decimal'))
  expect(line, ' [')
  const unit = match(line, /^\S+(?=\])/, 'a unit')
  expect(line, ']')
  return { ...range, unit }
}

function readBetween(line: Line, bound: (line: Line) => number | string): Unchecked {
  const min = take(line, 'at least ') ? bound(line) : undefined
  if (min !== undefined && !take(line, ' and ')) return { min }
  expect(line, 'at most ')
  return { min, max: bound(line) }
}

function readSystem(line: Line): string {
  const systems = Object.keys(parameters.systems).map((name) => [name, name] as const)
  return oneOf(line, systems, 'a code system')
}

/** The name whose words come next, the longest where one starts another (ICD-10, ICD-10-CM). */
function oneOf(line: Line, names: readonly (readonly [name: string, words: string])[], what: string): string {
  const longestFirst = [...names].sort(([, a], [, b]) => b.length - a.length)
  const found = longestFirst.find(([, words]) => take(line, words))
  return found ? found[0] : fail(line, what)
}

function readCode(line: Line): string {
  return match(line, /^[^\s"[\]]+/, 'a code')
}

function readWhole(line: Line): number {
  return Number(match(line, /^\d{1,9}/, 'a whole number'))
}

function readQuoted(line: Line): string {
  const written = match(line, /^"[^"\\]*(?:\\.[^"\\]*)*"/, 'a text in quotes')
  try {
    return JSON.parse(written)
  } catch {
    return fail(line, 'a text in quotes')
  }
}

function nextLine(reader: Reader, path: string): Line {
  const number = reader.next + 1
  const rest = reader.lines[reader.next]
  if (rest === undefined) throw new InvalidTextError({ line: number, rule: 'the text must not end here' })
  reader.next++
  if (path !== '') reader.lineOf.set(path, number)
  return { rest, number }
}

/** A line that may be there: what follows its first words. */
function optional<T>(reader: Reader, path: string, words: string, read: (line: Line) => T): T | undefined {
  if (!reader.lines[reader.next]?.startsWith(words)) return undefined
  const line = nextLine(reader, path)
  expect(line, words)
  const value = read(line)
  end(line)
  return value
}

function take(line: Line, words: string): boolean {
  if (!line.rest.startsWith(words)) return false
  line.rest = line.rest.slice(words.length)
  return true
}

function expect(line: Line, words: string): void {
  if (!take(line, words)) fail(line, JSON.stringify(words))
}

function match(line: Line, form: RegExp, what: string): string {
  const words = form.exec(line.rest)?.[0]
  if (words === undefined) return fail(line, what)
  line.rest = line.rest.slice(words.length)
  return words
}

function end(line: Line): void {
  if (line.rest !== '') fail(line, 'the end of the line')
}

function fail({ number }: Line, expected: string): never {
  throw new InvalidTextError({ line: number, rule: `${expected} must come next` })
}

/** The text is not one that `print` writes. What it says there is not repeated. */
export class InvalidTextError extends Error {
  override readonly name = 'PolicyText.InvalidTextError'
  /** Counted from 1. */
  readonly line: number
  readonly rule: string
  constructor({ line, rule }: { line: number; rule: string }) {
    super(`Policy text: in line ${line}, ${rule}.`)
    this.line = line
    this.rule = rule
  }
}
