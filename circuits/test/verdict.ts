/** What constraints, proofs and contracts say to a witness, as the tests expect it. */
import { expect } from 'vitest'
import * as Forge from './forge.ts'

/** The witness obeys the circuit. */
export function accepted(target: Forge.Target, witness: Forge.Witness, what = ''): void {
  expect(Forge.broken(target, witness), what).toEqual([])
}

/**
 * The witness breaks constraints, and each of those names a signal that matches `about`: it is refused for this reason
 * and would be accepted but for it.
 */
export function refused(target: Forge.Target, witness: Forge.Witness, about: RegExp, what = ''): void {
  const rows = Forge.broken(target, witness)
  expect(rows.length, `${what} breaks no constraint`).toBeGreaterThan(0)
  for (const row of rows) expect(row.join(' '), what).toMatch(about)
}

/** The same, really proven and shown to snarkjs' verifier and to the deployed contract. */
export async function provenAndRefused(target: Forge.BuiltTarget, witness: Forge.Witness, chain: Forge.Chain) {
  expect(await shown(target, witness, chain)).toEqual({ snarkjs: false, contract: false })
}

/** The reverse, by the same machinery. */
export async function provenAndAccepted(target: Forge.BuiltTarget, witness: Forge.Witness, chain: Forge.Chain) {
  expect(await shown(target, witness, chain)).toEqual({ snarkjs: true, contract: true })
}

async function shown(target: Forge.BuiltTarget, witness: Forge.Witness, chain: Forge.Chain) {
  const proven = await Forge.prove(target, witness)
  return { snarkjs: await Forge.verify(target, proven), contract: await chain.verify(target, proven) }
}

/** Ten thousand where MEDSEAL_DOSE is full, a seeded part elsewhere. */
export const isFullDose = process.env.MEDSEAL_DOSE === 'full'

/** Milliseconds for a test whose dose grows. */
export const timeout = isFullDose ? 3_600_000 : 300_000

/** Numbers in [0, 1) from a printed seed (mulberry32), so that a failure can be had again. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
