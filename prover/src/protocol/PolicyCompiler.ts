import { parameters } from '../generated/parameters.ts'
import * as Credential from './Credential.ts'
import * as Day from './Day.ts'
import * as Issuer from './Issuer.ts'
import type { Codes, DayReference, Policy, Predicate } from './Policy.ts'
import * as PolicyFormula from './PolicyFormula.ts'
import * as PolicyPredicate from './PolicyPredicate.ts'
import * as PolicyWords from './PolicyWords.ts'
import * as Value from './Value.ts'
import type * as ValueSet from './ValueSet.ts'

/** A policy and its words. */
export type Compiled = {
  readonly policy: Policy
  readonly words: PolicyWords.Words
  readonly hash: PolicyWords.PolicyHash
  /** The predicate each slot stands for; undefined for the boundary of the one above. */
  readonly predicates: readonly (Predicate | undefined)[]
}

/** Most slots and clauses of any circuit. */
export const mostSlots = 14
export const mostClauses = parameters.policy.clauses

/**
 * The words of a policy. Everything a reader would take for granted and the words do not say is refused.
 * @throws {PolicyFormula.UnsayableError} with the reason and the place in the file.
 */
export function compile(policy: Policy, { valueSets }: { valueSets: ValueSet.Index }): Compiled {
  const clauses = PolicyFormula.toClauses(policy.require)
  const places = PolicyFormula.placesOf(policy.require)
  const predicates: (Predicate | undefined)[] = []
  const slots: PolicyWords.Predicate[] = []
  const slotOf = new Map<string, number>()
  for (const predicate of clauses.flatMap((clause) => clause.predicates)) {
    const name = PolicyFormula.nameOf(predicate)
    if (slotOf.has(name)) continue
    const words = PolicyPredicate.toWords(predicate, valueSets, places.get(name))
    if (PolicyWords.isPair(words)) {
      slots.push(PolicyWords.unused)
      predicates.push(undefined)
    }
    slotOf.set(name, slots.length)
    slots.push(words)
    predicates.push(predicate)
  }
  if (slots.length > mostSlots)
    PolicyPredicate.refuse('require', `it takes ${slots.length} slots, and ${mostSlots} is the most`)
  if (clauses.length > mostClauses)
    PolicyPredicate.refuse('require', `it takes ${clauses.length} clauses, and ${mostClauses} is the most`)
  const words = {
    header: header(policy, predicates, valueSets),
    slots,
    clauses: clauses.map((clause) => ({
      threshold: clause.threshold,
      mask: clause.predicates.reduce((mask, p) => mask | (1 << (slotOf.get(PolicyFormula.nameOf(p)) ?? 0)), 0),
    })),
  }
  return { policy, words, hash: PolicyWords.hashOf(words), predicates }
}

function header(
  policy: Policy,
  predicates: readonly (Predicate | undefined)[],
  valueSets: ValueSet.Index,
): PolicyWords.Header {
  const { record, issuers, blind } = policy
  if (issuers.length === 0) PolicyPredicate.refuse('issuers', 'no role is accepted')
  if (!issuers.every((role) => Object.hasOwn(parameters.roles, role)))
    PolicyPredicate.refuse('issuers', 'there is no such role')
  if (!PolicyPredicate.isCount(record.maximumAgeDays, Day.offset))
    PolicyPredicate.refuse('record.maximumAgeDays', 'it must be a number of days')
  if (blind !== undefined && !/^[0-9a-f]{32}$/.test(blind))
    PolicyPredicate.refuse('blind', 'it must be 32 lower-case hexadecimal digits')
  if (blind !== undefined && BigInt(`0x${blind}`) === 0n)
    PolicyPredicate.refuse('blind', 'zero hides nothing: leave it out')
  const codes = predicates.flatMap((predicate) => (predicate ? codesOf(predicate) : []))
  const needed = codes
    .filter(({ ofWhole }) => ofWhole)
    .map(({ target }) => PolicyPredicate.resolve(target, 'require', valueSets))
  const from = completeFrom(policy, predicates)
  const fields = Credential.completenessFields({
    categories: needed.map(({ category }) => category),
    systems: needed.map(({ system }) => system),
    setsEdition: setsEdition(policy, codes, valueSets),
    since: Day.earliest,
  })
  return {
    roles: Issuer.rolesMask(issuers),
    categories: fields.categories,
    systems: fields.systems,
    setsEdition: Number(fields.setsEdition),
    completeFromRelative: from !== undefined && 'daysBeforeToday' in from,
    completeFrom: from === undefined ? lastDayField : PolicyPredicate.dayWord(from, 'record.completeFrom'),
    maximumAgeDays: record.maximumAgeDays,
    blind: blind === undefined ? 0n : BigInt(`0x${blind}`),
  }
}

/**
 * The least edition of the sets the record was matched against. Over sets, absence, counts, the latest and means are as
 * good as the members: a record matched before a set was widened lacks facts the set now holds. So the edition must be
 * stated where they are used, and is never derived: with the next edition it would silently change the policy's hash.
 */
function setsEdition({ record }: Policy, codes: readonly Ranged[], valueSets: ValueSet.Index): number {
  const stated = record.setsEdition
  const least = codes.some(({ target }) => 'set' in target) ? 1 : 0
  if (stated !== undefined && (!PolicyPredicate.isCount(stated, mostEditions) || stated < least))
    PolicyPredicate.refuse('record.setsEdition', `it must lie between ${least} and ${mostEditions}`)
  for (const { target, ofWhole } of codes) {
    const set = 'set' in target && ofWhole ? valueSets.byName.get(target.set) : undefined
    if (set && (stated ?? 0) < set.edition)
      PolicyPredicate.refuse(
        'record.setsEdition',
        `it must be stated as ${set.edition} at least: what is asked of value set "${set.name}" speaks of all its members`,
      )
  }
  return stated ?? least
}

/** The day since which the record must be complete: what was stated, and never later than a window of absence opens. */
function completeFrom(policy: Policy, predicates: readonly (Predicate | undefined)[]): DayReference | undefined {
  const stated = policy.record.completeFrom
  const absences = predicates.filter(
    (predicate) => predicate !== undefined && codesOf(predicate).some((c) => c.ofWhole),
  )
  const windows = absences.map((predicate) => (predicate && 'window' in predicate ? predicate.window?.from : undefined))
  if (windows.some((from) => from === undefined) && !stated) {
    PolicyPredicate.refuse('record.completeFrom', 'absence, counts and the latest without a window need it stated')
  }
  const references = windows.flatMap((from) => (from ? [from] : []))
  if (!stated) return earliestOf(references)
  const earliest = earliestOf([stated, ...references])
  if (earliest && wordOf(earliest) !== wordOf(stated))
    PolicyPredicate.refuse('record.completeFrom', 'it is later than a window opens')
  return stated
}

function earliestOf(references: readonly DayReference[]): DayReference | undefined {
  const counted = references.flatMap((r) => ('daysBeforeToday' in r ? [r.daysBeforeToday] : []))
  const fixed = references.flatMap((r) => ('date' in r ? [r.date] : []))
  if (counted.length > 0 && fixed.length > 0) {
    PolicyPredicate.refuse(
      'record.completeFrom',
      'windows that open on a date and windows counted from today cannot be compared',
    )
  }
  if (counted.length > 0) return { daysBeforeToday: Math.max(...counted) }
  const [first] = fixed.sort()
  return first === undefined ? undefined : { date: first }
}

/** The codes a predicate ranges over, and whether it speaks of all there is rather than of one that exists. */
type Ranged = { readonly target: Codes; readonly ofWhole: boolean }

function codesOf(predicate: Predicate): Ranged[] {
  if ('age' in predicate) return []
  if ('any' in predicate) return [{ target: predicate.any, ofWhole: false }]
  if ('latest' in predicate) return [{ target: predicate.latest, ofWhole: true }]
  if ('none' in predicate) return [{ target: predicate.none, ofWhole: true }]
  if ('count' in predicate) return [{ target: predicate.count, ofWhole: true }]
  return [{ target: predicate.average, ofWhole: true }]
}

function wordOf(reference: DayReference): string {
  return 'date' in reference ? reference.date : String(reference.daysBeforeToday)
}

const mostEditions = (1 << parameters.completeness.setsEdition) - 1
const lastDayField = (1 << parameters.day.bits) - 1

/** Slots whose range is so narrow that meeting it tells the value: a wallet refuses such a policy. */
export function needleNarrow(compiled: Compiled): readonly number[] {
  return compiled.predicates.flatMap((predicate, slot) => (predicate && isNarrow(predicate) ? [slot] : []))
}

/** Both bounds given, and equal or less than a twentieth of the larger one apart; or ages that tell the year of birth. */
function isNarrow(predicate: Predicate): boolean {
  if ('age' in predicate) {
    const { min, max } = predicate.age
    return min !== undefined && max !== undefined && max - min < 2
  }
  if (!('value' in predicate) || !predicate.value || !('unit' in predicate.value)) return false
  const { min, max } = predicate.value
  if (min === undefined || max === undefined) return false
  const zero = Value.ofDecimal('0')
  const size = (text: string) => {
    const scaled = Value.ofDecimal(text) - zero
    return scaled < 0n ? -scaled : scaled
  }
  const larger = size(min) > size(max) ? size(min) : size(max)
  const width = Value.ofDecimal(max) - Value.ofDecimal(min)
  return width === 0n || width * 20n < larger
}
