import type * as Attribute from './Attribute.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Credential from './Credential.ts'
import type * as Holder from './Holder.ts'
import type * as Issuer from './Issuer.ts'
import * as Record from './Record.ts'
import * as StatusList from './StatusList.ts'

/** What an issuer keeps: its key, its status list, and which record credential of each holder is alive. Secret. */
export type Issuance = {
  readonly signingKey: Issuer.SigningKey
  readonly status: StatusList.StatusList
  readonly alive: Map<Holder.Holder, StatusList.StatusIndex>
  /** Every index ever given: none is given twice. */
  readonly taken: Set<StatusList.StatusIndex>
}

/** What a patient takes home. */
export type Issued = { readonly credential: Credential.Credential; readonly record: Record.OpenRecord }

/** The status update to publish after issuing or revoking; empty where nothing changed. */
export type Changes = readonly StatusList.Change[]

export function open(signingKey: Issuer.SigningKey): Issuance {
  return { signingKey, status: StatusList.create(), alive: new Map(), taken: new Set() }
}

/**
 * Issues a holder's record. There is one live record credential per holder and issuer: the one before is revoked in the
 * same status update, so that nobody shows last month's record without the new diagnosis.
 * @param attributes Those of value sets included.
 * @throws what `Record.build` and `Credential.issue` throw; then nothing has changed.
 */
export function issue(
  issuance: Issuance,
  attributes: readonly Attribute.Attribute[],
  statement: Pick<Credential.Statement, 'holder' | 'asOf' | 'expires' | 'complete'>,
): Issued & { readonly changes: Changes } {
  const { holder, asOf, expires, complete } = statement
  const record = Record.build(attributes, { asOf })
  const statusIndex = StatusList.freeIndex(issuance.taken)
  const signsSets = complete.systems.some((s) => s === CodeSystem.everSet || s === CodeSystem.activeSet)
  const credential = Credential.issue(issuance.signingKey, {
    holder,
    recordRoot: Record.root(record),
    leafCount: record.leaves.length,
    complete: signsSets ? complete : { ...complete, setsEdition: 0 },
    asOf,
    expires,
    statusIndex,
  })
  const changes = revoke(issuance, holder)
  issuance.taken.add(statusIndex)
  issuance.alive.set(holder, statusIndex)
  return { credential, record, changes }
}

/** Revokes a holder's record credential, if one is alive. */
export function revoke(issuance: Pick<Issuance, 'alive' | 'status'>, holder: Holder.Holder): Changes {
  const index = issuance.alive.get(holder)
  if (index === undefined) return []
  issuance.alive.delete(holder)
  return StatusList.revoke(issuance.status, [index])
}
