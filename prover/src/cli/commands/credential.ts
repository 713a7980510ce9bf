import { Argument, type Command, Option } from 'commander'
import * as Registry from '../../chain/Registry.ts'
import * as CredentialFile from '../../files/CredentialFile.ts'
import * as DeploymentFile from '../../files/DeploymentFile.ts'
import * as EnrolmentFile from '../../files/EnrolmentFile.ts'
import * as RecordFile from '../../files/RecordFile.ts'
import * as IssuerDesk from '../../IssuerDesk.ts'
import * as Context from '../../protocol/Context.ts'
import * as Credential from '../../protocol/Credential.ts'
import * as Day from '../../protocol/Day.ts'
import type * as Holder from '../../protocol/Holder.ts'
import * as Issuance from '../../protocol/Issuance.ts'
import * as Issuer from '../../protocol/Issuer.ts'
import * as StatusList from '../../protocol/StatusList.ts'
import * as Prove from '../../prove.ts'
import * as BuiltCircuits from '../BuiltCircuits.ts'
import * as Chain from '../Chain.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as IssuerStore from '../IssuerStore.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Phases from '../Phases.ts'
import * as Secret from '../Secret.ts'
import * as StatusUpdate from '../StatusUpdate.ts'
import * as Wallet from '../Wallet.ts'

export function addTo(program: Command): void {
  const credential = program
    .command('credential')
    .description('Enrols holders; issues, checks and revokes credentials.')
  credential.addHelpText('after', '\nExample:\n  $ medseal credential check credential.json --holder holder.json')
  addEnrol(credential)
  addIssue(credential)
  addCheck(credential)
  addRevoke(credential)
}

function addEnrol(credential: Command): void {
  type Given = Options.Out & { readonly holder?: string; readonly artifacts?: string }
  Leaf.add<Given, [string]>(credential, {
    usage: 'enrol <invitation>',
    summary: 'Answers an issuer’s invitation: proves to know the words behind the holder it will sign for.',
    detail: 'The words stay here. Two issuers cannot tell that they have the same patient.',
    example: 'medseal credential enrol invitation.json --holder holder.json --out enrolment.json',
    options: [Options.holder(), Options.artifacts(), ...Options.out('the enrolment (enrolment/1)')],
    act: async ({ holder, artifacts, out, force, signal }, path) => {
      File.assertFree(out, { force })
      const invitation = File.readJson(path, [EnrolmentFile.invitation])
      const { secret } = await Wallet.open(holder)
      const { issuerId, nonce, chainId } = invitation
      const proven = await Phases.tell((onPhase) =>
        Prove.proveEnrolment(
          { secret, issuerId, context: Context.ofEnrolment({ issuerId, nonce }) },
          {
            artifacts: BuiltCircuits.source(artifacts),
            allowDevelopmentKeys: chainId === DeploymentFile.localChainId,
            onPhase,
            signal,
          },
        ),
      )
      const enrolled = proven.signals.holder as Holder.Holder
      const fields = EnrolmentFile.fieldsOf({ ...invitation, holder: enrolled, proof: proven.proof })
      File.writeJson(out, EnrolmentFile.enrolment.tag, fields, { force, secret: false })
      return { data: { file: out, holder: enrolled }, text: [`written to ${out}: give it to the issuer`] }
    },
  })
}

type ToIssue = Options.Out & {
  readonly issuer: string
  readonly signingKey?: string
  readonly enrolment?: string
  readonly renew?: string
  readonly validDays: number
}

function addIssue(credential: Command): void {
  Leaf.add<ToIssue, [string]>(credential, {
    usage: 'issue <record>',
    summary: 'Signs a record for a holder, in place of the one before, and writes what the patient takes home.',
    detail:
      'The holder is told by an enrolment or, for a new record of a holder who has one, by --renew with the old enrolment. Publish the status list afterwards: until then the credential before is still alive.',
    example:
      'medseal credential issue record.json --issuer issuer.json --signing-key hospital.key.json --enrolment enrolment.json --out credential.json',
    options: [
      Options.issuer(),
      Options.signingKey(),
      new Option('--enrolment <file>', 'answer to an invitation that is still open (enrolment/1)').conflicts('renew'),
      new Option('--renew <file>', 'the enrolment of a holder who has a credential'),
      Options.whole('--valid-days <days>', 'days after the record’s day for which it is good', [0, 3650]).default(30),
      ...Options.out('the credential (credential/1), which is secret'),
    ],
    act: issue,
  })
}

async function issue(
  { issuer, signingKey, enrolment, renew, validDays, out, force }: ToIssue,
  path: string,
): Promise<Output.Answer> {
  const answered = enrolment ?? renew
  if (answered === undefined) throw new NoHolderError()
  File.assertFree(out, { force })
  const content = File.readJson(path, [RecordFile.kind])
  const enrolled = File.readJson(answered, [EnrolmentFile.enrolment])
  const key = await Secret.read(KeyFile.issuer, signingKey)
  const issued = await IssuerStore.change(issuer, async (desk) => {
    const holder = renew === undefined ? await IssuerDesk.accept(desk, enrolled) : IssuerDesk.known(desk, enrolled)
    const expires = (content.asOf + validDays) as Day.Day
    return IssuerDesk.issue(desk, key, content, { holder, expires })
  })
  File.writeJson(out, CredentialFile.kind.tag, CredentialFile.fieldsOf(issued), { force, secret: true })
  const { leafCount, asOf, expires } = issued.credential
  const data = {
    file: out,
    leaves: leafCount,
    asOf: Day.format(asOf),
    expires: Day.format(expires),
    superseded: issued.changes.length > 0,
  }
  const superseded =
    issued.changes.length > 0 ? ['the credential before is revoked once the status list is published'] : []
  return {
    data,
    text: [`written to ${out}, which is secret: ${leafCount} leaves, good to ${data.expires}`, ...superseded],
  }
}

function addCheck(credential: Command): void {
  type Given = Options.OnChain & { readonly holder?: string; readonly today?: Day.Day }
  Leaf.add<Given, [string]>(credential, {
    usage: 'check <credential>',
    summary: 'Checks what an issuer gave: record, signature, holder and dates; on a chain also issuer and revocation.',
    example: 'medseal credential check credential.json --holder holder.json',
    options: [Options.holder(), Options.today(), ...Options.chain()],
    act: async (options, path) => {
      const { credential, record } = Wallet.readCredential(path)
      const { secret } = await Wallet.open(options.holder)
      const verdict = Credential.check(credential, { record, secret, today: Options.dayOr(options.today) })
      const reason = verdict.valid ? await standingOf(credential, options) : verdict.reason
      const data = {
        valid: reason === undefined,
        ...(reason !== undefined && { reason }),
        issuerId: Issuer.idOf(credential.issuer),
        asOf: Day.format(credential.asOf),
        expires: Day.format(credential.expires),
        leaves: credential.leafCount,
      }
      const text = Output.table(Object.entries(data).map(([key, value]) => [key, String(value)]))
      return { data, text, exitCode: data.valid ? ExitCode.done : ExitCode.no }
    },
  })
}

/** What a chain has against a credential; nothing where none was named. */
async function standingOf(
  { issuer, statusIndex }: Credential.Credential,
  options: Options.OnChain,
): Promise<'issuer-not-valid' | 'revoked' | undefined> {
  if (!Chain.isNamed(options)) return undefined
  const found = await Chain.use(options, async (network) =>
    Registry.find(await Registry.read(network), Issuer.idOf(issuer)),
  )
  if (!found) return 'issuer-not-valid'
  return StatusList.isRevoked(found.issuer.status, statusIndex) ? 'revoked' : undefined
}

function addRevoke(credential: Command): void {
  type Given = Options.OnChain & { readonly issuer: string; readonly account?: string }
  Leaf.add<Given, [string]>(credential, {
    usage: 'revoke',
    operands: [new Argument('<enrolment>', 'the enrolment of the holder, or the credential itself')],
    summary: 'Revokes the credential of a holder, and publishes that where a chain is named.',
    example: 'medseal credential revoke enrolment.json --issuer issuer.json',
    options: [Options.issuer(), ...Options.chain(), Options.account()],
    act: async (options, path) => {
      const { issuer, account } = options
      const file = File.readJson(path, [EnrolmentFile.enrolment, CredentialFile.kind])
      const holder = 'credential' in file ? file.credential.holder : file.holder
      const { desk, changes } = await IssuerStore.change(issuer, (kept) => ({
        desk: kept,
        changes: Issuance.revoke(kept, holder),
      }))
      if (changes.length === 0) throw new NothingAliveError()
      if (!Chain.isNamed(options)) {
        const advice = 'revoked here; it counts once `medseal issuer publish` has published the status list'
        return { data: { revoked: true, published: false }, text: [advice] }
      }
      const { data, text } = await StatusUpdate.publish(options, desk, account)
      return { data: { revoked: true, published: data }, text: ['revoked', ...text] }
    },
  })
}

/** Nobody was named to issue to. */
export class NoHolderError extends Error {
  override readonly name = 'Arguments.NoHolderError'
  constructor() {
    super('Say who the holder is: --enrolment for a new one, --renew for one who has a credential.')
  }
}

/** The holder has no credential of this issuer's that is alive. */
export class NothingAliveError extends Error {
  override readonly name = 'IssuerDesk.NothingAliveError'
  constructor() {
    super('This holder has no credential that is alive: nothing was revoked.')
  }
}
