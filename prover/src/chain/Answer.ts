import { encodeBytes32String } from 'ethers'
import { parameters } from '../generated/parameters.ts'
import type { Proof } from '../Proof.ts'
import * as Consent from '../protocol/Consent.ts'
import type * as Credential from '../protocol/Credential.ts'
import * as Day from '../protocol/Day.ts'
import * as Eligibility from '../protocol/Eligibility.ts'
import type { HolderSecret } from '../protocol/Holder.ts'
import * as Issuer from '../protocol/Issuer.ts'
import type { Role } from '../protocol/Policy.ts'
import type * as PolicyCompiler from '../protocol/PolicyCompiler.ts'
import * as Random from '../protocol/Random.ts'
import type { OpenRecord } from '../protocol/Record.ts'
import * as Request from '../protocol/Request.ts'
import * as Scope from '../protocol/Scope.ts'
import * as StatusList from '../protocol/StatusList.ts'
import * as Network from './Network.ts'
import * as Registry from './Registry.ts'
import * as RequestCheck from './RequestCheck.ts'
import * as Submission from './Submission.ts'

/** What a patient's device holds of one issuer. Secret. */
export type Holding = {
  readonly secret: HolderSecret
  readonly credential: Credential.Credential
  readonly record: OpenRecord
}

/** A request as it reaches a wallet: the signed question and the text of its policies, compiled by the wallet. */
export type Incoming = {
  readonly request: Request.Request
  readonly signature: string
  readonly policies: readonly PolicyCompiler.Compiled[]
}

/** Everything an answer takes but the proof. */
export type Prepared = {
  readonly subject: Eligibility.Case
  readonly circuit: Eligibility.Circuit
  readonly terms: Submission.Terms
  readonly requestSignature: string
  /** What the patient should hear before the proof leaves the device. Nothing here forbids it. */
  readonly warnings: readonly Warning[]
}

/** few-issuers: the policy accepts fewer than `fewestIssuers` active issuers, so the answer nearly names the patient's. */
export type Warning = 'few-issuers'

/** A patient hides among the active issuers that a policy accepts: from so many on, a wallet does not warn. */
export const fewestIssuers = 10

/**
 * Prepares the answer to one part of a request: checks who asks and what, looks the issuer up in the chain's mirror,
 * and fixes scope, consent, context and day. Nothing is sent.
 * @throws {RefusedError} with what stands against the request.
 * @throws {NotValidNowError} when the issuer or the credential is not valid now.
 */
export async function prepare(
  network: Network.Network,
  holding: Holding,
  incoming: Incoming,
  options: {
    readonly part?: number
    /** Address of the key the patient uses with this recipient; may revoke the consent. */
    readonly patientKey: Request.Address
    /** Seconds the answer stays good. */
    readonly lifetimeSeconds?: bigint
  },
): Promise<Prepared> {
  const { part = 0, patientKey, lifetimeSeconds = 3600n } = options
  const objections = await RequestCheck.objections(network, incoming)
  const policy = incoming.policies[part]
  if (objections.length > 0 || !policy) throw new RefusedError({ objections })

  const setting: Setting = {
    chainId: network.chainId,
    consentRegistry: Network.addressOf(network, 'ConsentRegistry'),
    registry: await Registry.read(network),
    verifierVersion: await activeVersion(network, Eligibility.circuitFor(policy.words)),
    now: await Network.now(network),
  }
  return assemble(holding, incoming, setting, { policy, part, patientKey, lifetimeSeconds })
}

/** Where and when an answer is made, as a chain tells it or, where there is none, a list of issuers and a clock. */
export type Setting = {
  readonly chainId: bigint
  readonly consentRegistry: Request.Address
  readonly registry: Registry.Registry
  readonly verifierVersion: number
  /** Unix seconds. */
  readonly now: bigint
}

/**
 * The answer to a part of a request that has been checked: fixes scope, consent, context and day. Reads nothing.
 * @throws {NotValidNowError} when the issuer or the credential is not valid.
 */
export function assemble(
  holding: Holding,
  { request, signature }: Incoming,
  { chainId, consentRegistry, registry, verifierVersion, now }: Setting,
  options: {
    readonly policy: PolicyCompiler.Compiled
    readonly part: number
    readonly patientKey: Request.Address
    readonly lifetimeSeconds: bigint
  },
): Prepared {
  const { policy, part, patientKey, lifetimeSeconds } = options
  const found = Registry.find(registry, Issuer.idOf(holding.credential.issuer))
  if (!found) throw new NotValidNowError({ what: 'issuer' })
  const { issuer, path } = found
  const { statusIndex } = holding.credential
  if (StatusList.isRevoked(issuer.status, statusIndex)) throw new NotValidNowError({ what: 'credential' })

  const scope = Scope.of(request)
  const circuit = Eligibility.circuitFor(policy.words)
  const terms: Submission.Terms = {
    request,
    part,
    verifierVersion,
    today: Day.ofUnixSeconds(Number(now)),
    deadline: now + lifetimeSeconds,
    consent: {
      chainId,
      registry: consentRegistry,
      requestId: Request.idOf(request),
      recipientId: request.recipientId,
      patientKey,
      subject: Eligibility.nullifierOf(holding.secret, scope),
      detailsHash: Consent.noDetails,
      notBefore: now,
      notAfter: now + lifetimeSeconds,
      salt: `0x${Random.salt().toString(16).padStart(64, '0')}`,
    },
  }
  const subject: Eligibility.Case = {
    policy,
    ...holding,
    issuer: {
      publicKey: holding.credential.issuer,
      roles: rolesOf(issuer.roles),
      validUntil: Day.fromField(BigInt(issuer.validUntil)),
    },
    issuerPath: path,
    status: StatusList.open(issuer.status, statusIndex),
    scope,
    today: terms.today,
    context: Submission.contextOf(terms),
  }
  const isCrowded = Registry.crowdOf(registry, policy.words.header.roles) >= fewestIssuers
  return { subject, circuit, terms, requestSignature: signature, warnings: isCrowded ? [] : ['few-issuers'] }
}

/** The submission a prepared answer and its proof make. */
export function complete(
  { terms, circuit, requestSignature }: Prepared,
  { proof, signals }: { proof: Proof; signals: { readonly nullifier: bigint; readonly issuersRoot: bigint } },
): Submission.Submission {
  return {
    ...terms,
    requestSignature,
    circuit,
    nullifier: signals.nullifier as Eligibility.Nullifier,
    issuersRoot: signals.issuersRoot as Submission.IssuersRoot,
    proof,
  }
}

async function activeVersion(network: Network.Network, circuit: Eligibility.Circuit): Promise<number> {
  const registry = Network.contract(network, 'VerifierRegistry')
  const [, version] = await registry.getFunction('active')(encodeBytes32String(circuit))
  return Number(version)
}

function rolesOf(mask: number): Role[] {
  return (Object.entries(parameters.roles) as [Role, number][]).flatMap(([role, bit]) =>
    (mask >> bit) & 1 ? [role] : [],
  )
}

/** The wallet does not answer this request. */
export class RefusedError extends Error {
  override readonly name = 'Answer.RefusedError'
  readonly objections: readonly RequestCheck.Objection[]
  constructor({ objections }: { objections: readonly RequestCheck.Objection[] }) {
    super(`This request is not answered: ${objections.join(', ') || 'it has no such part'}.`)
    this.objections = objections
  }
}

/** The issuer or the credential is not valid now. Stays on the device. */
export class NotValidNowError extends Error {
  override readonly name = 'Answer.NotValidNowError'
  readonly what: 'issuer' | 'credential'
  constructor({ what }: { what: 'issuer' | 'credential' }) {
    super(
      what === 'issuer'
        ? 'The issuer is not valid now.'
        : 'The credential has been revoked: ask its issuer for the present one.',
    )
    this.what = what
  }
}
