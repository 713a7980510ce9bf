import type { Formula, Predicate } from './Policy.ts'
import * as Value from './Value.ts'

/** Predicates as a conjunction of clauses "at least `threshold` of these". */
export type Conjunction = readonly Disjunct[]
export type Disjunct = { readonly threshold: number; readonly predicates: readonly Predicate[] }

/** Why a formula cannot be said in clauses, and where in the file. */
export type Obstacle = { readonly path: string; readonly reason: string }

/**
 * The clauses a formula stands for. `not` is pushed to the predicates, where it is sound for some and refused for the
 * others; nested alternatives are multiplied out.
 * @throws {UnsayableError} with the reason and the place.
 */
export function toClauses(formula: Formula, path = 'require'): Conjunction {
  return withoutImplied(distribute(withoutNot(formula, false, path), path))
}

/** Whether a formula is a predicate rather than a connective. */
export function isPredicate(formula: Formula): formula is Predicate {
  return !('allOf' in formula || 'anyOf' in formula || 'atLeast' in formula || 'not' in formula)
}

type Positive =
  | { readonly allOf: readonly Positive[] }
  | { readonly anyOf: readonly Positive[] }
  | { readonly atLeast: number; readonly of: readonly Positive[] }
  | { readonly predicate: Predicate }

function withoutNot(formula: Formula, negated: boolean, path: string): Positive {
  if ('not' in formula) return withoutNot(formula.not, !negated, `${path}.not`)
  if ('allOf' in formula) {
    const children = formula.allOf.map((child, i) => withoutNot(child, negated, `${path}.allOf[${i}]`))
    return negated ? { anyOf: children } : { allOf: children }
  }
  if ('anyOf' in formula) {
    const children = formula.anyOf.map((child, i) => withoutNot(child, negated, `${path}.anyOf[${i}]`))
    return negated ? { allOf: children } : { anyOf: children }
  }
  if ('atLeast' in formula) {
    const children = formula.of.map((child, i) => withoutNot(child, negated, `${path}.of[${i}]`))
    // Not at least t of n: at least n - t + 1 of them fail.
    return { atLeast: negated ? formula.of.length - formula.atLeast + 1 : formula.atLeast, of: children }
  }
  return negated ? complement(formula, path) : { predicate: formula }
}

/** What holds when a predicate does not, where that can be proven. */
function complement(predicate: Predicate, path: string): Positive {
  if ('none' in predicate) {
    const { none, window } = predicate
    return { predicate: { any: none, ...(window && { window }) } }
  }
  if ('any' in predicate) {
    const { any, window, value } = predicate
    if (value) throw new UnsayableError({ path, reason: 'that no attribute has a value in a range cannot be proven' })
    if (window?.to) throw new UnsayableError({ path, reason: 'absence can only be proven up to today' })
    return { predicate: { none: any, ...(window?.from && { window: { from: window.from } }) } }
  }
  if ('latest' in predicate) {
    const { latest, window, value } = predicate
    if (!('unit' in value)) throw new UnsayableError({ path, reason: 'a coded value has no complement' })
    const absent: Positive = { predicate: { none: latest, ...(window && { window }) } }
    const outside = outsideOf(value).map((range): Positive => ({ predicate: { ...predicate, value: range } }))
    return { anyOf: [...outside, absent] }
  }
  if ('count' in predicate) {
    const { min = 0, max } = predicate.range
    const below: Positive[] = min > 0 ? [{ predicate: { ...predicate, range: { max: min - 1 } } }] : []
    const above: Positive[] = max === undefined ? [] : [{ predicate: { ...predicate, range: { min: max + 1 } } }]
    return { anyOf: [...below, ...above] }
  }
  if ('average' in predicate) {
    const { average, window, value, minimumCount } = predicate
    const tooFew: Positive = {
      predicate: { count: average, ...(window && { window }), range: { max: minimumCount - 1 } },
    }
    const outside = outsideOf(value).map((range): Positive => ({ predicate: { ...predicate, value: range } }))
    return { anyOf: [...outside, tooFew] }
  }
  const { min = 0, max } = predicate.age
  const younger: Positive[] = min > 0 ? [{ predicate: { age: { max: min - 1 } } }] : []
  const older: Positive[] = max === undefined ? [] : [{ predicate: { age: { min: max + 1 } } }]
  return { anyOf: [...younger, ...older] }
}

/** The ranges on either side, one millionth away: values have six decimals. */
function outsideOf({ min, max, unit }: { min?: string; max?: string; unit: string }) {
  const next = (decimal: string, step: bigint) => Value.toDecimal((Value.ofDecimal(decimal) + step) as Value.Value)
  return [
    ...(min === undefined ? [] : [{ max: next(min, -1n), unit }]),
    ...(max === undefined ? [] : [{ min: next(max, 1n), unit }]),
  ]
}

function distribute(formula: Positive, path: string): Disjunct[] {
  if ('predicate' in formula) return [{ threshold: 1, predicates: [formula.predicate] }]
  const children = 'allOf' in formula ? formula.allOf : 'anyOf' in formula ? formula.anyOf : formula.of
  if (children.length === 0) throw new UnsayableError({ path, reason: 'an empty list says nothing' })
  const threshold = 'allOf' in formula ? children.length : 'anyOf' in formula ? 1 : formula.atLeast
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > children.length) {
    throw new UnsayableError({ path, reason: 'atLeast must lie between 1 and the length of its list' })
  }
  if (threshold === children.length) return children.flatMap((child) => distribute(child, path))
  const predicates = children.flatMap((child) => ('predicate' in child ? [child.predicate] : []))
  const areDistinct = new Set(predicates.map(nameOf)).size === children.length
  if (areDistinct) return [{ threshold, predicates }]
  // At least t of n holds exactly when no n - t + 1 of them all fail: one alternative for each such choice.
  const choices = combinations(children, children.length - threshold + 1)
  return choices.flatMap((choice) => alternatives(choice, path))
}

/** Any of these: each pick of one clause from every child, joined. */
function alternatives(children: readonly Positive[], path: string): Disjunct[] {
  let joined: Predicate[][] = [[]]
  for (const child of children) {
    const clauses = distribute(child, path).flatMap(({ threshold, predicates }) =>
      combinations(predicates, predicates.length - threshold + 1),
    )
    joined = joined.flatMap((left) => clauses.map((right) => distinct([...left, ...right])))
    if (joined.length > mostClauses)
      throw new UnsayableError({ path, reason: 'its alternatives multiply to too many clauses' })
  }
  return joined.map((predicates) => ({ threshold: 1, predicates }))
}

/** Drops clauses that another one implies. */
function withoutImplied(clauses: readonly Disjunct[]): Disjunct[] {
  const names = clauses.map(({ predicates }) => new Set(predicates.map(nameOf)))
  return clauses.filter((clause, i) =>
    clauses.every((other, j) => {
      if (i === j || other.threshold < clause.threshold) return true
      const [own, others] = [names[i] as Set<string>, names[j] as Set<string>]
      const implied = [...others].every((name) => own.has(name))
      const same = implied && own.size === others.size && other.threshold === clause.threshold
      return !implied || (same && i < j)
    }),
  )
}

/** Two predicates are one when they read the same. */
export function nameOf(predicate: Predicate): string {
  return JSON.stringify(sorted(predicate))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function distinct(predicates: readonly Predicate[]): Predicate[] {
  return [...new Map(predicates.map((predicate) => [nameOf(predicate), predicate])).values()]
}

function combinations<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, i) => combinations(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]))
}

const mostClauses = 256

/** The policy language cannot say this, for the reason given, at this place in the file. */
export class UnsayableError extends Error {
  override readonly name = 'PolicyFormula.UnsayableError'
  readonly path: string
  readonly reason: string
  constructor({ path, reason }: Obstacle) {
    super(`This policy cannot be compiled: at ${path}, ${reason}.`)
    this.path = path
    this.reason = reason
  }
}
