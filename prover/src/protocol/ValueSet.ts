import { parameters } from '../generated/parameters.ts'
import type * as Attribute from './Attribute.ts'
import * as CodeSystem from './CodeSystem.ts'
import type * as Day from './Day.ts'
import * as Unit from './Unit.ts'
import * as Value from './Value.ts'

/** A numbered set of codes that mean one thing, whatever the system. Public; its number never changes meaning. */
export type ValueSet = {
  readonly medseal: 'value-set/1'
  /** Stands for the set in keys and policies' words, 1 to 65,535. */
  readonly number: number
  /** Stands for the set in policies, e.g. type-2-diabetes. */
  readonly name: string
  readonly title: string
  /** Only facts of this category are in the set. */
  readonly category: CodeSystem.Category
  /** Edition of the collection in which these members were published, 1 to 65,535. */
  readonly edition: number
  readonly members: readonly Member[]
  /** Where the members come from, and who has reviewed them. */
  readonly source: string
}

/** Codes of one system: listed, or by prefix where the system has prefixes. */
export type Member = {
  readonly system: CodeSystem.CodeSystem
  readonly codes?: readonly string[]
  readonly prefixes?: readonly string[]
  /** The fact must also have one of these coded values (smoking status: former smoker). */
  readonly values?: readonly { readonly system: CodeSystem.CodeSystem; readonly codes: readonly string[] }[]
}

/** Every set of an edition, ready to be matched and looked up. */
export type Index = {
  /** The greatest edition among the sets: the setsEdition a record matched against them is signed with. */
  readonly edition: number
  readonly byName: ReadonlyMap<string, ValueSet>
  readonly byNumber: ReadonlyMap<number, ValueSet>
  readonly rules: ReadonlyMap<string, Rules>
}

type Rule = { readonly set: ValueSet; readonly measured: boolean; readonly values: ReadonlySet<bigint> | undefined }

/** What a code of one category and system is in. */
type Rules = {
  readonly byCode: Map<bigint, Rule[]>
  readonly byRange: (Rule & { readonly range: CodeSystem.CodeRange })[]
}

const systems = Object.keys(parameters.systems) as CodeSystem.CodeSystem[]
const categories = Object.keys(parameters.categories) as CodeSystem.Category[]

const mostSets = 65_535
const longestText = 500
const mostCodes = 100_000

/**
 * Reads one value-set file, which anyone may have written.
 * @throws {InvalidValueSetError} naming the place and the rule.
 */
export function parse(text: string): ValueSet {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new InvalidValueSetError({ path: '$', rule: 'must be JSON' })
  }
  const set = fieldsOf(json, '$', ['medseal', 'number', 'name', 'title', 'category', 'edition', 'members', 'source'])
  if (set.medseal !== 'value-set/1')
    throw new InvalidValueSetError({ path: '$.medseal', rule: 'must be "value-set/1"' })
  const members = listOf(set.members, '$.members', 1_000).map(memberOf)
  const codes = members.reduce((sum, member) => sum + (member.codes?.length ?? 0) + (member.prefixes?.length ?? 0), 0)
  if (codes > mostCodes)
    throw new InvalidValueSetError({ path: '$.members', rule: `must hold at most ${mostCodes} codes` })
  return {
    medseal: 'value-set/1',
    number: wholeOf(set.number, '$.number'),
    name: nameOf(set.name, '$.name'),
    title: textOf(set.title, '$.title'),
    category: categoryOf(set.category, '$.category'),
    edition: wholeOf(set.edition, '$.edition'),
    members,
    source: textOf(set.source, '$.source'),
  }
}

/**
 * The sets of one edition, indexed.
 * @throws {DuplicateError} when two sets share a number or a name.
 */
export function index(valueSets: readonly ValueSet[]): Index {
  const byName = new Map<string, ValueSet>()
  const byNumber = new Map<number, ValueSet>()
  const rules = new Map<string, Rules>()
  for (const set of valueSets) {
    if (byName.has(set.name) || byNumber.has(set.number)) throw new DuplicateError({ name: set.name })
    byName.set(set.name, set)
    byNumber.set(set.number, set)
    const measured = unitOf(set) !== undefined
    for (const member of set.members) {
      const rule = { set, measured, values: valuesOf(member) }
      const { byCode, byRange } = rulesFor(rules, set.category, member.system)
      for (const code of member.codes ?? []) {
        const number = CodeSystem.encode(member.system, code)
        byCode.set(number, [...(byCode.get(number) ?? []), rule])
      }
      for (const prefix of member.prefixes ?? []) {
        byRange.push({ ...rule, range: CodeSystem.prefixed(member.system, prefix) })
      }
    }
  }
  return { edition: Math.max(0, ...valueSets.map(({ edition }) => edition)), byName, byNumber, rules }
}

/** The unit of a set of one measured code; undefined for any other: its facts share no scale, so none is committed. */
export function unitOf(set: ValueSet): Unit.Unit | undefined {
  const [member, ...others] = set.members
  const [code, ...otherCodes] = member?.codes ?? []
  if (!member || !code || others.length > 0 || otherCodes.length > 0) return undefined
  if (member.prefixes?.length || member.values?.length || member.system !== 'LOINC') return undefined
  return Unit.canonicalOf(CodeSystem.encode('LOINC', code))
}

/**
 * The attributes that say which sets the facts are in: for each fact in a set one of system "value set (ever)", and one
 * of "value set (active)" where the fact still holds. A fact coded twice counts once.
 *
 * Value and bounded are the fact's own where the set has one code and unit. Elsewhere the value is 0 and not bounded:
 * no value range is allowed over such a set, and a mark would make every windowed count over it false.
 *
 * @throws {AfterAsOfError} when an attribute is dated after the record's day.
 */
export function match(
  attributes: readonly Attribute.Attribute[],
  { rules }: Index,
  { asOf }: { readonly asOf: Day.Day },
): Attribute.Attribute[] {
  const matched: Attribute.Attribute[] = []
  const seen = new Set<string>()
  for (const attribute of attributes) {
    if (attribute.day > asOf) throw new AfterAsOfError({ category: attribute.category })
    for (const { set, measured } of matching(attribute, rules.get(`${attribute.category} ${attribute.system}`))) {
      const place = `${set.number} ${attribute.fact}`
      if (seen.has(place)) continue
      seen.add(place)
      const member: Attribute.Attribute = {
        ...attribute,
        system: CodeSystem.everSet,
        code: BigInt(set.number) as CodeSystem.CodeNumber,
        value: measured ? attribute.value : Value.none,
        bounded: measured && attribute.bounded,
        detail: 0n,
      }
      matched.push(member)
      if (attribute.active) matched.push({ ...member, system: CodeSystem.activeSet })
    }
  }
  return matched
}

/**
 * Categories with a fact that may be in a set it was not matched into: no set of its category knows any system it is
 * coded in, or a set asks for an answer and the fact's could not be read. Nobody may sign on such facts that a record is
 * complete for their category: absence from a set would be ignorance.
 */
export function unsettled(
  attributes: readonly Attribute.Attribute[],
  { byNumber, rules }: Index,
): ReadonlySet<CodeSystem.Category> {
  const asked = new Set([...byNumber.values()].map(({ category }) => category))
  const known = new Set<string>()
  const found = new Set<CodeSystem.Category>()
  for (const attribute of attributes) {
    const { category, system, code, fact, unread } = attribute
    const ofSystem = rules.get(`${category} ${system}`)
    if (ofSystem) known.add(`${category} ${fact}`)
    const isAskedMore = unread && rulesOf(code, ofSystem).some((rule) => rule.values && !isAnswered(attribute, rule))
    if (isAskedMore) found.add(category)
  }
  for (const { category, fact } of attributes) {
    if (asked.has(category) && !known.has(`${category} ${fact}`)) found.add(category)
  }
  return found
}

function matching(attribute: Attribute.Attribute, rules: Rules | undefined): readonly Rule[] {
  return rulesOf(attribute.code, rules).filter((rule) => isAnswered(attribute, rule))
}

function rulesOf(code: CodeSystem.CodeNumber, rules: Rules | undefined): readonly Rule[] {
  if (!rules) return []
  const inRange = rules.byRange.filter(({ range }) => range.low <= code && code <= range.high)
  return [...(rules.byCode.get(code) ?? []), ...inRange]
}

/** Whether the fact has one of the values that the rule asks for, if it asks for any. */
function isAnswered({ value, bounded }: Attribute.Attribute, { values }: Rule): boolean {
  return !values || (!bounded && values.has(value))
}

function rulesFor(rules: Map<string, Rules>, category: CodeSystem.Category, system: CodeSystem.CodeSystem): Rules {
  const place = `${category} ${system}`
  const found = rules.get(place) ?? { byCode: new Map(), byRange: [] }
  rules.set(place, found)
  return found
}

function valuesOf({ values }: Member): ReadonlySet<bigint> | undefined {
  return values && new Set(values.flatMap(({ system, codes }) => codes.map((code) => Value.ofCode(system, code))))
}

function memberOf(json: unknown, position: number): Member {
  const path = `$.members[${position}]`
  const member = fieldsOf(json, path, ['system', 'codes', 'prefixes', 'values'])
  const system = systemOf(member.system, `${path}.system`)
  const codes = codesOf(member.codes, `${path}.codes`, (code) => CodeSystem.encode(system, code))
  const prefixes = codesOf(member.prefixes, `${path}.prefixes`, (prefix) => CodeSystem.prefixed(system, prefix))
  if (!codes && !prefixes) throw new InvalidValueSetError({ path, rule: 'must list codes or prefixes' })
  const values =
    member.values === undefined
      ? undefined
      : listOf(member.values, `${path}.values`, 100).map((value, i) => {
          const place = `${path}.values[${i}]`
          const fields = fieldsOf(value, place, ['system', 'codes'])
          const valueSystem = systemOf(fields.system, `${place}.system`)
          const valueCodes = codesOf(fields.codes, `${place}.codes`, (code) => CodeSystem.encode(valueSystem, code))
          if (!valueCodes) throw new InvalidValueSetError({ path: place, rule: 'must list codes' })
          return { system: valueSystem, codes: valueCodes }
        })
  return { system, ...(codes && { codes }), ...(prefixes && { prefixes }), ...(values && { values }) }
}

function fieldsOf<const name extends string>(
  json: unknown,
  path: string,
  names: readonly name[],
): { readonly [key in name]?: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InvalidValueSetError({ path, rule: 'must be an object' })
  }
  if (Object.keys(json).some((key) => !names.includes(key as name))) {
    throw new InvalidValueSetError({ path, rule: `may only have ${names.join(', ')}` })
  }
  return Object.assign(Object.create(null), json)
}

function listOf(json: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(json) || json.length === 0 || json.length > most) {
    throw new InvalidValueSetError({ path, rule: `must be a list of 1 to ${most}` })
  }
  return json
}

function codesOf(json: unknown, path: string, check: (code: string) => unknown): readonly string[] | undefined {
  if (json === undefined) return undefined
  return listOf(json, path, mostCodes).map((code, i) => {
    try {
      if (typeof code === 'string') {
        check(code)
        return code
      }
    } catch (error) {
      if (!(error instanceof CodeSystem.InvalidCodeError)) throw error
    }
    throw new InvalidValueSetError({ path: `${path}[${i}]`, rule: 'must be a code of its system' })
  })
}

function systemOf(json: unknown, path: string): CodeSystem.CodeSystem {
  const found = systems.find((name) => name === json)
  if (!found || found === CodeSystem.everSet || found === CodeSystem.activeSet) {
    throw new InvalidValueSetError({ path, rule: 'must name a code system, not a value set' })
  }
  return found
}

function categoryOf(json: unknown, path: string): CodeSystem.Category {
  const found = categories.find((name) => name === json)
  if (!found) throw new InvalidValueSetError({ path, rule: 'must name a category' })
  return found
}

function wholeOf(json: unknown, path: string): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < 1 || json > mostSets) {
    throw new InvalidValueSetError({ path, rule: `must be a whole number from 1 to ${mostSets}` })
  }
  return json
}

function nameOf(json: unknown, path: string): string {
  if (typeof json !== 'string' || json.length > 64 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(json)) {
    throw new InvalidValueSetError({ path, rule: 'must be lower-case words joined by "-"' })
  }
  return json
}

function textOf(json: unknown, path: string): string {
  if (typeof json !== 'string' || json.length === 0 || json.length > longestText) {
    throw new InvalidValueSetError({ path, rule: `must be a text of at most ${longestText} characters` })
  }
  return json
}

/** A value-set file breaks a rule. */
export class InvalidValueSetError extends Error {
  override readonly name = 'ValueSet.InvalidValueSetError'
  constructor({ path, rule }: { path: string; rule: string }) {
    super(`Value set: ${path} ${rule}.`)
  }
}

/** Two sets of an edition share a number or a name. */
export class DuplicateError extends Error {
  override readonly name = 'ValueSet.DuplicateError'
  constructor({ name }: { name: string }) {
    super(`Value set "${name}" shares its number or name with another.`)
  }
}

/** An attribute is dated after the day the record speaks for. */
export class AfterAsOfError extends Error {
  override readonly name = 'ValueSet.AfterAsOfError'
  constructor({ category }: { category: CodeSystem.Category }) {
    super(`An attribute of category ${category} is dated after the record's asOf.`)
  }
}
