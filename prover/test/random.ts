/** Random numbers that a printed seed brings back. */
export type Random = {
  readonly seed: number
  /** A whole number from 0 up to `below`, exclusive. */
  integer(below: number): number
  /** `bits` random bits. */
  bits(bits: number): bigint
  pick<T>(from: readonly T[]): T
}

/** Whether the long doses of random cases are asked for (`npm run test:full`). */
export const isFullDose = process.env.MEDSEAL_DOSE === 'full'

/** Seeded from MEDSEAL_SEED, else by chance; the seed is printed. mulberry32 (Tommy Ettinger, public domain). */
export function seeded(title: string): Random {
  const seed = Number(process.env.MEDSEAL_SEED ?? crypto.getRandomValues(new Uint32Array(1))[0])
  console.info(`${title}: MEDSEAL_SEED=${seed}`)
  let state = seed >>> 0
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const integer = (below: number) => word() % below
  return {
    seed,
    integer,
    bits: (bits) => {
      let number = 0n
      for (let have = 0; have < bits; have += 32) number = (number << 32n) | BigInt(word())
      return number & ((1n << BigInt(bits)) - 1n)
    },
    pick: (from) => from[integer(from.length)] as (typeof from)[number],
  }
}
