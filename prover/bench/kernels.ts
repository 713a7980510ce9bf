/** The kernels' parts beside ffjavascript's, which snarkjs stands on; one thread each. For prover.ts. */
import { buildBn128 } from 'ffjavascript'
import * as Bn254 from '../src/Bn254.ts'
import * as Additions from '../src/engine/Additions.ts'
import * as Element from '../src/engine/Element.ts'
import * as Kernel from '../src/engine/Kernel.ts'
import * as KernelCode from '../src/engine/KernelCode.ts'
import * as Msm from '../src/engine/Msm.ts'
import { fieldOrder } from '../src/generated/parameters.ts'
import * as Random from '../src/protocol/Random.ts'
import * as Machine from '../test/engine/machine.ts'
import { median } from './median.ts'

const runs = Number(process.env.BENCH_RUNS ?? 7)
const levels = [12, 14, 16]

type Row = { readonly what: string; readonly snarkjsMs: number; readonly engineMs: number; readonly ratio: number }

export async function measure(): Promise<{ readonly [kind in Kernel.Kind]?: readonly Row[] }> {
  const theirs = await buildBn128(true)
  const found: { [kind in Kernel.Kind]?: readonly Row[] } = {}
  const kinds = (await KernelCode.fastest()) === 'fused' ? (['fused', 'portable'] as const) : (['portable'] as const)
  for (const kind of kinds) {
    const rows: Row[] = [await multiplication(kind, theirs)]
    for (const level of levels) {
      rows.push(await sums(kind, theirs, 'g1', level))
      rows.push(await sums(kind, theirs, 'g2', level))
      rows.push(await transform(kind, theirs, level))
    }
    found[kind] = rows
  }
  await theirs.terminate()
  return found
}

/** Both in turns. */
async function race(what: string, ours: () => unknown, theirs: () => unknown): Promise<Row> {
  const times: [number[], number[]] = [[], []]
  for (let run = 0; run <= runs; run++) {
    for (const [i, work] of [ours, theirs].entries()) {
      const start = performance.now()
      await work()
      if (run > 0) times[i as 0 | 1].push(performance.now() - start)
    }
  }
  const [engineMs, snarkjsMs] = times.map(median) as [number, number]
  return { what, snarkjsMs, engineMs, ratio: Math.floor((snarkjsMs / engineMs) * 100) / 100 }
}

/** A million products in the field of coordinates, called from JavaScript: as many elements at a time as there are lanes. */
async function multiplication(kind: Kernel.Kind, theirs: Bn128): Promise<Row> {
  const { kernel, allocate } = await Machine.start(kind)
  const [a, b, c] = [0, 1, 2].map(() => allocate(kernel.vecBytes)) as [number, number, number]
  for (const at of [a, b]) Element.write(kernel, at, Random.fieldElement() % Bn254.baseFieldOrder)
  const { exports } = theirs.tm.instance
  const p = theirs.tm.pG1gen
  return race(
    '1,000,000 field multiplications',
    () => {
      for (let i = 0; i < 1_000_000 / kernel.lanes; i++) kernel.run.fpMul(c, a, b)
    },
    () => {
      for (let i = 0; i < 1_000_000; i++) exports.f1m_mul(p, p + 32, p)
    },
  )
}

async function sums(kind: Kernel.Kind, theirs: Bn128, curve: Additions.Curve, level: number): Promise<Row> {
  const count = 2 ** level
  const machine = await Machine.start(kind)
  const { kernel, allocate } = machine
  const group = theirs[curve === 'g1' ? 'G1' : 'G2']
  const length = curve === 'g1' ? 64 : 128
  // Different points, each twice the one before and one more.
  const jacobian = new Uint8Array((count * length * 3) / 2)
  for (let i = 0, point = group.g; i < count; i++) {
    point = group.add(group.double(point), group.g)
    jacobian.set(point, (i * length * 3) / 2)
  }
  const bases = await group.batchToAffine(jacobian)
  const scalars = new Uint8Array(count * 32)
  for (let i = 0; i < count; i++) scalars.set(bytesOf(Random.fieldElement()), 32 * i)
  const factor = allocate(Kernel.elementBytes)
  Element.writePlain(kernel, factor, toKernel(kernel), Bn254.baseFieldOrder)
  const raw = allocate(bases.byteLength)
  new Uint8Array(kernel.memory.buffer).set(bases, raw)
  const points = allocate(count * Additions.pointBytes[curve])
  kernel.run.fpUnpack(points, raw, factor, bases.byteLength / 32 / kernel.lanes)
  const references = Uint32Array.from({ length: count }, (_, i) => points + i * Additions.pointBytes[curve])
  const desk = Additions.layDesk(kernel, allocate, 2 ** 28)
  const width = level - 2
  const words = new Uint32Array(scalars.buffer)
  return race(
    `sum of 2^${level} in ${curve}`,
    () => {
      const digits = Msm.prepare(words, width)
      for (let from = 0; from < digits.windows; from += 4) {
        Msm.sum(kernel, desk, [{ curve, references }], digits, { from, until: Math.min(from + 4, digits.windows) })
      }
    },
    () => group.multiExpAffine(bases, scalars),
  )
}

/** Of two polynomials at once where the kernel has two lanes: theirs does as many, one after another. */
async function transform(kind: Kernel.Kind, theirs: Bn128, level: number): Promise<Row> {
  const size = 2 ** level
  const { kernel, allocate } = await Machine.start(kind)
  const vectors = allocate(size * kernel.vecBytes)
  const roots = allocate((size / 2) * Kernel.elementBytes)
  for (let i = 0; i < size / 2; i++) Element.write(kernel, roots + i * Kernel.elementBytes, BigInt(i + 1), fieldOrder)
  const buffer = new Uint8Array(size * 32)
  return race(
    `${kernel.lanes} transform(s) of 2^${level}`,
    () => kernel.run.frToValues(vectors, size, roots),
    async () => {
      for (let lane = 0; lane < kernel.lanes; lane++) await theirs.Fr.fft(buffer)
    },
  )
}

/** Brings coordinates in Montgomery form with 2^256 into the kernel's. */
function toKernel({ montgomeryBits }: Kernel.Kernel): bigint {
  return 2n ** (2n * BigInt(montgomeryBits) - 256n) % Bn254.baseFieldOrder
}

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((number >> BigInt(8 * i)) & 0xffn))
}

type Bn128 = Awaited<ReturnType<typeof buildBn128>>
