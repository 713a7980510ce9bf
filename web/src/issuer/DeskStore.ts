import type * as IssuerFile from '@medseal/prover/files/IssuerFile'
import type * as Issuer from '@medseal/prover/protocol/Issuer'
import { useSyncExternalStore } from 'react'
import * as Shelf from '../shared/vault/Shelf.ts'
import * as Vault from '../shared/vault/Vault.ts'

/** An issuer's desk, open: what the command line keeps in two files, here in one sealed box. Secret. */
export type Open = {
  readonly id: string
  readonly title: string
  readonly signingKey: Issuer.SigningKey
  readonly desk: IssuerFile.Desk
}

let open: (Open & { readonly passphrase: string }) | undefined
const listeners = new Set<() => void>()

export function useDesk(): Open | undefined {
  return useSyncExternalStore(subscribe, () => open)
}

/** Opens a box. @throws {Vault.WrongPassphraseError} */
export async function enter(box: Shelf.Box, passphrase: string): Promise<void> {
  become({ ...(await read(box, passphrase)), passphrase })
}

export function close(): void {
  become(undefined)
}

/**
 * Keeps a new desk, or one whose two files come from elsewhere.
 * @throws {DeskFile.OtherKeyError} {TakenError} {Vault.ShortPassphraseError} {Shelf.FullError}
 */
export async function found({ title, signingKey, desk }: Omit<Open, 'id'>, passphrase: string): Promise<void> {
  const id = (await files()).idOf({ signingKey, desk })
  const boxes = await Shelf.list('issuer')
  if (boxes.some((box) => box.id === id)) throw new TakenError()
  const made = { id, title, signingKey, desk }
  await Shelf.keep('issuer', await sealed(made, passphrase))
  become({ ...made, passphrase })
}

/**
 * Changes what the issuer keeps: two tabs at once must not give the same nonce or index, or lose a revocation. It is on
 * disk before this returns, so that nothing leaves the issuer's hands that it does not remember.
 * @throws {ClosedError} and what `act` and keeping throw; then everything is as it was.
 */
export async function change<T>(act: (open: Open) => T | Promise<T>): Promise<T> {
  const current = open
  if (!current) throw new ClosedError()
  return navigator.locks.request(`medseal-issuer-${current.id}`, async () => {
    const box = (await Shelf.list('issuer')).find(({ id }) => id === current.id)
    if (!box) throw new ClosedError()
    const fresh = await read(box, current.passphrase)
    const result = await act(fresh)
    await Shelf.keep('issuer', await sealed(fresh, current.passphrase))
    become({ ...fresh, passphrase: current.passphrase })
    return result
  })
}

async function read({ id, title, sealed: box }: Shelf.Box, passphrase: string): Promise<Open> {
  const [{ parse }, text] = await Promise.all([files(), Vault.open(box, passphrase)])
  return { id, title, ...parse(text) }
}

async function sealed({ id, title, signingKey, desk }: Open, passphrase: string): Promise<Shelf.Box> {
  const secret = (await files()).write({ signingKey, desk })
  return { id, title, sealed: await Vault.seal(secret, passphrase) }
}

/** The room opens before this is there. */
function files() {
  return import('./DeskFile.ts')
}

function become(next: typeof open): void {
  open = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** This browser has the issuer already. */
export class TakenError extends Error {
  override readonly name = 'DeskStore.TakenError'
  constructor() {
    super('This browser keeps this issuer already. Open it instead: two copies would give the same places twice.')
  }
}

/** The desk is not open, or is no longer in this browser. */
export class ClosedError extends Error {
  override readonly name = 'DeskStore.ClosedError'
  constructor() {
    super('The desk is closed. Open it again.')
  }
}
