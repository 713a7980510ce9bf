import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Value from '../protocol/Value.ts'
import * as Absence from './Absence.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** A resource that asserts something lasting, with a clinical and a verification status: a condition or an allergy. */
export type Kind = {
  readonly category: 'condition' | 'allergy'
  readonly clinicalUri: string
  /** Whether an assertion of this clinical status is active. */
  readonly clinicalStatuses: { readonly [code: string]: boolean }
  readonly verificationUri: string
  /** Why an assertion of this verification status is no fact, if it is none. */
  readonly verificationStatuses: { readonly [code: string]: Omission.Reason | undefined }
  /** Whether it has ended whatever its clinical status says. */
  readonly hasEnded?: (resource: Element.Element, context: Resource.Context) => boolean
}

/** Its value is the clinical status, its day the onset, else when it was recorded. @throws {Element.WrongTypeError} */
export function read(resource: Element.Element, context: Resource.Context, kind: Kind): Resource.Reading {
  const { category, clinicalStatuses, hasEnded } = kind
  const code = Element.child(resource, 'code')
  const status = clinicalStatusOf(resource, kind)
  const isActive = status !== undefined && clinicalStatuses[status] === true
  // con-4: what has ended is not active. Of one that is said to be both, neither is known.
  const isBoth = isActive && hasEnded?.(resource, context) === true
  const doubt = status === undefined ? 'no-clinical-status' : isBoth ? 'unknown-activity' : undefined
  return Fact.read(resource, context, {
    category,
    concept: Coding.read(code),
    ...standing(resource, kind, {
      absence: Absence.statedBy(code, category),
      isOver: status !== undefined && !isActive,
    }),
    date: dateOf(resource, context),
    value: status === undefined ? undefined : Value.ofText(status),
    bounded: status === undefined,
    active: isActive && !isBoth,
    remarks: doubt ? [unknownActivity(resource, context, doubt)] : [],
  })
}

/** A denial that is itself refuted says that there is something; one that is over, as when something was found, nothing. */
function standing(
  resource: Element.Element,
  kind: Kind,
  { absence, isOver }: { readonly absence: Omission.Reason | undefined; readonly isOver: boolean },
): Pick<Fact.Fact, 'status' | 'absence'> {
  const status = verificationOf(resource, kind)
  if (absence && status === 'refuted') return { status: 'contradicted' }
  return { status, absence: absence && Omission.isExplained(absence) && isOver ? 'refuted' : absence }
}

/** Of several codes one that makes it no fact counts; codes FHIR does not have count only where there is no other. */
function verificationOf(
  resource: Element.Element,
  { verificationUri, verificationStatuses }: Kind,
): Omission.Reason | undefined {
  const element = Element.child(resource, 'verificationStatus')
  if (!element) return undefined
  const known = Coding.codesOf(element, verificationUri).filter((code) => Object.hasOwn(verificationStatuses, code))
  if (known.length === 0) return 'unknown-status'
  return known.map((code) => verificationStatuses[code]).find((reason) => reason !== undefined)
}

function clinicalStatusOf(resource: Element.Element, { clinicalUri, clinicalStatuses }: Kind): string | undefined {
  const element = Element.child(resource, 'clinicalStatus')
  const [code, ...others] = element ? Coding.codesOf(element, clinicalUri) : []
  return code !== undefined && others.length === 0 && Object.hasOwn(clinicalStatuses, code) ? code : undefined
}

/** Nobody can say that the fact is not active: no absence among active facts. */
function unknownActivity(
  resource: Element.Element,
  context: Resource.Context,
  reason: 'no-clinical-status' | 'unknown-activity',
): Omission.Remark {
  return Resource.remark(context, {
    path: `${resource.path}.clinicalStatus`,
    reason,
    systems: [CodeSystem.activeSet],
  })
}

/** An onset as an age, a range or a text places nothing. */
function dateOf(resource: Element.Element, context: Resource.Context): DateTime.DateTime | DateTime.Unusable {
  const written =
    Element.text(resource, 'onsetDateTime') ??
    DateTime.startOf(resource, 'onsetPeriod') ??
    Element.text(resource, 'recordedDate')
  return DateTime.readIfAny(written, context)
}
