import { ZeroAddress, ZeroHash } from 'ethers'
import * as Proof from '../Proof.ts'
import type { Brand } from '../protocol/Brand.ts'
import * as Consent from '../protocol/Consent.ts'
import * as Context from '../protocol/Context.ts'
import type * as Day from '../protocol/Day.ts'
import type { Circuit, Nullifier } from '../protocol/Eligibility.ts'
import * as Occasion from '../protocol/Occasion.ts'
import type { PolicyHash } from '../protocol/PolicyWords.ts'
import * as Request from '../protocol/Request.ts'
import * as Scope from '../protocol/Scope.ts'

/** Root of the tree of valid issuers. Public. */
export type IssuersRoot = bigint & Brand<'IssuersRoot'>

/** An answer to one part of a request, as the EligibilityRegistry takes it. */
export type Submission = {
  readonly request: Request.Request
  /** By the recipient's registered key. */
  readonly requestSignature: string
  readonly part: number
  readonly circuit: Circuit
  readonly verifierVersion: number
  readonly today: Day.Day
  /** Unix seconds; accepted up to and including it. */
  readonly deadline: bigint
  /** Absent only where the request asks for none. */
  readonly consent?: Consent.Consent
  readonly nullifier: Nullifier
  readonly issuersRoot: IssuersRoot
  readonly proof: Proof.Proof
}

/** What a proof is made for, before there is one. */
export type Terms = Omit<Submission, 'nullifier' | 'issuersRoot' | 'proof' | 'requestSignature' | 'circuit'>

/** The context a submission's proof is bound to. */
export function contextOf(terms: Terms): Context.Context {
  return Context.ofEligibility({
    chainId: terms.request.chainId,
    consumer: terms.request.consumer,
    verifierVersion: terms.verifierVersion,
    requestId: Request.idOf(terms.request),
    consentId: terms.consent ? Consent.idOf(terms.consent) : Consent.none,
    part: terms.part,
    deadline: terms.deadline,
  })
}

/** The public signals the contract computes for a submission, in their order. */
export function signalsOf(submission: Submission) {
  return {
    nullifier: submission.nullifier as bigint,
    issuersRoot: submission.issuersRoot as bigint,
    policyHash: (submission.request.policyHashes[submission.part] ?? 0n) as PolicyHash as bigint,
    context: contextOf(submission) as bigint,
    occasion: Occasion.of(Scope.of(submission.request), submission.today) as bigint,
  }
}

/** Argument of `IEligibilityRegistry.verify`. */
export function toContractArgs(submission: Submission) {
  const { consent } = submission
  return {
    request: Request.toTypedData(submission.request),
    requestSignature: submission.requestSignature,
    part: submission.part,
    kind: Request.purposeBytes(submission.circuit),
    verifierVersion: submission.verifierVersion,
    day: submission.today,
    deadline: submission.deadline,
    consent: {
      patientKey: consent?.patientKey ?? ZeroAddress,
      subject: consent?.subject ?? 0n,
      detailsHash: consent?.detailsHash ?? ZeroHash,
      notBefore: consent?.notBefore ?? 0n,
      notAfter: consent?.notAfter ?? 0n,
      salt: consent?.salt ?? ZeroHash,
    },
    nullifier: submission.nullifier,
    issuersRoot: submission.issuersRoot,
    proof: Proof.toContractArgs(submission.proof),
  }
}
