import { ed25519 } from '@noble/curves/ed25519.js'
import { hexToBytes } from '@noble/curves/utils.js'
import { z } from 'zod'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Day from '../protocol/Day.ts'

/**
 * A device that an issuer has enrolled: handed to one patient, with a key that has signed for nobody else. The issuer
 * keeps its devices off chain; nobody else relies on them but through the records it signs.
 *
 * The issuer is trusted with who wears the device and that its key never leaves it, the device with its sensor and
 * its clock, the patient with nothing but handing in what it signed: what is withheld between two readings is seen,
 * what is withheld at the end is not.
 */
export type Device = {
  readonly id: string
  /** Ed25519 (RFC 8032), 32 bytes. */
  readonly publicKey: Uint8Array
  /** The issuer's own reference to the patient, e.g. the id of the Patient its bundles are about. */
  readonly patient: string
  /** What it may report: UCUM units by LOINC code. */
  readonly measures: ReadonlyMap<CodeSystem.CodeNumber, readonly string[]>
  /** First and last day of its readings. */
  readonly from: Day.Day
  readonly until: Day.Day
  /** Unix seconds from which nothing that arrives is believed, whatever its date: who has the key can backdate. */
  readonly revokedAt: number | undefined
}

/** Devices by their ids. */
export type Directory = ReadonlyMap<string, Device>

export const longestDirectory = 16 * 1024 * 1024

/**
 * Reads an issuer's directory of devices:
 * {"medseal": "device-directory/1", "devices": [{id, publicKey (hex), patient, measures: [{code, units}], from, until,
 * revokedAt (Unix seconds, optional)}]}.
 * @throws {InvalidDirectoryError} naming the place and the rule.
 */
export function parseDirectory(text: string): Directory {
  const result = directorySchema.safeParse(jsonOf(text))
  if (!result.success) {
    const [issue] = result.error.issues
    throw new InvalidDirectoryError({ path: ['$', ...(issue?.path ?? [])].map(String).join('.'), rule: ruleOf(issue) })
  }
  const { devices } = result.data
  const directory = new Map<string, Device>()
  for (const [index, device] of devices.entries()) {
    if (directory.has(device.id)) {
      throw new InvalidDirectoryError({ path: `$.devices.${index}.id`, rule: 'must not be used twice' })
    }
    directory.set(device.id, device)
  }
  const keys = new Set(devices.map(({ publicKey }) => publicKey.join()))
  // A key that signs for two devices makes either's readings the other's.
  if (keys.size < devices.length) {
    throw new InvalidDirectoryError({ path: '$.devices', rule: 'must not share a public key' })
  }
  return directory
}

/** A device's name, as its batches give it. */
export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

const daySchema = z.string().transform((text, context) => {
  try {
    return Day.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a day (yyyy-mm-dd)' })
    return z.NEVER
  }
})

const publicKeySchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((hex, context) => {
    const bytes = hexToBytes(hex)
    // Strict: under a key of small order any signature holds for some message.
    if (ed25519.utils.isValidPublicKey(bytes, false) && isFullOrder(bytes)) return bytes
    context.addIssue({ code: 'custom', message: 'must be an Ed25519 public key of full order' })
    return z.NEVER
  })

const codeSchema = z.string().transform((code, context) => {
  try {
    return CodeSystem.encode('LOINC', code)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a LOINC code' })
    return z.NEVER
  }
})

const measureSchema = z.strictObject({ code: codeSchema, units: z.array(z.string().min(1).max(64)).min(1).max(16) })

const deviceSchema = z
  .strictObject({
    id: idSchema,
    publicKey: publicKeySchema,
    patient: z.string().min(1).max(256),
    measures: z.array(measureSchema).min(1).max(64),
    from: daySchema,
    until: daySchema,
    revokedAt: z.number().int().nonnegative().optional(),
  })
  .refine(({ from, until }) => from <= until, { message: 'must not end before it begins' })
  .transform(
    (device): Device => ({
      ...device,
      measures: new Map(device.measures.map(({ code, units }) => [code, units])),
      revokedAt: device.revokedAt,
    }),
  )

const directorySchema = z.strictObject({
  medseal: z.literal('device-directory/1'),
  devices: z.array(deviceSchema).max(100_000),
})

function jsonOf(text: string): unknown {
  if (text.length > longestDirectory) {
    throw new InvalidDirectoryError({ path: '$', rule: `must have at most ${longestDirectory} characters` })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidDirectoryError({ path: '$', rule: 'must be JSON' })
  }
}

function isFullOrder(publicKey: Uint8Array): boolean {
  const point = ed25519.Point.fromBytes(publicKey)
  return point.isTorsionFree() && !point.is0()
}

/** Rules only: what stands there may name a patient. */
function ruleOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'custom') return issue.message
  if (issue?.code === 'unrecognized_keys') return 'must only have the members of its format'
  return 'must be of its format'
}

/** An issuer's directory of devices breaks a rule. */
export class InvalidDirectoryError extends Error {
  override readonly name = 'Device.InvalidDirectoryError'
  readonly path: string
  constructor({ path, rule }: { path: string; rule: string }) {
    super(`Device directory: ${path} ${rule}.`)
    this.path = path
  }
}
