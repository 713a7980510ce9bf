/** Something under a passphrase: PBKDF2-SHA-256 to a key, AES-256-GCM over the bytes. */
export type Sealed = {
  readonly iterations: number
  readonly salt: Uint8Array<ArrayBuffer>
  readonly iv: Uint8Array<ArrayBuffer>
  readonly ciphertext: Uint8Array<ArrayBuffer>
}

/** What OWASP's password storage cheat sheet asks of PBKDF2-HMAC-SHA256. */
const iterations = 600_000
export const shortestPassphrase = 10

/** @throws {ShortPassphraseError} */
export async function seal(secret: string, passphrase: string): Promise<Sealed> {
  if (passphrase.length < shortestPassphrase) throw new ShortPassphraseError()
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await keyOf(passphrase, { salt, iterations })
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(secret))
  return { iterations, salt, iv, ciphertext: new Uint8Array(ciphertext) }
}

/** @throws {WrongPassphraseError} also where the bytes were altered: the two cannot be told apart. */
export async function open({ ciphertext, iv, ...derivation }: Sealed, passphrase: string): Promise<string> {
  const key = await keyOf(passphrase, derivation)
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, ciphertext))
  } catch {
    throw new WrongPassphraseError()
  }
}

async function keyOf(
  passphrase: string,
  { salt, iterations: count }: Pick<Sealed, 'salt' | 'iterations'>,
): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey'])
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: count }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** Too short to protect what is on a disk. */
export class ShortPassphraseError extends Error {
  override readonly name = 'Vault.ShortPassphraseError'
  constructor() {
    super(`A passphrase has at least ${shortestPassphrase} characters.`)
  }
}

/** Not the passphrase this was sealed under. */
export class WrongPassphraseError extends Error {
  override readonly name = 'Vault.WrongPassphraseError'
  constructor() {
    super('This is not the passphrase. Nothing was changed.')
  }
}
