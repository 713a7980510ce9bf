import type * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import type * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-condition-clinical.html */
const clinicalStatuses = {
  active: true,
  recurrence: true,
  relapse: true,
  inactive: false,
  remission: false,
  resolved: false,
}

/** hl7.org/fhir/R4/valueset-condition-ver-status.html: why a condition of this status is no fact, if it is none. */
const verificationStatuses = {
  unconfirmed: undefined,
  provisional: undefined,
  differential: undefined,
  confirmed: undefined,
  refuted: 'refuted',
  'entered-in-error': 'entered-in-error',
} as const

const clinicalUri = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const verificationUri = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'

/** A diagnosis: its value is the clinical status, its day the onset. @throws {Element.WrongTypeError} */
export function read(condition: Element.Element, context: Resource.Context): Resource.Reading {
  const { path } = condition
  const concept = Coding.read(Element.child(condition, 'code'))
  const date = dateOf(condition, context)
  const lossy = Resource.obstacle(condition, context) ?? doubt(condition, concept)
  if (lossy) return Resource.leftOut(context, { path, reason: lossy, spoils: Resource.spoiling('condition', concept) })
  const refuted = verificationOf(condition)
  if (refuted) return Resource.leftOut(context, { path, reason: refuted })
  if (date === 'after-as-of') return Resource.leftOut(context, { path, reason: date })
  if (date === 'invalid-date') {
    return Resource.leftOut(context, { path, reason: date, spoils: Resource.spoiling('condition', concept) })
  }

  const status = clinicalStatusOf(condition)
  const attributes = concept.codings.map(
    ({ system, code }): Attribute.Attribute => ({
      category: 'condition',
      system,
      code,
      ...date,
      value: status === undefined ? Value.none : Value.ofText(status),
      bounded: status === undefined,
      detail: 0n,
      active: status !== undefined && clinicalStatuses[status] && !hasAbated(condition, context),
      fact: context.fact,
    }),
  )
  const remarks = Resource.lostCodings(context, concept)
  return {
    attributes,
    taken: 1,
    omissions: [],
    remarks: status ? remarks : [...remarks, unknownActivity(condition, context)],
  }
}

/** What keeps a condition from being read although it may be one. */
function doubt(condition: Element.Element, concept: Coding.Concept): Omission.Reason | undefined {
  const status = Element.child(condition, 'verificationStatus')
  if (status && !verificationNames(status).length) return 'unknown-status'
  if (concept.codings.length > 0 || (status && verificationOf(condition))) return undefined
  return concept.lost.length > 0 ? 'no-known-code' : 'no-coding'
}

function verificationOf(condition: Element.Element): 'refuted' | 'entered-in-error' | undefined {
  const status = Element.child(condition, 'verificationStatus')
  return (
    status &&
    verificationNames(status)
      .map((name) => verificationStatuses[name])
      .find((reason) => reason !== undefined)
  )
}

function verificationNames(status: Element.Element): (keyof typeof verificationStatuses)[] {
  return Coding.codesOf(status, verificationUri).filter((code) =>
    Object.hasOwn(verificationStatuses, code),
  ) as (keyof typeof verificationStatuses)[]
}

function clinicalStatusOf(condition: Element.Element): keyof typeof clinicalStatuses | undefined {
  const status = Element.child(condition, 'clinicalStatus')
  const [code, ...others] = status ? Coding.codesOf(status, clinicalUri) : []
  if (code === undefined || others.length > 0 || !Object.hasOwn(clinicalStatuses, code)) return undefined
  return code as keyof typeof clinicalStatuses
}

/** Without a clinical status nobody can say that the condition is not active: no absence among active facts. */
function unknownActivity(condition: Element.Element, context: Resource.Context): Omission.Remark {
  return Resource.remark(context, {
    path: `${condition.path}.clinicalStatus`,
    reason: 'no-clinical-status',
    systems: [CodeSystem.activeSet],
  })
}

/** Onset, else the day it was recorded. An onset as an age, a range or a text places nothing. */
function dateOf(condition: Element.Element, context: Resource.Context): DateTime.DateTime | DateTime.Unusable {
  const period = Element.child(condition, 'onsetPeriod')
  const written =
    Element.text(condition, 'onsetDateTime') ??
    (period && Element.text(period, 'start')) ??
    Element.text(condition, 'recordedDate')
  return written === undefined ? DateTime.unknown(context) : DateTime.read(written, context)
}

/** Any abatement counts that does not lie wholly after asOf. */
function hasAbated(condition: Element.Element, context: Resource.Context): boolean {
  if (Element.choices(condition, 'abatement').length === 0) return false
  const period = Element.child(condition, 'abatementPeriod')
  const written = Element.text(condition, 'abatementDateTime') ?? (period && Element.text(period, 'start'))
  return written === undefined || DateTime.read(written, context) !== 'after-as-of'
}
