/**
 * What a proof costs with the project's own engine and with snarkjs, one after the other in one run: JSON.
 *
 *   npm run -s bench:prover
 *   RAPIDSNARK=path npm run -s bench:prover     also times that binary: the whole process, from files to files
 *
 * Medians. Every proof is verified by snarkjs. "cold" is a new process, from its start to its first proof.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { curves, groth16 } from 'snarkjs'
import { buildCircuits } from '../../circuits/build/build.ts'
import type * as Artifacts from '../src/Artifacts.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'
import * as Content from '../src/engine/Content.ts'
import { type Engine, fileNames, type Job } from '../src/engine/Engine.ts'
import * as KernelCode from '../src/engine/KernelCode.ts'
import * as SnarkjsEngine from '../src/engine/snarkjsEngine.ts'
import * as Witness from '../src/engine/Witness.ts'
import * as WasmEngine from '../src/engine/wasmEngine.ts'
import { circuits } from '../src/generated/circuits.ts'
import * as Proof from '../src/Proof.ts'
import { inputOf } from '../test/engine/inputs.ts'
import * as Kernels from './kernels.ts'
import { median } from './median.ts'

const names = ['eligibility-s', 'eligibility-m', 'eligibility-l'] as const
type Name = (typeof names)[number]
const runs = Number(process.env.BENCH_RUNS ?? 7)
/** All three, unless some are named: npm run -s bench:prover eligibility-s */
const chosen = names.filter((name) => process.argv.length < 3 || process.argv.includes(name))

type Timed = { readonly full: number; readonly prove: number }

async function time(engine: Engine, job: Job): Promise<Timed> {
  let began = 0
  const start = performance.now()
  const onPhase: Job['onPhase'] = ({ phase, at }) => {
    if (phase === 'proving') began = at
  }
  const { proof, publicSignals } = await engine.prove({ ...job, onPhase })
  const end = performance.now()
  const { verificationKey } = circuits[job.circuit as Name]
  const valid = await groth16.verify(verificationKey, publicSignals.map(String), Proof.toSnarkjs(proof))
  if (!valid) throw new Error(`A proof of ${job.circuit} by ${engine.name} does not verify.`)
  return { full: end - start, prove: end - began }
}

/** Both in turns, after one each that warms up. */
async function compare(job: Job, threads: number) {
  const engines = [
    WasmEngine.create({ threads }),
    SnarkjsEngine.create({ keepWarm: true, singleThread: threads === 0 }),
  ]
  const times: [Timed[], Timed[]] = [[], []]
  for (let run = 0; run <= runs; run++) {
    for (const [i, engine] of engines.entries()) {
      const timed = await time(engine, job)
      if (run > 0) times[i as 0 | 1].push(timed)
    }
  }
  for (const engine of engines) await engine.close()
  return (['full', 'prove'] as const).map((what) => {
    const [engineMs, snarkjsMs] = times.map((list) => median(list.map((timed) => timed[what]))) as [number, number]
    return { what, engineMs, snarkjsMs }
  })
}

/**
 * New processes, in turns: from start to first proof, and the most memory they took. Node keeps what it has compiled, as
 * it does for the command line; the first process of each, which may have nothing to go by, is not counted.
 */
async function compareCold(circuit: Name, { zkey }: { readonly zkey: string }) {
  const path = join(import.meta.dirname, 'proveOnce.ts')
  const input = JSON.stringify(inputOf(circuit), (_, value) => (typeof value === 'bigint' ? String(value) : value))
  const compiled = join(import.meta.dirname, '../../.cache/compiled')
  const env = { ...process.env, BENCH_INPUT: input, NODE_COMPILE_CACHE: compiled }
  const times: { readonly [engine in 'medseal' | 'snarkjs']: number[] } = { medseal: [], snarkjs: [] }
  const peaks: number[] = []
  for (let run = 0; run <= Math.min(runs, 5); run++) {
    for (const engine of ['medseal', 'snarkjs'] as const) {
      const start = Date.now()
      const { stdout } = await promisify(execFile)(process.execPath, [path, engine, circuit, dirname(zkey)], { env })
      const { provenAt, peakKb } = JSON.parse(stdout) as { provenAt: number; peakKb: number }
      if (run === 0) continue
      times[engine].push(provenAt - start)
      if (engine === 'medseal') peaks.push(peakKb / 1024)
    }
  }
  return { engineMs: median(times.medseal), snarkjsMs: median(times.snarkjs), peakMb: Math.round(Math.max(...peaks)) }
}

async function timeRapidsnark(binary: string, { zkey, wasm }: Artifacts.Artifacts, circuit: Name): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-bench-'))
  const at = (name: string) => join(folder, name)
  writeFileSync(at('zkey'), await Content.bytesOf(zkey))
  writeFileSync(
    at('wtns'),
    Witness.toFile(await Witness.calculate(circuit, await Content.bytesOf(wasm), inputOf(circuit))),
  )
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await promisify(execFile)(binary, ['zkey', 'wtns', 'proof', 'public'].map(at))
    times.push(performance.now() - start)
  }
  rmSync(folder, { recursive: true })
  return median(times)
}

const ratio = (engineMs: number, snarkjsMs: number) => Math.floor((snarkjsMs / engineMs) * 100) / 100

async function main() {
  const built = await buildCircuits({ names: [...chosen] })
  const source = ArtifactsNode.fromPaths(built)
  const { RAPIDSNARK } = process.env
  const results: object[] = []
  // It takes minutes: each row is told on standard error as it comes.
  const tell = (row: object) => {
    results.push(row)
    console.error(JSON.stringify(row))
  }
  for (const circuit of chosen) {
    const { constraints } = circuits[circuit]
    const artifacts = await source(circuit, fileNames)
    const job = { circuit, artifacts, input: inputOf(circuit) }
    const rapidsnarkMs = RAPIDSNARK ? await timeRapidsnark(RAPIDSNARK, artifacts, circuit) : undefined
    const { peakMb, ...cold } = await compareCold(circuit, built[circuit])
    const row = (
      temperature: 'warm' | 'cold',
      what: string,
      threads: number,
      times: { engineMs: number; snarkjsMs: number },
    ) =>
      tell({
        circuit,
        constraints,
        temperature,
        what,
        threads,
        snarkjsMs: times.snarkjsMs,
        engineMs: times.engineMs,
        ratio: ratio(times.engineMs, times.snarkjsMs),
        ...(what === 'prove' && threads > 1 && rapidsnarkMs !== undefined && { rapidsnarkMs }),
        peakMb,
      })
    row('cold', 'full', 2, cold)
    // The bar for one thread is the smallest's: the others take minutes.
    for (const threads of circuit === 'eligibility-s' ? [2, 0] : [2]) {
      for (const { what, ...times } of await compare(job, threads)) row('warm', what, Math.max(1, threads), times)
    }
  }
  const machine = {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    node: process.version,
    kernel: await KernelCode.fastest(),
  }
  console.log(
    JSON.stringify({ machine, kernels: process.env.BENCH_RUNS ? {} : await Kernels.measure(), results }, null, 2),
  )
}

// snarkjs verifies on workers that its engine, kept warm, lets the process end without.
const alive = setInterval(() => undefined, 60_000)
await main()
clearInterval(alive)
// Those it verified on last would keep it from ending.
await (await curves.getCurveFromName('bn128')).terminate()
