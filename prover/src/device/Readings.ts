import type * as Import from '../fhir/Import.ts'
import * as Attribute from '../protocol/Attribute.ts'
import * as Day from '../protocol/Day.ts'
import * as Tree from '../protocol/Tree.ts'
import * as Batch from './Batch.ts'
import type * as Device from './Device.ts'
import * as Reading from './Reading.ts'

/** What a patient's devices reported, and what of it is not in the record. */
export type Imported = {
  readonly attributes: readonly Attribute.Attribute[]
  /** Every reading that is not in `attributes`, and why. */
  readonly omissions: readonly Omission[]
  readonly remarks: readonly (Place & { readonly reason: Reading.RemarkReason })[]
  /** Sequence numbers that a device gave to readings which nobody handed in. */
  readonly gaps: readonly { readonly device: string; readonly from: number; readonly to: number }[]
  /** The patient's devices of which nothing could be entered: gaps from the first reading on. */
  readonly silent: readonly string[]
  /** taken + leftOut = readings, always. */
  readonly account: { readonly readings: number; readonly taken: number; readonly leftOut: number }
  /**
   * Whether category device-reading may be signed complete: the patient has devices, each has spoken, every reading
   * handed in is among the attributes, and no sequence number before a device's last is missing.
   */
  readonly complete: boolean
}

/** A reading: which of the batches given, and which of its readings, both from 0. */
export type Place = { readonly batch: number; readonly line: number }

export type Omission = Place & { readonly reason: Reading.Reason }

/** A batch as it was handed in. */
export type Received = {
  readonly text: string
  /** Unix seconds, by the issuer's clock. */
  readonly receivedAt: number
}

/**
 * Reads every batch that was ever handed in for a patient, in any order; a batch twice changes nothing. Nothing is
 * averaged or thinned out: what does not fit is left out for a stated reason, and then the record is not complete for
 * device readings. Of one code on one day the first 1,024 are taken; where there is no room for all, whole days are
 * left out from the earliest on.
 * @param options.patient As the directory names them.
 * @param options.since Earlier readings are left out, explained: the record must then be signed complete since that day
 *        or a later one.
 * @param options.room Attributes the record has room for beside others.
 * @throws {Batch.MalformedError} for a text that is no batch at all. {Json.UnsupportedEngineError}
 */
export function importBatches(
  received: readonly Received[],
  {
    directory,
    patient,
    asOf,
    since = Day.earliest,
    room = Tree.capacity - 1,
  }: {
    readonly directory: Device.Directory
    readonly patient: string
    readonly asOf: Day.Day
    readonly since?: Day.Day
    readonly room?: number
  },
): Imported {
  const batches = received.map(({ text, receivedAt }, batch) => ({ ...Batch.parse(text), receivedAt, batch }))
  const { ledgers, omissions: notEntered } = enterAll(batches, { directory, patient })
  const judged = ledgers.map((ledger) => judge(ledger, { asOf, since }))
  const { taken, leftOut: notFitted } = fitted(
    judged.flatMap(({ candidates }) => candidates),
    room,
  )
  const omissions = [...notEntered, ...judged.flatMap(({ leftOut }) => leftOut), ...notFitted]
  const gaps = ledgers.flatMap(gapsOf)
  const enrolled = [...directory.values()].filter((device) => device.patient === patient && device.from <= asOf)
  const silent = enrolled.map(({ id }) => id).filter((id) => !ledgers.some(({ device }) => device.id === id))
  const readings = batches.reduce((sum, { lines }) => sum + lines.length, 0)
  if (taken.length + omissions.length !== readings) throw new AccountError()
  return {
    attributes: taken.map(({ attribute }) => attribute),
    omissions,
    remarks: taken.flatMap(({ place, remark }) => (remark ? [{ ...place, reason: remark }] : [])),
    gaps,
    silent,
    account: { readings, taken: taken.length, leftOut: omissions.length },
    complete:
      enrolled.length > 0 && silent.length + gaps.length === 0 && omissions.every(({ reason }) => isExplained(reason)),
  }
}

/**
 * A FHIR import with the readings of the patient's devices: one record of both. Category device-reading is complete
 * where the readings are; of systems the FHIR import speaks alone, as every reading taken or lost is one of LOINC and
 * a lost one already costs the category. To be joined once, as `importBatches` reads all of a patient's batches at once.
 */
export function join<T extends Pick<Import.Imported, 'attributes' | 'complete'>>(imported: T, readings: Imported): T {
  const { attributes, complete } = imported
  const others = complete.categories.filter((category) => category !== 'device-reading')
  return {
    ...imported,
    attributes: [...attributes, ...readings.attributes],
    complete: {
      ...complete,
      categories: readings.complete ? [...others, 'device-reading'] : others,
    },
  }
}

type ReceivedBatch = Batch.Batch & { readonly receivedAt: number; readonly batch: number }

type Entry = {
  readonly reading: Reading.Reading
  readonly line: string
  readonly place: Place
  readonly receivedAt: number
}

/** What one device said, by sequence number. */
type Ledger = { readonly device: Device.Device; last: number; readonly numbered: Map<number, Entry> }

type Candidate = ReturnType<typeof Reading.toAttribute> & { readonly place: Place }

/** Why nothing of a batch is read. The signature comes before what it vouches for. */
function refusal(batch: ReceivedBatch, device: Device.Device | undefined, patient: string): Reading.Reason | undefined {
  if (!device) return 'unknown-device'
  if (!Batch.isSignedBy(batch, device.publicKey)) return 'bad-signature'
  if (device.patient !== patient) return 'other-patient'
  return device.revokedAt !== undefined && batch.receivedAt >= device.revokedAt ? 'revoked-device' : undefined
}

/** Enters what can be believed to be this patient's, each under its device. */
function enterAll(
  batches: readonly ReceivedBatch[],
  { directory, patient }: { readonly directory: Device.Directory; readonly patient: string },
): { readonly ledgers: readonly Ledger[]; readonly omissions: readonly Omission[] } {
  const ledgers = new Map<string, Ledger>()
  const omissions = batches.flatMap((batch) => {
    const device = directory.get(batch.device)
    const reason = refusal(batch, device, patient)
    if (reason || !device) {
      return batch.lines.map((_, line) => ({ batch: batch.batch, line, reason: reason ?? ('unknown-device' as const) }))
    }
    const own = ledgers.get(device.id) ?? { device, last: 0, numbered: new Map() }
    ledgers.set(device.id, own)
    return enter(batch, own)
  })
  return { ledgers: [...ledgers.values()], omissions }
}

/** Enters a batch's readings by their numbers, which rise within it. */
function enter(batch: ReceivedBatch, own: Ledger): readonly Omission[] {
  const omissions: Omission[] = []
  let above = batch.from - 1
  own.last = Math.max(own.last, batch.to)
  for (const [index, line] of batch.lines.entries()) {
    const place = { batch: batch.batch, line: index }
    const reading = Reading.parse(line)
    if (!reading) {
      omissions.push({ ...place, reason: 'malformed' })
      continue
    }
    if (reading.sequence <= above || reading.sequence > batch.to) {
      omissions.push({ ...place, reason: 'out-of-sequence' })
      continue
    }
    above = reading.sequence
    const first = own.numbered.get(reading.sequence)
    if (first) omissions.push({ ...place, reason: first.line === line ? 'duplicate' : 'conflicting-duplicate' })
    else own.numbered.set(reading.sequence, { reading, line, place, receivedAt: batch.receivedAt })
  }
  return omissions
}

/** A device's readings in the order it made them, those it can be believed in as attributes. */
function judge(own: Ledger, { asOf, since }: { readonly asOf: Day.Day; readonly since: Day.Day }) {
  const candidates: Candidate[] = []
  const leftOut: Omission[] = []
  let previous: Reading.Reading | undefined
  for (const { reading, place, receivedAt } of inSequence(own)) {
    const reason = Reading.doubt(reading, { device: own.device, receivedAt, previous, asOf, since })
    if (reason) leftOut.push({ ...place, reason })
    else candidates.push({ ...Reading.toAttribute(reading, own.device), place })
    // A clock known to be wrong says nothing of the next reading's.
    if (reason !== 'clock-ahead') previous = reading
  }
  return { candidates, leftOut }
}

function inSequence({ numbered }: Ledger): readonly Entry[] {
  return [...numbered.values()].sort((a, b) => a.reading.sequence - b.reading.sequence)
}

/** A line that could not be read leaves a gap as well: its number is not known. */
function gapsOf(own: Ledger): Imported['gaps'] {
  const gaps: Imported['gaps'][number][] = []
  let next = 1
  for (const { reading } of inSequence(own)) {
    if (reading.sequence > next) gaps.push({ device: own.device.id, from: next, to: reading.sequence - 1 })
    next = reading.sequence + 1
  }
  return own.last >= next ? [...gaps, { device: own.device.id, from: next, to: own.last }] : gaps
}

/** What keys and record can hold: at most 1,024 of a code a day, and of the days the latest that fit whole. */
function fitted(candidates: readonly Candidate[], room: number) {
  const leftOut: Omission[] = []
  const ranks = new Map<string, number>()
  const ranked = candidates.filter(({ attribute, place }) => {
    const ofDay = `${attribute.code} ${attribute.day}`
    const rank = ranks.get(ofDay) ?? 0
    ranks.set(ofDay, rank + 1)
    if (rank >= Attribute.ranksPerDay) leftOut.push({ ...place, reason: 'too-many-on-one-day' })
    return rank < Attribute.ranksPerDay
  })
  const perDay = new Map<Day.Day, number>()
  for (const { attribute } of ranked) perDay.set(attribute.day, (perDay.get(attribute.day) ?? 0) + 1)
  let firstDay = Number.POSITIVE_INFINITY
  let total = 0
  for (const [day, count] of [...perDay].sort(([a], [b]) => b - a)) {
    total += count
    if (total > room) break
    firstDay = day
  }
  const taken = ranked.filter(({ attribute }) => attribute.day >= firstDay)
  const noRoom = ranked.filter(({ attribute }) => attribute.day < firstDay)
  return { taken, leftOut: [...leftOut, ...noRoom.map(({ place }) => ({ ...place, reason: 'no-room' as const }))] }
}

function isExplained(reason: Reading.Reason): boolean {
  return (Reading.explainedReasons as readonly Reading.Reason[]).includes(reason)
}

/** Readings went missing between the batches and the account of them: a defect of the importer, never of a device. */
export class AccountError extends Error {
  override readonly name = 'Readings.AccountError'
  constructor() {
    super('The import does not account for every reading.')
  }
}
