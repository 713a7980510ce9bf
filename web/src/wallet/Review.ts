import type * as Answer from '@medseal/prover/chain/Answer'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import * as RequestCheck from '@medseal/prover/chain/RequestCheck'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Day from '@medseal/prover/protocol/Day'
import * as DryRun from '@medseal/prover/protocol/DryRun'
import * as Eligibility from '@medseal/prover/protocol/Eligibility'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import type { Policy, Predicate, Role } from '@medseal/prover/protocol/Policy'
import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Request from '@medseal/prover/protocol/Request'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import type * as ValueSet from '@medseal/prover/protocol/ValueSet'
import { encodeBytes32String } from 'ethers'
import * as Fact from './Fact.ts'
import type { Objection } from './Objection.ts'

/** A request this device has checked, and all that answering it takes but a record: from here on no network is needed. */
export type Checked = {
  readonly digest: Request.RequestId
  readonly object: PresentationRequest.PresentationRequest
  readonly incoming: Answer.Incoming
  readonly setting: Omit<Answer.Setting, 'verifierVersion'>
  /** By circuit. */
  readonly verifierVersions: ReadonlyMap<Eligibility.Circuit, number>
  /** What the chain says the recipient is. */
  readonly roles: readonly Role[]
}

/**
 * Checks a request before anything of it is shown: its form, its policies recompiled from their text, and against the
 * chain who asks, in what role, signed by whom.
 */
export async function check(
  text: string,
  {
    network,
    valueSets,
    origin,
  }: { readonly network: Network.Network; readonly valueSets: ValueSet.Index; readonly origin: string },
): Promise<Checked | { readonly objections: readonly Objection[] }> {
  const read = readObject(text, valueSets)
  if ('objection' in read) return { objections: [read.objection] }
  const { object, policies } = read
  const request = PresentationRequest.requestOf(object)
  const incoming = { request, signature: object.medseal_signature, policies }
  const objections: Objection[] = [
    ...PresentationRequest.objections(object, { policies, origin }),
    ...(await RequestCheck.objections(network, incoming)),
  ]
  if (objections.length > 0) return { objections }
  const registry = await Registry.read(network)
  const circuits = new Set(policies.map(({ words }) => Eligibility.circuitFor(words)))
  return {
    digest: Request.idOf(request),
    object,
    incoming,
    setting: {
      chainId: network.chainId,
      consentRegistry: Network.addressOf(network, 'ConsentRegistry'),
      registry,
      now: await Network.now(network),
    },
    verifierVersions: new Map(
      await Promise.all(
        [...circuits].map(
          async (circuit): Promise<[Eligibility.Circuit, number]> => [circuit, await version(network, circuit)],
        ),
      ),
    ),
    roles: rolesOf(registry.stakeholders.get(request.recipientId)?.roles ?? 0),
  }
}

/** One part of a request, and what each credential would come to. Stays on the device. */
export type Part = {
  readonly policy: Policy
  readonly circuit: Eligibility.Circuit
  readonly clauses: readonly { readonly threshold: number; readonly predicates: readonly Predicate[] }[]
  /** Active issuers that could have signed: among so many the patient's hides. */
  readonly crowd: number
  readonly candidates: readonly Candidate[]
}

export type Candidate = {
  readonly credentialId: string
  readonly met: boolean
  readonly obstacles: readonly Obstacle[]
  /** In the order of the part's clauses, and of their predicates. */
  readonly clauses: readonly {
    readonly holds: boolean
    readonly findings: readonly { readonly holds: boolean; readonly fact?: Fact.Fact }[]
  }[]
}

export type Obstacle = DryRun.Obstacle | 'issuer-not-valid' | 'credential-revoked'

export function partsOf(
  { incoming, setting }: Checked,
  holdings: ReadonlyMap<string, Answer.Holding>,
  valueSets: ValueSet.Index,
): Part[] {
  return incoming.policies.map((policy) => ({
    policy: policy.policy,
    circuit: Eligibility.circuitFor(policy.words),
    clauses: policy.words.clauses.map(({ threshold, mask }) => ({
      threshold,
      predicates: slotsOf(mask).flatMap((slot) => policy.predicates[slot] ?? []),
    })),
    crowd: Registry.crowdOf(setting.registry, policy.words.header.roles),
    candidates: Array.from(holdings, ([id, holding]) => candidate(id, holding, policy, setting, valueSets)),
  }))
}

function candidate(
  credentialId: string,
  { credential, record }: Answer.Holding,
  policy: PolicyCompiler.Compiled,
  { registry, now }: Checked['setting'],
  valueSets: ValueSet.Index,
): Candidate {
  const found = Registry.find(registry, Issuer.idOf(credential.issuer))
  const issuerRoles = rolesOf(found?.issuer.roles ?? 0)
  const today = Day.ofUnixSeconds(Number(now))
  const outcome = DryRun.run(policy, { record, credential, issuerRoles, today })
  const isRevoked = found && StatusList.isRevoked(found.issuer.status, credential.statusIndex)
  const isValid = found && Number(Day.toField(today)) <= found.issuer.validUntil
  const obstacles: Obstacle[] = [
    ...(isValid ? [] : ['issuer-not-valid' as const]),
    ...(isRevoked ? ['credential-revoked' as const] : []),
    ...outcome.obstacles.filter((one) => found || one !== 'issuer-role'),
  ]
  return {
    credentialId,
    met: outcome.met && obstacles.length === 0,
    obstacles,
    clauses: policy.words.clauses.map(({ mask }, i) => ({
      holds: outcome.clauses[i]?.holds ?? false,
      findings: slotsOf(mask).flatMap((slot) => {
        if (!policy.predicates[slot]) return []
        const finding = outcome.slots[slot]
        const leaf = finding && decides(policy.predicates[slot], finding) ? record.leaves[finding.leaf] : undefined
        const fact = leaf && Fact.ofLeaf(leaf, valueSets)
        return [{ holds: finding?.holds ?? false, ...(fact && { fact }) }]
      }),
    })),
  }
}

/** Whether the leaf a slot opens is what people would call the reason; of an absence it is only the neighbour. */
function decides(predicate: Predicate, { holds }: DryRun.Finding): boolean {
  return 'latest' in predicate || (holds && 'any' in predicate) || ('none' in predicate && !holds)
}

function readObject(
  text: string,
  valueSets: ValueSet.Index,
):
  | {
      readonly object: PresentationRequest.PresentationRequest
      readonly policies: readonly PolicyCompiler.Compiled[]
    }
  | { readonly objection: Objection } {
  let object: PresentationRequest.PresentationRequest
  try {
    object = PresentationRequest.parse(text)
  } catch {
    return { objection: 'unreadable' }
  }
  try {
    const policies = PresentationRequest.policiesOf(object).map((one) => PolicyCompiler.compile(one, { valueSets }))
    return { object, policies }
  } catch {
    return { objection: 'policy-not-understood' }
  }
}

async function version(network: Network.Network, circuit: Eligibility.Circuit): Promise<number> {
  const [, active] = await Network.contract(network, 'VerifierRegistry').getFunction('active')(
    encodeBytes32String(circuit),
  )
  return Number(active)
}

function rolesOf(mask: number): Role[] {
  return (Object.entries(parameters.roles) as [Role, number][]).flatMap(([role, bit]) =>
    (mask >> bit) & 1 ? [role] : [],
  )
}

function slotsOf(mask: number): number[] {
  return Array.from({ length: PolicyCompiler.mostSlots }, (_, slot) => slot).filter((slot) => (mask >> slot) & 1)
}
