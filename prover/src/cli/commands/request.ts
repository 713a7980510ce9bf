import { type Command, InvalidArgumentError, Option } from 'commander'
import { verifyTypedData } from 'ethers'
import * as RequestCheck from '../../chain/RequestCheck.ts'
import * as RequestFile from '../../files/RequestFile.ts'
import { parameters } from '../../generated/parameters.ts'
import * as PolicyCompiler from '../../protocol/PolicyCompiler.ts'
import * as PolicyText from '../../protocol/PolicyText.ts'
import * as Random from '../../protocol/Random.ts'
import * as Request from '../../protocol/Request.ts'
import * as Chain from '../Chain.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import type * as Output from '../Output.ts'
import * as Policies from '../Policies.ts'
import * as Secret from '../Secret.ts'
import * as ValueSets from '../ValueSets.ts'

export function addTo(program: Command): void {
  const request = program.command('request').description('Asks a question, and shows one before it is answered.')
  request.addHelpText('after', '\nExample:\n  $ medseal request show request.json')
  addCreate(request)
  addShow(request)
}

type ToCreate = Options.Out & {
  readonly recipient: bigint
  readonly purpose: Request.Purpose
  readonly program: bigint
  readonly expiresInDays: number
  readonly deployment?: string
  readonly account?: string
  readonly valueSets?: string
}

function addCreate(request: Command): void {
  Leaf.add<ToCreate, [string[]]>(request, {
    usage: 'create <policies...>',
    summary: 'Signs a request for proofs of one or more policies.',
    detail:
      'Without --deployment the request is for no chain: proofs of it can be checked by anybody and count on no contract.',
    example:
      'medseal request create policy.json --account insurer.key.json --recipient 2 --purpose COVAUTH --out request.json',
    options: [
      Options.account(),
      number('--recipient <id>', 'number of the recipient in the StakeholderRegistry').makeOptionMandatory(),
      new Option('--purpose <code>', 'HL7 PurposeOfUse')
        .choices(Object.keys(parameters.purposes))
        .makeOptionMandatory(),
      number('--program <id>', 'own once-per-person entry of the PolicyRegistry').default(0n, 'none'),
      Options.whole('--expires-in-days <days>', 'days for which it may be answered', [1, 3650]).default(30),
      Options.deployment(),
      Options.valueSets(),
      ...Options.out('the request (request/1)'),
    ],
    act: create,
  })
}

async function create(options: ToCreate, paths: readonly string[]): Promise<Output.Answer> {
  const { recipient, purpose, program, expiresInDays, account, out, force } = options
  File.assertFree(out, { force })
  const policies = Policies.compileAll(paths, options.valueSets)
  const { chainId, addresses } = Chain.deploymentOf(options)
  const wallet = await Secret.read(KeyFile.account, account)
  const request: Request.Request = {
    chainId,
    consumer: addresses.EligibilityRegistry as Request.Address,
    recipientId: recipient as Request.StakeholderId,
    policyHashes: policies.map(({ hash }) => hash),
    program,
    purpose,
    consentRequired: true,
    expiresAt: BigInt(Math.floor(Date.now() / 1000) + expiresInDays * 86_400),
    nonce: Random.salt(),
  }
  const domain = Request.domainOf({ chainId, contract: request.consumer })
  const signature = await wallet.signTypedData(domain, Request.types, Request.toTypedData(request))
  const fields: RequestFile.Signed = { request, signature, policies: policies.map(({ policy }) => policy) }
  File.writeJson(out, RequestFile.kind.tag, fields, { force, secret: false })
  const id = Request.idOf(request)
  return {
    data: { file: out, id, signer: wallet.address, offChain: options.deployment === undefined },
    text: [`written to ${out}: request ${id}, signed by ${wallet.address}`],
  }
}

function addShow(request: Command): void {
  type Given = Options.OnChain & { readonly valueSets?: string }
  Leaf.add<Given, [string]>(request, {
    usage: 'show <request>',
    summary: 'Shows who asks what, and what a wallet has against it. On a chain also whether they may ask.',
    detail: 'The policies are compiled here from their text. Exit code 3 when a wallet would not answer.',
    example: 'medseal request show request.json',
    options: [Options.valueSets(), ...Options.chain()],
    act: async ({ valueSets, ...options }, path) => {
      const { request, signature, policies } = File.readJson(path, [RequestFile.kind])
      const sets = ValueSets.load(valueSets)
      const compiled = File.read(path, () =>
        policies.map((policy) => PolicyCompiler.compile(policy, { valueSets: sets })),
      )
      const incoming = { request, signature, policies: compiled }
      const objections = Chain.isNamed(options)
        ? await Chain.use(options, (network) => RequestCheck.objections(network, incoming))
        : Request.objections(request, { policies: compiled, now: BigInt(Math.floor(Date.now() / 1000)) })
      return shown(incoming, objections, { onChain: Chain.isNamed(options) })
    },
  })
}

function shown(
  {
    request,
    signature,
    policies,
  }: { request: Request.Request; signature: string; policies: readonly PolicyCompiler.Compiled[] },
  objections: readonly string[],
  { onChain }: { readonly onChain: boolean },
): Output.Answer {
  const expires = new Date(Number(request.expiresAt) * 1000).toISOString()
  const data = {
    id: Request.idOf(request),
    ...request,
    signer: signerOf(request, signature),
    checkedOnChain: onChain,
    objections,
    policies: policies.map((compiled) => Policies.describe(compiled)),
  }
  const text = [
    `request ${data.id}`,
    `from recipient ${request.recipientId}, signed by ${data.signer}${onChain ? '' : ' (who that is, only a chain knows)'}`,
    `for ${request.purpose}, on chain ${request.chainId}, until ${expires}`,
    ...(request.program === 0n ? [] : [`program ${request.program}: the recipient will recognise you again`]),
    ...policies.flatMap(({ policy }) => ['', ...PolicyText.print(policy).trimEnd().split('\n')]),
    '',
    ...(objections.length === 0
      ? ['nothing stands against it']
      : objections.map((objection) => `against it: ${objection}`)),
  ]
  return { data, text, exitCode: objections.length === 0 ? ExitCode.done : ExitCode.no }
}

/** Whoever signed; a contract's signature names nobody. */
function signerOf(request: Request.Request, signature: string): string {
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  try {
    return verifyTypedData(domain, Request.types, Request.toTypedData(request), signature)
  } catch {
    return 'nobody that can be told from the signature'
  }
}

function number(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (!/^\d{1,77}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
    return BigInt(text)
  })
}
