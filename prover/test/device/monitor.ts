/** Devices of the tests: keys from fixed seeds, which belong to nobody. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex } from '@noble/curves/utils.js'
import * as Batch from '../../src/device/Batch.ts'

/** 32 bytes, all the same: a key for tests and samples only. */
export function signingKey(seed: number): Uint8Array {
  return new Uint8Array(32).fill(seed)
}

export function publicKeyHex(seed: number): string {
  return bytesToHex(ed25519.getPublicKey(signingKey(seed)))
}

/** An enrolment as the directory file has it. */
export function enrolment(overrides: { readonly [member: string]: unknown } = {}) {
  return {
    id: 'cuff-1',
    publicKey: publicKeyHex(1),
    patient: 'Patient/p',
    measures: [
      { code: '8480-6', units: ['mm[Hg]', 'kPa'] },
      { code: '8462-4', units: ['mm[Hg]'] },
    ],
    from: '2026-09-01',
    until: '2026-12-31',
    ...overrides,
  }
}

export function directoryText(...enrolments: readonly unknown[]): string {
  return JSON.stringify({ medseal: 'device-directory/1', devices: enrolments })
}

export function systolic(
  sequence: number,
  value: string,
  overrides: Partial<Batch.WrittenReading> = {},
): Batch.WrittenReading {
  const day = String(((sequence - 1) % 28) + 1).padStart(2, '0')
  return { sequence, time: `2026-09-${day}T07:30:00+02:00`, code: '8480-6', value, unit: 'mm[Hg]', ...overrides }
}

/** A batch of cuff-1. */
export function batch(readings: readonly Batch.WrittenReading[], options: { from?: number; to?: number } = {}): string {
  return Batch.write({ device: 'cuff-1', readings, signingKey: signingKey(1), ...options })
}

/** A signed batch whose lines are anything. */
export function batchOfLines(lines: readonly string[], { from = 1, to = lines.length } = {}): string {
  const body = lines.map((line) => `${line}\n`).join('')
  return Batch.sign({ device: 'cuff-1', from, to, body }, signingKey(1))
}
