/**
 * A patient, a hospital and a policy as the attacks need them: each can be changed into what the protocol's own
 * functions refuse to make, and then be committed to and signed again, so that only the rule under attack stands in
 * the way.
 */
import { parameters } from '../../prover/src/generated/parameters.ts'
import type * as Attribute from '../../prover/src/protocol/Attribute.ts'
import * as CodeSystem from '../../prover/src/protocol/CodeSystem.ts'
import type { Context } from '../../prover/src/protocol/Context.ts'
import * as Credential from '../../prover/src/protocol/Credential.ts'
import * as Day from '../../prover/src/protocol/Day.ts'
import * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import * as Hash from '../../prover/src/protocol/Hash.ts'
import * as Holder from '../../prover/src/protocol/Holder.ts'
import * as Issuer from '../../prover/src/protocol/Issuer.ts'
import * as PolicyWords from '../../prover/src/protocol/PolicyWords.ts'
import * as Record from '../../prover/src/protocol/Record.ts'
import type { Scope } from '../../prover/src/protocol/Scope.ts'
import * as StatusList from '../../prover/src/protocol/StatusList.ts'
import * as Tree from '../../prover/src/protocol/Tree.ts'
import * as Value from '../../prover/src/protocol/Value.ts'
import * as Forge from './forge.ts'

export const today = Day.parse('2026-11-15')
export const signingKey = new Uint8Array(32).fill(7) as Issuer.SigningKey
export const secret = 0x5ec2e7n as Holder.HolderSecret
const { kinds, categories, systems } = parameters

/** A day so many days before (or, negative, after) today. */
export const daysAgo = (days: number) => (today - days) as Day.Day

/** LOINC 4548-4, haemoglobin A1c. */
export const hba1c = CodeSystem.encode('LOINC', '4548-4')
/** LOINC 21112-8, birth date. */
export const birthDate = BigInt(parameters.birthDate.code)
export const percent = (text: string) => Value.ofDecimal(text)
export const icd = (code: string) => CodeSystem.encode('ICD-10-CM', code)

/** A haemoglobin A1c of 7 % today, unless told. */
export function attribute(change: Partial<Attribute.Attribute> = {}): Attribute.Attribute {
  return {
    category: 'observation',
    system: 'LOINC',
    code: hba1c,
    day: today,
    partialDay: false,
    value: percent('7'),
    bounded: false,
    detail: 0n,
    active: true,
    fact: `${change.code}/${change.day}`,
    time: '',
    ...change,
  }
}

export function birth(date: string, change: Partial<Attribute.Attribute> = {}): Attribute.Attribute {
  const value = Value.ofDate(Day.parse(date))
  return attribute({ category: 'demographic', code: birthDate as CodeSystem.CodeNumber, value, ...change })
}

export function condition(code: string, change: Partial<Attribute.Attribute> = {}): Attribute.Attribute {
  return attribute({ category: 'condition', system: 'ICD-10-CM', code: icd(code), value: 0n as Value.Value, ...change })
}

/** A predicate about haemoglobin A1c that any value and any number of them meet, unless told. */
export function predicate(
  kind: keyof typeof kinds | 'BOUNDARY',
  change: Partial<PolicyWords.Predicate> = {},
): PolicyWords.Predicate {
  if (kind === 'BOUNDARY') return { ...PolicyWords.unused, ...change }
  return {
    ...PolicyWords.unused,
    kind: kinds[kind],
    category: categories.observation,
    system: systems.LOINC.number,
    codeLow: hba1c,
    codeHigh: hba1c,
    valueLow: Value.lowest,
    valueHigh: Value.highest,
    maximumCount: 4095,
    ...change,
  }
}

/** Where conditions of ICD-10-CM lie, as words. */
export function conditions(from: string, to = from) {
  const [low, high] = [CodeSystem.prefixed('ICD-10-CM', from).low, CodeSystem.prefixed('ICD-10-CM', to).high]
  return { category: categories.condition, system: systems['ICD-10-CM'].number, codeLow: low, codeHigh: high }
}

/** Completed years, as `PolicyPredicate` words them. */
export function age({ min = 0, max }: { min?: number; max?: number }): PolicyWords.Predicate {
  return predicate('ANY', {
    age: true,
    ageLimited: max !== undefined,
    category: categories.demographic,
    codeLow: birthDate,
    codeHigh: birthDate,
    valueLow: max === undefined ? BigInt(parameters.birthDate.earliest) : BigInt((max + 1) * 10_000 - 1),
    valueHigh: BigInt(min * 10_000),
    maximumCount: 0,
  })
}

/** A policy over slots: each that is no boundary in a clause of its own, unless told. Complete for all it could need. */
export function policy(
  slots: readonly PolicyWords.Predicate[],
  change: { clauses?: readonly PolicyWords.Clause[]; header?: Partial<PolicyWords.Header> } = {},
): { readonly words: PolicyWords.Words } {
  const clauses = slots.flatMap(({ kind }, i) => (kind === 0 ? [] : [{ threshold: 1, mask: 1 << i }]))
  return { words: { header: { ...header, ...change.header }, slots, clauses: change.clauses ?? clauses } }
}

const header: PolicyWords.Header = {
  roles: 1n << BigInt(parameters.roles.hospital),
  categories: 0b1110n,
  systems: (1n << 2n) | (1n << 4n),
  setsEdition: 1,
  completeFromRelative: true,
  completeFrom: 4000,
  maximumAgeDays: 30,
  blind: 0n,
}

export type Scene = {
  readonly policy: { readonly words: PolicyWords.Words }
  readonly attributes: readonly Attribute.Attribute[]
  readonly statement?: Partial<Omit<Credential.Statement, 'holder' | 'recordRoot'>>
  readonly today?: Day.Day
  readonly salt?: () => bigint
  readonly scope?: bigint
  readonly context?: bigint
  /** Leaves of the issuer tree before the hospital's. */
  readonly neighbours?: readonly bigint[]
}

export const complete: Credential.Completeness = {
  categories: ['demographic', 'condition', 'observation'],
  systems: ['LOINC', 'ICD-10-CM', CodeSystem.everSet, CodeSystem.activeSet],
  setsEdition: 3,
  since: Day.parse('2000-01-01'),
}

/** All that a proof is made from. Leaves may be dated after the credential's asOf, as no honest issuer would sign. */
export function scene(options: Scene): Eligibility.Case {
  const now = options.today ?? today
  const issuer: Issuer.Issuer = {
    publicKey: Issuer.publicKeyOf(signingKey),
    roles: ['hospital', 'doctor'],
    validUntil: (now + 365) as Day.Day,
  }
  const record = Record.build(options.attributes, {
    asOf: Day.latest,
    ...(options.salt === undefined ? {} : { salt: options.salt }),
  })
  const credential = Credential.issue(signingKey, {
    holder: Holder.at(secret, Issuer.idOf(issuer.publicKey)),
    recordRoot: Record.root(record),
    leafCount: record.leaves.length,
    complete,
    asOf: now,
    expires: (now + 30) as Day.Day,
    statusIndex: StatusList.indexAt(2, 5),
    ...options.statement,
  })
  const position = credential.statusIndex >> 8
  const words = Array.from({ length: position + 2 }, (_, i) => (i === position ? 0n : 1n << BigInt(i)))
  const status = Tree.build(words)
  const neighbours = options.neighbours ?? [11n]
  const leaf = Issuer.toLeaf(issuer, Tree.root(status) as StatusList.StatusRoot)
  const issuers = Tree.build([...neighbours, leaf, 13n])
  return {
    policy: options.policy,
    record,
    credential,
    secret,
    issuer,
    issuerPath: Tree.open(issuers, neighbours.length),
    status: { word: 0n, path: Tree.open(status, position) },
    scope: (options.scope ?? 0x5c0fen) as Scope,
    today: now,
    context: (options.context ?? 0xc0417e87n) as Context,
  }
}

/** An input that can be changed signal by signal. */
export type Input = Record<string, Forge.Numbers>

export function toInput(subject: Eligibility.Case, circuit: Eligibility.Circuit, change: Input = {}): Input {
  return { ...(Eligibility.toCircuitInput(subject, { circuit }) as Input), ...change }
}

/** The input with other leaves of the record opened in some slots. */
export function opening(input: Input, { record }: Eligibility.Case, leaves: Readonly<Record<number, number>>): Input {
  const changed = { ...input }
  for (const [slot, index] of Object.entries(leaves)) {
    const leaf = Record.leafAt(record, index)
    const signals: Input = {
      leafKey: leaf.key,
      leafValue: leaf.value,
      leafNextKey: leaf.nextKey,
      leafRunningSum: leaf.runningSum,
      leafDetail: leaf.detail,
      leafSalt: leaf.salt,
      leafIndex: BigInt(index),
      leafChildren: Tree.open(record.tree, index).children,
    }
    for (const [name, value] of Object.entries(signals)) {
      changed[name] = (changed[name] as readonly Forge.Numbers[]).with(Number(slot), value)
    }
  }
  return changed
}

/** Which leaf of the record has this key's day and code. */
export function indexOf({ record }: Eligibility.Case, code: bigint, day: Day.Day): number {
  const found = record.leaves.findIndex(
    ({ key }) => ((key >> 32n) & ((1n << 64n) - 1n)) === code && ((key >> 12n) & 0xfffffn) === Day.toField(day),
  )
  if (found < 0) throw new Error('The record has no such leaf.')
  return found
}

/** The input with one element of a list signal changed. */
export function at(input: Input, name: string, index: number, value: Forge.Numbers): Input {
  return { ...input, [name]: (input[name] as readonly Forge.Numbers[]).with(index, value) }
}

/**
 * Commits to everything an input says, whatever it says, as an issuer in league with the patient would: the opened
 * leaf into the record (of a circuit of one slot), the status word into the list, all of it signed, the issuer into
 * the tree, the days into the occasion. What breaks after that breaks by itself.
 */
export function committed(input: Input): Input {
  const one = (name: string) => Forge.modulo(input[name] as bigint)
  const changed = { ...input }
  if ((input.leafKey as readonly bigint[]).length === 1) {
    const [index = 0n] = input.leafIndex as readonly bigint[]
    const [children = []] = input.leafChildren as readonly bigint[][][]
    const record = rising(recordLeafOf(input), Forge.modulo(index), children)
    changed.leafChildren = [record.children]
    changed.recordRoot = record.root
  }
  const status = rising(one('statusWord'), one('statusIndex') >> 8n, input.statusChildren as bigint[][])
  changed.statusChildren = status.children
  return enlisted(signed(changed), status.root)
}

/** Signs what an input says, and lets the contract say its scope and days. */
export function signed(input: Input): Input {
  const one = (name: string) => Forge.modulo(input[name] as bigint)
  const day = (one('scope') * (1n << 27n) + one('date')) * (1n << 20n) + one('today')
  const { r8, s } = Issuer.sign(signingKey, messageOf(input))
  return { ...input, occasion: Forge.modulo(day * (1n << 40n)), signatureR8: [...r8], signatureS: s }
}

/** Puts the input's issuer, with this status list, into the tree of issuers. */
export function enlisted(input: Input, statusRoot: bigint): Input {
  const children = rising(
    issuerLeafOf(input, statusRoot),
    input.issuerPosition as bigint,
    input.issuerChildren as bigint[][],
  )
  return { ...input, issuerChildren: children.children }
}

export function issuerLeafOf(input: Input, statusRoot: bigint): bigint {
  const one = (name: string) => Forge.modulo(input[name] as bigint)
  const [x, y] = (input.issuerKey as readonly bigint[]).map(Forge.modulo) as [bigint, bigint]
  const packed = Forge.modulo(one('issuerRoles') * (1n << 20n) + one('issuerValidUntil'))
  return Hash.tagged('ISSUER_LEAF', Hash.tagged('ISSUER', x, y), packed, statusRoot)
}

/** Hash of the leaf an input opens in a slot. */
export function recordLeafOf(input: Input, slot = 0): bigint {
  const fields = ['leafKey', 'leafValue', 'leafNextKey', 'leafRunningSum', 'leafDetail', 'leafSalt'] as const
  return Hash.tagged(
    'RECORD_LEAF',
    ...fields.map((name) => Forge.modulo((input[name] as readonly bigint[])[slot] as bigint)),
  )
}

/** What the issuer signs of an input. */
export function messageOf(input: Input): bigint {
  const one = (name: string) => Forge.modulo(input[name] as bigint)
  const [x, y] = (input.issuerKey as readonly bigint[]).map(Forge.modulo) as [bigint, bigint]
  const holder = Hash.tagged('HOLDER', one('holderSecret'), Hash.tagged('ISSUER', x, y))
  const complete = Forge.modulo(
    (one('completeCategories') * (1n << 24n) + one('completeSystems')) * (1n << 16n) + one('setsEdition'),
  )
  const dates = ['completeSince', 'asOf', 'expires', 'statusIndex'].map(one)
  return Hash.tagged('CREDENTIAL', holder, one('recordRoot'), one('leafCount'), complete, ...dates)
}

/** A path that starts at a leaf at a position, by its lowest twelve bits, among the given other children. */
export function rising(leaf: bigint, position: bigint, children: readonly (readonly bigint[])[]) {
  let node = leaf
  const path = children.map((four, level) => {
    const own = four.with(Number((position >> BigInt(2 * level)) & 3n), node)
    node = Hash.node(own)
    return own
  })
  return { root: node, children: path }
}
