import type * as Store from './Store.ts'
import * as Vault from './Vault.ts'

/** An open wallet: what seals and opens the items of a store. */
export type Keeper = { readonly store: Store.Store; readonly dataKey: Vault.DataKey }

/** An item's value, undefined where there is none. @throws {Vault.BrokenItemError} */
export async function read<T>({ store, dataKey }: Keeper, name: string): Promise<T | undefined> {
  const sealed = await store.get(name)
  return sealed && (JSON.parse(await Vault.open(dataKey, name, sealed)) as T)
}

/** Every item whose name starts so, by name. */
export async function list<T>(keeper: Keeper, prefix: string): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>()
  for (const name of await keeper.store.names()) {
    const value = name.startsWith(prefix) ? await read<T>(keeper, name) : undefined
    if (value !== undefined) found.set(name, value)
  }
  return found
}

/** Puts and removes, all or nothing. @throws {Store.FullError} */
export async function write(
  { store, dataKey }: Keeper,
  { put = {}, remove = [] }: { readonly put?: Readonly<Record<string, unknown>>; readonly remove?: readonly string[] },
): Promise<void> {
  const sealed = new Map<string, Vault.Sealed>()
  for (const [name, value] of Object.entries(put)) {
    sealed.set(name, await Vault.seal(dataKey, name, JSON.stringify(value)))
  }
  await store.write({ put: sealed, remove })
}
