import type * as Attribute from '../protocol/Attribute.ts'
import * as Value from '../protocol/Value.ts'
import * as Coding from './Coding.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Fact from './Fact.ts'
import * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

/** hl7.org/fhir/R4/valueset-fm-status.html: why a claim of this status charges nothing, if so. Cancelled is withdrawn. */
const statuses = {
  active: undefined,
  cancelled: 'cancelled',
  draft: 'draft',
  'entered-in-error': 'entered-in-error',
} as const

/** hl7.org/fhir/R4/valueset-claim-use.html: asking beforehand what would be paid bills nothing. */
const uses = { claim: undefined, preauthorization: 'not-billed', predetermination: 'not-billed' } as const

const adjudicationUri = 'http://terminology.hl7.org/CodeSystem/adjudication'

/**
 * The charges of one import that were read so far: which line of which claim, and the codes it was read with. One
 * charge is told by its claim and by each explanation of benefit (one an insurer), and must be in the record once.
 */
export type Ledger = Map<string, readonly Coding.Coding[]>

/**
 * The lines of a Claim or an ExplanationOfBenefit: what was billed, not what was paid. A line's value is its amount,
 * its day the first of the service. Explanations are to be read before claims: theirs are the lines taken of both.
 * @throws {Element.WrongTypeError} in what every line depends on.
 */
export function read(claim: Element.Element, context: Resource.Context): Resource.Reading {
  const lines = Element.children(claim, 'item')
  const reason =
    Resource.obstacle(claim, context) ??
    Fact.meaningOf(Element.text(claim, 'status'), statuses) ??
    Fact.meaningOf(Element.text(claim, 'use'), uses)
  if (reason) return Resource.joined([claim, ...lines].map((part) => leftOut(part, context, reason)))

  const particulars = { claim: claimOf(claim, context), billedFrom: DateTime.startOf(claim, 'billablePeriod') }
  const added = Element.children(claim, 'addItem').length > 0 ? [unreadLines(`${claim.path}.addItem`, context)] : []
  const names = namesOf(lines)
  const read = lines.map((line, i) =>
    guarded(line, context, { ...particulars, name: names[i], fact: `${context.fact}#${i}` }),
  )
  return Resource.joined([ofWhole(claim, context, read), ...read, { ...Resource.emptyReading, remarks: added }])
}

type Particulars = {
  /** The claim the line is of, undefined where that is not said. */
  readonly claim: string | undefined
  /** What tells the line from the others of its claim, undefined where it has no number. */
  readonly name: string | undefined
  readonly billedFrom: string | undefined
  readonly fact: string
}

/** The resource is taken with any of its lines; without one, it is left out as its first line is. */
function ofWhole(
  { path }: Element.Element,
  context: Resource.Context,
  lines: readonly Resource.Reading[],
): Resource.Reading {
  if (lines.some(({ taken }) => taken > 0)) return { ...Resource.emptyReading, taken: 1 }
  const [first] = lines.flatMap(({ omissions }) => omissions)
  const { reason, spoils } = first ?? { reason: 'no-coding', spoils: Resource.spoiling('charge') }
  return Resource.leftOut(context, { path, reason, spoils })
}

/** Sequence numbers, and how often each came before: even lines of one number are told apart. */
function namesOf(lines: readonly Element.Element[]): readonly (string | undefined)[] {
  const counts = new Map<string, number>()
  return lines.map((line) => {
    const sequence = Element.decimal(line, 'sequence')
    if (sequence === undefined) return undefined
    const count = counts.get(sequence) ?? 0
    counts.set(sequence, count + 1)
    return `${sequence} ${count}`
  })
}

function guarded(line: Element.Element, context: Resource.Context, particulars: Particulars): Resource.Reading {
  try {
    return readLine(line, context, particulars)
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
    const spoils = Resource.spoiling('charge')
    return Resource.leftOut(context, { path: error.path, reason: 'wrong-type', spoils })
  }
}

function readLine(line: Element.Element, context: Resource.Context, particulars: Particulars): Resource.Reading {
  const { claim, name, fact } = particulars
  if (Resource.isModified(line)) return leftOut(line, context, 'modified-meaning')
  const concept = Coding.read(Element.child(line, 'productOrService'))
  const place = claim === undefined || name === undefined ? undefined : `${name} ${claim}`
  const told = place === undefined ? undefined : context.charges.get(place)
  const details = Element.children(line, 'detail').length > 0 ? [unreadLines(`${line.path}.detail`, context)] : []
  if (told) return { ...toldBefore(line, context, { concept, told }), remarks: details }
  const date = dateOf(line, context, particulars)
  if (typeof date === 'string') return leftOut(line, context, date)
  if (concept.codings.length === 0) {
    return leftOut(line, context, concept.lost.length > 0 ? 'no-known-code' : 'no-coding')
  }

  if (place !== undefined) context.charges.set(place, concept.codings)
  const { value, reason } = amountOf(line, context)
  const attributes = concept.codings.map(
    (coding): Attribute.Attribute => ({
      category: 'charge',
      ...coding,
      ...date,
      value: value ?? Value.none,
      bounded: value === undefined,
      detail: 0n,
      active: false,
      fact,
    }),
  )
  const unusable = reason ? [Resource.remark(context, { path: `${line.path}.net`, reason })] : []
  const remarks = [...Resource.lostCodings(context, concept), ...details, ...unusable]
  return { attributes, taken: 1, omissions: [], remarks }
}

/** Leaves out a claim or a line; unless the reason explains it, a charge is lost and with it the codes that can be read. */
function leftOut(part: Element.Element, context: Resource.Context, reason: Omission.Reason): Resource.Reading {
  const { path } = part
  if (Omission.isExplained(reason)) return Resource.leftOut(context, { path, reason })
  let concept: Coding.Concept | undefined
  try {
    concept = Coding.read(Element.child(part, 'productOrService'))
  } catch (error) {
    if (!(error instanceof Element.WrongTypeError)) throw error
  }
  return Resource.leftOut(context, { path, reason, spoils: Resource.spoiling('charge', concept) })
}

/** The charge is in the record by an adjudication. A code that an insurer replaced by another is lost all the same. */
function toldBefore(
  { path }: Element.Element,
  context: Resource.Context,
  { concept, told }: { readonly concept: Coding.Concept; readonly told: readonly Coding.Coding[] },
): Resource.Reading {
  const isTold = ({ system, code }: Coding.Coding) => told.some((one) => one.system === system && one.code === code)
  const { systems } = Resource.spoiling('charge', {
    codings: concept.codings.filter((coding) => !isTold(coding)),
    lost: concept.lost,
  })
  return Resource.leftOut(context, { path, reason: 'adjudicated', spoils: { categories: [], systems } })
}

/** A detail line, or one that a payer added, may be of any code. */
function unreadLines(path: string, context: Resource.Context): Omission.Remark {
  return Resource.remark(context, { path, reason: 'unread-lines', categories: ['charge'] })
}

/** Names the claim that lines are of: a Claim itself, or the one that an ExplanationOfBenefit is about. */
function claimOf(claim: Element.Element, context: Resource.Context): string | undefined {
  if (context.resourceType === 'Claim') return context.fact
  const about = Element.child(claim, 'claim')
  const reference = about && Element.text(about, 'reference')
  return reference === undefined || reference.startsWith('#') ? undefined : context.claimAt(reference)
}

/** The first day of the service, else of all the claim bills. When it was written (created) is no day of service. */
function dateOf(
  line: Element.Element,
  context: Resource.Context,
  { billedFrom }: Particulars,
): DateTime.DateTime | DateTime.Unusable | 'no-date' {
  const written = Element.text(line, 'servicedDate') ?? DateTime.startOf(line, 'servicedPeriod') ?? billedFrom
  return written === undefined ? 'no-date' : DateTime.read(written, context)
}

/**
 * What was charged for the line: net is "the total amount claimed", and adjudications may repeat it as "submitted"
 * (hl7.org/fhir/R4/codesystem-adjudication.html). A value does not say its currency: a record has one.
 */
function amountOf(
  line: Element.Element,
  { currency }: Resource.Context,
): { readonly value?: Value.Value; readonly reason?: Omission.RemarkReason } {
  const money = Element.child(line, 'net') ?? submittedOf(line)
  const decimal = money && Element.decimal(money, 'value')
  if (!money || decimal === undefined) return { reason: 'no-value' }
  if (Element.text(money, 'currency') !== currency) return { reason: 'other-currency' }
  try {
    return { value: Value.ofDecimal(decimal) }
  } catch (error) {
    if (error instanceof Value.InvalidDecimalError) return { reason: 'unusable-value' }
    throw error
  }
}

function submittedOf(line: Element.Element): Element.Element | undefined {
  const isSubmitted = (adjudication: Element.Element) => {
    const category = Element.child(adjudication, 'category')
    return category !== undefined && Coding.codesOf(category, adjudicationUri).includes('submitted')
  }
  const [submitted, ...others] = Element.children(line, 'adjudication').filter(isSubmitted)
  return submitted && others.length === 0 ? Element.child(submitted, 'amount') : undefined
}
