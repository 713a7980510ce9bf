import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Writes and reads what whoever has the database alone must not. */
export type Seal = {
  readonly close: (text: string) => string
  /** @throws {SealError} */
  readonly open: (sealed: string) => string
}

/**
 * AES-256-GCM under a key of its own for each row and purpose, so that a sealed text opens in no other place.
 * @param secret The API's own key, which is not in the database.
 */
export function of(secret: Uint8Array, { purpose, id }: { readonly purpose: string; readonly id: string }): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, id, `medseal ${purpose}`, 32))
  return {
    close: (text) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        decipher.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        throw new SealError()
      }
    },
  }
}

/** What a row keeps sealed does not open. */
export class SealError extends Error {
  override readonly name = 'Seal.SealError'
  constructor() {
    super('A sealed text does not open: WEBHOOK_KEY is not the one it was sealed with, or the row was changed.')
  }
}
