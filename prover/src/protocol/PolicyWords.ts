import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as Day from './Day.ts'
import * as Hash from './Hash.ts'

/** Identifies a policy: a Poseidon chain over exactly the words it uses. Public. */
export type PolicyHash = bigint & Brand<'PolicyHash'>

/** One slot's predicate, as `PredicateWords` in circuits/lib/policy.circom reads it. */
export type Predicate = {
  /** 1 ANY, 2 LATEST, 3 NONE, 4 COUNT, 5 AVERAGE; 0 for a slot that lends its opening to the pair above. */
  readonly kind: number
  readonly windowed: boolean
  readonly fromRelative: boolean
  readonly toRelative: boolean
  readonly anyValue: boolean
  readonly age: boolean
  readonly ageLimited: boolean
  readonly category: number
  readonly system: number
  readonly codeLow: bigint
  readonly codeHigh: bigint
  /** Day + 2^17, or days before today where relative. */
  readonly from: number
  readonly to: number
  readonly valueLow: bigint
  readonly valueHigh: bigint
  /** For AVERAGE one less than the least number of attributes. */
  readonly minimumCount: number
  readonly maximumCount: number
}

/** What issuer and record must be, as `PolicyHeader` reads it. */
export type Header = {
  readonly roles: bigint
  readonly categories: bigint
  readonly systems: bigint
  readonly setsEdition: number
  readonly completeFromRelative: boolean
  readonly completeFrom: number
  readonly maximumAgeDays: number
  readonly blind: bigint
}

/** At least `threshold` of the slots in `mask` hold. */
export type Clause = { readonly threshold: number; readonly mask: number }

/** A compiled policy: all that the circuits read, and all that is hashed. */
export type Words = {
  readonly header: Header
  readonly slots: readonly Predicate[]
  readonly clauses: readonly Clause[]
}

/** A slot that uses no words of its own. */
export const unused: Predicate = {
  kind: 0,
  windowed: false,
  fromRelative: false,
  toRelative: false,
  anyValue: false,
  age: false,
  ageLimited: false,
  category: 0,
  system: 0,
  codeLow: 0n,
  codeHigh: 0n,
  from: 0,
  to: 0,
  valueLow: 0n,
  valueHigh: 0n,
  minimumCount: 0,
  maximumCount: 0,
}

/** Flags in the order the circuits take them. */
export function flagsOf(predicate: Predicate): readonly boolean[] {
  const { windowed, fromRelative, toRelative, anyValue, age, ageLimited } = predicate
  return [windowed, fromRelative, toRelative, anyValue, age, ageLimited]
}

/** Whether a slot is a COUNT or an AVERAGE, which take the slot below as well. */
export function isPair({ kind }: Predicate): boolean {
  return kind === parameters.kinds.COUNT || kind === parameters.kinds.AVERAGE
}

/**
 * The policy's hash, the same in every size of circuit: a chain from Poseidon(POLICY, version, slotCount, header,
 * clauses) over the two words of each used slot.
 * @throws {FieldTooWideError} {WordsAboutNothingError}
 */
export function hashOf(words: Words): PolicyHash {
  const { version } = parameters.policy
  const slots = words.slots.map(slotWords)
  words.slots.forEach(assertAboutSomething)
  const start = Hash.tagged(
    'POLICY',
    BigInt(version),
    BigInt(words.slots.length),
    headerWord(words.header),
    clausesWord(words.clauses),
  )
  return slots.reduce((chain, [a, b]) => Hash.chained(chain, a, b), start) as PolicyHash
}

/** blind 128 | roles 16 | categories 16 | systems 24 | setsEdition 16 | completeFromRelative 1 | completeFrom 20 | maximumAgeDays 20. */
export function headerWord(header: Header): bigint {
  return pack([
    ['blind', header.blind, 128],
    ['roles', header.roles, 16],
    ['categories', header.categories, 16],
    ['systems', header.systems, 24],
    ['setsEdition', header.setsEdition, 16],
    ['completeFromRelative', header.completeFromRelative, 1],
    ['completeFrom', header.completeFrom, 20],
    ['maximumAgeDays', header.maximumAgeDays, 20],
  ])
}

/** Clause c at bit 21 c: threshold 5 | mask 16. */
export function clausesWord(clauses: readonly Clause[]): bigint {
  if (clauses.length > parameters.policy.clauses) throw new FieldTooWideError({ field: 'clauses' })
  return clauses.reduceRight(
    (word, { threshold, mask }) =>
      (word << 21n) |
      pack([
        ['threshold', threshold, 5],
        ['mask', mask, 16],
      ]),
    0n,
  )
}

/**
 * minimumCount 13 | maximumCount 13 | kind 3 | flags 6 | category 8 | system 8 | codeLow 64 | codeHigh 64 | from 20 | to 20,
 * and valueLow 64 | valueHigh 64.
 */
export function slotWords(slot: Predicate): [wordA: bigint, wordB: bigint] {
  const wordA = pack([
    ['minimumCount', slot.minimumCount, 13],
    ['maximumCount', slot.maximumCount, 13],
    ['kind', slot.kind, 3],
    ...flagsOf(slot).map((flag) => ['flag', flag, 1] as const),
    ['category', slot.category, 8],
    ['system', slot.system, 8],
    ['codeLow', slot.codeLow, 64],
    ['codeHigh', slot.codeHigh, 64],
    ['from', slot.from, 20],
    ['to', slot.to, 20],
  ])
  const wordB = pack([
    ['valueLow', slot.valueLow, 64],
    ['valueHigh', slot.valueHigh, 64],
  ])
  return [wordA, wordB]
}

/** The key range a slot's words stand for on a day: start inclusive, end exclusive. `KeyRange` of predicate.circom. */
export function keyRange(slot: Predicate, today: Day.Day): { start: bigint; end: bigint } {
  const field = Day.toField(today)
  const at = (word: number, relative: boolean) => (relative ? field - BigInt(word) : BigInt(word))
  const first = slot.windowed ? at(slot.from, slot.fromRelative) : 0n
  const endsEarly = slot.windowed && slot.kind === parameters.kinds.ANY
  const last = endsEarly ? at(slot.to, slot.toRelative) : (1n << BigInt(parameters.day.bits)) - 1n
  const kindOfCode = (BigInt(slot.category) << 8n) | BigInt(slot.system)
  const low = (kindOfCode << 64n) | slot.codeLow
  const high = (kindOfCode << 64n) | slot.codeHigh
  return { start: (low << 32n) | (first << 12n), end: ((high << 32n) | (last << 12n)) + (1n << 12n) }
}

/** The circuits would find such a predicate true of every record; no policy's text leads to it, and no wallet hashes it. */
function assertAboutSomething({ kind, category, codeLow, codeHigh }: Predicate, slot: number): void {
  if (kind !== 0 && (category === 0 || codeLow > codeHigh)) throw new WordsAboutNothingError({ slot })
}

function pack(fields: readonly (readonly [name: string, value: bigint | number | boolean, bits: number])[]): bigint {
  return fields.reduce((word, [field, value, bits]) => {
    const number = BigInt(value)
    if (number < 0n || number >> BigInt(bits) !== 0n) throw new FieldTooWideError({ field })
    return (word << BigInt(bits)) | number
  }, 0n)
}

/** A predicate ranges over the sentinel's category 0, or over a range of codes that ends before it starts. */
export class WordsAboutNothingError extends Error {
  override readonly name = 'PolicyWords.WordsAboutNothingError'
  constructor({ slot }: { slot: number }) {
    super(`The predicate in slot ${slot} ranges over no codes.`)
  }
}

/** A field of a policy's words does not fit its bits. */
export class FieldTooWideError extends Error {
  override readonly name = 'PolicyWords.FieldTooWideError'
  constructor({ field }: { field: string }) {
    super(`Field "${field}" does not fit its bits in a policy's words.`)
  }
}
