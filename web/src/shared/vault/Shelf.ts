import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Sealed } from './Vault.ts'

/** Something sealed, kept in this browser, with what may be read without its passphrase. */
export type Box = { readonly id: string; readonly title: string; readonly sealed: Sealed }

/** account: signs requests and transactions. issuer: a signing key with the desk beside it. */
export type Kind = 'account' | 'issuer'

interface Schema extends DBSchema {
  account: { key: string; value: Box }
  issuer: { key: string; value: Box }
}

let opening: Promise<IDBPDatabase<Schema>> | undefined

export async function list(kind: Kind): Promise<Box[]> {
  return (await database()).getAll(kind)
}

/** @throws {FullError} where the browser has no room; then the box of before is still there. */
export async function keep(kind: Kind, box: Box): Promise<void> {
  try {
    await (await database()).put(kind, box)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw new FullError({ cause })
    throw cause
  }
}

export async function forget(kind: Kind, id: string): Promise<void> {
  await (await database()).delete(kind, id)
}

function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>('medseal-stakeholder', 1, {
    upgrade(db) {
      db.createObjectStore('account', { keyPath: 'id' })
      db.createObjectStore('issuer', { keyPath: 'id' })
    },
  })
  opening.catch(() => {
    opening = undefined
  })
  return opening
}

/** The browser keeps no more. */
export class FullError extends Error {
  override readonly name = 'Shelf.FullError'
  constructor({ cause }: { cause: unknown }) {
    super('This browser has no room left. Make some, and try again: nothing was lost.', { cause })
  }
}
