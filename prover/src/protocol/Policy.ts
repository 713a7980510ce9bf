import type { parameters } from '../generated/parameters.ts'
import type { Category, CodeSystem } from './CodeSystem.ts'

export type Role = keyof typeof parameters.roles

/** What a recipient asks of a record: a file people can read, and the one source of words, printed text and dry run. */
export type Policy = {
  readonly medseal: 'policy/1'
  readonly name: string
  /** Where the criteria were published. */
  readonly source?: string
  /** Roles of which the issuer must have at least one. */
  readonly issuers: readonly Role[]
  readonly record: RecordRequirement
  /** 32 hexadecimal digits that hide an unlisted policy behind its hash; absent for a published one. */
  readonly blind?: string
  readonly require: Formula
}

/** What the record as a whole must be. Categories and systems needed by the predicates are derived. */
export type RecordRequirement = {
  /** Greatest age of the record's asOf, in days before today. */
  readonly maximumAgeDays: number
  /** The record must be complete since this day. Derived from windows; must be stated for absence without a window. */
  readonly completeFrom?: DayReference
  /**
   * Least edition of the value sets the record was matched against. Must be stated, and be at least each set's own, for
   * absence, counts, the latest and means over sets; derived as 1 where `any` alone uses sets.
   */
  readonly setsEdition?: number
}

/** A day, fixed or counted back from the day of the proof (0 to 131,071 days). */
export type DayReference = { readonly daysBeforeToday: number } | { readonly date: string }

/** Monotone in its predicates; `not` compiles only where it is sound. */
export type Formula =
  | { readonly allOf: readonly Formula[] }
  | { readonly anyOf: readonly Formula[] }
  | { readonly atLeast: number; readonly of: readonly Formula[] }
  | { readonly not: Formula }
  | Predicate

export type Predicate =
  /** Some attribute in the code range and window has a value in the value range. */
  | { readonly any: Codes; readonly window?: Window; readonly value?: ValueRange }
  /** The last attribute of the code within the window does. */
  | { readonly latest: Codes; readonly window?: OpenWindow; readonly value: ValueRange }
  /** No attribute lies in the code range and window. */
  | { readonly none: Codes; readonly window?: OpenWindow }
  /** How many lie there is within the count range (inclusive). */
  | {
      readonly count: Codes
      readonly window?: OpenWindow
      readonly range: { readonly min?: number; readonly max?: number }
    }
  /** Their mean is within the value range, and there are at least `minimumCount` of them. */
  | {
      readonly average: Codes
      readonly window?: OpenWindow
      readonly value: DecimalRange
      readonly minimumCount: number
    }
  /** Completed years since birth, inclusive. */
  | { readonly age: { readonly min?: number; readonly max?: number } }

/** One code, all codes with a prefix, an inclusive range, or a value set by name (`active`: facts that still hold at asOf). */
export type Codes =
  | { readonly category: Category; readonly system: CodeSystem; readonly code: string }
  | { readonly category: Category; readonly system: CodeSystem; readonly prefix: string }
  | { readonly category: Category; readonly system: CodeSystem; readonly from: string; readonly to: string }
  | { readonly category: Category; readonly set: string; readonly active?: boolean }

/** Both ends inclusive. Only `any` may end before today. */
export type Window = { readonly from?: DayReference; readonly to?: DayReference }
export type OpenWindow = { readonly from: DayReference }

export type ValueRange =
  | DecimalRange
  | { readonly code: { readonly system: CodeSystem; readonly code: string } }
  | { readonly text: string }

/** Inclusive bounds, as decimal text, in the canonical unit of the code. At least one bound. */
export type DecimalRange = { readonly min?: string; readonly max?: string; readonly unit: string }
