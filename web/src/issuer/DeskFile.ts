import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as EnrolmentFile from '@medseal/prover/files/EnrolmentFile'
import * as Form from '@medseal/prover/files/Form'
import * as IssuerFile from '@medseal/prover/files/IssuerFile'
import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import type { Holder } from '@medseal/prover/protocol/Holder'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import type { Open } from './DeskStore.ts'
import * as SigningKeyFile from './SigningKeyFile.ts'

// The files that a desk is kept in, gives and takes. Imported where it is wanted: the room opens before it is there.

type Kept = Pick<Open, 'signingKey' | 'desk'>

/** What is sealed of a desk: both files of the command line. Secret. */
export function write({ signingKey, desk }: Kept): string {
  return JSON.stringify({ signingKey: signingKeyOf(signingKey), desk: textOf(desk) })
}

export function parse(text: string): Kept {
  const { signingKey, desk } = JSON.parse(text) as { signingKey: string; desk: string }
  return ofFiles(signingKey, desk)
}

/** The desk of the command line's two files. @throws {SigningKeyFile.InvalidError} {Form.BrokenError} */
export function ofFiles(signingKey: string, desk: string): Kept {
  return { signingKey: SigningKeyFile.parse(signingKey), desk: Form.read(desk, [IssuerFile.kind]) }
}

/** The name a desk is kept under. @throws {OtherKeyError} */
export function idOf({ signingKey, desk }: Kept): string {
  const id = Issuer.idOf(desk.issuer.publicKey)
  if (Issuer.idOf(Issuer.publicKeyOf(signingKey)) !== id) throw new OtherKeyError()
  return id.toString()
}

/** The desk as the command line's file has it. */
export function textOf(desk: IssuerFile.Desk): string {
  return Form.write(IssuerFile.kind.tag, IssuerFile.fieldsOf(desk))
}

export function signingKeyOf(key: Issuer.SigningKey): string {
  return SigningKeyFile.write(key)
}

/** As `medseal issuer show --json` prints it. */
export function registrationOf(desk: IssuerFile.Desk): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
  return JSON.stringify(IssuerDesk.registrationOf(desk), plain, 2)
}

/** Invites somebody, and gives the file they get. */
export function invite(desk: IssuerFile.Desk): string {
  return Form.write(EnrolmentFile.invitation.tag, IssuerDesk.invite(desk))
}

/** Whose file this is. @throws {NothingAliveError} {Form.BrokenError} */
export function holderOf(text: string, alive: ReadonlyMap<Holder, unknown>): Holder {
  const file = Form.read(text, [EnrolmentFile.enrolment, CredentialFile.kind])
  const holder = 'credential' in file ? file.credential.holder : file.holder
  if (!alive.has(holder)) throw new NothingAliveError()
  return holder
}

/** The signing key is not this issuer's. */
export class OtherKeyError extends Error {
  override readonly name = 'DeskFile.OtherKeyError'
  constructor() {
    super("The signing key is not the one of this issuer's file.")
  }
}

/** The holder has no credential of this issuer's that is alive. */
export class NothingAliveError extends Error {
  override readonly name = 'DeskFile.NothingAliveError'
  constructor() {
    super('This holder has no credential of yours that is alive.')
  }
}
