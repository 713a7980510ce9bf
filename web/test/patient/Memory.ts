import { FullError, type Store } from '../../src/wallet/Store.ts'
import type { Sealed, Vault } from '../../src/wallet/Vault.ts'

/** A store without a browser. @param room Items it takes before it is full. */
export function create({ room = Number.POSITIVE_INFINITY }: { readonly room?: number } = {}): Store {
  let vault: Vault | undefined
  const items = new Map<string, Sealed>()
  return {
    vault: async () => vault,
    names: async () => [...items.keys()],
    get: async (name) => items.get(name),
    async write({ vault: next, put = new Map(), remove = [] }) {
      if (new Set([...items.keys(), ...put.keys()]).size > room) throw new FullError()
      vault = next ?? vault
      for (const [name, sealed] of put) items.set(name, sealed)
      for (const name of remove) items.delete(name)
    },
    async clear() {
      vault = undefined
      items.clear()
    },
  }
}
