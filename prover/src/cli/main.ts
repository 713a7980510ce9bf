#!/usr/bin/env node
/** `medseal`: the command line of prover, issuer, verifier and auditor. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Halves the start, which is felt at every TAB. In the repository rather than the common folder for temporary files:
// what lies there would be run with keys at hand.
const compiled = join(import.meta.dirname, '../../../.cache/compiled')
enableCompileCache(compiled)
// Threads have it by the environment alone.
process.env.NODE_COMPILE_CACHE = compiled
const { run } = await import('./run.ts')
process.exitCode = await run(process.argv.slice(2))
