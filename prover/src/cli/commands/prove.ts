import { type Command, Option } from 'commander'
import * as Answer from '../../chain/Answer.ts'
import type * as Registry from '../../chain/Registry.ts'
import type * as Submission from '../../chain/Submission.ts'
import * as DeploymentFile from '../../files/DeploymentFile.ts'
import * as IssuersFile from '../../files/IssuersFile.ts'
import * as ProofFile from '../../files/ProofFile.ts'
import * as RequestFile from '../../files/RequestFile.ts'
import { circuits } from '../../generated/circuits.ts'
import * as Day from '../../protocol/Day.ts'
import * as PolicyCompiler from '../../protocol/PolicyCompiler.ts'
import * as Request from '../../protocol/Request.ts'
import * as Prove from '../../prove.ts'
import * as BuiltCircuits from '../BuiltCircuits.ts'
import * as Chain from '../Chain.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Phases from '../Phases.ts'
import * as ValueSets from '../ValueSets.ts'
import * as Wallet from '../Wallet.ts'

type Given = Options.Out &
  Options.OnChain & {
    readonly credential: string
    readonly holder?: string
    readonly part: number
    readonly validForSeconds: number
    readonly issuers?: string
    readonly today?: Day.Day
    readonly valueSets?: string
    readonly artifacts?: string
  }

export function addTo(program: Command): void {
  Leaf.add<Given, [string]>(program, {
    usage: 'prove <request>',
    summary: 'Answers a request with a proof: that your record meets its policy, and nothing else.',
    detail:
      'On a chain, issuer and request are checked there. Off chain (a request without a deployment) --issuers says which issuers count. Exit code 3 when the record does not meet the policy: `policy dry-run` says why.',
    example:
      'medseal prove request.json --credential credential.json --holder holder.json --issuers issuers.json --out proof.json',
    options: [
      new Option('--credential <file>', 'what the issuer gave (credential/1)').makeOptionMandatory(),
      Options.holder(),
      Options.whole('--part <number>', 'which of the request’s policies, from 0', [0, 15]).default(0),
      Options.whole('--valid-for-seconds <seconds>', 'how long the answer stays good', [60, 2_592_000]).default(7200),
      new Option('--issuers <file>', 'the issuers that count, off chain (issuers/1)').conflicts('rpc'),
      Options.day('--today <date>', 'off chain: the day to prove for (default: the clock’s)').conflicts('rpc'),
      ...Options.chain(),
      Options.valueSets(),
      Options.artifacts(),
      ...Options.out('the proof (proof/1)'),
    ],
    act: prove,
  })
}

async function prove(options: Given & Leaf.Common, path: string): Promise<Output.Answer> {
  const { out, force, artifacts, signal, part } = options
  File.assertFree(out, { force })
  const { request, signature, policies } = File.readJson(path, [RequestFile.kind])
  const sets = ValueSets.load(options.valueSets)
  const compiled = File.read(path, () => policies.map((policy) => PolicyCompiler.compile(policy, { valueSets: sets })))
  if (compiled[part] === undefined) throw new NoSuchPartError()
  const wallet = await Wallet.open(options.holder)
  const prepared = await prepare(options, wallet, { request, signature, policies: compiled })
  if (prepared.warnings.includes('few-issuers')) {
    Output.warn(`fewer than ${Answer.fewestIssuers} issuers can have signed this: the proof nearly names yours.`)
  }
  const proven = await Phases.tell((onPhase) =>
    Prove.prove(prepared.subject, {
      artifacts: BuiltCircuits.source(artifacts),
      allowDevelopmentKeys: request.chainId === DeploymentFile.localChainId,
      onPhase,
      signal,
    }),
  )
  if (circuits[prepared.circuit].class === 'development')
    Output.warn('development keys: anybody can forge such a proof.')
  const submission = Answer.complete(prepared, proven)
  File.writeJson(out, ProofFile.kind.tag, ProofFile.fieldsOf(submission), { force, secret: false })
  return told(submission, out)
}

/** What the proof is made from, as a chain or a list of issuers has it. */
async function prepare(options: Given, wallet: Wallet.Wallet, incoming: Answer.Incoming): Promise<Answer.Prepared> {
  const { credential, part, validForSeconds } = options
  const { request, policies } = incoming
  const lifetimeSeconds = BigInt(validForSeconds)
  if (Chain.isNamed(options)) {
    const holding = Wallet.holding(wallet, credential, Options.dayOr(undefined))
    return Chain.use(options, (network) => {
      const patientKey = Wallet.keyFor(wallet, network, request.recipientId)
      return Answer.prepare(network, holding, incoming, { part, patientKey, lifetimeSeconds })
    })
  }
  const now = nowOr(options.today)
  const holding = Wallet.holding(wallet, credential, Day.ofUnixSeconds(Number(now)))
  const objections = Request.objections(request, { policies, now })
  if (objections.length > 0) throw new Answer.RefusedError({ objections })
  const deployment = Chain.deploymentOf(options)
  const setting: Answer.Setting = {
    chainId: request.chainId,
    consentRegistry: deployment.addresses.ConsentRegistry as Request.Address,
    registry: issuersOf(options),
    verifierVersion: 1,
    now,
  }
  const patientKey = Wallet.keyFor(wallet, deployment, request.recipientId)
  const policy = policies[part] as PolicyCompiler.Compiled
  return Answer.assemble(holding, incoming, setting, { policy, part, patientKey, lifetimeSeconds })
}

function issuersOf({ issuers }: Given): Registry.Registry {
  if (issuers === undefined) throw new NoIssuersError()
  return File.readJson(issuers, [IssuersFile.kind])
}

/** Noon of the day given, or now: Unix seconds. */
function nowOr(today: Day.Day | undefined): bigint {
  return BigInt(today === undefined ? Math.floor(Date.now() / 1000) : today * 86_400 + 43_200)
}

function told(submission: Submission.Submission, out: string): Output.Answer {
  const { circuit, nullifier, issuersRoot, request, part, deadline, today } = submission
  const data = {
    file: out,
    circuit,
    requestId: Request.idOf(request),
    part,
    policyHash: request.policyHashes[part],
    nullifier,
    issuersRoot,
    today: Day.format(today),
    deadline,
  }
  return {
    data,
    text: [`written to ${out}: ${circuit}, good until ${new Date(Number(deadline) * 1000).toISOString()}`],
  }
}

/** The request has no such part. */
export class NoSuchPartError extends Error {
  override readonly name = 'Arguments.NoSuchPartError'
  constructor() {
    super('The request has no such part.')
  }
}

/** Nobody said which issuers count. */
export class NoIssuersError extends Error {
  override readonly name = 'Arguments.NoIssuersError'
  constructor() {
    super('Say which issuers count: --issuers off chain, or --rpc and --deployment for a chain’s.')
  }
}
