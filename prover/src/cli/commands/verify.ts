import { type Command, Option } from 'commander'
import * as Audit from '../../chain/Audit.ts'
import * as AuditLog from '../../chain/AuditLog.ts'
import * as Network from '../../chain/Network.ts'
import * as Registry from '../../chain/Registry.ts'
import * as Submission from '../../chain/Submission.ts'
import * as IssuersFile from '../../files/IssuersFile.ts'
import * as ProofFile from '../../files/ProofFile.ts'
import * as RequestFile from '../../files/RequestFile.ts'
import { circuits } from '../../generated/circuits.ts'
import * as Day from '../../protocol/Day.ts'
import * as Request from '../../protocol/Request.ts'
import * as Signals from '../../Signals.ts'
import * as Verify from '../../verify.ts'
import * as Chain from '../Chain.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Policies from '../Policies.ts'
import * as ValueSets from '../ValueSets.ts'

type Given = Options.OnChain & {
  readonly request?: string
  readonly policy?: string
  readonly issuers?: string
  readonly valueSets?: string
  readonly today?: Day.Day
}

/** One thing that was looked at. */
type Check = { readonly check: string; readonly holds: boolean }

export function addTo(program: Command): void {
  Leaf.add<Given, [string]>(program, {
    usage: 'verify <proof>',
    summary: 'Checks a proof: that it shows, for this request and day, that a record meets the policy.',
    detail:
      'The public signals are computed from the file, never read from it. Off chain it must be for today (or --today) and not past its deadline. On a chain, also that the issuers’ root was valid and what receipts there are. Exit code 3 when a check fails.',
    example: 'medseal verify proof.json --request request.json --issuers issuers.json',
    options: [
      new Option('--request <file>', 'the request it should answer'),
      new Option('--policy <file>', 'the policy it should be about'),
      new Option('--issuers <file>', 'the issuers that count, off chain (issuers/1)').conflicts('rpc'),
      Options.valueSets(),
      Options.today().conflicts('rpc'),
      ...Options.chain(),
    ],
    act: async (options, path) => {
      const submission = File.readJson(path, [ProofFile.kind])
      const checks = [...(await checksOf(submission)), ...expected(submission, options)]
      const onChain = Chain.isNamed(options)
        ? await Chain.use(options, (network) => lookUp(network, submission))
        : { checks: [timely(submission, options.today)], receipts: undefined }
      return told(submission, [...checks, ...onChain.checks], {
        receipts: onChain.receipts,
        notChecked: notChecked(options),
      })
    },
  })
}

/** What the file alone shows. */
async function checksOf(submission: Submission.Submission): Promise<readonly Check[]> {
  const { circuit, proof, request, consent, part, nullifier } = submission
  const { valid } = await Verify.verify(circuit, proof, Signals.encode(circuit, Submission.signalsOf(submission)))
  const isConsented = consent
    ? consent.requestId === Request.idOf(request) && consent.subject === nullifier
    : !request.consentRequired
  return [
    { check: 'the request has this part', holds: part < request.policyHashes.length },
    { check: 'the consent is for this request and this patient', holds: isConsented },
    { check: 'the proof shows it, for this request, consent, day and deadline', holds: valid },
  ]
}

/** What the caller expects of it. */
function expected(submission: Submission.Submission, { request, policy, issuers, valueSets }: Given): readonly Check[] {
  const checks: Check[] = []
  if (request !== undefined) {
    const asked = Request.idOf(File.readJson(request, [RequestFile.kind]).request)
    checks.push({ check: 'it answers the request given', holds: asked === Request.idOf(submission.request) })
  }
  if (policy !== undefined) {
    const { hash } = Policies.compile(policy, ValueSets.load(valueSets))
    const holds = submission.request.policyHashes[submission.part] === hash
    checks.push({ check: 'it is about the policy given', holds })
  }
  if (issuers !== undefined) {
    const root = Registry.currentRoot(File.readJson(issuers, [IssuersFile.kind]))
    checks.push({ check: 'the issuer is one of those given', holds: root === submission.issuersRoot })
  }
  return checks
}

/** Off chain nobody else looks at the clock: a proof is for one day, and to be used by its deadline. */
function timely(submission: Submission.Submission, today: Day.Day | undefined): Check {
  const now = today === undefined ? Math.floor(Date.now() / 1000) : today * secondsPerDay
  return { check: 'it is made for today and not past its deadline', holds: isTimely(submission, BigInt(now)) }
}

/** As the contract has it: the day one either way, up to the deadline. */
function isTimely({ today, deadline }: Submission.Submission, now: bigint): boolean {
  return Math.abs(Day.ofUnixSeconds(Number(now)) - today) <= 1 && now <= deadline
}

const secondsPerDay = 86_400

/** What nobody said, and a proof is worth nothing without: whoever makes one chooses its issuers and its question. */
function notChecked(options: Given): readonly string[] {
  const { request, policy, issuers } = options
  return [
    ...(issuers === undefined && !Chain.isNamed(options) ? ['which issuers count (--issuers, or a chain)'] : []),
    ...(request === undefined && policy === undefined ? ['what it should be about (--request or --policy)'] : []),
  ]
}

/** What a chain knows: receipts of the request, and whether the root is or was one of its own. */
async function lookUp(network: Network.Network, submission: Submission.Submission) {
  const requestId = Request.idOf(submission.request)
  const entries = await AuditLog.read(network, ['StakeholderRegistry', 'EligibilityRegistry'])
  const registry = Registry.create()
  for (const entry of entries) if (entry.contract === 'StakeholderRegistry') Registry.apply(registry, entry)
  const receipts = entries
    .filter(({ action, subject }) => action === 'eligibility.verified' && subject === requestId)
    .map((entry) => Audit.decode(entry))
    .filter(({ nullifier, part }) => nullifier === submission.nullifier && part === submission.part)
  const now = await Network.now(network)
  const wouldTake = Registry.isValidRoot(registry, submission.issuersRoot, now) && isTimely(submission, now)
  const isOwn = registry.roots.some(({ root }) => root === submission.issuersRoot)
  const isHere =
    submission.request.chainId === network.chainId &&
    submission.request.consumer.toLowerCase() === network.addresses.EligibilityRegistry.toLowerCase()
  const checks: Check[] = [
    { check: 'the request is for this chain and contract', holds: isHere },
    { check: 'the issuers’ root is of this chain', holds: isOwn },
    // Once a receipt is there the contract has checked root, day and deadline when they counted.
    {
      check: 'the contract has accepted it, or would take its root, day and deadline now',
      holds: receipts.length > 0 || wouldTake,
    },
  ]
  return { checks, receipts }
}

function told(
  submission: Submission.Submission,
  checks: readonly Check[],
  more: { readonly receipts: readonly Audit.Receipt[] | undefined; readonly notChecked: readonly string[] },
): Output.Answer {
  const { receipts, notChecked: open } = more
  const { circuit, today, request, part, nullifier, deadline } = submission
  const keyClass = circuits[circuit].class
  if (keyClass === 'development') Output.warn('development keys: anybody can forge such a proof.')
  for (const what of open) Output.warn(`nobody said ${what}: the proof may be of its maker's own choosing.`)
  const valid = checks.every(({ holds }) => holds)
  const data = {
    valid,
    keyClass,
    circuit,
    today: Day.format(today),
    requestId: Request.idOf(request),
    policyHash: request.policyHashes[part] ?? null,
    nullifier,
    deadline,
    checks,
    notChecked: open,
    ...(receipts && { receipts }),
  }
  const text = [
    `${valid ? 'valid' : 'not valid'}, made for ${data.today}, to be used until ${new Date(Number(deadline) * 1000).toISOString()}`,
    ...checks.map(({ check, holds }) => `  ${holds ? 'yes' : 'NO '}  ${check}`),
    ...(receipts ?? []).map(
      ({ transactionHash, blockNumber }) => `receipt in block ${blockNumber}, ${transactionHash}`,
    ),
  ]
  return { data, text, exitCode: valid ? ExitCode.done : ExitCode.no }
}
