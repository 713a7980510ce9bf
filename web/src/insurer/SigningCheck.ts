import type { Policy } from '@medseal/verifier-api/resources/Policy'
import type { Request } from '@medseal/verifier-api/resources/Request'

/** What somebody believes to sign. */
export type Intent = {
  /** Decimal. */
  readonly stakeholderId: string
  readonly chainId: string
  readonly consumer: string
  readonly policies: readonly Pick<Policy, 'hash'>[]
  readonly purpose: string
  readonly consentRequired: boolean
  readonly expiresAt: string
}

/** Fields in which what is to be signed is not what was asked for: no server is believed on what it wants signed. */
export function differences({ typedData }: Pick<Request, 'typedData'>, intent: Intent): readonly string[] {
  const { domain, message } = typedData
  const purpose = new TextEncoder().encode(intent.purpose)
  const purposeWord = Array.from(purpose, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const expected: readonly (readonly [name: string, expected: string, actual: unknown])[] = [
    ['domain', 'Medseal 1', `${domain.name} ${domain.version}`],
    ['chainId', intent.chainId, domain.chainId],
    ['verifyingContract', intent.consumer.toLowerCase(), String(domain.verifyingContract).toLowerCase()],
    ['recipientId', intent.stakeholderId, message.recipientId],
    ['policyHashes', intent.policies.map(({ hash }) => BigInt(hash)).join(), numbers(message.policyHashes)],
    ['purpose', `0x${purposeWord.padEnd(64, '0')}`, message.purpose],
    ['consentRequired', String(intent.consentRequired), String(message.consentRequired)],
    ['expiresAt', String(Math.floor(Date.parse(intent.expiresAt) / 1000)), message.expiresAt],
  ]
  return expected.flatMap(([name, wanted, actual]) => (wanted === String(actual) ? [] : [name]))
}

function numbers(value: unknown): string {
  return Array.isArray(value) ? value.map((each) => BigInt(String(each))).join() : ''
}

/** The server wants something else signed. */
export class DifferentError extends Error {
  override readonly name = 'SigningCheck.DifferentError'
  constructor({ fields }: { fields: readonly string[] }) {
    super(`The server asks for a signature over something else (${fields.join(', ')}). Nothing was signed.`)
  }
}
