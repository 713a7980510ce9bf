import * as Import from './fhir/Import.ts'
import type * as Attribute from './protocol/Attribute.ts'
import type * as Credential from './protocol/Credential.ts'
import type * as Day from './protocol/Day.ts'
import type * as Holder from './protocol/Holder.ts'
import * as Issuance from './protocol/Issuance.ts'
import * as ValueSet from './protocol/ValueSet.ts'

/** What an issuer would sign of a FHIR document: all it holds of one patient as of a day. Secret. */
export type Content = {
  readonly asOf: Day.Day
  /** Those of value sets included. */
  readonly attributes: readonly Attribute.Attribute[]
  readonly complete: Credential.Completeness
  /** Number of Patient resources the document has. */
  readonly patients: number
}

/** How a document is to be read. */
export type Terms = {
  readonly asOf: Day.Day
  /** The day since which the document holds everything: only its source can say so. */
  readonly since: Day.Day
  readonly valueSets: ValueSet.Index
  /** ISO 4217, as `Import.importBundle` takes it. */
  readonly currency?: string
}

/**
 * Reads a FHIR bundle and matches it against the value sets.
 * @throws what `Import.importBundle` throws.
 */
export function read(text: string, terms: Terms): { readonly imported: Import.Imported; readonly content: Content } {
  const imported = Import.importBundle(text, terms)
  return { imported, content: contentOf(imported, terms) }
}

/**
 * What was imported, matched against the value sets: a bundle, a card, a bundle joined with readings. A category with a
 * fact of which the sets cannot tell whether it is in one of them is not complete.
 * @throws what `ValueSet.match` throws.
 */
export function contentOf(imported: Import.Imported, { asOf, since, valueSets }: Terms): Content {
  const unsettled = ValueSet.unsettled(imported.attributes, valueSets)
  const categories = imported.complete.categories.filter((category) => !unsettled.has(category))
  return {
    asOf,
    attributes: [...imported.attributes, ...ValueSet.match(imported.attributes, valueSets, { asOf })],
    complete: { ...imported.complete, categories, setsEdition: valueSets.edition, since },
    patients: imported.patients,
  }
}

/**
 * Issues a record of what was read.
 * @throws {NotOnePatientError} and what `Issuance.issue` throws.
 */
export function issue(
  issuance: Issuance.Issuance,
  { asOf, attributes, complete, patients }: Content,
  { holder, expires }: { readonly holder: Holder.Holder; readonly expires: Day.Day },
): Issuance.Issued & { readonly changes: Issuance.Changes } {
  if (patients !== 1) throw new NotOnePatientError({ patients })
  return Issuance.issue(issuance, attributes, { holder, asOf, expires, complete })
}

/** A document is about no patient, or about several: it can be imported, not issued. */
export class NotOnePatientError extends Error {
  override readonly name = 'Issue.NotOnePatientError'
  constructor({ patients }: { patients: number }) {
    super(`A record is about one patient; this document has ${patients}.`)
  }
}
