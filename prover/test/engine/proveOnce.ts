/**
 * A process that proves and does nothing to end: the engines' tests watch it end by itself. Arguments: the engine, and
 * what to do. It prints what it has done, a line each.
 */
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import { fileNames } from '../../src/engine/Engine.ts'
import * as SnarkjsEngine from '../../src/engine/snarkjsEngine.ts'
import * as WasmEngine from '../../src/engine/wasmEngine.ts'
import { verify } from '../../src/verify.ts'

const [name, task] = process.argv.slice(2)
const engine =
  name === 'snarkjs'
    ? SnarkjsEngine.create({ keepWarm: task === 'warm', singleThread: task === 'single-thread' })
    : WasmEngine.create(task === 'single-thread' ? { threads: 0 } : {})
const source = ArtifactsNode.fromPaths(await buildCircuits({ names: ['enrolment'] }))
const artifacts = await source('enrolment', fileNames)

async function prove(holderSecret: bigint, signal?: AbortSignal): Promise<string> {
  const input = { holderSecret, issuerId: 7n, context: 9n }
  const job = { circuit: 'enrolment', artifacts, input, signal }
  const { proof, publicSignals } = await engine.prove(job)
  return (await verify('enrolment', proof, publicSignals)).valid ? 'proven' : 'invalid'
}

if (task === 'two-at-once') console.log(...(await Promise.all([prove(1n), prove(2n)])))
else if (task === 'cancel') {
  const aborted = prove(1n, AbortSignal.timeout(1)).catch(({ name }: Error) => name)
  console.log(await aborted)
} else if (task === 'unsatisfied') {
  const input = { holderSecret: 1n, issuerId: 7n }
  const failed = engine.prove({ circuit: 'enrolment', artifacts, input }).catch(({ name }: Error) => name)
  console.log(await failed)
} else console.log(await prove(1n))
