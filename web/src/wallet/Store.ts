import { type DBSchema, openDB } from 'idb'
import type { Sealed, Vault } from './Vault.ts'

/** Where a wallet lies. All it holds is sealed, but for the vault. */
export type Store = {
  readonly vault: () => Promise<Vault | undefined>
  readonly names: () => Promise<readonly string[]>
  readonly get: (name: string) => Promise<Sealed | undefined>
  /** All of it or nothing. @throws {FullError} */
  readonly write: (changes: Changes) => Promise<void>
  /** Forgets the wallet. */
  readonly clear: () => Promise<void>
}

export type Changes = {
  readonly vault?: Vault
  readonly put?: ReadonlyMap<string, Sealed>
  readonly remove?: readonly string[]
}

interface Schema extends DBSchema {
  vault: { key: 'vault'; value: Vault }
  items: { key: string; value: Sealed }
}

/** The browser's own: IndexedDB, which it is asked to keep. */
export async function open(): Promise<Store> {
  const database = await openDB<Schema>('medseal-wallet', 1, {
    upgrade(created) {
      created.createObjectStore('vault')
      created.createObjectStore('items')
    },
  })
  return {
    vault: () => database.get('vault', 'vault'),
    names: () => database.getAllKeys('items'),
    get: (name) => database.get('items', name),
    async write({ vault, put = new Map(), remove = [] }) {
      try {
        const transaction = database.transaction(['vault', 'items'], 'readwrite', { durability: 'strict' })
        const items = transaction.objectStore('items')
        await Promise.all([
          ...(vault ? [transaction.objectStore('vault').put(vault, 'vault')] : []),
          ...Array.from(put, ([name, sealed]) => items.put(sealed, name)),
          ...remove.map((name) => items.delete(name)),
          transaction.done,
        ])
      } catch (cause) {
        throw isFull(cause) ? new FullError({ cause }) : cause
      }
    },
    async clear() {
      const transaction = database.transaction(['vault', 'items'], 'readwrite')
      await Promise.all([
        transaction.objectStore('vault').clear(),
        transaction.objectStore('items').clear(),
        transaction.done,
      ])
    },
  }
}

function isFull(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'QuotaExceededError'
}

/** The device has no room left. What was there before is still there. */
export class FullError extends Error {
  override readonly name = 'Store.FullError'
  constructor({ cause }: { cause?: unknown } = {}) {
    super('This device has no room left for the wallet.', { cause })
  }
}
