import { parameters } from '../generated/parameters.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'
import type { Codes, DayReference, Predicate, ValueRange } from './Policy.ts'
import * as PolicyFormula from './PolicyFormula.ts'
import * as PolicyWords from './PolicyWords.ts'
import * as Unit from './Unit.ts'
import * as Value from './Value.ts'
import * as ValueSet from './ValueSet.ts'

/**
 * The words of one predicate.
 * @param path Its place in the file.
 * @throws {PolicyFormula.UnsayableError}
 */
export function toWords(predicate: Predicate, valueSets: ValueSet.Index, path = 'require'): PolicyWords.Predicate {
  try {
    return wordsOf(predicate, valueSets)
  } catch (error) {
    if (!(error instanceof PolicyFormula.UnsayableError)) throw error
    throw new PolicyFormula.UnsayableError({ path: `${path}.${error.path}`, reason: error.reason })
  }
}

/** Refusals name the place within the predicate. */
function wordsOf(predicate: Predicate, valueSets: ValueSet.Index): PolicyWords.Predicate {
  const { kinds } = parameters
  if ('age' in predicate) return ageWords(predicate.age)
  if ('any' in predicate) {
    const codes = codeWords(predicate.any, 'any', valueSets)
    const value = predicate.value
      ? valueWords(predicate.value, predicate.any, valueSets)
      : { ...PolicyWords.unused, anyValue: true }
    return { ...value, ...codes, ...windowWords(predicate.window, codes), kind: kinds.ANY }
  }
  if ('latest' in predicate) {
    const codes = codeWords(predicate.latest, 'latest', valueSets)
    requireOneCode(codes, 'latest')
    const value = valueWords(predicate.value, predicate.latest, valueSets)
    return { ...value, ...codes, ...windowWords(predicate.window, codes), kind: kinds.LATEST }
  }
  if ('none' in predicate) {
    const codes = codeWords(predicate.none, 'none', valueSets)
    return { ...PolicyWords.unused, ...codes, ...windowWords(predicate.window, codes), kind: kinds.NONE }
  }
  if ('count' in predicate) {
    const codes = codeWords(predicate.count, 'count', valueSets)
    if (predicate.range.min === undefined && predicate.range.max === undefined) refuse('range', 'it bounds nothing')
    const { min = 0, max = mostAttributes } = predicate.range
    if (!isCount(min, mostAttributes) || !isCount(max, mostAttributes) || min > max) {
      refuse('range', `counts lie between 0 and ${mostAttributes}, least first`)
    }
    const range = { valueLow: Value.lowest, valueHigh: Value.highest, minimumCount: min, maximumCount: max }
    return { ...PolicyWords.unused, ...codes, ...windowWords(predicate.window, codes), ...range, kind: kinds.COUNT }
  }
  const codes = codeWords(predicate.average, 'average', valueSets)
  requireOneCode(codes, 'average')
  const { minimumCount } = predicate
  if (!isCount(minimumCount, mostAttributes) || minimumCount < 1)
    refuse('minimumCount', 'a mean takes at least one attribute')
  const counts = { minimumCount: minimumCount - 1, maximumCount: mostAttributes }
  const value = valueWords(predicate.value, predicate.average, valueSets)
  return { ...value, ...codes, ...windowWords(predicate.window, codes), ...counts, kind: kinds.AVERAGE }
}

/** At least a completed years: born on yyyymmdd - a * 10000 or before. At most b: after yyyymmdd - (b + 1) * 10000. */
function ageWords({ min, max }: { min?: number; max?: number }): PolicyWords.Predicate {
  if (min === undefined && max === undefined) refuse('age', 'it bounds nothing')
  if (!isCount(min ?? 0, 150) || !isCount(max ?? 150, 150) || (min ?? 0) > (max ?? 150)) {
    refuse('age', 'ages lie between 0 and 150 years, least first')
  }
  const { code, earliest } = parameters.birthDate
  return {
    ...PolicyWords.unused,
    kind: parameters.kinds.ANY,
    age: true,
    ageLimited: max !== undefined,
    category: CodeSystem.categoryNumber('demographic'),
    system: CodeSystem.numberOf('LOINC'),
    codeLow: BigInt(code),
    codeHigh: BigInt(code),
    valueLow: max === undefined ? BigInt(earliest) : BigInt((max + 1) * 10_000 - 1),
    valueHigh: BigInt((min ?? 0) * 10_000),
  }
}

type CodeWords = Pick<PolicyWords.Predicate, 'category' | 'system' | 'codeLow' | 'codeHigh'>

function codeWords(target: Codes, path: string, valueSets: ValueSet.Index): CodeWords {
  const { category, system, range } = resolve(target, path, valueSets)
  return {
    category: CodeSystem.categoryNumber(category),
    system: CodeSystem.numberOf(system),
    codeLow: range.low,
    codeHigh: range.high,
  }
}

/** Category, system and code range that codes in a file stand for. @throws {PolicyFormula.UnsayableError} */
export function resolve(
  target: Codes,
  path: string,
  valueSets: ValueSet.Index,
): { category: CodeSystem.Category; system: CodeSystem.CodeSystem; range: CodeSystem.CodeRange } {
  const { category } = target
  if (!Object.hasOwn(parameters.categories, category)) refuse(path, 'there is no such category')
  if ('set' in target) {
    const set = valueSets.byName.get(target.set)
    if (!set) return refuse(path, `there is no value set "${target.set}"`)
    if (set.category !== category) refuse(path, `value set "${target.set}" is not of category ${category}`)
    const number = BigInt(set.number) as CodeSystem.CodeNumber
    const system = target.active ? CodeSystem.activeSet : CodeSystem.everSet
    return { category, system, range: { low: number, high: number } }
  }
  const { system } = target
  if (!Object.hasOwn(parameters.systems, system)) return refuse(path, 'there is no such code system')
  if (system === CodeSystem.everSet || system === CodeSystem.activeSet) return refuse(path, 'value sets go by name')
  const range = read(
    () => {
      if ('prefix' in target) return CodeSystem.prefixed(system, target.prefix)
      if ('code' in target) return CodeSystem.single(system, target.code)
      return { low: CodeSystem.encode(system, target.from), high: CodeSystem.encode(system, target.to) }
    },
    path,
    `${system} has no such codes`,
  )
  if (range.low > range.high) refuse(path, 'the range of codes is empty')
  return { category, system, range }
}

type WindowWords = Pick<PolicyWords.Predicate, 'windowed' | 'fromRelative' | 'toRelative' | 'from' | 'to'>

function windowWords(
  window: { readonly from?: DayReference; readonly to?: DayReference } | undefined,
  codes: CodeWords,
): WindowWords {
  if (!window) return { windowed: false, fromRelative: false, toRelative: false, from: 0, to: 0 }
  requireOneCode(codes, 'window')
  const { from, to = { daysBeforeToday: 0 } } = window
  if (from && isAfter(from, to)) refuse('window', 'it ends before it opens')
  return {
    windowed: true,
    fromRelative: from !== undefined && 'daysBeforeToday' in from,
    toRelative: 'daysBeforeToday' in to,
    from: from === undefined ? 0 : dayWord(from, 'window.from'),
    to: dayWord(to, 'window.to'),
  }
}

type ValueWords = PolicyWords.Predicate

function valueWords(value: ValueRange, target: Codes, valueSets: ValueSet.Index): ValueWords {
  if (('code' in value || 'text' in value) && 'set' in target) {
    // Facts of a set that measures nothing carry the value 0, which is also a code's number.
    refuse('value', 'facts of a value set carry no coded value: name the code, or a set that matches the value')
  }
  if ('code' in value) {
    const { system, code } = value.code
    if (!Object.hasOwn(parameters.systems, system)) refuse('value.code', 'there is no such code system')
    return exactly(read(() => Value.ofCode(system, code), 'value.code', `${system} has no such code`))
  }
  if ('text' in value) {
    const { text } = value
    return exactly(read(() => Value.ofText(text), 'value.text', 'no value is such a text'))
  }
  const unit = unitOf(target, valueSets)
  if (unit === undefined) refuse('value', 'values of this code have no canonical unit to compare in')
  if (unit !== value.unit) refuse('value', `values of this code are compared in ${unit}`)
  if (value.min === undefined && value.max === undefined) refuse('value', 'it bounds nothing')
  const low = value.min === undefined ? Value.lowest : decimal(value.min, 'value.min')
  const high = value.max === undefined ? Value.highest : decimal(value.max, 'value.max')
  if (low > high) refuse('value', 'its range is empty')
  return { ...PolicyWords.unused, valueLow: low, valueHigh: high }
}

function decimal(text: string, path: string): Value.Value {
  return read(() => Value.ofDecimal(text), path, 'it is not a decimal that a value can carry')
}

/** What is read, or a refusal for the reason given. */
function read<T>(reading: () => T, path: string, reason: string): T {
  try {
    return reading()
  } catch {
    return refuse(path, reason)
  }
}

function unitOf(target: Codes, valueSets: ValueSet.Index): string | undefined {
  if ('set' in target) {
    const set = valueSets.byName.get(target.set)
    return set && ValueSet.unitOf(set)
  }
  return 'code' in target && target.system === 'LOINC'
    ? Unit.canonicalOf(CodeSystem.encode('LOINC', target.code))
    : undefined
}

function exactly(value: Value.Value): ValueWords {
  return { ...PolicyWords.unused, valueLow: value, valueHigh: value }
}

function requireOneCode({ codeLow, codeHigh }: CodeWords, path: string): void {
  if (codeLow !== codeHigh) refuse(path, 'days order attributes of one code only: name a single code or a value set')
}

/** A day's 20-bit word: day + 2^17, or days before today. @throws {PolicyFormula.UnsayableError} */
export function dayWord(reference: DayReference, path: string): number {
  if ('date' in reference) {
    const { date } = reference
    return Number(Day.toField(read(() => Day.parse(date), path, 'it is not a calendar day')))
  }
  if (!isCount(reference.daysBeforeToday, Day.offset - 1))
    refuse(path, `days before today lie between 0 and ${Day.offset - 1}`)
  return reference.daysBeforeToday
}

/** Whether the one lies after the other on every day: a fixed day and one counted back cannot be told. */
function isAfter(a: DayReference, b: DayReference): boolean {
  if ('date' in a) return 'date' in b && a.date > b.date
  return 'daysBeforeToday' in b && a.daysBeforeToday < b.daysBeforeToday
}

/** Whether a number is whole and within [0, most]. */
export function isCount(number: unknown, most: number): boolean {
  return Number.isInteger(number) && (number as number) >= 0 && (number as number) <= most
}

/** @throws {PolicyFormula.UnsayableError} always */
export function refuse(path: string, reason: string): never {
  throw new PolicyFormula.UnsayableError({ path, reason })
}

/** Attributes a record can hold: its leaves less the sentinel. */
const mostAttributes = parameters.tree.arity ** parameters.tree.depth - 1
