import type * as Attribute from '../protocol/Attribute.ts'
import * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import type * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-medicationrequest-status.html: why a request of this status is no fact, if it is none. */
const statuses = {
  active: undefined,
  'on-hold': undefined,
  completed: undefined,
  stopped: undefined,
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
  draft: 'draft',
} as const

/** hl7.org/fhir/R4/valueset-medicationrequest-intent.html */
const intents = {
  order: undefined,
  'original-order': undefined,
  'reflex-order': undefined,
  'filler-order': undefined,
  'instance-order': undefined,
  proposal: 'not-an-order',
  plan: 'not-an-order',
  option: 'not-an-order',
} as const

const ucum = 'http://unitsofmeasure.org'

/** A prescription: its value is what one fill is, where that is said. @throws {Element.WrongTypeError} */
export function read(request: Element.Element, context: Resource.Context): Resource.Reading {
  const { path } = request
  const medicine = conceptOf(request, context)
  const concept = medicine === 'unresolved-reference' ? undefined : Coding.read(medicine)
  const status = Element.text(request, 'status') ?? ''
  const intent = Element.text(request, 'intent') ?? ''
  const spoils = Resource.spoiling('prescription', concept)

  const obstacle = Resource.obstacle(request, context)
  if (obstacle) return Resource.leftOut(context, { path, reason: obstacle, spoils })
  if (!isStatus(status) || !isIntent(intent))
    return Resource.leftOut(context, { path, reason: 'unknown-status', spoils })
  const refused = Element.flag(request, 'doNotPerform') ? 'not-performed' : undefined
  const explained = statuses[status] ?? intents[intent] ?? refused
  if (explained) return Resource.leftOut(context, { path, reason: explained })
  const written = Element.text(request, 'authoredOn')
  const date = written === undefined ? DateTime.unknown(context) : DateTime.read(written, context)
  if (date === 'after-as-of') return Resource.leftOut(context, { path, reason: date })
  if (date === 'invalid-date') return Resource.leftOut(context, { path, reason: date, spoils })
  if (!concept) return Resource.leftOut(context, { path, reason: 'unresolved-reference', spoils })
  if (concept.codings.length === 0) {
    return Resource.leftOut(context, { path, reason: concept.lost.length > 0 ? 'no-known-code' : 'no-coding', spoils })
  }

  const terms = termsOf(request)
  const attributes = concept.codings.map(
    (coding): Attribute.Attribute => ({
      category: 'prescription',
      ...coding,
      ...date,
      value: terms.value ?? Value.none,
      bounded: terms.value === undefined,
      detail: 0n,
      active: status === 'active',
      fact: context.fact,
    }),
  )
  const unusable = terms.reason
    ? [Resource.remark(context, { path: `${path}.dispenseRequest`, reason: terms.reason })]
    : []
  return { attributes, taken: 1, omissions: [], remarks: [...Resource.lostCodings(context, concept), ...unusable] }
}

function isStatus(code: string): code is keyof typeof statuses {
  return Object.hasOwn(statuses, code)
}

function isIntent(code: string): code is keyof typeof intents {
  return Object.hasOwn(intents, code)
}

/** What is prescribed, said here or by a Medication, contained or elsewhere in the bundle. One step: no cycle to follow. */
function conceptOf(
  request: Element.Element,
  { medicationAt }: Resource.Context,
): Element.Element | undefined | 'unresolved-reference' {
  const reference = Element.child(request, 'medicationReference')
  if (!reference) return Element.child(request, 'medicationCodeableConcept')
  const target = Element.text(reference, 'reference')
  if (target === undefined) return 'unresolved-reference'
  const medication = target.startsWith('#') ? containedMedication(request, target.slice(1)) : medicationAt(target)
  if (!medication || Resource.isModified(medication)) return 'unresolved-reference'
  return Element.child(medication, 'code')
}

function containedMedication(request: Element.Element, id: string): Element.Element | undefined {
  const isIt = (resource: Element.Element) =>
    Element.text(resource, 'resourceType') === 'Medication' && Element.text(resource, 'id') === id
  return Element.children(request, 'contained').find(isIt)
}

/** FHIR has no controlled-substance schedule: imported prescriptions say 0, and cannot be dispensed. */
function termsOf(request: Element.Element): { readonly value?: Value.Value; readonly reason?: Omission.RemarkReason } {
  const dispense = Element.child(request, 'dispenseRequest')
  const quantity = dispense && Element.child(dispense, 'quantity')
  const supply = dispense && Element.child(dispense, 'expectedSupplyDuration')
  if (!dispense || !quantity || !supply) return { reason: 'no-value' }
  const interval = Element.child(dispense, 'dispenseInterval')
  const daysSupply = daysOf(supply)
  const intervalDays = interval ? daysOf(interval) : daysSupply
  const quantityThousandths = thousandthsOf(Element.decimal(quantity, 'value') ?? '')
  const refills = thousandthsOf(Element.decimal(dispense, 'numberOfRepeatsAllowed') ?? '0')
  if (quantityThousandths === undefined || daysSupply === undefined || intervalDays === undefined)
    return { reason: 'unusable-value' }
  if (refills === undefined || refills % 1000 !== 0 || Element.text(quantity, 'comparator'))
    return { reason: 'unusable-value' }
  try {
    return {
      value: Value.ofPrescription({
        quantityThousandths,
        daysSupply,
        refills: refills / 1000,
        schedule: 0,
        intervalDays,
      }),
    }
  } catch (error) {
    if (error instanceof Value.FieldTooWideError) return { reason: 'unusable-value' }
    throw error
  }
}

/** Whole days of a duration in UCUM days or weeks. */
function daysOf(duration: Element.Element): number | undefined {
  const thousandths = thousandthsOf(Element.decimal(duration, 'value') ?? '')
  if (thousandths === undefined || thousandths % 1000 !== 0 || Element.text(duration, 'system') !== ucum)
    return undefined
  const code = Element.text(duration, 'code')
  if (code === 'wk') return (thousandths / 1000) * 7
  return code === 'd' ? thousandths / 1000 : undefined
}

/** A decimal of at most three places, exactly, in thousandths. */
function thousandthsOf(decimal: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,3})0*)?$/.exec(decimal) ?? []
  return whole === undefined ? undefined : Number(whole + fraction.padEnd(3, '0'))
}
