import { eligibilitySizes } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import type { Context } from './Context.ts'
import * as Credential from './Credential.ts'
import * as Day from './Day.ts'
import * as DryRun from './DryRun.ts'
import * as Hash from './Hash.ts'
import type { HolderSecret } from './Holder.ts'
import * as Issuer from './Issuer.ts'
import * as Occasion from './Occasion.ts'
import type * as PolicyCompiler from './PolicyCompiler.ts'
import * as PolicyWords from './PolicyWords.ts'
import * as Record from './Record.ts'
import type { Scope } from './Scope.ts'
import * as Tree from './Tree.ts'

/** The mark of one use in one scope. Public. */
export type Nullifier = bigint & Brand<'Nullifier'>

/** Circuits of the family, smallest first. */
export type Circuit = (typeof eligibilitySizes)[number]['circuit']

/** Poseidon(ELIGIBILITY, secret, scope): equal for equal (secret, scope), and for nothing else. */
export function nullifierOf(secret: HolderSecret, scope: Scope): Nullifier {
  return Hash.tagged('ELIGIBILITY', secret, scope) as Nullifier
}

/** All that a proof of eligibility is made from. Secret but for scope, today and context. */
export type Case = {
  readonly policy: Pick<PolicyCompiler.Compiled, 'words'>
  readonly record: Record.OpenRecord
  readonly credential: Credential.Credential
  readonly secret: HolderSecret
  /** The issuer as the tree of valid issuers has it, and where. */
  readonly issuer: Issuer.Issuer
  readonly issuerPath: Tree.Path
  /** The word of the issuer's status list with the credential's bit, and where. */
  readonly status: { readonly word: bigint; readonly path: Tree.Path }
  readonly scope: Scope
  readonly today: Day.Day
  readonly context: Context
}

/** Input of a circuit: numbers and nested lists of numbers, by signal name. */
export type CircuitInput = { readonly [signal: string]: Numbers }
type Numbers = bigint | readonly Numbers[]

/**
 * The smallest circuit the policy fits.
 * @throws {TooLargeError} when even the largest is too small.
 */
export function circuitFor({ slots, clauses }: PolicyWords.Words): Circuit {
  const size = eligibilitySizes.find(
    (s) => slots.length <= s.slots && clauses.length <= s.clauses && fitsPairs(s.slots),
  )
  if (!size) throw new TooLargeError()
  return size.circuit

  function fitsPairs(most: number): boolean {
    return most > 1 || !slots.some(PolicyWords.isPair)
  }
}

/** Signals of `circuits/eligibility.circom`, for the openings the dry run chose. */
export function toCircuitInput(
  subject: Case,
  { circuit = circuitFor(subject.policy.words) }: { circuit?: Circuit } = {},
): CircuitInput {
  const { words } = subject.policy
  const size = eligibilitySizes.find((s) => s.circuit === circuit)
  if (!size || words.slots.length > size.slots || words.clauses.length > size.clauses) throw new TooLargeError()
  const findings = DryRun.run(subject.policy, { ...subject, issuerRoles: subject.issuer.roles }).slots
  return {
    context: subject.context,
    occasion: Occasion.of(subject.scope, subject.today),
    scope: subject.scope,
    date: BigInt(Day.toDateNumber(subject.today)),
    today: Day.toField(subject.today),
    holderSecret: subject.secret,
    ...credentialSignals(subject),
    ...policySignals(words, size),
    ...openingSignals(
      subject.record,
      Array.from({ length: size.slots }, (_, i) => findings[i]?.leaf ?? 0),
    ),
  }
}

/** What the dry run says of the same case. */
export function dryRun(subject: Case): DryRun.Outcome {
  return DryRun.run(subject.policy, { ...subject, issuerRoles: subject.issuer.roles })
}

function credentialSignals({ credential, issuer, issuerPath, status }: Case): CircuitInput {
  const complete = Credential.completenessFields(credential.complete)
  return {
    issuerKey: [credential.issuer[0], credential.issuer[1]],
    issuerRoles: Issuer.rolesMask(issuer.roles),
    issuerValidUntil: Day.toField(issuer.validUntil),
    issuerPosition: BigInt(issuerPath.index),
    issuerChildren: issuerPath.children,
    recordRoot: credential.recordRoot,
    leafCount: BigInt(credential.leafCount),
    completeCategories: complete.categories,
    completeSystems: complete.systems,
    setsEdition: complete.setsEdition,
    completeSince: Day.toField(credential.complete.since),
    asOf: Day.toField(credential.asOf),
    expires: Day.toField(credential.expires),
    statusIndex: BigInt(credential.statusIndex),
    signatureR8: [...credential.signature.r8],
    signatureS: credential.signature.s,
    statusWord: status.word,
    statusChildren: status.path.children,
  }
}

function policySignals(words: PolicyWords.Words, size: { slots: number; clauses: number }): CircuitInput {
  const { header } = words
  const slots = Array.from({ length: size.slots }, (_, i) => words.slots[i] ?? PolicyWords.unused)
  const clauses = Array.from({ length: size.clauses }, (_, i) => words.clauses[i] ?? { threshold: 0, mask: 0 })
  const each = (read: (slot: PolicyWords.Predicate) => bigint | number) => slots.map((slot) => BigInt(read(slot)))
  return {
    slotUsed: slots.map((_, i) => (i < words.slots.length ? 1n : 0n)),
    policyRoles: header.roles,
    policyCategories: header.categories,
    policySystems: header.systems,
    policySetsEdition: BigInt(header.setsEdition),
    policyCompleteFromRelative: header.completeFromRelative ? 1n : 0n,
    policyCompleteFrom: BigInt(header.completeFrom),
    policyMaximumAgeDays: BigInt(header.maximumAgeDays),
    policyBlind: header.blind,
    predicateKind: each((slot) => slot.kind),
    predicateFlags: slots.map((slot) => PolicyWords.flagsOf(slot).map((flag) => (flag ? 1n : 0n))),
    predicateCategory: each((slot) => slot.category),
    predicateSystem: each((slot) => slot.system),
    predicateCodeLow: each((slot) => slot.codeLow),
    predicateCodeHigh: each((slot) => slot.codeHigh),
    predicateFrom: each((slot) => slot.from),
    predicateTo: each((slot) => slot.to),
    predicateValueLow: each((slot) => slot.valueLow),
    predicateValueHigh: each((slot) => slot.valueHigh),
    predicateMinimumCount: each((slot) => slot.minimumCount),
    predicateMaximumCount: each((slot) => slot.maximumCount),
    clauseThreshold: clauses.map(({ threshold }) => BigInt(threshold)),
    clauseMask: clauses.map(({ mask }) => BigInt(mask)),
  }
}

function openingSignals(record: Record.OpenRecord, indexes: readonly number[]): CircuitInput {
  const leaves = indexes.map((index) => Record.leafAt(record, index))
  return {
    leafKey: leaves.map((leaf) => leaf.key),
    leafValue: leaves.map((leaf) => leaf.value),
    leafNextKey: leaves.map((leaf) => leaf.nextKey),
    leafRunningSum: leaves.map((leaf) => leaf.runningSum),
    leafDetail: leaves.map((leaf) => leaf.detail),
    leafSalt: leaves.map((leaf) => leaf.salt),
    leafIndex: indexes.map(BigInt),
    leafChildren: indexes.map((index) => Tree.open(record.tree, index).children),
  }
}

/** The policy takes more slots or clauses than the circuit has. */
export class TooLargeError extends Error {
  override readonly name = 'Eligibility.TooLargeError'
  constructor() {
    super('The policy takes more slots or clauses than this circuit has.')
  }
}
