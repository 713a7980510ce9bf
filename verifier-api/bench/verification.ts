import { circuits } from '@medseal/prover/generated/circuits'
import * as Proof from '@medseal/prover/Proof'
import * as VerificationKey from '@medseal/prover/VerificationKey'
import { curves, groth16 } from 'snarkjs'
import * as Random from '../../prover/test/random.ts'
import * as Groth16 from '../src/verification/Groth16.ts'
import * as Mcl from '../src/verification/Mcl.ts'
import * as Forge from '../test/verification/forge.ts'

const circuit = 'eligibility-s'
const runs = 9

/**
 * Proofs verified in a second of one core, from their numbers to the verdict, all checks included. A second is one of
 * processor time of the whole process, which other work on the machine does not lengthen much; snarkjs and ours take
 * turns, and each figure is a median. snarkjs as it comes hands work to a thread a core, which costs more than it saves:
 * what it does in a single thread is told beside it.
 */
export async function measure() {
  const random = Random.seeded('bench')
  const { verificationKey } = circuits[circuit]
  const check = Groth16.createCheck(await Mcl.start(), VerificationKey.fromSnarkjs(verificationKey))
  const statements = await Promise.all(
    Array.from({ length: Groth16.mostTogether }, () => Forge.statement(circuit, random)),
  )
  const some = statements.slice(0, 12)
  const written = some.map(({ proof, signals }) => [signals.map(String), Proof.toSnarkjs(proof)] as const)
  const bySnarkjs = async () => {
    for (const [signals, proof] of written) assert(await groth16.verify(verificationKey, signals, proof))
  }
  const shared = await curves.getCurveFromName('bn128')
  const single = await curves.getCurveFromName('bn128', { singleThread: true })
  // Where snarkjs looks for a curve that is there already.
  const use = (curve: typeof shared) => Object.assign(globalThis, { curve_bn128: curve })

  const tasks = {
    snarkjs: async () => perSecond(some.length, bySnarkjs),
    snarkjsSingleThread: async () => {
      use(single)
      const rate = await perSecond(some.length, bySnarkjs)
      use(shared)
      return rate
    },
    alone: () => perSecond(some.length, () => some.map((statement) => assert(check([statement])[0] === true))),
    batched: () => perSecond(statements.length, () => assert(check(statements).every(Boolean))),
  }
  const rates = { snarkjs: [], snarkjsSingleThread: [], alone: [], batched: [] } as Record<keyof typeof tasks, number[]>
  for (let run = -1; run < runs; run++) {
    for (const [name, task] of Object.entries(tasks) as [keyof typeof tasks, () => Promise<number>][]) {
      const rate = await task()
      // The first is not counted.
      if (run >= 0) rates[name].push(rate)
    }
  }
  await shared.terminate()
  const [snarkjs, singleThread, alone, batched] = Object.values(rates).map(median) as [number, number, number, number]
  return {
    circuit,
    unit: 'proofs a second of one core',
    snarkjs: round(snarkjs),
    snarkjsSingleThread: round(singleThread),
    alone: round(alone),
    batched64: round(batched),
    ratios: {
      alone: hundredths(alone / snarkjs),
      batched: hundredths(batched / snarkjs),
      aloneToSingleThread: hundredths(alone / singleThread),
      batchedToSingleThread: hundredths(batched / singleThread),
    },
  }
}

async function perSecond(count: number, run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (count * 1_000_000) / (user + system)
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Rounded down: 2.499 is no 2.5. */
function hundredths(value: number): number {
  return Math.floor(value * 100) / 100
}

function assert(holds: boolean): void {
  if (!holds) throw new Error('A valid proof was refused: nothing to measure.')
}
