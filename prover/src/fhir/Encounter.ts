import type * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import type * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-encounter-status.html: why one of this status is no fact, if it is none. */
const statuses = {
  arrived: undefined,
  triaged: undefined,
  'in-progress': undefined,
  onleave: undefined,
  finished: undefined,
  planned: 'draft',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
  unknown: 'unknown-status',
} as const

/**
 * A contact with a provider of care, by its class (ambulatory, inpatient, emergency ...) and each of its types. Its
 * value is the reason, where there is one; it is not bounded where there is none. @throws {Element.WrongTypeError}
 */
export function read(encounter: Element.Element, context: Resource.Context): Resource.Reading {
  const status = Element.text(encounter, 'status')
  const reason = reasonOf(encounter)
  return Fact.read(encounter, context, {
    category: 'encounter',
    concept: kindsOf(encounter),
    status: Fact.meaningOf(status, statuses),
    date: DateTime.readIfAny(DateTime.startOf(encounter, 'period'), context),
    value: reason,
    bounded: false,
    active: status !== 'finished',
    unread: hasOtherReasons(encounter, reason),
  })
}

/** Class is one Coding, types are concepts of their own: what the encounter is, in several ways. */
function kindsOf(encounter: Element.Element): Coding.Concept {
  const kind = Element.child(encounter, 'class')
  const types = Element.children(encounter, 'type').map(Coding.read)
  return joined([...(kind ? [conceptOf(kind)] : []), ...types])
}

/** A Coding that stands alone, where other elements have a CodeableConcept. */
function conceptOf({ json, path }: Element.Element): Coding.Concept {
  const { codings, lost } = Coding.read({ json: { coding: [json] }, path })
  return { codings, lost: lost.map((coding) => ({ ...coding, path })) }
}

/** One SNOMED CT reason: a value does not say its system, so there can be only one system. */
function reasonOf(encounter: Element.Element): Value.Value | undefined {
  const { codings } = joined(Element.children(encounter, 'reasonCode').map(Coding.read))
  const [reason, ...others] = codings.filter(({ system }) => system === 'SNOMED CT')
  return reason && others.length === 0 ? (reason.code as bigint as Value.Value) : undefined
}

/** Whether reasons are given that the value does not tell: in other codes, by reference, as a diagnosis, or several. */
function hasOtherReasons(encounter: Element.Element, value: Value.Value | undefined): boolean {
  const reasons = Element.children(encounter, 'reasonCode').length
  const others = ['reasonReference', 'diagnosis'].flatMap((name) => Element.children(encounter, name)).length
  return others > 0 || reasons > (value === undefined ? 0 : 1)
}

/** Every different coding of several concepts. */
function joined(concepts: readonly Coding.Concept[]): Coding.Concept {
  const codings = concepts.flatMap((concept) => concept.codings)
  const byName = new Map(codings.map((coding) => [`${coding.system} ${coding.code}`, coding]))
  return { codings: [...byName.values()], lost: concepts.flatMap(({ lost }) => lost) }
}
