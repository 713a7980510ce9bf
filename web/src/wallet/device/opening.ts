import * as Backup from '../Backup.ts'
import type * as Keeper from '../Keeper.ts'
import type { Passkey } from '../Passkey.ts'
import * as Vault from '../Vault.ts'
import * as Wallet from '../Wallet.ts'
import * as Desk from './Desk.ts'

// Making, opening and keeping a wallet. Each that opens one hands back the data key, which cannot be read but opens the
// wallet again should this worker be lost.

export async function createWords(): Promise<string> {
  return Wallet.createWords()
}

/** @throws {Holder.InvalidWordsError} */
export async function checkWords(_: Desk.Desk, words: string): Promise<void> {
  const { seedOf } = await import('@medseal/prover/protocol/Holder')
  seedOf(words)
}

export async function create(
  desk: Desk.Desk,
  given: { readonly words: string; readonly passphrase: string },
): Promise<CryptoKey> {
  return opened(desk, await Wallet.create(await Desk.storeOf(desk), given))
}

export async function restore(
  desk: Desk.Desk,
  given: { readonly backup: string; readonly passphrase: string },
): Promise<CryptoKey> {
  return opened(desk, await Wallet.restore(await Desk.storeOf(desk), given))
}

export async function unlock(desk: Desk.Desk, passphrase: string): Promise<CryptoKey> {
  return opened(desk, await Wallet.unlock(await Desk.storeOf(desk), passphrase))
}

export async function unlockByPasskey(
  desk: Desk.Desk,
  { credentialId, secret }: Pick<Passkey, 'credentialId' | 'secret'>,
): Promise<CryptoKey> {
  const store = await Desk.storeOf(desk)
  return opened(desk, {
    store,
    dataKey: await Vault.unlockByPasskey(await Wallet.vaultOf(store), credentialId, secret),
  })
}

/** After a worker was lost. */
export async function reopen(desk: Desk.Desk, dataKey: CryptoKey): Promise<void> {
  opened(desk, { store: await Desk.storeOf(desk), dataKey })
}

export async function addPasskey(
  desk: Desk.Desk,
  { passphrase, passkey }: { readonly passphrase: string; readonly passkey: Passkey },
): Promise<void> {
  await changeVault(desk, (vault) => Vault.addPasskey(vault, passphrase, passkey))
}

export async function removePasskeys(desk: Desk.Desk): Promise<void> {
  await changeVault(desk, async (vault) => Vault.withoutPasskeys(vault))
}

export async function changePassphrase(
  desk: Desk.Desk,
  phrases: { readonly from: string; readonly to: string },
): Promise<void> {
  await changeVault(desk, (vault) => Vault.changePassphrase(vault, phrases))
}

export async function backup(desk: Desk.Desk): Promise<string> {
  return Backup.write(await Desk.storeOf(desk))
}

/** Forgets the wallet on this device: words or a backup are all that is left. */
export async function forget(desk: Desk.Desk): Promise<void> {
  await (await Desk.storeOf(desk)).clear()
  delete desk.keeper
  delete desk.secrets
  desk.holdings.clear()
  desk.checked.clear()
}

async function changeVault(desk: Desk.Desk, change: (vault: Vault.Vault) => Promise<Vault.Vault>): Promise<void> {
  const store = await Desk.storeOf(desk)
  await store.write({ vault: await change(await Wallet.vaultOf(store)) })
}

function opened(desk: Desk.Desk, keeper: Keeper.Keeper): CryptoKey {
  desk.keeper = keeper
  // All of this worker's parts, while there is a network to load them by.
  void Promise.allSettled([
    import('./records.ts'),
    import('./requests.ts'),
    import('./answering.ts'),
    import('../Holdings.ts'),
    import('../Fact.ts'),
    import('../Series.ts'),
    Desk.valueSets(),
  ])
  return keeper.dataKey
}
