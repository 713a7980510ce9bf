import type { DecimalRange, Formula, Predicate } from './Policy.ts'
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
  return withoutImplied(distribute(withoutNot(formula, false, path)))
}

/** Whether a formula is a predicate rather than a connective. */
export function isPredicate(formula: Formula): formula is Predicate {
  return !('allOf' in formula || 'anyOf' in formula || 'atLeast' in formula || 'not' in formula)
}

/** Where in the file each predicate of the clauses comes from, by its name. */
export function placesOf(formula: Formula, path = 'require'): ReadonlyMap<string, string> {
  const places = new Map<string, string>()
  const visit = (positive: Positive): void => {
    if ('predicate' in positive) {
      const name = nameOf(positive.predicate)
      if (!places.has(name)) places.set(name, positive.path)
    } else childrenOf(positive).forEach(visit)
  }
  visit(withoutNot(formula, false, path))
  return places
}

/** A formula without `not`, each part with its place in the file. */
type Positive = { readonly path: string } & (
  | { readonly allOf: readonly Positive[] }
  | { readonly anyOf: readonly Positive[] }
  | { readonly atLeast: number; readonly of: readonly Positive[] }
  | { readonly predicate: Predicate }
)

function childrenOf(formula: Exclude<Positive, { readonly predicate: Predicate }>): readonly Positive[] {
  return 'allOf' in formula ? formula.allOf : 'anyOf' in formula ? formula.anyOf : formula.of
}

function withoutNot(formula: Formula, negated: boolean, path: string): Positive {
  if ('not' in formula) return withoutNot(formula.not, !negated, `${path}.not`)
  if ('allOf' in formula) {
    const children = formula.allOf.map((child, i) => withoutNot(child, negated, `${path}.allOf[${i}]`))
    return negated ? { path, anyOf: children } : { path, allOf: children }
  }
  if ('anyOf' in formula) {
    const children = formula.anyOf.map((child, i) => withoutNot(child, negated, `${path}.anyOf[${i}]`))
    return negated ? { path, allOf: children } : { path, anyOf: children }
  }
  if ('atLeast' in formula) {
    const children = formula.of.map((child, i) => withoutNot(child, negated, `${path}.of[${i}]`))
    // Not at least t of n: at least n - t + 1 of them fail.
    return { path, atLeast: negated ? formula.of.length - formula.atLeast + 1 : formula.atLeast, of: children }
  }
  return negated ? complement(formula, path) : { path, predicate: formula }
}

/** What holds when a predicate does not, where that can be proven. */
function complement(predicate: Predicate, path: string): Positive {
  const anyOf = (predicates: readonly Predicate[]): Positive => {
    if (predicates.length === 0)
      throw new UnsayableError({ path, reason: 'it always holds, so its negation never does' })
    return { path, anyOf: predicates.map((other) => ({ path, predicate: other })) }
  }
  if ('none' in predicate) {
    const { none, window } = predicate
    return { path, predicate: { any: none, ...(window && { window }) } }
  }
  if ('any' in predicate) {
    const { any, window, value } = predicate
    if (value) throw new UnsayableError({ path, reason: 'that no attribute has a value in a range cannot be proven' })
    if (window?.to) throw new UnsayableError({ path, reason: 'absence can only be proven up to today' })
    return { path, predicate: { none: any, ...(window?.from && { window: { from: window.from } }) } }
  }
  if ('latest' in predicate) {
    const { latest, window, value } = predicate
    if (!('unit' in value)) throw new UnsayableError({ path, reason: 'a coded value has no complement' })
    const outside = outsideOf(value, path).map((range) => ({ ...predicate, value: range }))
    return anyOf([...outside, { none: latest, ...(window && { window }) }])
  }
  if ('count' in predicate) {
    const { min = 0, max } = predicate.range
    const below = min > 0 ? [{ ...predicate, range: { max: min - 1 } }] : []
    const above = max === undefined ? [] : [{ ...predicate, range: { min: max + 1 } }]
    return anyOf([...below, ...above])
  }
  if ('average' in predicate) {
    const { average, window, value, minimumCount } = predicate
    const outside = outsideOf(value, path).map((range) => ({ ...predicate, value: range }))
    return anyOf([...outside, { count: average, ...(window && { window }), range: { max: minimumCount - 1 } }])
  }
  const { min = 0, max } = predicate.age
  const younger = min > 0 ? [{ age: { max: min - 1 } }] : []
  const older = max === undefined ? [] : [{ age: { min: max + 1 } }]
  return anyOf([...younger, ...older])
}

/** The ranges on either side, one millionth away: values have six decimals. */
function outsideOf({ min, max, unit }: DecimalRange, path: string): DecimalRange[] {
  const next = (decimal: string, step: bigint) => {
    try {
      return Value.toDecimal((Value.ofDecimal(decimal) + step) as Value.Value)
    } catch {
      throw new UnsayableError({ path, reason: `a bound in ${unit} is not a decimal` })
    }
  }
  return [
    ...(min === undefined ? [] : [{ max: next(min, -1n), unit }]),
    ...(max === undefined ? [] : [{ min: next(max, 1n), unit }]),
  ]
}

function distribute(formula: Positive): Disjunct[] {
  const { path } = formula
  if ('predicate' in formula) return [{ threshold: 1, predicates: [formula.predicate] }]
  const children = childrenOf(formula)
  if (children.length === 0) throw new UnsayableError({ path, reason: 'an empty list says nothing' })
  const threshold = 'allOf' in formula ? children.length : 'anyOf' in formula ? 1 : formula.atLeast
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > children.length) {
    throw new UnsayableError({ path, reason: 'atLeast must lie between 1 and the length of its list' })
  }
  if (threshold === children.length) return bounded(children.flatMap(distribute), path)
  const predicates = children.flatMap((child) => ('predicate' in child ? [child.predicate] : []))
  const areDistinct = new Set(predicates.map(nameOf)).size === children.length
  if (areDistinct) return [{ threshold, predicates }]
  // At least t of n holds exactly when no n - t + 1 of them all fail: one alternative for each such choice.
  const choices = combinations(children, children.length - threshold + 1, path)
  return bounded(
    choices.flatMap((choice) => alternatives(choice, path)),
    path,
  )
}

/** Any of these: each pick of one clause from every child, joined. */
function alternatives(children: readonly Positive[], path: string): Disjunct[] {
  let joined: Predicate[][] = [[]]
  for (const child of children) {
    const clauses = distribute(child).flatMap(({ threshold, predicates }) =>
      combinations(predicates, predicates.length - threshold + 1, path),
    )
    if (joined.length * clauses.length > mostClauses) throw new UnsayableError({ path, reason: tooManyClauses })
    joined = joined.flatMap((left) => clauses.map((right) => distinct([...left, ...right])))
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

/** Every choice of so many items, in order. Counted before it is made: there may be more than any machine holds. */
function combinations<T>(items: readonly T[], size: number, path: string): T[][] {
  let count = 1
  for (let i = 1; i <= Math.min(size, items.length - size); i++) count = (count * (items.length - i + 1)) / i
  if (count > mostClauses) throw new UnsayableError({ path, reason: tooManyClauses })
  return chosen(items, size)
}

function chosen<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return items
    .slice(0, items.length - size + 1)
    .flatMap((item, i) => chosen(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]))
}

function bounded(clauses: Disjunct[], path: string): Disjunct[] {
  if (clauses.length > mostClauses) throw new UnsayableError({ path, reason: tooManyClauses })
  return clauses
}

const mostClauses = 256
const tooManyClauses = 'its alternatives multiply to too many clauses'

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
