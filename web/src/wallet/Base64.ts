/** Bytes as base64url without padding (RFC 4648, section 5), for what goes into JSON. */
export function encode(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += chunk) binary += String.fromCharCode(...bytes.subarray(at, at + chunk))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** @throws {InvalidBase64Error} */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  try {
    if (!/^[\w-]*$/.test(text)) throw new InvalidBase64Error()
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  } catch {
    throw new InvalidBase64Error()
  }
}

/** Fewer arguments than any engine's limit. */
const chunk = 8_192

/** The text is not base64url. It is not repeated: it may be a key. */
export class InvalidBase64Error extends Error {
  override readonly name = 'Base64.InvalidBase64Error'
  constructor() {
    super('Not base64url.')
  }
}
