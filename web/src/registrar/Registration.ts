import * as Form from '@medseal/prover/files/Form'
import type * as Day from '@medseal/prover/protocol/Day'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import type { Role } from '@medseal/prover/protocol/Policy'
import { z } from 'zod'

/** What an issuer says of itself to be registered: what `medseal issuer show --json` prints, and its room gives. */
export type Registration = {
  readonly issuerId: Issuer.IssuerId
  readonly publicKey: Issuer.PublicKey
  readonly roles: readonly Role[]
  readonly validUntil: Day.Day
  readonly statusRoot: bigint
}

const schema = z.object({
  issuerId: Form.fieldElement,
  publicKey: Form.point,
  roles: z.array(Form.role).min(1),
  validUntil: Form.day,
  statusRoot: Form.fieldElement,
})

/**
 * Reads it, with the key checked: on the curve, in the prime subgroup, not the identity, and the one of the issuer id.
 * No contract checks this.
 * @throws {Form.BrokenError} {Issuer.InvalidKeyError} {OtherIdError}
 */
export function parse(text: string): Registration {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Form.BrokenError('$ must be JSON')
  }
  const read = schema.safeParse(json)
  if (!read.success) throw new Form.BrokenError(Form.problemOf(read.error))
  const { issuerId, publicKey, ...others } = read.data
  const key = Issuer.parsePublicKey(publicKey)
  if (Issuer.idOf(key) !== issuerId) throw new OtherIdError()
  return { ...others, publicKey: key, issuerId: Issuer.idOf(key) }
}

/** The issuer id is not the one of the key. */
export class OtherIdError extends Error {
  override readonly name = 'Registration.OtherIdError'
  constructor() {
    super('The issuer id is not the one of this public key. Do not register it; ask the issuer.')
  }
}
