import { computeAddress, hexlify, SigningKey } from 'ethers'
import type * as Answer from '../chain/Answer.ts'
import * as CredentialFile from '../files/CredentialFile.ts'
import type { Deployment } from '../files/DeploymentFile.ts'
import * as Consent from '../protocol/Consent.ts'
import * as Credential from '../protocol/Credential.ts'
import type * as Day from '../protocol/Day.ts'
import * as Holder from '../protocol/Holder.ts'
import * as Record from '../protocol/Record.ts'
import type * as Request from '../protocol/Request.ts'
import * as File from './File.ts'
import * as KeyFile from './KeyFile.ts'
import * as Output from './Output.ts'
import * as Secret from './Secret.ts'

/** What a patient brings to a command: words, and what an issuer gave. Secret. */
export type Wallet = { readonly seed: Holder.Seed; readonly secret: Holder.HolderSecret }

/** @param holder File of the words. */
export async function open(holder: string | undefined): Promise<Wallet> {
  const seed = await Secret.read(KeyFile.holder, holder)
  return { seed, secret: Holder.secretOf(seed) }
}

/** A credential file, its record rebuilt leaf by leaf; the credential itself is not yet judged. */
export function readCredential(path: string): {
  readonly credential: Credential.Credential
  readonly record: Record.OpenRecord
} {
  const { credential, record } = File.readJson(path, [CredentialFile.kind])
  try {
    return { credential, record: Record.check(record, { asOf: credential.asOf }) }
  } catch (cause) {
    throw new File.InvalidError({ path, problem: Output.describe(cause), cause })
  }
}

/**
 * What an issuer gave, once it is known to be this patient's.
 * @throws {CredentialRefusedError} and what reading throws.
 */
export function holding({ secret }: Wallet, path: string, today: Day.Day): Answer.Holding {
  const { credential, record } = readCredential(path)
  const verdict = Credential.check(credential, { record, secret, today })
  if (!verdict.valid) throw new CredentialRefusedError({ reason: verdict.reason })
  return { secret, credential, record }
}

/** Address of the key this patient uses with one recipient on one chain, and with no other. */
export function keyFor(
  { seed }: Wallet,
  { chainId, addresses }: Pick<Deployment, 'chainId' | 'addresses'>,
  recipientId: Request.StakeholderId,
): Request.Address {
  const relationship = Consent.relationshipOf({ chainId, registry: addresses.ConsentRegistry, recipientId })
  return computeAddress(new SigningKey(hexlify(Holder.patientKeyOf(seed, relationship)))) as Request.Address
}

/** The credential is not one this patient can use. */
export class CredentialRefusedError extends Error {
  override readonly name = 'Wallet.CredentialRefusedError'
  constructor({ reason }: { reason: Credential.Refusal }) {
    super(`This credential is not taken: ${reason}.`)
  }
}
