import { type Command, Option } from 'commander'
import * as EnrolmentFile from '../../files/EnrolmentFile.ts'
import * as IssuerFile from '../../files/IssuerFile.ts'
import * as IssuersFile from '../../files/IssuersFile.ts'
import { parameters } from '../../generated/parameters.ts'
import * as IssuerDesk from '../../IssuerDesk.ts'
import type * as Day from '../../protocol/Day.ts'
import * as Issuer from '../../protocol/Issuer.ts'
import type { Role } from '../../protocol/Policy.ts'
import * as StatusList from '../../protocol/StatusList.ts'
import * as Chain from '../Chain.ts'
import * as File from '../File.ts'
import * as IssuerStore from '../IssuerStore.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Secret from '../Secret.ts'
import * as StatusUpdate from '../StatusUpdate.ts'

export function addTo(program: Command): void {
  const issuer = program.command('issuer').description('What an issuer keeps: its status list, its holders.')
  issuer.addHelpText('after', '\nExample:\n  $ medseal issuer show issuer.json')
  addCreate(issuer)
  addShow(issuer)
  addInvite(issuer)
  addPublish(issuer)
}

function addCreate(issuer: Command): void {
  type Given = Options.Out & {
    readonly signingKey?: string
    readonly role: readonly Role[]
    readonly validUntil: Day.Day
    readonly deployment?: string
  }
  Leaf.add<Given, []>(issuer, {
    usage: 'create',
    summary: 'Starts an issuer with an empty status list.',
    detail: 'A registrar registers it on a chain from what `issuer show` says.',
    example:
      'medseal issuer create --signing-key hospital.key.json --role hospital --valid-until 2027-12-31 --out issuer.json',
    options: [
      Options.signingKey(),
      new Option('--role <roles...>', 'what the issuer is')
        .choices(Object.keys(parameters.roles))
        .makeOptionMandatory(),
      Options.day('--valid-until <date>', 'last day on which its signatures count').makeOptionMandatory(),
      Options.deployment(),
      ...Options.out('what the issuer keeps (issuer/1)'),
    ],
    act: async ({ signingKey, role, validUntil, out, force, ...options }) => {
      File.assertFree(out, { force })
      const key = await Secret.read(KeyFile.issuer, signingKey)
      const desk: IssuerFile.Desk = {
        issuer: { publicKey: Issuer.publicKeyOf(key), roles: role, validUntil },
        chainId: Chain.deploymentOf(options).chainId,
        status: StatusList.create(),
        alive: new Map(),
        taken: new Set(),
        invitations: new Set(),
      }
      File.writeJson(out, IssuerFile.kind.tag, IssuerFile.fieldsOf(desk), { force, secret: true })
      return shown(desk)
    },
  })
}

function addShow(issuer: Command): void {
  Leaf.add<object, [string]>(issuer, {
    usage: 'show <issuer>',
    summary: 'Shows what a registrar needs to know of an issuer, and how many credentials are alive.',
    example: 'medseal issuer show issuer.json --json',
    act: (_, path) => shown(File.readJson(path, [IssuerFile.kind])),
  })
}

function addInvite(issuer: Command): void {
  Leaf.add<Options.Out, [string]>(issuer, {
    usage: 'invite <issuer>',
    summary: 'Invites somebody, whose identity you have checked, to enrol as a holder.',
    detail: 'The patient answers with `credential enrol`. An invitation is good for one enrolment.',
    example: 'medseal issuer invite issuer.json --out invitation.json',
    options: [...Options.out('the invitation (invitation/1)')],
    act: async ({ out, force }, path) => {
      File.assertFree(out, { force })
      const invitation = await IssuerStore.change(path, (desk) => IssuerDesk.invite(desk))
      File.writeJson(out, EnrolmentFile.invitation.tag, invitation, { force, secret: false })
      return { data: { file: out, ...invitation }, text: [`written to ${out}: give it to the patient`] }
    },
  })
}

function addPublish(issuer: Command): void {
  type Given = Options.OnChain & { readonly out?: string; readonly force?: boolean; readonly account?: string }
  Leaf.add<Given, [string]>(issuer, {
    usage: 'publish <issuer>',
    summary: 'Publishes the status list: to the chain, or as a file where there is no chain.',
    detail: 'What was issued or revoked counts from then on. Only words that differ from the chain’s are sent.',
    example: 'medseal issuer publish issuer.json --out issuers.json',
    options: [
      new Option('-o, --out <file>', 'a list of this one issuer (issuers/1), for proofs off chain'),
      Options.force(),
      ...Options.chain(),
      Options.account(),
    ],
    act: async (options, path) => {
      const desk = File.readJson(path, [IssuerFile.kind])
      const { out, force, account } = options
      if (Chain.isNamed(options)) return StatusUpdate.publish(options, desk, account)
      if (out === undefined) throw new NowhereError()
      File.writeJson(out, IssuersFile.kind.tag, IssuersFile.fieldsOf(desk), { force, secret: false })
      return { data: { file: out, statusRoot: StatusList.root(desk.status) }, text: [`written to ${out}`] }
    },
  })
}

function shown(desk: IssuerFile.Desk): Output.Answer {
  const data = { ...IssuerDesk.registrationOf(desk), issued: desk.taken.size, alive: desk.alive.size }
  return { data, text: Output.table(Object.entries(data).map(([key, value]) => [key, String(value)])) }
}

/** Neither a chain nor a file was named. */
export class NowhereError extends Error {
  override readonly name = 'Arguments.NowhereError'
  constructor() {
    super('Say where to publish: --rpc and --deployment for a chain, or --out for a file.')
  }
}
