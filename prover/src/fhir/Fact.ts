import type * as Attribute from '../protocol/Attribute.ts'
import * as Value from '../protocol/Value.ts'
import type * as Coding from './Coding.ts'
import type * as DateTime from './DateTime.ts'
import type * as Element from './Element.ts'
import * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** What a resource that is one coded fact says, as far as its reader understood it. */
export type Fact = {
  readonly category: Omission.ReadCategory
  readonly concept: Coding.Concept | 'unresolved-reference'
  /** Why it is no fact, or may not be read as one, by its status; undefined where it is one. */
  readonly status: Omission.Reason | undefined
  /** Why it is no fact although its status says so: it states that there is none (Absence.ts). */
  readonly absence?: Omission.Reason | undefined
  readonly date: DateTime.DateTime | DateTime.Unusable
  readonly value?: Value.Value | undefined
  /** The fact ought to have a value and has none that can be used. */
  readonly bounded: boolean
  readonly active: boolean
  /** It says more of what `value` is about than could be read. */
  readonly unread?: boolean
  /** On what was read in part, besides codings. */
  readonly remarks?: readonly Omission.Remark[]
}

/**
 * The reading of such a resource: an attribute for each of its codings, or one omission.
 *
 * What hinders reading comes first, so that nothing unreadable is explained away; then what explains the absence of a
 * fact, its status and its date; only then whether its codes are known.
 * @throws {Element.WrongTypeError}
 */
export function read(resource: Element.Element, context: Resource.Context, fact: Fact): Resource.Reading {
  const { category, concept, date, value, bounded, active } = fact
  const reason = Resource.obstacle(resource, context) ?? fact.status ?? unusable(date) ?? fact.absence ?? lost(concept)
  if (reason || concept === 'unresolved-reference' || typeof date === 'string') {
    return leftOut(resource, context, { reason: reason ?? 'no-coding', category, concept })
  }
  const attributes = concept.codings.map(
    (coding): Attribute.Attribute => ({
      category,
      ...coding,
      ...date,
      value: value ?? Value.none,
      bounded,
      detail: 0n,
      active,
      ...(fact.unread && { unread: true }),
      fact: context.fact,
    }),
  )
  const remarks = [...Resource.lostCodings(context, concept), ...(fact.remarks ?? [])]
  return { attributes, taken: 1, omissions: [], remarks }
}

/** What a code of FHIR's means by a table of them; a code that is not in it, or missing, may mean anything. */
export function meaningOf<Meaning>(
  code: string | undefined,
  table: { readonly [code: string]: Meaning },
): Meaning | 'unknown-status' {
  return code !== undefined && Object.hasOwn(table, code) ? (table[code] as Meaning) : 'unknown-status'
}

function unusable(date: Fact['date']): DateTime.Unusable | undefined {
  return typeof date === 'string' ? date : undefined
}

function lost(concept: Fact['concept']): Omission.Reason | undefined {
  if (concept === 'unresolved-reference') return concept
  if (concept.codings.length > 0) return undefined
  return concept.lost.length > 0 ? 'no-known-code' : 'no-coding'
}

function leftOut(
  { path }: Element.Element,
  context: Resource.Context,
  { reason, category, concept }: { readonly reason: Omission.Reason } & Pick<Fact, 'category' | 'concept'>,
): Resource.Reading {
  if (Omission.isExplained(reason)) return Resource.leftOut(context, { path, reason })
  // Where a document says that it does not know, no code is lost: only the category is in doubt.
  const namesNothing = reason === 'no-information' || reason === 'none-relevant' || concept === 'unresolved-reference'
  return Resource.leftOut(context, {
    path,
    reason,
    spoils: Resource.spoiling(category, namesNothing ? undefined : concept),
  })
}
