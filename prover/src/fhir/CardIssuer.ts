import { z } from 'zod'

/** An issuer of SMART Health Cards that somebody decided to trust, with what it published about its keys. */
export type CardIssuer = {
  /** https address, as cards name it. */
  readonly iss: string
  readonly keys: readonly Key[]
  readonly revocations: readonly RevocationList[]
}

/** A public ES256 key (RFC 7517, on the curve P-256). */
export type Key = {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  /** Its RFC 7638 thumbprint; `SmartHealthCard.verify` checks that it is. */
  readonly kid: string
  /** Which version of the key's revocation list must be looked at. */
  readonly crlVersion?: number | undefined
}

/** Cards of one key that hold no longer: "rid", or "rid.seconds" for those issued before. */
export type RevocationList = { readonly kid: string; readonly ctr: number; readonly rids: readonly string[] }

/** Gets a text from an https address: the only door to the network, and the caller's. */
export type Get = (url: string) => Promise<string>

/** Characters of a key set or list that are read. */
export const longestText = 4 * 1024 * 1024

/**
 * An issuer from the texts it publishes.
 * @throws {NotHttpsError} {InvalidIssuerError}
 */
export function parse(
  iss: string,
  { jwks, revocations = [] }: { readonly jwks: string; readonly revocations?: readonly string[] },
): CardIssuer {
  if (!isAddress(iss)) throw new NotHttpsError()
  return {
    iss,
    keys: keysOf(jwks),
    revocations: revocations.map((text) => readAs(revocationSchema, text, 'revocation list')),
  }
}

/**
 * What an issuer publishes at the addresses that the specification fixes. Whether to trust it was decided before.
 * @throws {NotHttpsError} {InvalidIssuerError} and whatever `get` throws
 */
export async function getFrom(iss: string, get: Get): Promise<CardIssuer> {
  if (!isAddress(iss)) throw new NotHttpsError()
  const keys = keysOf(await get(`${iss}/.well-known/jwks.json`))
  const listed = keys.filter(({ crlVersion }) => crlVersion !== undefined)
  const texts = await Promise.all(listed.map(({ kid }) => get(`${iss}/.well-known/crl/${kid}.json`)))
  return { iss, keys, revocations: texts.map((text) => readAs(revocationSchema, text, 'revocation list')) }
}

/** Whether a text can name an issuer. */
export function isAddress(iss: string): boolean {
  return /^https:\/\/[^\s?#]*[^\s?#/]$/.test(iss)
}

/** Keys of other kinds, or for other uses, may stand in the set; one that shows its secret must not be believed. */
function keysOf(jwks: string): readonly Key[] {
  const { keys } = readAs(keySetSchema, jwks, 'key set')
  return keys.flatMap((key) => {
    const { success, data } = keySchema.safeParse(key)
    if (!success) return []
    const { kty, crv, x, y, kid, crlVersion } = data
    return [{ kty, crv, x, y, kid, ...(crlVersion !== undefined && { crlVersion }) }]
  })
}

const coordinate = z.string().regex(/^[\w-]{43}$/)
const keyId = z.string().regex(/^[\w-]{43}$/)
const count = z.int().nonnegative()

const keySetSchema = z.object({ keys: z.array(z.unknown()).max(1000) })
const keySchema = z.object({
  kty: z.literal('EC'),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  kid: keyId,
  d: z.never().optional(),
  crlVersion: count.optional(),
})
const revocationSchema = z.object({
  kid: keyId,
  method: z.literal('rid'),
  ctr: count,
  rids: z.array(z.string().regex(/^[\w-]{1,24}(\.\d{1,12})?$/)),
})

function readAs<Schema extends z.ZodType>(schema: Schema, text: string, what: string): z.output<Schema> {
  if (text.length > longestText) throw new InvalidIssuerError({ what })
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new InvalidIssuerError({ what })
  }
}

/** An issuer's address is not an https address without a "/" at its end: its keys could be anybody's. */
export class NotHttpsError extends Error {
  override readonly name = 'CardIssuer.NotHttpsError'
  constructor() {
    super('An issuer is named by an https address without a "/" at its end.')
  }
}

/** What an issuer published is not what the specification says it publishes. */
export class InvalidIssuerError extends Error {
  override readonly name = 'CardIssuer.InvalidIssuerError'
  constructor({ what }: { what: string }) {
    super(`The issuer's ${what} is not one.`)
  }
}
