import * as Form from '@medseal/prover/files/Form'
import type * as Issuer from '@medseal/prover/protocol/Issuer'
import { z } from 'zod'

const kind: Form.Kind<{ readonly secret: string }> = {
  tag: 'issuer-key/1',
  schema: Form.object({ secret: z.string() }),
}

export function create(): Issuer.SigningKey {
  return crypto.getRandomValues(new Uint8Array(32)) as Uint8Array as Issuer.SigningKey
}

/** The command line's file of a signing key. @throws {InvalidError} {Form.BrokenError} */
export function parse(text: string): Issuer.SigningKey {
  const { secret } = Form.read(text, [kind])
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(secret.trim()) ?? []
  if (digits === undefined || /^0+$/.test(digits)) throw new InvalidError()
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return bytes as Uint8Array as Issuer.SigningKey
}

export function write(key: Issuer.SigningKey): string {
  const secret = Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return Form.write(kind.tag, { secret: `0x${secret}` })
}

/** Not a signing key. */
export class InvalidError extends Error {
  override readonly name = 'SigningKeyFile.InvalidError'
  constructor() {
    super('Not the signing key of an issuer: 32 bytes in hexadecimal, not all 0.')
  }
}
