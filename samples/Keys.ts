import { createHash } from 'node:crypto'
import { HDNodeWallet, Mnemonic, type Provider } from 'ethers'
import type * as Issuer from '../prover/src/protocol/Issuer.ts'

// Keys of the sample people. They are published here, so they are worth something on a local chain only.

/** The words every development chain gives its accounts by. */
export const mnemonic = 'test test test test test test test test test test test junk'

/** Places of the accounts under the words. Other hospitals' follow. */
export const accounts = {
  registrar: 0,
  firstAttester: 1,
  secondAttester: 2,
  hospital: 3,
  insurer: 4,
  pharmacy: 5,
  doctor: 6,
  laboratory: 7,
  /** Nobody the registrar has verified. */
  stranger: 8,
  /** The embedded chain's own. */
  relayer: 9,
  firstOfOthers: 10,
} as const

/** The first accounts under the words, connected to a chain. */
export function accountsOn(provider: Provider, { count }: { count: number }): HDNodeWallet[] {
  const parent = HDNodeWallet.fromPhrase(mnemonic, '', "m/44'/60'/0'/0")
  return Array.from({ length: count }, (_, index) => parent.deriveChild(index).connect(provider))
}

/** What a sample issuer signs credentials with. */
export function signingKeyOf(issuer: string): Issuer.SigningKey {
  return digest(`medseal sample issuer ${issuer}`) as Issuer.SigningKey
}

/** The 24 words of a sample patient's wallet. */
export function wordsOf(patient: string): string {
  return Mnemonic.fromEntropy(digest(`medseal sample patient ${patient}`)).phrase
}

function digest(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest())
}
