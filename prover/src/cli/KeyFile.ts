import { SigningKey, Wallet } from 'ethers'
import { z } from 'zod'
import * as Form from '../files/Form.ts'
import * as Holder from '../protocol/Holder.ts'
import type * as Issuer from '../protocol/Issuer.ts'
import type * as Secret from './Secret.ts'

/** What a holder is made from: the seed of 24 words. */
export const holder: Secret.Need<Holder.Seed> = {
  title: '24 words of the holder',
  option: '--holder',
  variable: 'MEDSEAL_HOLDER_WORDS',
  kind: kindOf('holder-key/1'),
  parse: Holder.seedOf,
}

/** What an issuer signs credentials with. */
export const issuer: Secret.Need<Issuer.SigningKey> = {
  title: 'signing key of the issuer',
  option: '--signing-key',
  variable: 'MEDSEAL_SIGNING_KEY',
  kind: kindOf('issuer-key/1'),
  parse: (text) => bytesOf(text) as Issuer.SigningKey,
}

/** What requests and transactions are signed with. */
export const account: Secret.Need<Wallet> = {
  title: 'private key of the account',
  option: '--account',
  variable: 'MEDSEAL_ACCOUNT_KEY',
  kind: kindOf('account-key/1'),
  parse: (text) => new Wallet(new SigningKey(bytesOf(text))),
}

export const needs = { holder, issuer, account } as const

function kindOf(tag: string): Form.Kind<{ readonly secret: string }> {
  return { tag, schema: Form.object({ secret: z.string() }) }
}

/** 32 bytes in hexadecimal, not all 0. */
function bytesOf(text: string): Uint8Array {
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(text) ?? []
  if (digits === undefined || /^0+$/.test(digits)) throw new Error('Not 32 bytes.')
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}
