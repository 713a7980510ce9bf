import * as Base64 from './Base64.ts'

// WebAuthn with the PRF extension (WebAuthn level 3, section 10.1.4): an authenticator that, for a salt, gives the same
// 32 secret bytes each time it has seen its person. They open the wallet; nothing of it goes to any server.

/** Whether this browser may have such an authenticator. Only making a passkey tells for certain. */
export async function isOffered(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false
  const capabilities = await PublicKeyCredential.getClientCapabilities?.()
  return capabilities?.['extension:prf'] ?? (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())
}

export type Passkey = { readonly credentialId: string; readonly salt: string; readonly secret: Uint8Array }

/** @throws {NoPasskeyError} when the authenticator has no PRF, or the person declines. */
export async function create(): Promise<Passkey> {
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        // Nobody but this page ever checks the passkey, and it only asks for its PRF: no challenge has to be kept.
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { name: 'Medseal' },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name: 'Medseal wallet', displayName: 'Medseal wallet' },
        pubKeyCredParams: [
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -257 },
        ],
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  const { prf } = credential.getClientExtensionResults()
  if (!prf?.enabled && !prf?.results) throw new NoPasskeyError()
  const credentialId = Base64.encode(new Uint8Array(credential.rawId))
  // Many authenticators only answer when they are used, not when the passkey is made.
  const secret = prf.results ? bytesOf(prf.results.first) : await secretOf({ credentialId, salt: Base64.encode(salt) })
  return { credentialId, salt: Base64.encode(salt), secret }
}

/** What the authenticator has for a lock's salt. @throws {NoPasskeyError} */
export async function secretOf(lock: { readonly credentialId: string; readonly salt: string }): Promise<Uint8Array> {
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: [{ type: 'public-key', id: Base64.decode(lock.credentialId) }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: Base64.decode(lock.salt) } } },
      },
    }),
  )
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (!first) throw new NoPasskeyError()
  return bytesOf(first)
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask()
    if (credential instanceof PublicKeyCredential) return credential
  } catch (cause) {
    throw new NoPasskeyError({ cause })
  }
  throw new NoPasskeyError()
}

function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}

/** No authenticator here can open a wallet, or its person did not want to. */
export class NoPasskeyError extends Error {
  override readonly name = 'Passkey.NoPasskeyError'
  constructor({ cause }: { cause?: unknown } = {}) {
    super('No passkey that can open a wallet is at hand.', { cause })
  }
}
