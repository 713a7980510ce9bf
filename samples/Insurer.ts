import type { Wallet } from 'ethers'
import type { Policy } from '../verifier-api/src/resources/Policy.ts'
import type { Request } from '../verifier-api/src/resources/Request.ts'
import type { Session } from '../verifier-api/src/resources/Session.ts'
import * as SignIn from '../web/src/shared/session/SignIn.ts'
import * as files from './files.ts'
import type { Account } from './Town.ts'

/** A recipient at work with the API, signed in. */
export type Insurer = { readonly origin: string; readonly signer: Account; readonly token: string }

/** How long a sample request stays open. */
const lifetimeDays = 30
const day = 86_400_000

export async function signIn(origin: string, signer: Account): Promise<Insurer> {
  const challenge = await call<SignIn.Challenge>(origin, 'POST', '/v1/sessions/challenge')
  const message = SignIn.message(challenge, signer.address)
  const signature = await signer.signMessage(message)
  const { token } = await call<Session>(origin, 'POST', '/v1/sessions', { body: { message, signature } })
  return { origin, signer, token }
}

/** Keeps a sample policy, by file name; the same one is kept once. */
export function keepPolicy(insurer: Insurer, name: string): Promise<Policy> {
  return keepPolicyFile(insurer, JSON.parse(files.policyText(name)))
}

export function keepPolicyFile({ origin, token }: Insurer, policy: object): Promise<Policy> {
  return call(origin, 'POST', '/v1/policies', { token, body: { policy } })
}

/** A request of one policy that is still open, else a new one, signed. */
export async function ask(insurer: Insurer, policy: Policy): Promise<Request> {
  const { origin, token } = insurer
  const { data } = await call<{ data: Request[] }>(origin, 'GET', '/v1/requests?state=open', { token })
  const open = data.find(
    // The list's state is what the API serves: answered ones are among them.
    ({ state, policyIds, expiresAt }) =>
      state === 'open' && policyIds.includes(policy.id) && Date.parse(expiresAt) > Date.now() + day,
  )
  return open ?? create(insurer, policy)
}

/** A new request of one policy, signed. */
export async function create({ origin, signer, token }: Insurer, policy: Pick<Policy, 'id'>): Promise<Request> {
  const body = {
    policyIds: [policy.id],
    purpose: 'COVAUTH',
    recipientName: 'Northwind Health Insurance',
    note: 'For the prior authorisation of your medicine.',
    expiresAt: new Date(Date.now() + lifetimeDays * day).toISOString(),
  }
  const draft = await call<Request>(origin, 'POST', '/v1/requests', { token, body })
  const { domain, types, message } = draft.typedData
  const signature = await (signer as unknown as Wallet).signTypedData(domain, types, message)
  return call(origin, 'POST', `/v1/requests/${draft.id}/signature`, { token, body: { signature } })
}

async function call<T>(
  origin: string,
  method: 'GET' | 'POST',
  path: string,
  { token, body }: { token?: string; body?: unknown } = {},
): Promise<T> {
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new RefusedError({ method, path, problem: await response.text() })
  return (await response.json()) as T
}

/** The API refuses a call of the sample insurer's. */
export class RefusedError extends Error {
  override readonly name = 'Insurer.RefusedError'
  constructor({ method, path, problem }: { method: string; path: string; problem: string }) {
    super(`${method} ${path} is refused: ${problem}`)
  }
}
