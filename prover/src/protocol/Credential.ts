import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'
import * as Hash from './Hash.ts'
import * as Holder from './Holder.ts'
import * as Issuer from './Issuer.ts'
import * as OpenRecord from './Record.ts'
import type { StatusIndex } from './StatusList.ts'

/** What the issuer left nothing out of, for this patient, up to asOf. */
export type Completeness = {
  readonly categories: readonly CodeSystem.Category[]
  /** Those from 32 on share one bit, signed only when it holds for all of them. */
  readonly systems: readonly CodeSystem.CodeSystem[]
  /** Edition of the value sets every attribute of the signed categories was matched against; 0 for none. */
  readonly setsEdition: number
  readonly since: Day.Day
}

/** An issuer's signature over a record root, bound to a holder. Secret: with the record it is the medical file. */
export type Credential = {
  readonly issuer: Issuer.PublicKey
  readonly holder: Holder.Holder
  readonly recordRoot: OpenRecord.RecordRoot
  readonly leafCount: number
  readonly complete: Completeness
  readonly asOf: Day.Day
  /** Last day on which it can be used. */
  readonly expires: Day.Day
  readonly statusIndex: StatusIndex
  readonly signature: Issuer.Signature
}

/** What the issuer signs: Poseidon(CREDENTIAL, holder, recordRoot, leafCount, complete, completeSince, asOf, expires, statusIndex). */
export type CredentialHash = bigint & Brand<'CredentialHash'>

export type Statement = Omit<Credential, 'signature' | 'issuer'>

/**
 * Signs a record for a holder.
 * @throws {InvalidStatementError} when dates or completeness contradict each other.
 */
export function issue(signingKey: Issuer.SigningKey, statement: Statement): Credential {
  assertConsistent(statement)
  return {
    ...statement,
    issuer: Issuer.publicKeyOf(signingKey),
    signature: Issuer.sign(signingKey, hashOf(statement)),
  }
}

export type Refusal =
  | 'issuer-key'
  | 'signature'
  | 'not-this-holder'
  | 'not-this-record'
  | 'statement'
  | 'from-the-future'
  | 'expired'

/**
 * What a wallet checks on receipt: that this credential, about this record, is for it, and is the issuer's.
 * @param today The wallet's own day.
 */
export function check(
  credential: Credential,
  { record, secret, today }: { record: OpenRecord.OpenRecord; secret: Holder.HolderSecret; today: Day.Day },
): { readonly valid: true } | { readonly valid: false; readonly reason: Refusal } {
  const reason = ((): Refusal | undefined => {
    try {
      Issuer.parsePublicKey(credential.issuer)
    } catch {
      return 'issuer-key'
    }
    if (!isConsistent(credential)) return 'statement'
    if (!Issuer.verify(credential.issuer, hashOf(credential), credential.signature)) return 'signature'
    if (Holder.at(secret, Issuer.idOf(credential.issuer)) !== credential.holder) return 'not-this-holder'
    const isItsRecord =
      OpenRecord.root(record) === credential.recordRoot && record.leaves.length === credential.leafCount
    if (!isItsRecord) return 'not-this-record'
    if (credential.asOf > today + 1) return 'from-the-future'
    if (credential.expires < today) return 'expired'
    return undefined
  })()
  return reason === undefined ? { valid: true } : { valid: false, reason }
}

export function hashOf(statement: Statement): CredentialHash {
  return Hash.tagged(
    'CREDENTIAL',
    statement.holder,
    statement.recordRoot,
    BigInt(statement.leafCount),
    packCompleteness(statement.complete),
    Day.toField(statement.complete.since),
    Day.toField(statement.asOf),
    Day.toField(statement.expires),
    BigInt(statement.statusIndex),
  ) as CredentialHash
}

/** categories 16 | systems 24 | setsEdition 16. */
export function packCompleteness(complete: Completeness): bigint {
  const { categories, systems, setsEdition } = completenessFields(complete)
  const widths = parameters.completeness
  return (((categories << BigInt(widths.systems)) | systems) << BigInt(widths.setsEdition)) | setsEdition
}

/** The three fields, as bits: bit i is category or system i; bit 23 of systems stands for every system from 32 on. */
export function completenessFields(complete: Completeness) {
  const { setsEdition } = complete
  if (!Number.isInteger(setsEdition) || setsEdition < 0 || setsEdition >> parameters.completeness.setsEdition !== 0) {
    throw new InvalidStatementError({ rule: 'sets-edition' })
  }
  return {
    categories: bits(complete.categories.map(CodeSystem.categoryNumber)),
    systems: bits(complete.systems.map(systemBit)),
    setsEdition: BigInt(setsEdition),
  }
}

/** The bit of a system among the 24 of completeness. */
export function systemBit(system: CodeSystem.CodeSystem): number {
  const number = CodeSystem.numberOf(system)
  return number >= 32 ? parameters.systemsFrom32Bit : number
}

/** One bit says of all these systems that they are complete: a statement names all of them or none. */
function sharesBit(system: CodeSystem.CodeSystem): boolean {
  return systemBit(system) === parameters.systemsFrom32Bit
}

const systemsSharingBit = (Object.keys(parameters.systems) as CodeSystem.CodeSystem[]).filter(sharesBit).length

function bits(positions: readonly number[]): bigint {
  return positions.reduce((mask, position) => mask | (1n << BigInt(position)), 0n)
}

function assertConsistent(statement: Statement): void {
  const { complete } = statement
  if (statement.expires < statement.asOf) throw new InvalidStatementError({ rule: 'expires-before-as-of' })
  if (complete.since > statement.asOf) throw new InvalidStatementError({ rule: 'complete-since-after-as-of' })
  const signsSets = complete.systems.some((s) => s === CodeSystem.everSet || s === CodeSystem.activeSet)
  if (signsSets !== complete.setsEdition > 0) throw new InvalidStatementError({ rule: 'sets-edition' })
  if (new Set(complete.systems.filter(sharesBit)).size % systemsSharingBit !== 0)
    throw new InvalidStatementError({ rule: 'systems-sharing-a-bit' })
  completenessFields(complete)
}

function isConsistent(statement: Statement): boolean {
  try {
    assertConsistent(statement)
    return true
  } catch {
    return false
  }
}

/** An issuer was asked to sign what contradicts itself. */
export class InvalidStatementError extends Error {
  override readonly name = 'Credential.InvalidStatementError'
  readonly rule: 'expires-before-as-of' | 'complete-since-after-as-of' | 'sets-edition' | 'systems-sharing-a-bit'
  constructor({ rule }: { rule: InvalidStatementError['rule'] }) {
    super(`A credential must not be signed: it breaks the rule "${rule}".`)
    this.rule = rule
  }
}
