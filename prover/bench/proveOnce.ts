/** A new process that makes one proof with an engine: when it was done, and the most memory it took. For prover.ts. */
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import type { Engine } from '../src/engine/Engine.ts'

// As the command line does: code compiled by an earlier process is not compiled again. For either engine.
const compiled = join(import.meta.dirname, '../../.cache/compiled')
enableCompileCache(compiled)
process.env.NODE_COMPILE_CACHE = compiled

const [name, circuit, folder] = process.argv.slice(2) as [string, string, string]
const input = JSON.parse(process.env.BENCH_INPUT ?? '', (_, value) =>
  typeof value === 'string' ? BigInt(value) : value,
)
const engine: Engine =
  name === 'medseal'
    ? (await import('../src/engine/wasmEngine.ts')).create()
    : (await import('../src/engine/snarkjsEngine.ts')).create()
// Views, not copies: the one that snarkjs does not expect is Node's Buffer.
const files = engine.needs.map((file) => {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, `circuit.${file}`))
  return [file, new Uint8Array(buffer, byteOffset, byteLength)]
})
await engine.prove({ circuit, artifacts: Object.fromEntries(files), input })
console.log(JSON.stringify({ provenAt: Date.now(), peakKb: process.resourceUsage().maxRSS }))
await engine.close()
