import { hexlify, SigningKey, Wallet } from 'ethers'
import type * as Artifacts from '../prover/src/Artifacts.ts'
import * as Answer from '../prover/src/chain/Answer.ts'
import type * as Network from '../prover/src/chain/Network.ts'
import type * as Submission from '../prover/src/chain/Submission.ts'
import * as Consent from '../prover/src/protocol/Consent.ts'
import * as Context from '../prover/src/protocol/Context.ts'
import * as Credential from '../prover/src/protocol/Credential.ts'
import type * as Day from '../prover/src/protocol/Day.ts'
import * as Holder from '../prover/src/protocol/Holder.ts'
import type * as Issuance from '../prover/src/protocol/Issuance.ts'
import * as Issuer from '../prover/src/protocol/Issuer.ts'
import * as Record from '../prover/src/protocol/Record.ts'
import type * as Request from '../prover/src/protocol/Request.ts'
import * as Prove from '../prover/src/prove.ts'
import * as Signals from '../prover/src/Signals.ts'
import * as Verify from '../prover/src/verify.ts'
import type * as Hospital from './Hospital.ts'

/** A patient's device: words, what follows from them, and what issuers have given. */
export type Patient = {
  readonly name: string
  readonly seed: Holder.Seed
  readonly secret: Holder.HolderSecret
}

export function create(name: string): Patient {
  const seed = Holder.seedOf(Holder.createWords())
  return { name, seed, secret: Holder.secretOf(seed) }
}

export function holderAt({ secret }: Patient, { issuer }: Hospital.Hospital): Holder.Holder {
  return Holder.at(secret, Issuer.idOf(issuer.publicKey))
}

/**
 * Enrols at a hospital: proves to know the secret behind the holder it will sign for. The hospital has checked who the
 * person is, and made the nonce.
 * @throws {EnrolmentRefusedError} when the hospital does not accept the proof.
 */
export async function enrol(
  patient: Patient,
  hospital: Hospital.Hospital,
  { artifacts, town }: { artifacts: Artifacts.Source; town: { network: Network.Network } },
): Promise<Holder.Holder> {
  const issuerId = Issuer.idOf(hospital.issuer.publicKey)
  const nonce = hexlify(crypto.getRandomValues(new Uint8Array(32))) as `0x${string}`
  const context = Context.ofEnrolment({ issuerId, nonce })
  const { proof, signals } = await Prove.proveEnrolment(
    { secret: patient.secret, issuerId, context },
    { artifacts, allowDevelopmentKeys: town.network.chainId === localChainId },
  )
  const verdict = await Verify.verify(
    'enrolment',
    proof,
    Signals.encode('enrolment', { ...signals, issuerId, context }),
  )
  if (!verdict.valid) throw new EnrolmentRefusedError(verdict.reason)
  return signals.holder as Holder.Holder
}

/**
 * Takes home what a hospital issued, once the device has rebuilt the record and checked the signature.
 * @throws {Record.MalformedRecordError} {CredentialRefusedError}
 */
export function receive(
  { secret }: Patient,
  { credential, record }: Pick<Issuance.Issued, 'credential'> & { readonly record: Record.Record },
  today: Day.Day,
): Answer.Holding {
  const checked = Record.check({ leaves: record.leaves }, { asOf: credential.asOf })
  const verdict = Credential.check(credential, { record: checked, secret, today })
  if (!verdict.valid) throw new CredentialRefusedError(verdict.reason)
  return { secret, credential, record: checked }
}

/** The key this patient uses with one recipient on one chain, and with no other. */
export function keyFor({ seed }: Patient, network: Network.Network, recipientId: Request.StakeholderId): Wallet {
  const { chainId, addresses } = network
  const relationship = Consent.relationshipOf({ chainId, registry: addresses.ConsentRegistry, recipientId })
  const key = Holder.patientKeyOf(seed, relationship)
  return new Wallet(new SigningKey(hexlify(key)), network.provider)
}

/** Answers a request with a proof. Development keys only ever on a local chain. */
export async function answer(
  patient: Patient,
  network: Network.Network,
  holding: Answer.Holding,
  incoming: Answer.Incoming,
  { artifacts, lifetimeSeconds = 7200n }: { artifacts: Artifacts.Source; lifetimeSeconds?: bigint },
): Promise<Submission.Submission> {
  const patientKey = keyFor(patient, network, incoming.request.recipientId).address as Request.Address
  const prepared = await Answer.prepare(network, holding, incoming, { patientKey, lifetimeSeconds })
  const proven = await Prove.prove(prepared.subject, {
    artifacts,
    allowDevelopmentKeys: network.chainId === localChainId,
  })
  return Answer.complete(prepared, proven)
}

const localChainId = 31337n

/** The hospital does not accept the proof of who the holder is. */
export class EnrolmentRefusedError extends Error {
  override readonly name = 'Patient.EnrolmentRefusedError'
  constructor(reason: string) {
    super(`The hospital does not accept this enrolment: ${reason}.`)
  }
}

/** What a hospital gave is not a credential of this patient's. */
export class CredentialRefusedError extends Error {
  override readonly name = 'Patient.CredentialRefusedError'
  constructor(reason: Credential.Refusal) {
    super(`The wallet does not take this credential: ${reason}.`)
  }
}
