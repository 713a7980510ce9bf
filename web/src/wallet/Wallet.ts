import * as Holder from '@medseal/prover/protocol/Holder'
import * as Backup from './Backup.ts'
import * as Keeper from './Keeper.ts'
import type { Store } from './Store.ts'
import * as Vault from './Vault.ts'

/** What a wallet's words give. Stays in the worker's memory. */
export type Secrets = { readonly seed: Holder.Seed; readonly secret: Holder.HolderSecret }

const wordsItem = 'words'

export function createWords(): string {
  return Holder.createWords()
}

/**
 * A wallet from words, new or written down before.
 * @throws {Holder.InvalidWordsError} {Vault.ShortPassphraseError} {ExistsError} {Store.FullError}
 */
export async function create(
  store: Store,
  {
    words,
    passphrase,
    ...options
  }: { readonly words: string; readonly passphrase: string; readonly cost?: Vault.Cost },
): Promise<Keeper.Keeper> {
  Holder.seedOf(words)
  if (await store.vault()) throw new ExistsError()
  const { vault, dataKey } = await Vault.create(passphrase, options)
  const put = new Map([[wordsItem, await Vault.seal(dataKey, wordsItem, JSON.stringify(words))]])
  await store.write({ vault, put })
  return { store, dataKey }
}

/** @throws {Vault.WrongPassphraseError} {NoWalletError} */
export async function unlock(store: Store, passphrase: string): Promise<Keeper.Keeper> {
  return { store, dataKey: await Vault.unlock(await vaultOf(store), passphrase) }
}

/** @throws {NoWalletError} */
export async function vaultOf(store: Store): Promise<Vault.Vault> {
  const vault = await store.vault()
  if (!vault) throw new NoWalletError()
  return vault
}

/**
 * The wallet of a backup file, once the passphrase has opened it.
 * @throws {Backup.BrokenBackupError} {Vault.WrongPassphraseError} {ExistsError} {Store.FullError}
 */
export async function restore(
  store: Store,
  { backup, passphrase }: { readonly backup: string; readonly passphrase: string },
): Promise<Keeper.Keeper> {
  const { vault, items } = Backup.read(backup)
  if (await store.vault()) throw new ExistsError()
  const dataKey = await Vault.unlock(vault, passphrase)
  const words = items.get(wordsItem)
  if (!words) throw new Backup.BrokenBackupError()
  await Vault.open(dataKey, wordsItem, words)
  await store.write({ vault, put: items })
  return { store, dataKey }
}

/** @throws {NoWalletError} {Vault.BrokenItemError} */
export async function secretsOf(keeper: Keeper.Keeper): Promise<Secrets> {
  const words = await Keeper.read<string>(keeper, wordsItem)
  if (words === undefined) throw new NoWalletError()
  const seed = Holder.seedOf(words)
  return { seed, secret: Holder.secretOf(seed) }
}

/** This device already has a wallet: it is never overwritten. */
export class ExistsError extends Error {
  override readonly name = 'Wallet.ExistsError'
  constructor() {
    super('There is a wallet on this device already.')
  }
}

/** This device has no wallet. */
export class NoWalletError extends Error {
  override readonly name = 'Wallet.NoWalletError'
  constructor() {
    super('There is no wallet on this device.')
  }
}
