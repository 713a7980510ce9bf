import type { Signer } from 'ethers'

/** The key a stakeholder is registered with, unlocked. `signer` signs; where it keeps no chain, /rpc is connected to it. */
export type StakeholderKey = {
  readonly kind: 'injected' | 'stored'
  readonly address: string
  readonly signer: Signer
}

/** EIP-1193, as far as it is used here. */
type Injected = { request(call: { method: string; params?: unknown }): Promise<unknown> }

declare global {
  interface Window {
    readonly ethereum?: Injected
  }
}

export function hasInjected(): boolean {
  return window.ethereum !== undefined
}

/** Asks the browser's wallet for its account. @throws {NoWalletError} and what the wallet refuses with. */
export async function fromInjected(): Promise<StakeholderKey> {
  if (!window.ethereum) throw new NoWalletError()
  const { BrowserProvider } = await import('ethers')
  const signer = await new BrowserProvider(window.ethereum).getSigner()
  return { kind: 'injected', address: signer.address, signer }
}

/** @param secret 32 bytes in hexadecimal. @throws {InvalidKeyError} */
export async function fromSecret(secret: string): Promise<StakeholderKey> {
  const { SigningKey, Wallet } = await import('ethers')
  try {
    const wallet = new Wallet(new SigningKey(secret))
    return { kind: 'stored', address: wallet.address, signer: wallet }
  } catch {
    // Its own message quotes the key.
    throw new InvalidKeyError()
  }
}

/**
 * The private key in a file: the command line's account-key/1, an Ethereum JSON keystore, or bare digits.
 * @param passphrase Of a keystore.
 * @throws {InvalidKeyError} {KeystorePassphraseError}
 */
export async function secretOf(text: string, passphrase: string): Promise<string> {
  const { isKeystoreJson, Wallet } = await import('ethers')
  if (isKeystoreJson(text)) {
    try {
      const wallet = await Wallet.fromEncryptedJson(text, passphrase)
      return wallet.privateKey
    } catch {
      throw new KeystorePassphraseError()
    }
  }
  const secret = text.trimStart().startsWith('{') ? secretField(text) : text.trim()
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(secret) ?? []
  if (digits === undefined) throw new InvalidKeyError()
  return `0x${digits.toLowerCase()}`
}

function secretField(text: string): string {
  try {
    const { medseal, secret } = JSON.parse(text) as { medseal?: unknown; secret?: unknown }
    if (medseal === 'account-key/1' && typeof secret === 'string') return secret.trim()
  } catch {
    // The engine's own message quotes the text.
  }
  throw new InvalidKeyError()
}

/** No wallet is installed in this browser. */
export class NoWalletError extends Error {
  override readonly name = 'StakeholderKey.NoWalletError'
  constructor() {
    super('This browser has no wallet. Use a key file instead.')
  }
}

/** Not a file with an account's key. */
export class InvalidKeyError extends Error {
  override readonly name = 'StakeholderKey.InvalidKeyError'
  constructor() {
    super('Not the key of an account: account-key/1, an Ethereum JSON keystore, or 64 hexadecimal digits.')
  }
}

/** A keystore does not open. */
export class KeystorePassphraseError extends Error {
  override readonly name = 'StakeholderKey.KeystorePassphraseError'
  constructor() {
    super('The keystore does not open with this passphrase.')
  }
}
