import { scrypt } from 'ethers/crypto'
import { getBytes, toUtf8Bytes } from 'ethers/utils'
import * as Base64 from './Base64.ts'
import { shortestPassphrase } from './shortestPassphrase.ts'

// How a wallet lies on disk. One random data key (AES-256-GCM) seals every item; the key itself lies there once for
// each lock that opens it, wrapped. A new passphrase therefore rewraps one key and touches no item.

/** Opens everything in a wallet. Not extractable: it can be used and handed to a worker, and not be read. */
export type DataKey = CryptoKey

/** AES-GCM: 12 random bytes, and what they sealed. */
export type Sealed = { readonly iv: Uint8Array<ArrayBuffer>; readonly bytes: Uint8Array<ArrayBuffer> }

/** Work that a guess at a passphrase takes: 128 * N * r bytes of memory. */
export type Cost = { readonly N: number; readonly r: number; readonly p: number }

/** N = 2^17, r = 8, p = 1: 128 MB a guess (OWASP Password Storage Cheat Sheet, scrypt). */
export const cost: Cost = { N: 2 ** 17, r: 8, p: 1 }

export type Lock =
  | { readonly kind: 'passphrase'; readonly salt: string; readonly scrypt: Cost; readonly key: Wrapped }
  /** The authenticator's own secret for `salt` (WebAuthn PRF) opens it. */
  | { readonly kind: 'passkey'; readonly credentialId: string; readonly salt: string; readonly key: Wrapped }

/** A wrapped data key, base64url. */
export type Wrapped = { readonly iv: string; readonly bytes: string }

/** What is not secret about a wallet. */
export type Vault = { readonly medseal: 'wallet/1'; readonly locks: readonly Lock[] }

/**
 * A new wallet's vault and its open data key.
 * @throws {ShortPassphraseError}
 */
export async function create(
  passphrase: string,
  options: { readonly cost?: Cost } = {},
): Promise<{ readonly vault: Vault; readonly dataKey: DataKey }> {
  const raw = crypto.getRandomValues(new Uint8Array(32))
  const lock = await passphraseLock(raw, passphrase, options)
  return { vault: { medseal: 'wallet/1', locks: [lock] }, dataKey: await imported(raw) }
}

/** @throws {WrongPassphraseError} */
export async function unlock({ locks }: Vault, passphrase: string): Promise<DataKey> {
  return imported(await rawKey(locks, passphrase))
}

/** @param secret What the authenticator gave for the lock's salt, 32 bytes. @throws {WrongPasskeyError} */
export async function unlockByPasskey({ locks }: Vault, credentialId: string, secret: Uint8Array): Promise<DataKey> {
  const lock = locks.find((one) => one.kind === 'passkey' && one.credentialId === credentialId)
  if (!lock) throw new WrongPasskeyError()
  try {
    return await imported(await unwrap(await passkeyKey(secret), lock))
  } catch {
    throw new WrongPasskeyError()
  }
}

/** The vault under another passphrase; passkeys stay. @throws {WrongPassphraseError} {ShortPassphraseError} */
export async function changePassphrase(
  vault: Vault,
  { from, to, ...options }: { readonly from: string; readonly to: string; readonly cost?: Cost },
): Promise<Vault> {
  const lock = await passphraseLock(await rawKey(vault.locks, from), to, options)
  return { ...vault, locks: [lock, ...vault.locks.filter(({ kind }) => kind !== 'passphrase')] }
}

/** The vault with a passkey besides. The passphrase is asked for, because an open data key cannot be read. */
export async function addPasskey(
  vault: Vault,
  passphrase: string,
  passkey: { readonly credentialId: string; readonly salt: string; readonly secret: Uint8Array },
): Promise<Vault> {
  const { credentialId, salt, secret } = passkey
  const key = await wrap(await passkeyKey(secret), await rawKey(vault.locks, passphrase), 'passkey')
  const others = vault.locks.filter((lock) => lock.kind !== 'passkey' || lock.credentialId !== credentialId)
  return { ...vault, locks: [...others, { kind: 'passkey', credentialId, salt, key }] }
}

export function withoutPasskeys(vault: Vault): Vault {
  return { ...vault, locks: vault.locks.filter(({ kind }) => kind !== 'passkey') }
}

/** @param name Of the item: sealed bytes do not open under another. */
export async function seal(dataKey: DataKey, name: string, text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const plain = new TextEncoder().encode(text)
  return { iv, bytes: new Uint8Array(await crypto.subtle.encrypt(algorithm(iv, name), dataKey, plain)) }
}

/** @throws {BrokenItemError} when the item is not of this wallet, or not what was sealed. */
export async function open(dataKey: DataKey, name: string, { iv, bytes }: Sealed): Promise<string> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm(iv, name), dataKey, bytes))
  } catch {
    throw new BrokenItemError()
  }
}

async function passphraseLock(
  raw: Uint8Array<ArrayBuffer>,
  passphrase: string,
  options: { readonly cost?: Cost },
): Promise<Lock> {
  if ([...passphrase.normalize('NFKC')].length < shortestPassphrase) throw new ShortPassphraseError()
  const { cost: asked = cost } = options
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const key = await wrap(await derived(passphrase, salt, asked), raw, 'passphrase')
  return { kind: 'passphrase', salt: Base64.encode(salt), scrypt: asked, key }
}

async function rawKey(locks: readonly Lock[], passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
  for (const lock of locks) {
    if (lock.kind !== 'passphrase') continue
    try {
      return await unwrap(await derived(passphrase, Base64.decode(lock.salt), lock.scrypt), lock)
    } catch (cause) {
      if (cause instanceof TooCostlyError) throw cause
    }
  }
  throw new WrongPassphraseError()
}

async function derived(passphrase: string, salt: Uint8Array, { N, r, p }: Cost): Promise<CryptoKey> {
  // A backup file states its own cost: a foreign one must not take the memory of the device.
  if (128 * N * r * p > mostMemory) throw new TooCostlyError()
  return wrappingKey(getBytes(await scrypt(toUtf8Bytes(passphrase, 'NFKC'), salt, N, r, p, 32)))
}

async function passkeyKey(secret: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('medseal/wallet/passkey/1')
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

async function wrap(key: CryptoKey, raw: Uint8Array<ArrayBuffer>, kind: Lock['kind']): Promise<Wrapped> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const bytes = new Uint8Array(await crypto.subtle.encrypt(algorithm(iv, `data-key/${kind}`), key, raw))
  return { iv: Base64.encode(iv), bytes: Base64.encode(bytes) }
}

async function unwrap(key: CryptoKey, lock: Lock): Promise<Uint8Array<ArrayBuffer>> {
  const iv = Base64.decode(lock.key.iv)
  const bytes = Base64.decode(lock.key.bytes)
  return new Uint8Array(await crypto.subtle.decrypt(algorithm(iv, `data-key/${lock.kind}`), key, bytes))
}

function algorithm(iv: Uint8Array<ArrayBuffer>, name: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`medseal/wallet/1/${name}`) }
}

async function wrappingKey(bytes: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

const imported = wrappingKey

/** 1 GB. */
const mostMemory = 2 ** 30

/** No lock opens with this passphrase. */
export class WrongPassphraseError extends Error {
  override readonly name = 'Vault.WrongPassphraseError'
  constructor() {
    super('The passphrase does not open this wallet.')
  }
}

/** The passkey is not of this wallet. */
export class WrongPasskeyError extends Error {
  override readonly name = 'Vault.WrongPasskeyError'
  constructor() {
    super('The passkey does not open this wallet.')
  }
}

/** A passphrase that is guessed too soon. */
export class ShortPassphraseError extends Error {
  override readonly name = 'Vault.ShortPassphraseError'
  constructor() {
    super(`A passphrase has at least ${shortestPassphrase} characters.`)
  }
}

/** A file asks for more memory than a passphrase may take. */
export class TooCostlyError extends Error {
  override readonly name = 'Vault.TooCostlyError'
  constructor() {
    super('The file asks for more memory than a wallet takes.')
  }
}

/** An item was changed, moved, or sealed by another wallet. */
export class BrokenItemError extends Error {
  override readonly name = 'Vault.BrokenItemError'
  constructor() {
    super('Something in this wallet has been changed from outside and cannot be opened.')
  }
}
