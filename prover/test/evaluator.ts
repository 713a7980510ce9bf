import type * as Attribute from '../src/protocol/Attribute.ts'
import type { Category, CodeSystem } from '../src/protocol/CodeSystem.ts'
import * as Day from '../src/protocol/Day.ts'
import type * as Policy from '../src/protocol/Policy.ts'
import type * as ValueSet from '../src/protocol/ValueSet.ts'

// What a policy means, told straight over attributes. It shares no code with compiler, keys, record tree or circuits,
// and resolves value sets and codes by itself, so that the two tell each other's mistakes.

/** What the issuer signed the record as complete for. */
export type Completeness = {
  readonly categories: readonly Category[]
  readonly systems: readonly CodeSystem[]
  readonly setsEdition: number
  readonly since: Day.Day
}

export type Circumstances = {
  readonly today: Day.Day
  readonly asOf: Day.Day
  readonly valueSets: readonly ValueSet.ValueSet[]
  readonly complete: Completeness
}

export type Outcome = {
  /** The record is what the policy asks for, and its formula is true. */
  readonly met: boolean
  readonly record: {
    readonly notTooOld: boolean
    readonly completeCategories: boolean
    readonly completeSystems: boolean
    readonly completeSince: boolean
    readonly setsEdition: boolean
  }
  readonly formula: boolean
  /** Each predicate as the file has it, in the order it is read; `negated` where it stands under an odd number of nots. */
  readonly predicates: readonly {
    readonly predicate: Policy.Predicate
    readonly negated: boolean
    readonly holds: boolean
  }[]
}

/**
 * Whether a policy is met by a record.
 * @param attributes Of the record. Value-set attributes among them are ignored: sets are resolved here.
 * @throws {RefusedError} for a policy that has no sound meaning.
 */
export function evaluate(
  policy: Policy.Policy,
  attributes: readonly Attribute.Attribute[],
  circumstances: Circumstances,
): Outcome {
  const facts = attributes
    .filter(({ system }) => system !== 'value set (ever)' && system !== 'value set (active)')
    .map(onItsDay)
  const leaves = simplify(policy.require, false)
  const needs = needsOf(policy, leaves, circumstances)
  const question: Question = {
    ...circumstances,
    facts,
    completeFrom: needs.completeFrom,
    setsEdition: needs.setsEdition,
  }

  const predicates: { predicate: Policy.Predicate; negated: boolean; holds: boolean }[] = []
  const formula = truthOf(leaves, (predicate, negated) => {
    const holds = predicateHolds(predicate, negated, question)
    predicates.push({ predicate, negated, holds })
    return holds
  })
  const { complete, today, asOf } = circumstances
  const record = {
    notTooOld: asOf <= today && today - asOf <= policy.record.maximumAgeDays,
    completeCategories: needs.categories.every((category) => complete.categories.includes(category)),
    completeSystems: needs.systems.every((system) => complete.systems.includes(system)),
    completeSince: needs.completeFrom === undefined || complete.since <= needs.completeFrom,
    setsEdition: complete.setsEdition >= needs.setsEdition,
  }
  return { met: formula && Object.values(record).every(Boolean), record, formula, predicates }
}

/** "At least so many of these", down to predicates that are affirmed or negated. */
type Tree =
  | { readonly atLeast: number; readonly of: readonly Tree[] }
  | { readonly predicate: Policy.Predicate; readonly negated: boolean }

/** Pushes `not` down to the predicates. Not "at least t of n" is "at least n - t + 1 are not". */
function simplify(formula: Policy.Formula, negated: boolean): Tree {
  if ('not' in formula) return simplify(formula.not, !negated)
  if ('allOf' in formula) return counted(formula.allOf.length, formula.allOf, negated)
  if ('anyOf' in formula) return counted(1, formula.anyOf, negated)
  if ('atLeast' in formula) return counted(formula.atLeast, formula.of, negated)
  return { predicate: formula, negated }
}

function counted(threshold: number, parts: readonly Policy.Formula[], negated: boolean): Tree {
  if (threshold < 1 || threshold > parts.length) throw new RefusedError('a clause asks for 1 to all of its parts')
  return {
    atLeast: negated ? parts.length - threshold + 1 : threshold,
    of: parts.map((part) => simplify(part, negated)),
  }
}

function truthOf(tree: Tree, ask: (predicate: Policy.Predicate, negated: boolean) => boolean): boolean {
  if ('predicate' in tree) return ask(tree.predicate, tree.negated)
  return tree.of.map((part) => truthOf(part, ask)).filter(Boolean).length >= tree.atLeast
}

function predicatesOf(tree: Tree): readonly { readonly predicate: Policy.Predicate; readonly negated: boolean }[] {
  return 'predicate' in tree ? [tree] : tree.of.flatMap(predicatesOf)
}

/** What the record as a whole must be: what the policy states, and what its predicates of absence need. */
function needsOf(policy: Policy.Policy, tree: Tree, { today, valueSets }: Circumstances) {
  const categories = new Set<Category>()
  const systems = new Set<CodeSystem>()
  const starts: (Day.Day | undefined)[] = []
  let usesSets = false
  for (const { predicate, negated } of predicatesOf(tree)) {
    if ('age' in predicate) continue
    const codes = codesOf(predicate)
    if ('set' in codes) usesSets = true
    // Affirmed ANY, and negated NONE, point at something that is there.
    if (('any' in predicate && !negated) || ('none' in predicate && negated)) continue
    categories.add(codes.category)
    systems.add(systemOf(codes))
    if ('set' in codes) {
      // "None of them" is only as true as the list of them was long when the record was searched.
      const published = valueSets.find(({ name }) => name === codes.set)?.edition ?? 0
      const promised = policy.record.setsEdition
      if (promised === undefined || promised < published) {
        throw new RefusedError('a set spoken of as a whole has an edition, and the policy must ask for it')
      }
    }
    starts.push(predicate.window?.from && dayOf(predicate.window.from, today))
  }
  const stated = policy.record.completeFrom && dayOf(policy.record.completeFrom, today)
  if (starts.includes(undefined) && stated === undefined) {
    throw new RefusedError('absence without a window must say since when the record must be complete')
  }
  const first = starts.reduce<Day.Day | undefined>(
    (least, day) => (day === undefined || (least !== undefined && least < day) ? least : day),
    undefined,
  )
  if (stated !== undefined && first !== undefined && stated > first) {
    throw new RefusedError('the record must be complete since the earliest window')
  }
  return {
    categories: [...categories],
    systems: [...systems],
    completeFrom: stated ?? first,
    setsEdition: policy.record.setsEdition ?? (usesSets ? 1 : 0),
  }
}

type Question = Circumstances & {
  readonly facts: readonly Attribute.Attribute[]
  readonly completeFrom: Day.Day | undefined
  readonly setsEdition: number
}

function predicateHolds(predicate: Policy.Predicate, negated: boolean, question: Question): boolean {
  if ('any' in predicate) return negated ? notAny(predicate, question) : any(predicate, question)
  if ('none' in predicate) {
    const { none: codes, window } = predicate
    return negated ? any({ any: codes, ...(window && { window }) }, question) : none(predicate, question)
  }
  if ('latest' in predicate) return latest(predicate, negated, question)
  if ('count' in predicate) return count(predicate, negated, question)
  if ('average' in predicate) return average(predicate, negated, question)
  return age(predicate.age, negated, question)
}

type AnyPredicate = Extract<Policy.Predicate, { readonly any: Policy.Codes }>
type NonePredicate = Extract<Policy.Predicate, { readonly none: Policy.Codes }>
type LatestPredicate = Extract<Policy.Predicate, { readonly latest: Policy.Codes }>
type CountPredicate = Extract<Policy.Predicate, { readonly count: Policy.Codes }>
type AveragePredicate = Extract<Policy.Predicate, { readonly average: Policy.Codes }>

/** Something of the code lies in the window with such a value. A partial date lies in no window. */
function any({ any: codes, window, value }: AnyPredicate, question: Question): boolean {
  if (window) requireSingle(codes)
  if (value) requireMeasured(codes, question)
  return inWindow(factsOf(codes, question), window, question).some(
    (fact) => !(window && fact.partialDay) && (!value || valueMeets(fact, value)),
  )
}

function notAny({ any: codes, window, value }: AnyPredicate, question: Question): boolean {
  if (value) throw new RefusedError('not any of some value: say none, or latest')
  if (window?.to) throw new RefusedError('only any may end before today')
  return none({ none: codes, ...(window?.from && { window: { from: window.from } }) }, question)
}

/** Nothing of the code lies in the window. A partial date stands on its last possible day. */
function none({ none: codes, window }: NonePredicate, question: Question): boolean {
  if (window) requireSingle(codes)
  return isComplete(codes, question) && inWindow(factsOf(codes, question), window, question).length === 0
}

/** The last one decides, and says nothing if it is a bound or partly dated. Not latest is also true where there is none. */
function latest({ latest: codes, window, value }: LatestPredicate, negated: boolean, question: Question): boolean {
  requireSingle(codes)
  requireMeasured(codes, question)
  if (!isComplete(codes, question)) return false
  const last = inWindow(factsOf(codes, question), window, question).sort(chronologically).at(-1)
  if (!last) return negated
  if (last.partialDay || last.bounded) return false
  return valueMeets(last, value) !== negated
}

/** Within a window nothing may be marked: what is partly dated may lie before it, and a bound shares the mark. */
function count({ count: codes, window, range }: CountPredicate, negated: boolean, question: Question): boolean {
  if (window) requireSingle(codes)
  if (!isComplete(codes, question)) return false
  const counted = inWindow(factsOf(codes, question), window, question)
  if (window && counted.some(isMarked)) return false
  const within = counted.length >= (range.min ?? 0) && counted.length <= (range.max ?? Number.POSITIVE_INFINITY)
  return within !== negated
}

/** The mean compares as the sum with the bounds times the count: no division, no rounding. Denied also by too few. */
function average(
  { average: codes, window, value, minimumCount }: AveragePredicate,
  negated: boolean,
  question: Question,
): boolean {
  requireSingle(codes)
  requireMeasured(codes, question)
  if (minimumCount < 1) throw new RefusedError('an average needs at least one value')
  const tooFew: Policy.Predicate = { count: codes, ...(window && { window }), range: { max: minimumCount - 1 } }
  if (negated && count(tooFew, false, question)) return true
  if (!isComplete(codes, question)) return false
  const averaged = inWindow(factsOf(codes, question), window, question)
  if (averaged.length < minimumCount || averaged.some(isMarked)) return false
  const size = BigInt(averaged.length)
  const sum = averaged.reduce((total, fact) => total + millionthsOf(fact), 0n)
  const { min, max } = value
  if (negated) {
    // Outside by a millionth at least, which is what policies can say: a mean closer to a bound neither meets nor denies.
    const below = min !== undefined && sum <= (millionths(min) - 1n) * size
    return below || (max !== undefined && sum >= (millionths(max) + 1n) * size)
  }
  const isHigh = min === undefined || sum >= millionths(min) * size
  return isHigh && (max === undefined || sum <= millionths(max) * size)
}

/** Completed years today. Someone born on 29 February is a year older on 1 March. */
function age(
  { min, max }: { readonly min?: number; readonly max?: number },
  negated: boolean,
  question: Question,
): boolean {
  if (min === undefined && max === undefined) throw new RefusedError('an age needs a bound')
  if (!negated) return hasAge({ min, max }, question)
  const younger = min !== undefined && min > 0 && hasAge({ min: undefined, max: min - 1 }, question)
  const older = max !== undefined && hasAge({ min: max + 1, max: undefined }, question)
  return younger || older
}

function hasAge(
  { min, max }: { min: number | undefined; max: number | undefined },
  { facts, today }: Question,
): boolean {
  const now = Number(Day.format(today).replaceAll('-', ''))
  return facts.some(({ category, system, code, value, bounded, partialDay }) => {
    if (category !== 'demographic' || system !== 'LOINC' || code !== 211128n || bounded) return false
    const birth = Number(value)
    if (birth < 18000101 || birth > now) return false
    if (max !== undefined && partialDay) return false
    const years = Math.floor((now - birth) / 10_000)
    return years >= (min ?? 0) && years <= (max ?? Number.POSITIVE_INFINITY)
  })
}

/** The record lacks nothing of the category and system, since the day the policy says, and knows the sets. */
function isComplete(codes: Policy.Codes, { complete, completeFrom, setsEdition }: Question): boolean {
  return (
    complete.categories.includes(codes.category) &&
    complete.systems.includes(systemOf(codes)) &&
    completeFrom !== undefined &&
    complete.since <= completeFrom &&
    (!('set' in codes) || complete.setsEdition >= setsEdition)
  )
}

function codesOf(predicate: Exclude<Policy.Predicate, { readonly age: unknown }>): Policy.Codes {
  if ('any' in predicate) return predicate.any
  if ('none' in predicate) return predicate.none
  if ('latest' in predicate) return predicate.latest
  return 'count' in predicate ? predicate.count : predicate.average
}

function systemOf(codes: Policy.Codes): CodeSystem {
  if ('set' in codes) return codes.active ? 'value set (active)' : 'value set (ever)'
  return codes.system
}

function requireSingle(codes: Policy.Codes): void {
  if (!('code' in codes || 'set' in codes)) throw new RefusedError('a window, latest and average need a single code')
}

/** A set has values only where it is one measured code. */
function requireMeasured(codes: Policy.Codes, question: Question): void {
  if ('set' in codes && !isMeasured(setOf(codes.set, question))) {
    throw new RefusedError('a set of several codes has no common value')
  }
}

function isMeasured({ members: [member, ...others] }: ValueSet.ValueSet): boolean {
  return (
    member !== undefined &&
    others.length === 0 &&
    member.system === 'LOINC' &&
    member.codes?.length === 1 &&
    !member.prefixes?.length &&
    !member.values?.length
  )
}

function setOf(name: string, { valueSets }: Question): ValueSet.ValueSet {
  const set = valueSets.find((candidate) => candidate.name === name)
  if (!set) throw new RefusedError('no such value set')
  return set
}

/** The facts a predicate is about; a set's facts once each, however they are coded. */
function factsOf(codes: Policy.Codes, question: Question): Attribute.Attribute[] {
  const ofCategory = question.facts.filter(({ category }) => category === codes.category)
  if (!('set' in codes)) return ofCategory.filter((attribute) => hasCode(attribute, codes))
  const set = setOf(codes.set, question)
  if (set.category !== codes.category) return []
  const members = ofCategory.filter((attribute) => set.members.some((member) => isMember(attribute, member)))
  const once = new Map(members.map((attribute) => [attribute.fact, attribute] as const))
  const facts = [...once.values()].filter(({ active }) => active || !codes.active)
  return isMeasured(set) ? facts : facts.map((fact) => ({ ...fact, value: 0n as typeof fact.value, bounded: false }))
}

function isMember(attribute: Attribute.Attribute, { system, codes, prefixes, values }: ValueSet.Member): boolean {
  if (attribute.system !== system) return false
  const written = spelled(attribute.code, system)
  const listed =
    codes?.some((code) => plain(code, system) === written) ||
    prefixes?.some((prefix) => written.startsWith(plain(prefix, system)))
  const answers = values?.flatMap((value) => value.codes.map((code) => ({ system: value.system, code })))
  return listed === true && (!answers || answers.some((answer) => isAnswer(attribute, answer)))
}

function isAnswer(
  { value, bounded }: Attribute.Attribute,
  { system, code }: { readonly system: CodeSystem; readonly code: string },
): boolean {
  return !bounded && spelled(value, system) === plain(code, system)
}

function hasCode(attribute: Attribute.Attribute, codes: Exclude<Policy.Codes, { readonly set: string }>): boolean {
  const { system } = codes
  if (attribute.system !== system) return false
  const written = spelled(attribute.code, system)
  if ('code' in codes) return written === plain(codes.code, system)
  if ('prefix' in codes) return written.startsWith(plain(codes.prefix, system))
  const compareCodes = isLettered(system) ? compareTexts : compareNumbers
  return compareCodes(plain(codes.from, system), written) <= 0 && compareCodes(written, plain(codes.to, system)) <= 0
}

function compareNumbers(a: string, b: string): number {
  return a.length - b.length || compare(a, b)
}

function compareTexts(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = alphabet.indexOf(a[i] ?? ' ') - alphabet.indexOf(b[i] ?? ' ')
    if (difference !== 0) return difference
  }
  return 0
}

/** Sorted as lettered codes sort. */
const alphabet = ' -/_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

function isLettered(system: CodeSystem): boolean {
  return ['ICD-10-CM', 'ICD-10', 'ATC', 'CPT', 'HCPCS', 'HL7 AdministrativeGender'].includes(system)
}

/** A code as people write it, made comparable: no dots, no dash in LOINC, no leading zeros in numbers. */
function plain(code: string, system: CodeSystem): string {
  if (isLettered(system)) return code.toUpperCase().replaceAll('.', '')
  return code.replace('-', '').replace(/^0+(?=\d)/, '')
}

/** A code number as `plain` has it. */
function spelled(number: bigint, system: CodeSystem): string {
  return isLettered(system) ? base40(number) : number.toString()
}

function base40(number: bigint): string {
  const text = Array.from({ length: 12 }, (_, i) => alphabet[Number((number / 40n ** BigInt(11 - i)) % 40n)]).join('')
  return text.trimEnd()
}

function inWindow(facts: readonly Attribute.Attribute[], window: Policy.Window | undefined, { today }: Question) {
  if (!window) return [...facts]
  const from = window.from && dayOf(window.from, today)
  const to = window.to && dayOf(window.to, today)
  return facts.filter(({ day }) => (from === undefined || day >= from) && (to === undefined || day <= to))
}

/** Demographics have no day of their own: they sit on the first there is, before every other fact. */
function onItsDay(attribute: Attribute.Attribute): Attribute.Attribute {
  return attribute.category === 'demographic' ? { ...attribute, day: Day.earliest } : attribute
}

function dayOf(reference: Policy.DayReference, today: Day.Day): Day.Day {
  return 'date' in reference ? Day.parse(reference.date) : ((today - reference.daysBeforeToday) as Day.Day)
}

function isMarked({ partialDay, bounded }: Attribute.Attribute): boolean {
  return partialDay || bounded
}

function chronologically(a: Attribute.Attribute, b: Attribute.Attribute): number {
  return a.day - b.day || compare(a.time, b.time) || compare(a.fact, b.fact)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function valueMeets(fact: Attribute.Attribute, range: Policy.ValueRange): boolean {
  if (fact.bounded) return false
  if ('code' in range) return isAnswer(fact, range.code)
  if ('text' in range) return base40(fact.value) === range.text.toUpperCase()
  const millionth = millionthsOf(fact)
  return (
    (range.min === undefined || millionth >= millionths(range.min)) &&
    (range.max === undefined || millionth <= millionths(range.max))
  )
}

function millionthsOf({ value }: Attribute.Attribute): bigint {
  return value - 9_223_372_036_854_775_808n
}

/** A decimal in millionths, what lies beyond rounded half to even. */
function millionths(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal)
  if (!match) throw new RefusedError('a bound must be a decimal')
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const kept = whole.length + Number(exponent) + 6
  const padded = digits.padEnd(kept, '0')
  const head = kept > 0 ? padded.slice(0, kept) : '0'
  const rest = kept >= 0 ? padded.slice(kept) : `${'0'.repeat(-kept)}${digits}`
  const half = `5${'0'.repeat(Math.max(rest.length - 1, 0))}`
  const up = rest !== '' && (rest > half || (rest === half && BigInt(head) % 2n === 1n))
  const size = BigInt(head) + (up ? 1n : 0n)
  return sign ? -size : size
}

/** The policy has no sound meaning, so no compiler may give it words. */
export class RefusedError extends Error {
  override readonly name = 'Evaluator.RefusedError'
}
