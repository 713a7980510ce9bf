/** What the server decides of an EIP-4361 message. */
export type Challenge = {
  readonly nonce: string
  readonly domain: string
  readonly uri: string
  readonly chainId: string
  readonly issuedAt?: string
  readonly expiresAt: string
}

/** The EIP-4361 message that a stakeholder's key signs to be let in. */
export function message(
  { nonce, domain, uri, chainId, issuedAt, expiresAt }: Challenge,
  address: string,
  { now = new Date() }: { now?: Date } = {},
): string {
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    'Sign in to Medseal. This costs nothing and changes nothing on chain.',
    '',
    `URI: ${uri}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt ?? now.toISOString()}`,
    `Expiration Time: ${expiresAt}`,
  ].join('\n')
}
