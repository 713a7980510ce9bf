import { fieldOrder } from '../generated/parameters.ts'

/** A uniformly random field element: 64 random bytes modulo the field order, so that no remainder shows. */
export function fieldElement(): bigint {
  return fromBytes(crypto.getRandomValues(new Uint8Array(64))) % fieldOrder
}

/** 248 random bits: what a salt is made of. */
export function salt(): bigint {
  return fromBytes(crypto.getRandomValues(new Uint8Array(31)))
}

/** The big-endian number of some bytes. */
export function fromBytes(bytes: Uint8Array): bigint {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  return number
}
