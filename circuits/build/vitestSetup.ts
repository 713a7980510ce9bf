/** Builds, once before all tests, what they only read: circuits with their keys, and contracts. */
import { buildCircuits } from './build.ts'
import { buildContracts, haveContracts } from './contracts.ts'

export async function setup(): Promise<void> {
  await buildCircuits({
    onProgress: ({ circuit, phase, seconds }) => {
      if (phase !== 'reused') console.error(`${circuit}: ${phase} (${seconds.toFixed(1)} s)`)
    },
  })
  if (haveContracts()) await buildContracts()
}
