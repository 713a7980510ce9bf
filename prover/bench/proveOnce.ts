/** A new process that makes one proof with an engine: when it was done, and the most memory it took. For prover.ts. */
import { existsSync, readFileSync } from 'node:fs'
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
const provenAt = Date.now()
console.log(JSON.stringify({ provenAt, peakKb: peakKb() }))
await engine.close()

/** Of this program alone: `maxRSS` begins, on Linux, with what the process that started it had. */
function peakKb(): number {
  const status = '/proc/self/status'
  const peak = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak)
}
