import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import * as Medication from './Medication.ts'
import * as Resource from './Resource.ts'
import * as Supply from './Supply.ts'

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

/** A prescription: its value is what one fill is, where that is said. @throws {Element.WrongTypeError} */
export function read(request: Element.Element, context: Resource.Context): Resource.Reading {
  const terms = termsOf(request)
  const path = `${request.path}.dispenseRequest`
  return Fact.read(request, context, {
    category: 'prescription',
    concept: Medication.codesOf(request, context),
    status: statusOf(request),
    date: DateTime.readIfAny(Element.text(request, 'authoredOn'), context),
    value: terms.value,
    bounded: terms.value === undefined,
    active: Element.text(request, 'status') === 'active',
    remarks: terms.reason ? [Resource.remark(context, { path, reason: terms.reason })] : [],
  })
}

/** A code that FHIR does not have comes before one that explains: it may mean anything. */
function statusOf(request: Element.Element) {
  const status = Fact.meaningOf(Element.text(request, 'status'), statuses)
  const intent = Fact.meaningOf(Element.text(request, 'intent'), intents)
  if (intent === 'unknown-status') return intent
  return status ?? intent ?? (Element.flag(request, 'doNotPerform') ? 'not-performed' : undefined)
}

function termsOf(request: Element.Element): Supply.Terms {
  const dispense = Element.child(request, 'dispenseRequest')
  if (!dispense) return { reason: 'no-value' }
  return Supply.termsOf({
    quantity: Element.child(dispense, 'quantity'),
    duration: Element.child(dispense, 'expectedSupplyDuration'),
    interval: Element.child(dispense, 'dispenseInterval'),
    refills: Element.decimal(dispense, 'numberOfRepeatsAllowed'),
  })
}
