import * as Day from '../protocol/Day.ts'
import type * as PolicyCompiler from '../protocol/PolicyCompiler.ts'
import * as PolicyWords from '../protocol/PolicyWords.ts'
import * as Json from './Json.ts'

/** A receipt as an auditor hands it on (`chain/Audit.ts`): what a check left on the chain, replayed. */
export type Receipt = {
  readonly transactionHash: string
  readonly blockNumber: number
  /** Unix seconds of the block. */
  readonly timestamp: bigint
  readonly requestId: string
  readonly recipientId: bigint
  readonly program: bigint
  readonly part: number
  readonly circuit: string
  readonly verifierVersion: number
  readonly consentId: string
  /** Unix seconds. */
  readonly deadline: bigint
  readonly day: Day.Day
  readonly nullifier: bigint
  readonly issuersRoot: bigint
  readonly policyHash: bigint
  /** What the auditor found wrong with it. */
  readonly findings: readonly string[]
}

export type Terms = {
  readonly chainId: bigint
  /** Address of the contract that checked the proof. */
  readonly contract: string
  /** The policy in words, for people to read. Its name then stands in the response: it says what was shown. */
  readonly policy?: PolicyCompiler.Compiled
}

/** A FHIR R4 CoverageEligibilityResponse, with those elements that a receipt has something for. */
export type Response = {
  readonly resourceType: 'CoverageEligibilityResponse'
  readonly extension: readonly [{ readonly url: string; readonly extension: readonly Extension[] }]
  readonly identifier: readonly Identifier[]
  readonly status: 'active'
  readonly purpose: readonly ['validation']
  readonly patient: Reference
  /** The block's day in UTC. */
  readonly created: string
  readonly request: Reference
  readonly outcome: 'complete'
  readonly disposition: string
  readonly insurer: Reference
}

type Identifier = { readonly system: string; readonly value: string }
type Reference = { readonly type: string; readonly identifier: Identifier }
type Extension = { readonly url: FactName; readonly valueString: string }

/** What a response says of its receipt, each as text in one form only: numbers in decimals, hashes in hexadecimals. */
export type Statement = { readonly [name in FactName]: string } & { readonly disposition: string }

/**
 * The response that a receipt stands for; the same one for the same receipt and terms. It names the patient by the
 * nullifier and nobody else, and no `insurance`: a chain knows that criteria were met, not which cover is in force.
 * The purpose is the nearest of the four that R4 requires one of; the disposition says what it comes to.
 * Source: hl7.org/fhir/R4/coverageeligibilityresponse.html
 * @throws {NoReceiptError} {RefusedReceiptError} {PolicyMismatchError}
 */
export function fromReceipt(receipt: Receipt | undefined, { chainId, contract, policy }: Terms): Response {
  if (!receipt) throw new NoReceiptError()
  if (receipt.findings.length > 0) throw new RefusedReceiptError({ findings: receipt.findings })
  if (policy && !isOf(policy, receipt.policyHash)) throw new PolicyMismatchError()
  return toResponse({
    chainId: `${chainId}`,
    contract: contract.toLowerCase(),
    transactionHash: receipt.transactionHash.toLowerCase(),
    blockNumber: `${receipt.blockNumber}`,
    timestamp: `${receipt.timestamp}`,
    requestId: receipt.requestId.toLowerCase(),
    part: `${receipt.part}`,
    recipientId: `${receipt.recipientId}`,
    program: `${receipt.program}`,
    consentId: receipt.consentId.toLowerCase(),
    deadline: `${receipt.deadline}`,
    day: Day.format(receipt.day),
    circuit: receipt.circuit,
    verifierVersion: `${receipt.verifierVersion}`,
    nullifier: hexadecimal(receipt.nullifier),
    issuersRoot: hexadecimal(receipt.issuersRoot),
    policyHash: hexadecimal(receipt.policyHash),
    disposition: dispositionOf(policy),
  })
}

/** A response's text. */
export function format(response: Response): string {
  return `${JSON.stringify(response, null, 2)}\n`
}

/**
 * What a response says, which anybody may have written: nothing is known to be true before it is compared with a
 * receipt off the chain (`differences`). A server may have given it an id and a meta; anything else is refused, since
 * nobody would compare it.
 * @throws {NotAResponseError} {Json.TooLongError} {Json.TooDeepError} {Json.RepeatedMemberError} {Json.NotJsonError}
 */
export function parse(text: string): Statement {
  const json = Json.parse(text)
  if (!Json.isObject(json)) throw new NotAResponseError({ path: 'CoverageEligibilityResponse' })
  const disposition = Json.member(json, 'disposition')
  if (typeof disposition !== 'string') throw new NotAResponseError({ path: 'CoverageEligibilityResponse.disposition' })
  const statement = { ...factsOf(json), disposition }
  const { id: _id, meta: _meta, ...said }: Json.JsonObject = json
  // Every other element follows from the facts, so that what people read and what is compared cannot differ.
  const meant: Json.Json = Json.parse(JSON.stringify(toResponse(statement)))
  if (!Json.equal(said, meant)) throw new NotAResponseError({ path: 'CoverageEligibilityResponse' })
  return statement
}

/**
 * In what a response differs from a receipt off the chain; it matches when in nothing. With a policy's name in its
 * disposition it matches only under terms with that policy.
 * @throws those of `parse` and of `fromReceipt`
 */
export function differences(
  text: string,
  receipt: Receipt | undefined,
  terms: Terms,
): readonly (FactName | 'disposition')[] {
  const said = parse(text)
  const meant = parse(format(fromReceipt(receipt, terms)))
  return ([...factNames, 'disposition'] as const).filter((name) => said[name] !== meant[name])
}

function toResponse(statement: Statement): Response {
  const { chainId, contract, requestId, part, recipientId, nullifier, timestamp, disposition } = statement
  // CAIP-10: a recipient's number means something in one deployment only.
  const deployment = `eip155:${chainId}:${contract}`
  return {
    resourceType: 'CoverageEligibilityResponse',
    extension: [
      {
        url: systemOf('receipt'),
        extension: factNames.map((name) => ({ url: name, valueString: statement[name] })),
      },
    ],
    identifier: [{ system: systemOf('receipt'), value: `${requestId}/${part}/${nullifier}` }],
    status: 'active',
    purpose: ['validation'],
    patient: reference('Patient', 'nullifier', nullifier),
    created: Day.format(Day.ofUnixSeconds(Number(timestamp))),
    request: reference('CoverageEligibilityRequest', 'request', requestId),
    outcome: 'complete',
    disposition,
    insurer: reference('Organization', 'recipient', `${deployment}/${recipientId}`),
  }
}

/** A logical reference (R4 references, 2.3.0.2): whom it means is known by number, and to no server. */
function reference(type: string, kind: Kind, value: string): Reference {
  return { type, identifier: { system: systemOf(kind), value } }
}

type Kind = 'receipt' | 'nullifier' | 'request' | 'recipient'

function systemOf(kind: Kind): string {
  return `urn:medseal:${kind}`
}

function dispositionOf(policy: PolicyCompiler.Compiled | undefined): string {
  const kept = 'The proof was checked on the chain; the record it rests on was not disclosed.'
  if (!policy) return `A patient was shown to meet the policy whose hash is given. ${kept}`
  const { name, issuers } = policy.policy
  return `A patient was shown to meet the policy "${name}", by a record of an issuer that is one of: ${issuers.join(', ')}. ${kept}`
}

/** A policy's hash binds its words; its name is the file's own, which the caller compiled. */
function isOf({ words, hash }: PolicyCompiler.Compiled, policyHash: bigint): boolean {
  return hash === policyHash && PolicyWords.hashOf(words) === policyHash
}

function hexadecimal(field: bigint): string {
  return `0x${field.toString(16).padStart(64, '0')}`
}

const decimal = /^(?:0|[1-9]\d{0,77})$/
const small = /^(?:0|[1-9]\d{0,10})$/
const hash = /^0x[0-9a-f]{64}$/

/** What a receipt says, in the order it is written, and the one form of each. */
const facts = {
  chainId: decimal,
  contract: /^0x[0-9a-f]{40}$/,
  transactionHash: hash,
  blockNumber: small,
  timestamp: small,
  requestId: hash,
  part: small,
  recipientId: decimal,
  program: decimal,
  consentId: hash,
  deadline: decimal,
  day: /^\d{4}-\d{2}-\d{2}$/,
  circuit: /^eligibility-[sml]$/,
  verifierVersion: small,
  nullifier: hash,
  issuersRoot: hash,
  policyHash: hash,
}
export type FactName = keyof typeof facts
const factNames = Object.keys(facts) as FactName[]

function factsOf(response: Json.JsonObject): { readonly [name in FactName]: string } {
  const path = 'CoverageEligibilityResponse.extension'
  const list = Json.member(response, 'extension')
  const receipt = Json.isList(list) ? list[0] : undefined
  const written = Json.isObject(receipt) ? Json.member(receipt, 'extension') : undefined
  if (!Json.isList(written)) throw new NotAResponseError({ path })
  const found = factNames.map((name, i) => {
    const extension = written[i]
    const value = Json.isObject(extension) ? Json.member(extension, 'valueString') : undefined
    if (typeof value !== 'string' || !facts[name].test(value)) {
      throw new NotAResponseError({ path: `${path}[0].extension[${i}] (${name})` })
    }
    return [name, value]
  })
  return Object.fromEntries(found)
}

/** There is no receipt to make a response of. */
export class NoReceiptError extends Error {
  override readonly name = 'CoverageEligibilityResponse.NoReceiptError'
  constructor() {
    super('There is no such receipt on the chain.')
  }
}

/** An auditor found something wrong with the receipt. */
export class RefusedReceiptError extends Error {
  override readonly name = 'CoverageEligibilityResponse.RefusedReceiptError'
  readonly findings: readonly string[]
  constructor({ findings }: { findings: readonly string[] }) {
    super(`The receipt does not stand: ${findings.join(', ')}.`)
    this.findings = findings
  }
}

/** The policy is not the one that was met. */
export class PolicyMismatchError extends Error {
  override readonly name = 'CoverageEligibilityResponse.PolicyMismatchError'
  constructor() {
    super("The policy's hash is not the receipt's.")
  }
}

/** The text is no response as Medseal writes it. */
export class NotAResponseError extends Error {
  override readonly name = 'CoverageEligibilityResponse.NotAResponseError'
  readonly path: string
  constructor({ path }: { path: string }) {
    super(`${path} is not as Medseal writes it.`)
    this.path = path
  }
}
