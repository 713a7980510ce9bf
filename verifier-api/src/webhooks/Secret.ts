import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** What webhooks are signed with (Standard Webhooks: whsec_ and 24 to 64 bytes in base64). */
export function create(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/**
 * A secret as it lies in the database: AES-256-GCM under the API's own key, which is not in there. The endpoint's id is
 * authenticated along, so that a row's secret opens in no other row.
 */
export function seal(key: Uint8Array, secret: string, endpointId: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(endpointId))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** @throws {SealError} where the key is another one, or the row was changed. */
export function open(key: Uint8Array, sealed: string, endpointId: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const [iv, tag, body] = [bytes.subarray(0, 12), bytes.subarray(12, 28), bytes.subarray(28)]
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    decipher.setAAD(Buffer.from(endpointId)).setAuthTag(tag)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    throw new SealError()
  }
}

/** A webhook's secret does not open under this API's key. */
export class SealError extends Error {
  override readonly name = 'Secret.SealError'
  constructor() {
    super("A webhook's secret does not open: WEBHOOK_KEY is not the one it was sealed with, or the row was changed.")
  }
}
