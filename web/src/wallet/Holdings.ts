import type * as Answer from '@medseal/prover/chain/Answer'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as Form from '@medseal/prover/files/Form'
import * as Credential from '@medseal/prover/protocol/Credential'
import * as Day from '@medseal/prover/protocol/Day'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import * as Record from '@medseal/prover/protocol/Record'
import * as Keeper from './Keeper.ts'
import type { Secrets } from './Wallet.ts'

/** A credential as it is kept: the file's text, and when it came. */
type Kept = { readonly text: string; readonly receivedAt: string }

/** A credential in a list. Secret, but little of it is medical. */
export type Summary = {
  readonly id: string
  readonly issuerId: string
  readonly asOf: string
  readonly expires: string
  readonly facts: number
  readonly complete: { readonly categories: readonly string[]; readonly since: string; readonly setsEdition: number }
  readonly receivedAt: string
}

const prefix = 'credential/'

/**
 * Takes home what an issuer gave, once record and signature are checked. An older credential of the same issuer gives way.
 * @param today The device's own day.
 * @throws {Form.BrokenError} {Record.MalformedRecordError} {RefusedError} {OlderError} {Store.FullError}
 */
export async function receive(
  keeper: Keeper.Keeper,
  { secret }: Secrets,
  { text, today, now }: { readonly text: string; readonly today: Day.Day; readonly now: string },
): Promise<Summary & { readonly replaced: boolean }> {
  const holding = holdingOf(text, secret)
  const { credential } = holding
  const verdict = Credential.check(credential, { record: holding.record, secret, today })
  if (!verdict.valid) throw new RefusedError({ reason: verdict.reason })
  const id = idOf(credential)
  const kept = { text, receivedAt: now }
  const earlier = await Keeper.read<Kept>(keeper, prefix + id)
  if (earlier) {
    const before = Form.read(earlier.text, [CredentialFile.kind]).credential
    if (before.asOf > credential.asOf) throw new OlderError()
  }
  await Keeper.write(keeper, { put: { [prefix + id]: kept } })
  return { ...summaryOf(id, kept, credential), replaced: earlier !== undefined }
}

export async function list(keeper: Keeper.Keeper): Promise<Summary[]> {
  const kept = await Keeper.list<Kept>(keeper, prefix)
  return Array.from(kept, ([name, one]) => {
    const { credential } = Form.read(one.text, [CredentialFile.kind])
    return summaryOf(name.slice(prefix.length), one, credential)
  })
}

/** @throws {NoSuchCredentialError} and what reading throws. */
export async function open(keeper: Keeper.Keeper, { secret }: Secrets, id: string): Promise<Answer.Holding> {
  const kept = await Keeper.read<Kept>(keeper, prefix + id)
  if (!kept) throw new NoSuchCredentialError()
  return holdingOf(kept.text, secret)
}

export async function remove(keeper: Keeper.Keeper, id: string): Promise<void> {
  await Keeper.write(keeper, { remove: [prefix + id] })
}

function holdingOf(text: string, secret: Secrets['secret']): Answer.Holding {
  const { credential, record } = Form.read(text, [CredentialFile.kind])
  return { secret, credential, record: Record.check(record, { asOf: credential.asOf }) }
}

/** One credential an issuer: the issuer's id names it. */
function idOf(credential: Credential.Credential): string {
  return Issuer.idOf(credential.issuer).toString(16).padStart(64, '0')
}

function summaryOf(id: string, { receivedAt }: Kept, { complete, ...credential }: Credential.Credential): Summary {
  return {
    id,
    issuerId: String(Issuer.idOf(credential.issuer)),
    asOf: Day.format(credential.asOf),
    expires: Day.format(credential.expires),
    facts: credential.leafCount - 1,
    complete: {
      categories: complete.categories,
      since: Day.format(complete.since),
      setsEdition: complete.setsEdition,
    },
    receivedAt,
  }
}

/** The file is no credential of this patient's that can be used. */
export class RefusedError extends Error {
  override readonly name = 'Holdings.RefusedError'
  readonly reason: Credential.Refusal
  constructor({ reason }: { reason: Credential.Refusal }) {
    super(`This credential is not taken: ${reason}.`)
    this.reason = reason
  }
}

/** The wallet has a later one of the same issuer. */
export class OlderError extends Error {
  override readonly name = 'Holdings.OlderError'
  constructor() {
    super('The wallet already has a later credential of this issuer.')
  }
}

/** The wallet has no such credential. */
export class NoSuchCredentialError extends Error {
  override readonly name = 'Holdings.NoSuchCredentialError'
  constructor() {
    super('The wallet has no such credential.')
  }
}
