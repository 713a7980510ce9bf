import { z } from 'zod'
import { fieldOrder, parameters } from '../generated/parameters.ts'
import * as Proof from '../Proof.ts'
import type { Category, CodeSystem } from '../protocol/CodeSystem.ts'
import * as Day from '../protocol/Day.ts'
import type { Role } from '../protocol/Policy.ts'
import type * as Request from '../protocol/Request.ts'

/** A kind of file: its tag, e.g. record/1, and the form of all else. */
export type Kind<T> = { readonly tag: string; readonly schema: z.ZodType<T> }

/** What reading one of these kinds gives. */
export type Read<Kinds extends readonly Kind<unknown>[]> = Kinds[number] extends Kind<infer T> ? T : never

/**
 * Reads the JSON text of a file of one of these kinds, told by its tag.
 * @throws {BrokenError} naming the place and the rule, never what is written there.
 */
export function read<const Kinds extends readonly Kind<unknown>[]>(text: string, kinds: Kinds): Read<Kinds> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new BrokenError('$ must be JSON')
  }
  const tag = typeof json === 'object' && json !== null && 'medseal' in json ? json.medseal : undefined
  const kind = kinds.find((candidate) => candidate.tag === tag)
  if (!kind) throw new BrokenError(`medseal must be ${kinds.map(({ tag }) => JSON.stringify(tag)).join(' or ')}`)
  const { medseal: _, ...fields } = json as Record<string, unknown>
  const result = kind.schema.safeParse(fields)
  if (!result.success) throw new BrokenError(problemOf(result.error))
  return result.data as Read<Kinds>
}

/** JSON text of a file: indented, bigints as decimal text. */
export function write(tag: string, fields: object): string {
  return JSON.stringify(
    { medseal: tag, ...fields },
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  )
}

// The forms that fields of several files share. Each reads one writing and refuses all others.

/** An object with these keys and no other. */
export const object = <shape extends z.core.$ZodLooseShape>(shape: shape) => z.strictObject(shape)

/** A number from 0 to `most`, as decimal or 0x text. */
export const number = (most: bigint) =>
  z.unknown().transform((value, context): bigint => {
    const read = typeof value === 'string' ? Proof.numberOf(value) : undefined
    if (read !== undefined && read <= most) return read
    const message = value === undefined ? 'is missing' : 'must be a number as decimal or 0x text, within its range'
    context.addIssue({ code: 'custom', message, input: undefined })
    return z.NEVER
  })

export const bits = (width: number) => number((1n << BigInt(width)) - 1n)
export const fieldElement = number(fieldOrder - 1n)

/** A whole number as JSON has it. */
export const whole = (most: number) => z.int().min(0).max(most)

/** A day, yyyy-mm-dd. */
export const day = z.unknown().transform((value, context): Day.Day => {
  try {
    if (typeof value === 'string') return Day.parse(value)
  } catch {
    // Told below, for every other value too.
  }
  const message = value === undefined ? 'is missing' : 'must be a day, yyyy-mm-dd'
  context.addIssue({ code: 'custom', message, input: undefined })
  return z.NEVER
})

/** Any 32 bytes, 0x and 64 digits. */
export const word = z.string().regex(/^0x[0-9a-f]{64}$/i) as unknown as z.ZodType<`0x${string}`>
export const address = z.string().regex(/^0x[0-9a-f]{40}$/i) as unknown as z.ZodType<Request.Address>
/** 65 bytes of ECDSA, or more of a contract's. */
export const signature = z.string().regex(/^0x([0-9a-f]{2}){1,4096}$/i)

export const point = z.tuple([fieldElement, fieldElement])

export const role = z.enum(Object.keys(parameters.roles) as [Role, ...Role[]])
export const category = z.enum(Object.keys(parameters.categories) as [Category, ...Category[]])
export const system = z.enum(Object.keys(parameters.systems) as [CodeSystem, ...CodeSystem[]])
export const purpose = z.enum(Object.keys(parameters.purposes) as [Request.Purpose, ...Request.Purpose[]])

export const completeness = object({
  categories: z.array(category),
  systems: z.array(system),
  setsEdition: whole((1 << parameters.completeness.setsEdition) - 1),
  since: day,
})

/** A proof of any circuit: points on their curves. */
export const proof = z.unknown().transform((value, context): Proof.Proof => {
  try {
    return Proof.parse(value)
  } catch {
    const message = value === undefined ? 'is missing' : 'must be a proof'
    context.addIssue({ code: 'custom', message, input: undefined })
    return z.NEVER
  }
})

/** The first broken rule and its place, e.g. request.policyHashes[0]. Messages are ours: zod's may repeat the file. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return '$ must be of its form'
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return `${path.replace(/^\./, '') || '$'} ${ruleOf(issue)}`
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('undefined')
        ? 'is missing'
        : `must be of type ${issue.expected}`
    case 'unrecognized_keys':
      return 'must only have the keys of its kind'
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    case 'custom':
      return issue.message
    default:
      return 'must be of its form'
  }
}

/** A text is not a file of its kind. */
export class BrokenError extends Error {
  override readonly name = 'Form.BrokenError'
}
