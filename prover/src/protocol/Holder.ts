import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { generateMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { fieldOrder } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as Hash from './Hash.ts'
import type { IssuerId } from './Issuer.ts'
import * as Random from './Random.ts'

/** What makes a patient the holder of their credentials. Never leaves the patient's device. */
export type HolderSecret = bigint & Brand<'HolderSecret'>

/** The patient as one issuer knows them; two issuers cannot match theirs. Safe to show to that issuer. */
export type Holder = bigint & Brand<'Holder'>

/** 64 bytes a wallet's 24 words stand for (BIP-39). Secret. */
export type Seed = Uint8Array & Brand<'Seed'>

/** 24 fresh words (BIP-39, 256 bits). */
export function createWords(): string {
  return generateMnemonic(wordlist, 256)
}

/** @throws {InvalidWordsError} when the words or their checksum are wrong. */
export function seedOf(words: string): Seed {
  const normalised = words.trim().toLowerCase().split(/\s+/).join(' ')
  if (!validateMnemonic(normalised, wordlist)) throw new InvalidWordsError()
  return mnemonicToSeedSync(normalised) as Seed
}

/** The holder secret of a seed: HKDF-SHA256 (RFC 5869), 64 bytes modulo the field order. Never from a wallet signature. */
export function secretOf(seed: Seed): HolderSecret {
  return (Random.fromBytes(derive(seed, 'medseal/holder-secret/1', 64)) % fieldOrder) as HolderSecret
}

/**
 * The private key (32 bytes, secp256k1) a patient uses with one recipient: consents are given and revoked by it.
 * A key per relationship, so that two recipients cannot match it.
 * @param relationship What the key is for, e.g. chain id, consent registry and recipient id.
 */
export function patientKeyOf(seed: Seed, relationship: string): Uint8Array {
  return derive(seed, `medseal/patient-key/1/${relationship}`, 32)
}

/** Poseidon(HOLDER, secret, issuerId). */
export function at(secret: HolderSecret, issuerId: IssuerId): Holder {
  return Hash.tagged('HOLDER', secret, issuerId) as Holder
}

function derive(seed: Seed, label: string, length: number): Uint8Array {
  return hkdf(sha256, seed, undefined, new TextEncoder().encode(label), length)
}

/** The words are not 24 of BIP-39's with a right checksum. */
export class InvalidWordsError extends Error {
  override readonly name = 'Holder.InvalidWordsError'
  constructor() {
    super('These are not the words of a wallet: a word is misspelt, missing or out of place.')
  }
}
