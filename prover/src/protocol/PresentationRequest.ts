import { concat, id as hashOfText, keccak256, toUtf8Bytes } from 'ethers'
import { z } from 'zod'
import { eligibilitySizes, fieldOrder, parameters } from '../generated/parameters.ts'
import * as CanonicalJson from './CanonicalJson.ts'
import * as Eligibility from './Eligibility.ts'
import type { Policy } from './Policy.ts'
import type * as PolicyCompiler from './PolicyCompiler.ts'
import * as PolicyFile from './PolicyFile.ts'
import type { PolicyHash } from './PolicyWords.ts'
import type * as Request from './Request.ts'

/**
 * A request as it travels to a patient: OpenID4VP 1.0 with DCQL, and a credential format of our own that foreign
 * wallets cannot answer. The client id prefix `medseal` names a client that is registered on a chain: the number of a
 * stakeholder in the StakeholderRegistry of the chain with that id.
 *
 * The recipient's key signs one thing only, the EIP-712 Request that the contract checks. Its nonce is the hash of all
 * of this object but the signature, so that the one signature covers addresses, names and notes as well.
 */
export type PresentationRequest = Unsigned & { readonly medseal_signature: string }

/** All that is signed. */
export type Unsigned = {
  readonly response_type: 'vp_token'
  readonly response_mode: 'direct_post'
  /** Where the answer is posted. https, or http on loopback. */
  readonly response_uri: string
  /** medseal:<chain id>:<recipient's number>. */
  readonly client_id: string
  /** 128 random bits, base64url: makes two alike questions two requests. */
  readonly nonce: string
  readonly state?: string | undefined
  readonly dcql_query: {
    readonly credentials: readonly CredentialQuery[]
    readonly credential_sets: readonly { readonly options: readonly (readonly string[])[]; readonly required: true }[]
  }
  readonly client_metadata: {
    /** What the recipient calls itself. The chain vouches for its number and role, not for its name. */
    readonly client_name: string
    readonly vp_formats_supported: { readonly [format]: { readonly circuit_values: readonly string[] } }
  }
  /** What the contract checks and OpenID4VP has no word for. */
  readonly medseal_request: {
    readonly consumer: Request.Address
    /** Decimal. */
    readonly program: string
    readonly purpose: Request.Purpose
    readonly consent_required: boolean
    /** Unix seconds, decimal. */
    readonly expires_at: string
    /** Why, in the recipient's words. */
    readonly note?: string | undefined
  }
}

/** One part: a policy to be met by a record. */
export type CredentialQuery = {
  /** part-0, part-1, … in the order of the signed policy hashes. */
  readonly id: string
  readonly format: typeof format
  readonly require_cryptographic_holder_binding: true
  readonly meta: {
    /** 0x and 64 digits. */
    readonly policy_hash: `0x${string}`
    /** The policy file. */
    readonly policy: Policy
    /** The smallest circuit that proves it. */
    readonly circuit: Eligibility.Circuit
  }
}

export const format = 'medseal_groth16'

export const mostParts = 16
/** Characters, and brackets within brackets, that are read at all. */
export const longestText = 512 * 1024
export const deepest = PolicyFile.deepest + 6

/** @throws {InvalidError} for what `parse` would not take. */
export function build(
  terms: Omit<Request.Request, 'policyHashes' | 'nonce'> & {
    readonly policies: readonly PolicyCompiler.Compiled[]
    readonly responseUri: string
    readonly recipientName: string
    readonly note?: string | undefined
    readonly state?: string | undefined
    readonly nonce?: string
  },
): Unsigned {
  const { policies, consentRequired, expiresAt, note, state, nonce = freshNonce() } = terms
  const credentials = policies.map((policy, part) => queryOf(policy, part))
  return checked(unsigned, {
    response_type: 'vp_token',
    response_mode: 'direct_post',
    response_uri: terms.responseUri,
    client_id: `medseal:${terms.chainId}:${terms.recipientId}`,
    nonce,
    ...(state !== undefined && { state }),
    dcql_query: { credentials, credential_sets: [{ options: [credentials.map(({ id }) => id)], required: true }] },
    client_metadata: {
      client_name: terms.recipientName,
      vp_formats_supported: { [format]: { circuit_values: [...circuits] } },
    },
    medseal_request: {
      consumer: terms.consumer.toLowerCase(),
      program: String(terms.program),
      purpose: terms.purpose,
      consent_required: consentRequired,
      expires_at: String(expiresAt),
      ...(note !== undefined && { note }),
    },
  })
}

/**
 * Reads what anyone may have written. Members it does not know are refused, for a patient would not be shown them.
 * Says nothing about who asks: `requestOf`, and the chain.
 * @throws {InvalidError} naming the place and the rule.
 */
export function parse(text: string): PresentationRequest {
  return checked(signed, read(text))
}

/** The same for one that is not signed yet. @throws {InvalidError} */
export function parseUnsigned(text: string): Unsigned {
  return checked(unsigned, read(text))
}

/** What the recipient's key signs for this object: every other member is in its nonce. */
export function requestOf(object: Unsigned): Request.Request {
  const [, chainId = '', recipientId = ''] = object.client_id.split(':')
  const { consumer, program, purpose, consent_required, expires_at } = object.medseal_request
  return {
    chainId: BigInt(chainId),
    consumer,
    recipientId: BigInt(recipientId) as Request.StakeholderId,
    policyHashes: object.dcql_query.credentials.map(({ meta }) => BigInt(meta.policy_hash) as PolicyHash),
    program: BigInt(program),
    purpose,
    consentRequired: consent_required,
    expiresAt: BigInt(expires_at),
    nonce: nonceOf(object),
  }
}

/** keccak256(keccak256("Medseal presentation") ‖ the object without its signature as RFC 8785 writes it). */
export function nonceOf(object: Unsigned & { readonly medseal_signature?: string }): bigint {
  const { medseal_signature: _, ...all } = object
  return BigInt(keccak256(concat([hashOfText('Medseal presentation'), toUtf8Bytes(CanonicalJson.write(all))])))
}

/** The policies' texts, in the order of the parts. */
export function policiesOf(object: Unsigned): readonly Policy[] {
  return object.dcql_query.credentials.map(({ meta }) => meta.policy)
}

export function partId(part: number): string {
  return `part-${part}`
}

export type Objection = 'circuit-mismatch' | 'other-origin'

/**
 * What stands against the object itself. Against the request that it signs, the chain is asked as well.
 * @param policies Compiled by the device, from `policiesOf`.
 * @param origin Where the object was fetched from: answers go back there, unless the patient agrees to another place.
 */
export function objections(
  object: Unsigned,
  { policies, origin }: { policies: readonly PolicyCompiler.Compiled[]; origin?: string },
): readonly Objection[] {
  const { credentials } = object.dcql_query
  const isMismatch = policies.some(
    ({ words }, part) => credentials[part]?.meta.circuit !== Eligibility.circuitFor(words),
  )
  const isElsewhere = origin !== undefined && new URL(object.response_uri).origin !== origin
  return [...(isMismatch ? ['circuit-mismatch' as const] : []), ...(isElsewhere ? ['other-origin' as const] : [])]
}

function queryOf({ hash, policy, words }: PolicyCompiler.Compiled, part: number): CredentialQuery {
  return {
    id: partId(part),
    format,
    require_cryptographic_holder_binding: true,
    meta: {
      policy_hash: `0x${hash.toString(16).padStart(64, '0')}`,
      policy,
      circuit: Eligibility.circuitFor(words),
    },
  }
}

function freshNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function read(text: string): unknown {
  try {
    return CanonicalJson.parse(text, { longest: longestText, deepest })
  } catch (cause) {
    if (cause instanceof CanonicalJson.InvalidJsonError) throw new InvalidError({ path: '$', rule: cause.rule })
    throw cause
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  const rule = issue?.code === 'custom' ? issue.message : 'must be of its form, with no other members'
  throw new InvalidError({ path: path.replace(/^\./, '') || '$', rule })
}

const circuits = eligibilitySizes.map(({ circuit }) => circuit) as [Eligibility.Circuit, ...Eligibility.Circuit[]]
const purposes = Object.keys(parameters.purposes) as [Request.Purpose, ...Request.Purpose[]]

/** Decimal, written one way. */
const decimal = (bits: bigint) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, { abort: true })
    .refine((text) => BigInt(text) < 1n << bits, { error: 'must be within its range' })

/** Shown to a patient: nothing that hides, turns or breaks the line. */
const line = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u)

const policy = z.unknown().transform((value, context): Policy => {
  try {
    return PolicyFile.parse(JSON.stringify(value) ?? '')
  } catch (cause) {
    const isKnown = cause instanceof PolicyFile.InvalidPolicyError
    const rule = isKnown ? cause.rule : 'must be a policy'
    context.addIssue({ code: 'custom', message: rule, path: isKnown ? [cause.path] : [], input: undefined })
    return z.NEVER
  }
})

const credential = z.strictObject({
  id: z.string(),
  format: z.literal(format),
  require_cryptographic_holder_binding: z.literal(true),
  meta: z.strictObject({
    policy_hash: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/, { abort: true })
      .refine((hash) => BigInt(hash) < fieldOrder, { error: 'must be within its range' }),
    policy,
    circuit: z.enum(circuits),
  }),
})

const dcql = z
  .strictObject({
    credentials: z.array(credential).min(1).max(mostParts),
    credential_sets: z
      .array(z.strictObject({ options: z.array(z.array(z.string())), required: z.literal(true) }))
      .length(1),
  })
  .superRefine(({ credentials, credential_sets: [set] }, context) => {
    const ids = credentials.map((_, part) => partId(part))
    if (credentials.some(({ id }, part) => id !== ids[part]))
      context.addIssue({ code: 'custom', message: 'must be named part-0, part-1, …', path: ['credentials'] })
    if (JSON.stringify(set?.options) !== JSON.stringify([ids]))
      context.addIssue({ code: 'custom', message: 'must ask for every part', path: ['credential_sets'] })
  })

const clientId = z.string().superRefine((text, context) => {
  const [prefix, ...numbers] = text.split(':')
  const isFit = prefix === 'medseal' && numbers.length === 2 && numbers.every((n) => decimal(256n).safeParse(n).success)
  if (!isFit) context.addIssue({ code: 'custom', message: 'must be medseal:<chain id>:<recipient>' })
})

const members = {
  response_type: z.literal('vp_token'),
  response_mode: z.literal('direct_post'),
  response_uri: z.string().max(2000).refine(isPostable, { error: 'must be https, or http on loopback' }),
  client_id: clientId,
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  state: z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .exactOptional(),
  dcql_query: dcql,
  client_metadata: z.strictObject({
    client_name: line(100),
    vp_formats_supported: z.strictObject({
      [format]: z.strictObject({ circuit_values: z.array(z.enum(circuits)).min(1).max(circuits.length) }),
    }),
  }),
  medseal_request: z.strictObject({
    consumer: z.string().regex(/^0x[0-9a-f]{40}$/),
    program: decimal(256n),
    purpose: z.enum(purposes),
    consent_required: z.boolean(),
    expires_at: decimal(64n),
    note: line(500).exactOptional(),
  }),
}
const unsigned = z.strictObject(members) as unknown as z.ZodType<Unsigned>
const signed = z.strictObject({
  ...members,
  medseal_signature: z.string().regex(/^0x([0-9a-f]{2}){1,4096}$/),
}) as unknown as z.ZodType<PresentationRequest>

function isPostable(text: string): boolean {
  const url = URL.parse(text)
  // Written one way, so that what is shown is where it goes.
  if (!url || url.href !== text || url.username !== '' || url.password !== '' || url.hash !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}

/** A text is no request of this form. Names the place and the rule, never what is written there. */
export class InvalidError extends Error {
  override readonly name = 'PresentationRequest.InvalidError'
  readonly path: string
  readonly rule: string
  constructor({ path, rule }: { path: string; rule: string }) {
    super(`The presentation request is refused: ${path} ${rule}.`)
    this.path = path
    this.rule = rule
  }
}
