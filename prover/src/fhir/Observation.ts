import type * as Attribute from '../protocol/Attribute.ts'
import * as Unit from '../protocol/Unit.ts'
import * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-observation-status.html: why an observation of this status is no fact, if it is none. */
const statuses = {
  final: undefined,
  amended: undefined,
  corrected: undefined,
  registered: 'not-final',
  preliminary: 'not-final',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
} as const

const ucum = 'http://unitsofmeasure.org'

/** A result; each component is one of its own. @throws {Element.WrongTypeError} in what the whole depends on. */
export function read(observation: Element.Element, context: Resource.Context): Resource.Reading {
  const components = Element.children(observation, 'component')
  const date = dateOf(observation, context)
  const reason = obstacle(observation, context) ?? (typeof date === 'string' ? date : undefined)
  if (reason || typeof date === 'string') {
    const parts = [observation, ...components]
    return Resource.joined(parts.map((part) => lost(part, { reason: reason ?? 'invalid-date', context })))
  }
  return Resource.joined([
    guarded(observation, { fact: context.fact, date, context }),
    ...components.map((component, i) => guarded(component, { fact: `${context.fact}#${i}`, date, context })),
  ])
}

type Particulars = {
  readonly fact: string
  readonly date: DateTime.DateTime
  readonly context: Resource.Context
}

function guarded(part: Element.Element, particulars: Particulars): Resource.Reading {
  try {
    return result(part, particulars)
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
    return Resource.leftOut(particulars.context, {
      path: error.path,
      reason: 'wrong-type',
      spoils: Resource.spoiling('observation'),
    })
  }
}

function result(part: Element.Element, { fact, date, context }: Particulars): Resource.Reading {
  if (Resource.isModified(part)) return lost(part, { reason: 'modified-meaning', context })
  const concept = Coding.read(Element.child(part, 'code'))
  if (concept.codings.length === 0) {
    return lost(part, { reason: concept.lost.length > 0 ? 'no-known-code' : 'no-coding', context })
  }
  const measured = concept.codings.map((coding) => ({ coding, ...valueFor(part, coding) }))
  const attributes = measured.map(
    ({ coding, value, reason }): Attribute.Attribute => ({
      category: 'observation',
      ...coding,
      ...date,
      value: value ?? Value.none,
      bounded: value === undefined,
      detail: 0n,
      active: false,
      ...(reason === 'unusable-value' && { unread: true }),
      fact,
    }),
  )
  const unusable = measured.flatMap(({ reason }) =>
    reason ? [Resource.remark(context, { path: part.path, reason })] : [],
  )
  return { attributes, taken: 1, omissions: [], remarks: [...Resource.lostCodings(context, concept), ...unusable] }
}

/** Explained reasons spoil nothing; of the others the codes are looked up, as far as they can be read. */
function lost(
  part: Element.Element,
  { reason, context }: { readonly reason: Omission.Reason; readonly context: Resource.Context },
): Resource.Reading {
  if (Omission.isExplained(reason)) return Resource.leftOut(context, { path: part.path, reason })
  let concept: Coding.Concept | undefined
  try {
    concept = Coding.read(Element.child(part, 'code'))
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
  }
  return Resource.leftOut(context, { path: part.path, reason, spoils: Resource.spoiling('observation', concept) })
}

/** A status that makes it no fact comes last: what cannot be read may not be explained away. */
function obstacle(observation: Element.Element, context: Resource.Context): Omission.Reason | undefined {
  const status = Element.text(observation, 'status') ?? ''
  const reason = Resource.obstacle(observation, context)
  if (reason) return reason
  return Object.hasOwn(statuses, status) ? statuses[status as keyof typeof statuses] : 'unknown-status'
}

/** A period is a day only where it begins and ends on it; else it is known to have ended by its end. */
function dateOf(observation: Element.Element, context: Resource.Context): DateTime.DateTime | DateTime.Unusable {
  const written = Element.text(observation, 'effectiveDateTime') ?? Element.text(observation, 'effectiveInstant')
  if (written !== undefined) return DateTime.read(written, context)
  const period = Element.child(observation, 'effectivePeriod')
  if (period) return endOf(period, context)
  return Element.choices(observation, 'effective').length > 0 ? 'invalid-date' : DateTime.unknown(context)
}

function endOf(period: Element.Element, context: Resource.Context): DateTime.DateTime | DateTime.Unusable {
  const [start, end] = [Element.text(period, 'start'), Element.text(period, 'end')].map((written) =>
    written === undefined ? DateTime.unknown(context) : DateTime.read(written, context),
  )
  if (start === undefined || typeof start === 'string') return start ?? 'invalid-date'
  if (end === 'invalid-date' || end === undefined) return 'invalid-date'
  if (end === 'after-as-of') return DateTime.unknown(context)
  return { ...end, partialDay: start.partialDay || end.partialDay || start.day !== end.day }
}

/** A reason without a value says why there is none; beside a value it flags it, and alters nothing. */
type Measured = { readonly value?: Value.Value; readonly reason?: Omission.RemarkReason }

function valueFor(part: Element.Element, coding: Coding.Coding): Measured {
  const [choice, ...others] = Element.choices(part, 'value')
  if (choice === undefined) return { reason: 'no-value' }
  // obs-6: a reason why there is no value stands beside none.
  if (others.length > 0 || Element.child(part, 'dataAbsentReason')) return { reason: 'unusable-value' }
  if (choice === 'valueQuantity') return quantityOf(Element.child(part, choice), coding)
  if (choice === 'valueCodeableConcept') return answerOf(Element.child(part, choice))
  return { reason: 'unusable-value' }
}

function quantityOf(quantity: Element.Element | undefined, { system, code }: Coding.Coding): Measured {
  if (!quantity) return { reason: 'no-value' }
  const decimal = Element.decimal(quantity, 'value')
  if (decimal === undefined) return { reason: 'no-value' }
  if (Element.text(quantity, 'comparator') !== undefined || Element.isWithheld(quantity, 'comparator'))
    return { reason: 'comparator' }
  const unit = unitOf(quantity)
  const value = system === 'LOINC' && unit !== undefined ? Unit.toValue({ code, decimal, unit }) : undefined
  if (value === undefined) return { reason: 'unknown-unit' }
  return Unit.isPlausible({ code, value }) ? { value } : { value, reason: 'implausible' }
}

/** The UCUM code; the unit as printed only where no code is given. */
function unitOf(quantity: Element.Element): string | undefined {
  const system = Element.text(quantity, 'system')
  const code = Element.text(quantity, 'code')
  if (system === undefined && code === undefined) return Element.text(quantity, 'unit')
  return system === ucum ? code : undefined
}

/** One SNOMED CT answer: a value does not say its system, so there can be only one system. */
function answerOf(answer: Element.Element | undefined): Measured {
  const codings = Coding.read(answer).codings.filter(({ system }) => system === 'SNOMED CT')
  const [coding, ...others] = codings
  return coding && others.length === 0 ? { value: coding.code as bigint as Value.Value } : { reason: 'unusable-value' }
}
