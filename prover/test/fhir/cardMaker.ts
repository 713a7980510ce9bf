import { deflateRawSync } from 'node:zlib'
import * as Jose from 'jose'
import * as CardIssuer from '../../src/fhir/CardIssuer.ts'

/** An issuer of cards that lives for one test run. */
export type Maker = { readonly iss: string; readonly privateKey: CryptoKey; readonly jwk: Jose.JWK & { kid: string } }

export async function create(iss: string): Promise<Maker> {
  const { privateKey, publicKey } = await Jose.generateKeyPair('ES256')
  const jwk = await Jose.exportJWK(publicKey)
  const kid = await Jose.calculateJwkThumbprint(jwk)
  return { iss, privateKey, jwk: { ...jwk, kid, use: 'sig', alg: 'ES256' } }
}

/** What the maker publishes, as somebody who trusts it holds it. */
export function published({ iss, jwk }: Maker, change: object = {}, revocations: readonly object[] = []) {
  const jwks = JSON.stringify({ keys: [{ ...jwk, ...change }] })
  return CardIssuer.parse(iss, { jwks, revocations: revocations.map((list) => JSON.stringify(list)) })
}

export type Claims = {
  readonly iss?: unknown
  readonly nbf?: unknown
  readonly exp?: unknown
  readonly type?: unknown
  readonly rid?: unknown
  readonly fhirVersion?: unknown
  /** As it shall stand in the payload. */
  readonly fhirBundle?: string
}

/** A payload's text. */
export function payloadOf({ iss }: Maker, claims: Claims = {}): string {
  const { fhirBundle = '{"resourceType":"Bundle","type":"collection","entry":[]}', fhirVersion = '4.0.1' } = claims
  const { type = ['https://smarthealth.cards#health-card'], rid, ...times } = claims
  const vc = JSON.stringify({ type, rid, credentialSubject: { fhirVersion, fhirBundle: 'HERE' } })
  const { nbf = 1_700_000_000, exp } = times
  const payload = JSON.stringify({ iss: claims.iss ?? iss, nbf, exp, vc: 'HERE' })
  return payload.replace('"HERE"', () => vc).replace('"HERE"', () => fhirBundle)
}

/** Signs any bytes as a card, with any header. */
export function sign({ privateKey, jwk }: Maker, payload: Uint8Array | string, header: object = {}): Promise<string> {
  const bytes = typeof payload === 'string' ? deflateRawSync(payload) : payload
  const protectedHeader = { alg: 'ES256', zip: 'DEF', kid: jwk.kid, ...header }
  return new Jose.CompactSign(bytes).setProtectedHeader(protectedHeader).sign(privateKey)
}

/** A card whose header says anything, over the header's own text and not signed anew. */
export function withHeader(jws: string, header: object): string {
  const [, payload, signature] = jws.split('.')
  return `${Jose.base64url.encode(JSON.stringify(header))}.${payload}.${signature}`
}

/** The digits of a QR code, without its prefix. */
export function digitsOf(text: string): string {
  return Array.from(text, (letter) => String(letter.charCodeAt(0) - 45).padStart(2, '0')).join('')
}
