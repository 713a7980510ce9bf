/** A new process that makes one proof with an engine: when it was done, and the most memory it took. For prover.ts. */
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import type { Engine } from '../src/engine/Engine.ts'

// As the command line does: code compiled by an earlier process is not compiled again. For either engine.
const compiled = join(import.meta.dirname, '../../.cache/compiled')
enableCompileCache(compiled)
process.env.NODE_COMPILE_CACHE = compiled

const [name, circuit, wasm, zkey] = process.argv.slice(2) as [string, string, string, string]
const input = JSON.parse(process.env.BENCH_INPUT ?? '', (_, value) =>
  typeof value === 'string' ? BigInt(value) : value,
)
const engine: Engine =
  name === 'medseal'
    ? (await import('../src/engine/wasmEngine.ts')).create()
    : (await import('../src/engine/snarkjsEngine.ts')).create()
// Views, not copies: the one that snarkjs does not expect is Node's Buffer.
const [wasmBytes, zkeyBytes] = [wasm, zkey].map((path) => {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  return new Uint8Array(buffer, byteOffset, byteLength)
}) as [Uint8Array, Uint8Array]
const artifacts = { wasm: wasmBytes, zkey: zkeyBytes }
await engine.prove({ circuit, artifacts, input })
console.log(JSON.stringify({ provenAt: Date.now(), peakKb: process.resourceUsage().maxRSS }))
await engine.close()
