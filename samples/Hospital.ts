import * as Import from '../prover/src/fhir/Import.ts'
import type * as Attribute from '../prover/src/protocol/Attribute.ts'
import * as CodeSystem from '../prover/src/protocol/CodeSystem.ts'
import * as Credential from '../prover/src/protocol/Credential.ts'
import type * as Day from '../prover/src/protocol/Day.ts'
import type * as Holder from '../prover/src/protocol/Holder.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import * as Record from '../prover/src/protocol/Record.ts'
import * as StatusList from '../prover/src/protocol/StatusList.ts'
import * as ValueSet from '../prover/src/protocol/ValueSet.ts'

/** An issuer at work: its key, its status list, and which credential of each holder is alive. */
export type Hospital = {
  readonly signingKey: Issuer.SigningKey
  readonly issuer: Issuer.Issuer
  readonly status: StatusList.StatusList
  readonly alive: Map<Holder.Holder, StatusList.StatusIndex>
  readonly taken: Set<StatusList.StatusIndex>
}

/** What a patient takes home. */
export type Issued = { readonly credential: Credential.Credential; readonly record: Record.OpenRecord }

export function open({
  signingKey,
  issuer,
}: {
  signingKey: Issuer.SigningKey
  issuer: Omit<Issuer.Issuer, 'publicKey'>
}): Hospital {
  return {
    signingKey,
    issuer: { ...issuer, publicKey: Issuer.publicKeyOf(signingKey) },
    status: StatusList.create(),
    alive: new Map(),
    taken: new Set(),
  }
}

/**
 * Issues the record of a FHIR bundle. The holder's record before it is revoked: `changes` is the status update to publish.
 * @throws {NotOnePatientError} and what importing and building a record throw.
 */
export function issueFromBundle(
  hospital: Hospital,
  text: string,
  options: { holder: Holder.Holder; asOf: Day.Day; expires: Day.Day; since: Day.Day; valueSets: ValueSet.Index },
): Issued & { readonly changes: readonly StatusList.Change[] } {
  const imported = Import.importBundle(text, { asOf: options.asOf })
  if (imported.patients !== 1) throw new NotOnePatientError(imported.patients)
  const sets = ValueSet.match(imported.attributes, options.valueSets, { asOf: options.asOf })
  return issue(hospital, [...imported.attributes, ...sets], {
    ...options,
    complete: { ...imported.complete, setsEdition: options.valueSets.edition, since: options.since },
  })
}

/** Issues a record of these attributes; the holder's record before it is revoked. */
export function issue(
  hospital: Hospital,
  attributes: readonly Attribute.Attribute[],
  {
    holder,
    asOf,
    expires,
    complete,
  }: { holder: Holder.Holder; asOf: Day.Day; expires: Day.Day; complete: Credential.Completeness },
): Issued & { readonly changes: readonly StatusList.Change[] } {
  const record = Record.build(attributes, { asOf })
  const statusIndex = StatusList.freeIndex(hospital.taken)
  const signsSets = complete.systems.some((s) => s === CodeSystem.everSet || s === CodeSystem.activeSet)
  const credential = Credential.issue(hospital.signingKey, {
    holder,
    recordRoot: Record.root(record),
    leafCount: record.leaves.length,
    complete: signsSets ? complete : { ...complete, setsEdition: 0 },
    asOf,
    expires,
    statusIndex,
  })
  const superseded = hospital.alive.get(holder)
  hospital.taken.add(statusIndex)
  hospital.alive.set(holder, statusIndex)
  const changes = superseded === undefined ? [] : StatusList.revoke(hospital.status, [superseded])
  return { credential, record, changes }
}

/** Revokes a holder's record: the status update to publish. */
export function revoke(hospital: Hospital, holder: Holder.Holder): readonly StatusList.Change[] {
  const index = hospital.alive.get(holder)
  if (index === undefined) return []
  hospital.alive.delete(holder)
  return StatusList.revoke(hospital.status, [index])
}

/** A bundle is about no patient, or about several: it can be imported, not issued. */
export class NotOnePatientError extends Error {
  override readonly name = 'Hospital.NotOnePatientError'
  constructor(patients: number) {
    super(`A record is about one patient; this bundle has ${patients}.`)
  }
}
