import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{circuits,contracts,prover,samples,verifier-api,web}/**/*.test.{ts,tsx}'],
    globalSetup: ['circuits/build/vitestSetup.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // Proving already keeps both cores of the reference machine busy.
    maxWorkers: 2,
  },
})
