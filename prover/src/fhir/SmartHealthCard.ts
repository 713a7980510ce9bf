import * as Jose from 'jose'
import * as Day from '../protocol/Day.ts'
import * as CardIssuer from './CardIssuer.ts'
import * as Import from './Import.ts'
import * as Json from './Json.ts'
import * as JsonText from './JsonText.ts'
import * as Omission from './Omission.ts'

/**
 * A SMART Health Card (spec.smarthealth.cards) whose signature, times and revocation were checked: its issuer said what is in it, and said no
 * more than that.
 */
export type Card = {
  /** https address that names the issuer. */
  readonly issuer: string
  /** RFC 7638 thumbprint of the key that signed. */
  readonly keyId: string
  /** Unix seconds, with the decimals it has: when it was issued, and from when it is valid. */
  readonly issuedAt: number
  /** Unix seconds; dead from then on. */
  readonly expiresAt?: number
  /** All that its issuer calls it; unknown ones are to be ignored. */
  readonly types: readonly string[]
  /** The FHIR bundle's own text, cut out of what was signed. */
  readonly fhirBundle: string
}

/** Why a well-formed card is not to be believed, or not now. */
export type Refusal =
  | 'unknown-issuer'
  | 'unknown-key'
  | 'signature'
  | 'not-yet-valid'
  | 'expired'
  | 'revoked'
  | 'revocation-unknown'

export type Verdict =
  | { readonly valid: true; readonly card: Card }
  | { readonly valid: false; readonly reason: Refusal }

/** Characters of one card, cards of one file, and bytes a card may inflate to. A card in one QR code has 1,195 characters. */
export const longestCard = 1024 * 1024
export const mostCards = 100
export const mostInflated = 8 * 1024 * 1024

/**
 * Checks a card (a compact JWS) against the keys of the issuers one trusts. Nothing is fetched.
 * @param now Unix seconds.
 * @throws {NotACardError} naming the rule the text breaks, before any signature is looked at.
 */
export async function verify(
  jws: string,
  { issuers, now }: { readonly issuers: readonly CardIssuer.CardIssuer[]; readonly now: bigint },
): Promise<Verdict> {
  const claims = await read(jws)
  const issuer = issuers.find(({ iss }) => iss === claims.issuer)
  if (!issuer) return refused('unknown-issuer')
  const key = issuer.keys.find(({ kid }) => kid === claims.keyId)
  if (!key || (await Jose.calculateJwkThumbprint(key)) !== claims.keyId) return refused('unknown-key')
  if (!(await isSignedWith(jws, key))) return refused('signature')
  if (Number(now) < claims.issuedAt) return refused('not-yet-valid')
  if (claims.expiresAt !== undefined && Number(now) >= claims.expiresAt) return refused('expired')
  const { revocationId, ...card } = claims
  if (key.crlVersion !== undefined && revocationId !== undefined) {
    const lists = issuer.revocations.filter(({ kid, ctr }) => kid === card.keyId && ctr >= (key.crlVersion ?? 0))
    if (lists.length === 0) return refused('revocation-unknown')
    // An older list that is good enough must not speak for a younger one beside it.
    if (lists.some((list) => isRevoked(list, revocationId, card.issuedAt))) return refused('revoked')
  }
  return { valid: true, card }
}

/**
 * Whose card it claims to be, so that a caller can decide whether to trust that issuer and get its keys. Unchecked.
 * @throws {NotACardError}
 */
export async function claimedIssuer(jws: string): Promise<string> {
  return (await read(jws)).issuer
}

/**
 * Reads a card's bundle, as of the day it was issued: it does not say what became of anything since. A card is a
 * selection made for one purpose, so nothing follows from what it does not say: no category and no system is complete.
 * @throws {Json.TooLongError} and the others of `Import.importBundle`
 */
export function importCard({ fhirBundle, issuedAt }: Card): {
  readonly imported: Import.Imported
  readonly asOf: Day.Day
} {
  const asOf = Day.ofUnixSeconds(issuedAt)
  const imported = Import.importBundle(fhirBundle, { asOf })
  const selection: Omission.Remark = {
    resourceType: 'Bundle',
    index: -1,
    path: 'Bundle',
    reason: 'selection',
    spoils: Omission.everything,
  }
  const complete = { categories: [], systems: [] }
  return { imported: { ...imported, remarks: [...imported.remarks, selection], complete }, asOf }
}

function refused(reason: Refusal): Verdict {
  return { valid: false, reason }
}

async function isSignedWith(jws: string, key: CardIssuer.Key): Promise<boolean> {
  const { kty, crv, x, y } = key
  try {
    await Jose.compactVerify(jws, await Jose.importJWK({ kty, crv, x, y }, 'ES256'), { algorithms: ['ES256'] })
    return true
  } catch {
    // A point off the curve and a signature of another message are one answer: not signed by this key.
    return false
  }
}

/** A listed time revokes what was issued before it. */
function isRevoked({ rids }: CardIssuer.RevocationList, revocationId: string, issuedAt: number): boolean {
  return rids.some((listed) => {
    const [rid, before] = listed.split('.')
    return rid === revocationId && (before === undefined || issuedAt < Number(before))
  })
}

type Claims = Card & { readonly revocationId?: string }

async function read(jws: string): Promise<Claims> {
  if (jws.length > longestCard) throw new NotACardError({ rule: `has at most ${longestCard} characters` })
  const [header, payload, signature, ...rest] = jws.split('.')
  if (!header || !payload || !signature || rest.length > 0) throw new NotACardError({ rule: 'is a compact JWS' })
  const keyId = keyIdOf(textOf(bytesOf(header)))
  return claimsOf(textOf(await inflate(bytesOf(payload))), keyId)
}

/** alg and zip are what the specification fixes; jwk, jku and x5c of a header are nobody's word but the card's own. */
function keyIdOf(header: string): string {
  const json = parsed(header)
  if (!Json.isObject(json)) throw new NotACardError({ rule: 'has a header' })
  if (Json.member(json, 'alg') !== 'ES256') throw new NotACardError({ rule: 'is signed with ES256' })
  if (Json.member(json, 'crit') !== undefined) throw new NotACardError({ rule: 'has no critical header' })
  if (Json.member(json, 'zip') !== 'DEF') throw new NotACardError({ rule: 'is compressed with DEF' })
  const kid = Json.member(json, 'kid')
  if (typeof kid !== 'string') throw new NotACardError({ rule: 'names its key' })
  return kid
}

function claimsOf(payload: string, keyId: string): Claims {
  const json = parsed(payload)
  const vc = Json.isObject(json) && Json.member(json, 'vc')
  const subject = Json.isObject(vc || undefined) && Json.member(vc as Json.JsonObject, 'credentialSubject')
  if (!Json.isObject(json) || !vc || !Json.isObject(vc) || !subject || !Json.isObject(subject))
    throw new NotACardError({ rule: 'has vc.credentialSubject' })
  const types = Json.member(vc, 'type')
  if (!Json.isList(types) || !types.includes(healthCard)) throw new NotACardError({ rule: 'is of type health-card' })
  if (!/^4\.0\.\d+$/.test(String(Json.member(subject, 'fhirVersion'))))
    throw new NotACardError({ rule: 'holds FHIR R4 (fhirVersion 4.0.x)' })
  const rid = Json.member(vc, 'rid')
  if (rid !== undefined && !(typeof rid === 'string' && /^[\w-]{1,24}$/.test(rid)))
    throw new NotACardError({ rule: 'has a rid of at most 24 base64url characters' })
  const expiresAt = secondsOf(json, 'exp')
  const issuedAt = secondsOf(json, 'nbf')
  if (issuedAt === undefined) throw new NotACardError({ rule: 'says when it was issued (nbf)' })
  return {
    issuer: issuerOf(json),
    keyId,
    issuedAt,
    ...(expiresAt !== undefined && { expiresAt }),
    types: types.filter((type) => typeof type === 'string'),
    fhirBundle: bundleOf(payload),
    ...(rid !== undefined && { revocationId: rid }),
  }
}

function issuerOf(json: Json.JsonObject): string {
  const iss = Json.member(json, 'iss')
  if (typeof iss !== 'string' || !CardIssuer.isAddress(iss))
    throw new NotACardError({ rule: 'has an iss that is an https address without a "/" at its end' })
  return iss
}

/** A NumericDate (RFC 7519), which many cards write with decimals. */
function secondsOf(json: Json.JsonObject, name: 'nbf' | 'exp'): number | undefined {
  const claim = Json.member(json, name)
  if (claim === undefined) return undefined
  const seconds = Number(Json.decimalOf(claim))
  if (!(seconds > 0 && seconds < 2 ** 40)) throw new NotACardError({ rule: `has ${name} in Unix seconds` })
  return seconds
}

function bundleOf(payload: string): string {
  try {
    const text = JsonText.memberAt(payload, ['vc', 'credentialSubject', 'fhirBundle'])
    if (text?.startsWith('{')) return text
  } catch (error) {
    if (!(error instanceof JsonText.RepeatedMemberError)) throw error
  }
  throw new NotACardError({ rule: 'holds one FHIR bundle' })
}

function parsed(text: string): Json.Json {
  try {
    return Json.parse(text)
  } catch (error) {
    if (error instanceof Json.UnsupportedEngineError) throw error
    throw new NotACardError({ rule: 'consists of JSON that can be read' })
  }
}

function bytesOf(part: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(part)) throw new NotACardError({ rule: 'is written in base64url' })
  return new Uint8Array(Jose.base64url.decode(part))
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NotACardError({ rule: 'is written in UTF-8' })
  }
}

/** Raw DEFLATE (RFC 1951), piece by piece, so that what would fill the memory is given up early. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new NotACardError({ rule: 'is compressed with raw DEFLATE' })
    })
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer())
    length += value.length
    if (length > mostInflated) {
      await reader.cancel()
      throw new NotACardError({ rule: `inflates to at most ${mostInflated} bytes` })
    }
    pieces.push(value)
  }
}

const healthCard = 'https://smarthealth.cards#health-card'

/** The text is no SMART Health Card. It is not repeated: it is a medical record. */
export class NotACardError extends Error {
  override readonly name = 'SmartHealthCard.NotACardError'
  readonly rule: string
  constructor({ rule }: { rule: string }) {
    super(`Not a SMART Health Card: a card ${rule}.`)
    this.rule = rule
  }
}
