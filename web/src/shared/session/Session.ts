import type { Session as Resource } from '@medseal/verifier-api/resources/Session'
import { useSyncExternalStore } from 'react'
import * as Api from '../api.ts'
import type { StakeholderKey } from '../key/StakeholderKey.ts'
import * as SignIn from './SignIn.ts'

/** Who works here. In memory only: a page that is closed is signed out. */
export type State =
  | { readonly status: 'locked' }
  | { readonly status: 'unlocked'; readonly key: StakeholderKey }
  | { readonly status: 'signed-in'; readonly key: StakeholderKey; readonly session: Resource }

let state: State = { status: 'locked' }
let refreshing: Promise<string> | undefined
const listeners = new Set<() => void>()

/** A token is renewed this long before it ends. */
const marginMs = 30_000

export function useSession(): State {
  return useSyncExternalStore(subscribe, () => state)
}

export function unlock(key: StakeholderKey): void {
  become({ status: 'unlocked', key })
}

export function lock(): void {
  become({ status: 'locked' })
}

/** Signs a fresh challenge with the key. @param stakeholderId Where one key is of several. */
export async function signIn(key: StakeholderKey, stakeholderId?: string): Promise<Resource> {
  const challenge = await Api.post<SignIn.Challenge>('/v1/sessions/challenge')
  if (!import.meta.env.DEV && challenge.domain !== location.host) throw new OtherDomainError(challenge)
  const message = SignIn.message(challenge, key.address)
  const signature = await key.signer.signMessage(message)
  const session = await Api.post<Resource>('/v1/sessions', { body: { message, signature, stakeholderId } })
  become({ status: 'signed-in', key, session })
  return session
}

export async function get<T>(path: string, call: Api.Call = {}): Promise<T> {
  return withToken((token) => Api.get<T>(path, { ...call, token }))
}

export async function all<T>(path: string, call: Api.Call = {}): Promise<T[]> {
  return withToken((token) => Api.all<T>(path, { ...call, token }))
}

export async function text(path: string, call: Api.Call = {}): Promise<string> {
  return withToken((token) => Api.text(path, { ...call, token }))
}

export async function post<T>(path: string, call: Api.Call = {}): Promise<T> {
  const idempotencyKey = crypto.randomUUID()
  return withToken((token) => Api.post<T>(path, { idempotencyKey, ...call, token }))
}

export async function remove(path: string, call: Api.Call = {}): Promise<void> {
  return withToken((token) => Api.remove(path, { ...call, token }))
}

/** Once more with a new token where the server has forgotten the old one. */
async function withToken<T>(act: (token: string) => Promise<T>): Promise<T> {
  try {
    return await act(await token())
  } catch (cause) {
    if (!(cause instanceof Api.ApiProblem) || cause.problem.status !== 401) throw cause
    return act(await token({ fresh: true }))
  }
}

async function token({ fresh = false }: { fresh?: boolean } = {}): Promise<string> {
  if (state.status === 'locked') throw new LockedError()
  const { key } = state
  const session = state.status === 'signed-in' ? state.session : undefined
  if (session && !fresh && Date.parse(session.expiresAt) - Date.now() > marginMs) return session.token
  refreshing ??= signIn(key, session?.stakeholderId)
    .then((renewed) => renewed.token)
    .finally(() => {
      refreshing = undefined
    })
  return refreshing
}

function become(next: State): void {
  state = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Nobody has unlocked a key. */
export class LockedError extends Error {
  override readonly name = 'Session.LockedError'
  constructor() {
    super('Unlock your key first.')
  }
}

/** The API says it lives elsewhere: signing for that name would let somebody else in. */
export class OtherDomainError extends Error {
  override readonly name = 'Session.OtherDomainError'
  constructor({ domain }: { domain: string }) {
    super(`This page's API calls itself ${domain}, and the page is at ${location.host}. Open that address instead.`)
  }
}
