import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes, numberToBytesBE } from '@noble/curves/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { z } from 'zod'
import * as Json from '../fhir/Json.ts'
import * as Device from './Device.ts'

/**
 * Readings that a device signed together, as JSON Lines: a header, then one reading a line.
 *
 * {"medseal":"device-readings/1","device":"cuff-7","from":1,"to":2,"signature":"<128 hex digits>"}
 * {"sequence":1,"time":"2026-09-05T07:30:00+02:00","code":"8480-6","value":128,"unit":"mm[Hg]"}
 * {"sequence":2,"time":"2026-09-05T07:30:00+02:00","code":"8462-4","value":81,"unit":"mm[Hg]"}
 */
export type Batch = {
  readonly device: string
  /** First and last sequence number of what the device has to say here; those missing between were lost. */
  readonly from: number
  readonly to: number
  /** Ed25519 over `signedBytes`, 64 bytes. */
  readonly signature: Uint8Array
  /** One reading each, unread. */
  readonly lines: readonly string[]
  /** What follows the header's line feed, to the byte. */
  readonly body: string
}

/** A reading as a device writes it. */
export type WrittenReading = {
  readonly sequence: number
  /** RFC 3339 with offset: when it was, on the patient's own calendar. */
  readonly time: string
  /** LOINC */
  readonly code: string
  /** Decimal, as text: it is written as a JSON number, to the digit. */
  readonly value: string
  /** UCUM */
  readonly unit: string
}

/** Readings of one batch. A record holds 4,095 attributes; a device that measures more often writes several. */
export const mostReadings = 10_000

const longestText = 4 * 1024 * 1024
const domain = 'medseal.device-readings/1'

/**
 * Reads header and lines. The signature is not checked here, as the key is the directory's.
 * @throws {MalformedError} naming the rule.
 */
export function parse(text: string): Batch {
  if (text.length > longestText) throw new MalformedError({ rule: `at most ${longestText} characters` })
  const headerEnd = text.indexOf('\n')
  if (headerEnd < 0) throw new MalformedError({ rule: 'a header line before its readings' })
  const header = headerSchema.safeParse(plainMembersOf(text.slice(0, headerEnd)))
  if (!header.success) throw new MalformedError({ rule: 'a header of device-readings/1' })
  const { device, from, to, signature } = header.data
  if (from > to) throw new MalformedError({ rule: 'a sequence that does not end before it begins' })
  const body = text.slice(headerEnd + 1)
  const lines = body.split('\n', mostReadings + 2)
  if (lines.at(-1) === '') lines.pop()
  if (lines.length === 0 || lines.length > mostReadings) {
    throw new MalformedError({ rule: `1 to ${mostReadings} readings` })
  }
  return { device, from, to, signature: hexToBytes(signature), lines, body }
}

/** Whether the device's key signed exactly this: RFC 8032, strict, as readers must not differ on what is valid. */
export function isSignedBy(batch: Batch, publicKey: Uint8Array): boolean {
  return ed25519.verify(batch.signature, signedBytes(batch), publicKey, { zip215: false })
}

/** What a device does: writes its readings and signs them. @param signingKey 32 bytes that sign nothing else. */
export function write({
  device,
  readings,
  from = readings[0]?.sequence ?? 1,
  to = readings.at(-1)?.sequence ?? 1,
  signingKey,
}: {
  readonly device: string
  readonly readings: readonly WrittenReading[]
  readonly from?: number
  readonly to?: number
  readonly signingKey: Uint8Array
}): string {
  const body = readings.map((reading) => `${lineOf(reading)}\n`).join('')
  return sign({ device, from, to, body }, signingKey)
}

/** Header and body. */
export function sign(said: Pick<Batch, 'device' | 'from' | 'to' | 'body'>, signingKey: Uint8Array): string {
  const { device, from, to, body } = said
  const signature = bytesToHex(ed25519.sign(signedBytes(said), signingKey))
  return `${JSON.stringify({ medseal: 'device-readings/1', device, from, to, signature })}\n${body}`
}

/**
 * The members of a JSON object on one line, each there once, numbers as written; undefined for anything else. Without
 * escapes a quote before a colon ends a name and nothing else, so that names can be counted: readers differ on which of
 * two members of one name counts.
 */
export function membersOf(line: string): Json.JsonObject | undefined {
  if (line.includes('\\')) return undefined
  let json: Json.Json
  try {
    json = Json.parse(line)
  } catch (error) {
    const refusals = [Json.NotJsonError, Json.TooDeepError, Json.RepeatedMemberError]
    if (refusals.some((refusal) => error instanceof refusal)) return undefined
    throw error
  }
  if (!Json.isObject(json)) return undefined
  return (line.match(/"\s*:/g) ?? []).length === Object.keys(json).length ? json : undefined
}

/** "medseal.device-readings/1" | length of the id, 1 byte | id | from, 8 bytes | to, 8 bytes | SHA-256 of the body. */
function signedBytes({ device, from, to, body }: Pick<Batch, 'device' | 'from' | 'to' | 'body'>): Uint8Array {
  const utf8 = new TextEncoder()
  const id = utf8.encode(device)
  return Uint8Array.from([
    ...utf8.encode(domain),
    id.length,
    ...id,
    ...numberToBytesBE(from, 8),
    ...numberToBytesBE(to, 8),
    ...sha256(utf8.encode(body)),
  ])
}

function lineOf({ value, ...reading }: WrittenReading): string {
  const { sequence, time, code, unit } = reading
  const [start, end] = [{ sequence, time, code }, { unit }].map((part) => JSON.stringify(part).slice(1, -1))
  return `{${start},"value":${value},${end}}`
}

/** Header numbers are counts: no decimal is among them. */
function plainMembersOf(line: string): unknown {
  const members = membersOf(line)
  return (
    members &&
    Object.fromEntries(Object.entries(members).map(([name, json]) => [name, wholeOf(Json.decimalOf(json)) ?? json]))
  )
}

/** A sequence number: 1 to 2^53 - 1, in digits alone. */
export function wholeOf(decimal: string | undefined): number | undefined {
  if (decimal === undefined || !/^[1-9]\d{0,15}$/.test(decimal)) return undefined
  const whole = Number(decimal)
  return Number.isSafeInteger(whole) ? whole : undefined
}

const sequenceSchema = z.number().int().positive()

const headerSchema = z.strictObject({
  medseal: z.literal('device-readings/1'),
  device: Device.idSchema,
  from: sequenceSchema,
  to: sequenceSchema,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
})

/** The text is no batch of readings. What it says is not repeated. */
export class MalformedError extends Error {
  override readonly name = 'Batch.MalformedError'
  constructor({ rule }: { rule: string }) {
    super(`A batch of device readings must have ${rule}.`)
  }
}
