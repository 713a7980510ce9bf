import * as Base64 from './Base64.ts'
import type { Store } from './Store.ts'
import type { Lock, Sealed, Vault } from './Vault.ts'

/** Tag of a backup: the wallet as it lies on disk, still sealed under its passphrase. Passkeys stay with their device. */
const tag = 'wallet-backup/1'

/** The text of a backup file. */
export async function write(store: Store): Promise<string> {
  const vault = await store.vault()
  if (!vault) throw new BrokenBackupError()
  const items: Record<string, { readonly iv: string; readonly bytes: string }> = {}
  for (const name of await store.names()) {
    const sealed = await store.get(name)
    if (sealed) items[name] = { iv: Base64.encode(sealed.iv), bytes: Base64.encode(sealed.bytes) }
  }
  return JSON.stringify({ medseal: tag, locks: vault.locks.filter(({ kind }) => kind === 'passphrase'), items })
}

/**
 * A backup's wallet, not yet opened: whether a passphrase opens it is for `Vault` to say.
 * @throws {BrokenBackupError}
 */
export function read(text: string): { readonly vault: Vault; readonly items: ReadonlyMap<string, Sealed> } {
  try {
    const file: unknown = JSON.parse(text)
    if (!isObject(file) || file.medseal !== tag || !Array.isArray(file.locks) || !isObject(file.items))
      throw new BrokenBackupError()
    const items = Object.entries(file.items).map(([name, item]): [string, Sealed] => {
      if (!isObject(item)) throw new BrokenBackupError()
      return [name, { iv: Base64.decode(textOf(item.iv)), bytes: Base64.decode(textOf(item.bytes)) }]
    })
    return { vault: { medseal: 'wallet/1', locks: file.locks.map(lockOf) }, items: new Map(items) }
  } catch {
    throw new BrokenBackupError()
  }
}

function lockOf(value: unknown): Lock {
  if (!isObject(value) || value.kind !== 'passphrase' || !isObject(value.scrypt) || !isObject(value.key))
    throw new BrokenBackupError()
  const { N, r, p } = value.scrypt
  const scrypt = { N: wholeOf(N), r: wholeOf(r), p: wholeOf(p) }
  const key = { iv: textOf(value.key.iv), bytes: textOf(value.key.bytes) }
  return { kind: 'passphrase', salt: textOf(value.salt), scrypt, key }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new BrokenBackupError()
  return value
}

function wholeOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw new BrokenBackupError()
  return value
}

/** The file is not a wallet's backup. */
export class BrokenBackupError extends Error {
  override readonly name = 'Backup.BrokenBackupError'
  constructor() {
    super('This file is not the backup of a wallet.')
  }
}
