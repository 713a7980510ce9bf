import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'
import type { Value } from './Value.ts'

/** One coded medical fact, from one FHIR resource or component. Secret: it stays with issuer and patient. */
export type Attribute = {
  readonly category: CodeSystem.Category
  readonly system: CodeSystem.CodeSystem
  readonly code: CodeSystem.CodeNumber
  /** Day as written where it happened; for a partial date its last possible day, at most the record's asOf. */
  readonly day: Day.Day
  /** The date was written as a month or a year, or not at all. */
  readonly partialDay: boolean
  readonly value: Value
  /** The value is missing, unusable or a bound ("<0.5"): it fails every value range but the full one. */
  readonly bounded: boolean
  /** Opened by some circuits only; 0 where there is nothing to open. */
  readonly detail: bigint
  /** The fact still holds as of the record's date: an active condition, a current prescription. Not part of the leaf. */
  readonly active: boolean
  /**
   * It has an answer or a reason besides `value` that could not be read: a value set that asks for one may hold it.
   * Not part of the leaf.
   */
  readonly unread?: true
  /** Which fact this is: resource id, `#` and component for a component. One fact in two systems counts once in a set. */
  readonly fact: string
  /** Time of day as written ("14:05:00+02:00"), empty where none was. Orders attributes of one code within a day. */
  readonly time: string
}

/** 112 bits: category 8 | system 8 | code 64 | day 20 | rank 10 | partialDay 1 | bounded 1. The record sorts by it. */
export type Key = bigint & Brand<'Key'>

/** Key of the sentinel that opens every record, and the nextKey of its last leaf. */
export const lowestKey = 0n as Key
export const highestKey = ((1n << 112n) - 1n) as Key

/** Most attributes of one code that one day can hold. */
export const ranksPerDay = 1 << parameters.key.rank

/**
 * The attribute's key.
 * @param rank Place among the attributes of the same category, system, code and day, from 0.
 * @throws {TooManyOnOneDayError} from rank 1,024 on.
 */
export function toKey(attribute: Attribute, rank: number): Key {
  if (rank >= ranksPerDay) throw new TooManyOnOneDayError({ category: attribute.category })
  const sequence = (BigInt(rank) << 2n) | (attribute.partialDay ? 2n : 0n) | (attribute.bounded ? 1n : 0n)
  return ((prefixOf(attribute.category, attribute.system, attribute.code) << 32n) |
    (dayFieldOf(attribute) << 12n) |
    sequence) as Key
}

/** The upper 80 bits of a key: category, system and code. */
export function prefixOf(category: CodeSystem.Category, system: CodeSystem.CodeSystem, code: bigint): bigint {
  return (BigInt(CodeSystem.categoryNumber(category)) << 72n) | (BigInt(CodeSystem.numberOf(system)) << 64n) | code
}

/** The key's fields, each within its width. */
export function fieldsOf(key: Key) {
  return {
    category: Number(key >> 104n),
    system: Number((key >> 96n) & 0xffn),
    code: ((key >> 32n) & ((1n << 64n) - 1n)) as CodeSystem.CodeNumber,
    prefix: key >> 32n,
    dayField: (key >> 12n) & 0xfffffn,
    rank: Number((key >> 2n) & 0x3ffn),
    partialDay: (key & 2n) !== 0n,
    bounded: (key & 1n) !== 0n,
  }
}

/** Demographics have no day of their own and sit on field 0, before every dated attribute. */
function dayFieldOf(attribute: Attribute): bigint {
  return attribute.category === 'demographic' ? 0n : Day.toField(attribute.day)
}

/** More attributes of one code fall on one day than ranks exist. */
export class TooManyOnOneDayError extends Error {
  override readonly name = 'Attribute.TooManyOnOneDayError'
  constructor({ category }: { category: CodeSystem.Category }) {
    super(`More than ${ranksPerDay} attributes of one code on one day (category ${category}).`)
  }
}
