import { parameters } from '../generated/parameters.ts'
import * as Attribute from './Attribute.ts'
import type { Brand } from './Brand.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'
import * as Hash from './Hash.ts'
import * as Random from './Random.ts'
import * as Tree from './Tree.ts'
import * as Value from './Value.ts'

/** One attribute as the record commits to it. Secret: a leaf's hash alone hides it, by its salt. */
export type Leaf = {
  readonly key: Attribute.Key
  readonly value: Value.Value
  /** Key of the next leaf; of the last, 2^112 - 1. It is what proves absence. */
  readonly nextKey: Attribute.Key
  /** Sum of the values of this category, system and code up to here, plus 2^76 for each marked attribute. */
  readonly runningSum: bigint
  readonly detail: bigint
  /** 248 random bits: a diagnosis code is guessable, its bare hash is the diagnosis. */
  readonly salt: bigint
}

/** All attributes of one patient that one issuer holds, sorted by key behind a sentinel of key 0. Secret. */
export type Record = { readonly leaves: readonly Leaf[] }

/** Root of a record's tree. Known to patient and issuer; salted, so it tells nothing. */
export type RecordRoot = bigint & Brand<'RecordRoot'>

/** A record with its tree, ready to be opened. */
export type OpenRecord = Record & { readonly tree: Tree.Tree }

const mark = 1n << BigInt(parameters.runningSum.markBit)

/**
 * The record of these attributes (those of value sets included).
 * @param asOf The record's day; an attribute dated after it is refused.
 * @throws {DatedAfterAsOfError} {Attribute.TooManyOnOneDayError} {Tree.TooManyLeavesError}
 */
export function build(
  attributes: readonly Attribute.Attribute[],
  { asOf, salt = Random.salt }: { asOf: Day.Day; salt?: () => bigint },
): OpenRecord {
  if (attributes.length + 1 > Tree.capacity) throw new Tree.TooManyLeavesError()
  const keyed = sortedByKey(attributes)
  const sentinel = { key: Attribute.lowestKey, value: Value.none, detail: 0n }
  const facts = [sentinel, ...keyed.map(({ key, attribute: { value, detail } }) => ({ key, value, detail }))]
  let sum = 0n
  const leaves = facts.map((fact, i): Leaf => {
    sum = runningSum(fact, facts[i - 1], sum)
    return { ...fact, nextKey: facts[i + 1]?.key ?? Attribute.highestKey, runningSum: sum, salt: salt() }
  })
  for (const leaf of leaves) assertNotAfter(leaf, asOf)
  return open({ leaves })
}

/** The record with its tree. */
export function open(record: Record): OpenRecord {
  return { leaves: record.leaves, tree: Tree.build(Hash.taggedEach('RECORD_LEAF', record.leaves.map(inputsOf))) }
}

export function root(record: OpenRecord): RecordRoot {
  return Tree.root(record.tree) as RecordRoot
}

/** Poseidon(RECORD_LEAF, key, value, nextKey, runningSum, detail, salt). */
export function hashOf(leaf: Leaf): bigint {
  return Hash.tagged('RECORD_LEAF', ...inputsOf(leaf))
}

function inputsOf({ key, value, nextKey, runningSum, detail, salt }: Leaf): readonly bigint[] {
  return [key, value, nextKey, runningSum, detail, salt]
}

/**
 * What a wallet checks on receipt, before it relies on a record: rebuilt from its leaves it is what an honest issuer
 * would have built. The rule broken and the leaf's place are named, never what the leaf says.
 * @throws {MalformedRecordError} {Tree.TooManyLeavesError}
 */
export function check(record: Record, { asOf }: { asOf: Day.Day }): OpenRecord {
  const { leaves } = record
  if (leaves.length > Tree.capacity) throw new Tree.TooManyLeavesError()
  if (leaves[0]?.key !== Attribute.lowestKey) throw new MalformedRecordError({ rule: 'sentinel-first', index: 0 })
  const salts = new Set<bigint>()
  let sum = 0n
  for (const [index, leaf] of leaves.entries()) {
    const refuse = (rule: MalformedRecordRule) => {
      throw new MalformedRecordError({ rule, index })
    }
    sum = runningSum(leaf, leaves[index - 1], sum)
    if (leaf.key >= leaf.nextKey) refuse('keys-rise')
    if (leaf.nextKey !== (leaves[index + 1]?.key ?? Attribute.highestKey)) refuse('next-key')
    if (leaf.value < Value.lowest || leaf.value > Value.highest) refuse('value-range')
    if (leaf.runningSum !== sum) refuse('running-sum')
    if (leaf.salt < 1n << 100n || salts.has(leaf.salt)) refuse('salt')
    if (index > 0 && !isKnownKey(leaf.key)) refuse('key-fields')
    if (isAfter(leaf, asOf)) refuse('after-as-of')
    salts.add(leaf.salt)
  }
  return open(record)
}

/** The last leaf whose key is below `key`. There always is one, for keys above the sentinel's 0. */
export function indexBelow(record: Record, key: bigint): number {
  let low = 0
  let high = record.leaves.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((record.leaves[middle]?.key ?? Attribute.highestKey) < key) low = middle
    else high = middle - 1
  }
  return low
}

/** @throws {MalformedRecordError} when the record has no such leaf. */
export function leafAt(record: Record, index: number): Leaf {
  const leaf = record.leaves[index]
  if (!leaf) throw new MalformedRecordError({ rule: 'no-such-leaf', index })
  return leaf
}

function sortedByKey(attributes: readonly Attribute.Attribute[]) {
  const ordered = [...attributes].sort((a, b) => compare(a.time, b.time) || compare(a.fact, b.fact))
  const ranks = new Map<Attribute.Key, number>()
  const keyed = ordered.map((attribute) => {
    const place = Attribute.toKey({ ...attribute, partialDay: false, bounded: false }, 0)
    const rank = ranks.get(place) ?? 0
    ranks.set(place, rank + 1)
    return { key: Attribute.toKey(attribute, rank), attribute }
  })
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function runningSum(
  fact: Pick<Leaf, 'key' | 'value'>,
  previous: Pick<Leaf, 'key'> | undefined,
  sumSoFar: bigint,
): bigint {
  const sameCode = previous !== undefined && previous.key >> 32n === fact.key >> 32n
  const { partialDay, bounded } = Attribute.fieldsOf(fact.key)
  return (sameCode ? sumSoFar : 0n) + fact.value + (partialDay || bounded ? mark : 0n)
}

function isKnownKey(key: Attribute.Key): boolean {
  const { category, system, dayField } = Attribute.fieldsOf(key)
  const isDemographic = category === parameters.categories.demographic
  return (
    CodeSystem.categoryFromNumber(category) !== undefined &&
    CodeSystem.fromNumber(system) !== undefined &&
    isDemographic === (dayField === 0n)
  )
}

function isAfter({ key }: Leaf, asOf: Day.Day): boolean {
  return Attribute.fieldsOf(key).dayField > Day.toField(asOf)
}

function assertNotAfter(leaf: Leaf, asOf: Day.Day): void {
  if (isAfter(leaf, asOf)) throw new DatedAfterAsOfError()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export type MalformedRecordRule =
  | 'sentinel-first'
  | 'keys-rise'
  | 'next-key'
  | 'value-range'
  | 'running-sum'
  | 'salt'
  | 'key-fields'
  | 'after-as-of'
  | 'no-such-leaf'

/** An attribute is dated after the record's own day. */
export class DatedAfterAsOfError extends Error {
  override readonly name = 'Record.DatedAfterAsOfError'
  constructor() {
    super('An attribute is dated after the day the record is as of.')
  }
}

/** A received record is not what an honest issuer builds. */
export class MalformedRecordError extends Error {
  override readonly name = 'Record.MalformedRecordError'
  readonly rule: MalformedRecordRule
  readonly index: number
  constructor({ rule, index }: { rule: MalformedRecordRule; index: number }) {
    super(`The record breaks the rule "${rule}" at leaf ${index}.`)
    this.rule = rule
    this.index = index
  }
}
