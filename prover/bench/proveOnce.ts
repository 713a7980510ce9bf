/** A new process that makes one proof with an engine: when it was done, and the most memory it took. For prover.ts. */
import { join } from 'node:path'
import type { Engine } from '../src/engine/Engine.ts'

const [name, circuit, folder] = process.argv.slice(2) as [string, string, string]
const input = JSON.parse(process.env.BENCH_INPUT ?? '', (_, value) =>
  typeof value === 'string' ? BigInt(value) : value,
)
const engine: Engine =
  name === 'medseal'
    ? (await import('../src/engine/wasmEngine.ts')).create()
    : (await import('../src/engine/snarkjsEngine.ts')).create()
const files = engine.needs.map((file) => [file, { path: join(folder, `circuit.${file}`) }])
await engine.prove({ circuit, artifacts: Object.fromEntries(files), input })
console.log(JSON.stringify({ provenAt: Date.now(), peakKb: process.resourceUsage().maxRSS }))
await engine.close()
