/** A kernel at work, for tests: numbers and points in, numbers and points out. */
import * as Bn254 from '../../src/Bn254.ts'
import * as Additions from '../../src/engine/Additions.ts'
import * as Element from '../../src/engine/Element.ts'
import * as Kernel from '../../src/engine/Kernel.ts'
import * as KernelCode from '../../src/engine/KernelCode.ts'
import * as Point from '../../src/engine/Point.ts'

export const kinds = ['fused', 'portable'] as const

export type Machine = { readonly kernel: Kernel.Kernel; readonly allocate: (bytes: number) => number }

export async function start(kind: Kernel.Kind): Promise<Machine> {
  const code = await KernelCode.compile(kind, { shared: false })
  const kernel = await Kernel.instantiate(code, Kernel.createMemory({ shared: false }))
  return { kernel, allocate: Kernel.allocator(kernel, Kernel.freeFrom) }
}

export const [fp, fp2] = [Point.fp, Point.fp2]
export const g1Generator = Point.fromAffine(fp, Bn254.g1Generator)
export const g2Generator = Point.fromAffine(
  fp2,
  Bn254.g2Generator.map(([imaginary, real]) => [real, imaginary]) as unknown as Point.Affine<Point.Complex>,
)

export const curves = {
  g1: { field: fp as Point.Field<unknown>, generator: g1Generator as Point.Point<unknown> },
  g2: { field: fp2 as Point.Field<unknown>, generator: g2Generator as Point.Point<unknown> },
} as const

/** Puts affine points one behind another; gives their references. */
export function layPoints(
  { kernel, allocate }: Machine,
  curve: Additions.Curve,
  points: readonly Point.Affine<unknown>[],
): readonly number[] {
  const bytes = Additions.pointBytes[curve]
  const first = allocate(points.length * bytes)
  return points.map((point, i) => {
    for (const [k, value] of (point.flat() as bigint[]).entries()) {
      Element.write(kernel, first + i * bytes + k * Kernel.elementBytes, value)
    }
    return first + i * bytes
  })
}

/** Different points: each one's double, and the generator more than that. */
export function somePoints(curve: Additions.Curve, count: number): readonly Point.Affine<unknown>[] {
  const { field, generator } = curves[curve]
  const points: Point.Affine<unknown>[] = []
  for (let point = generator; points.length < count; ) {
    const affine = Point.toAffine(field, point) as Point.Affine<unknown>
    points.push(affine)
    const whole = Point.fromAffine(field, affine)
    point = Point.add(field, Point.double(field, whole), generator)
  }
  return points
}

/** 32 bytes each, little-endian, as words. */
export function toWords(numbers: readonly bigint[]): Uint32Array {
  return Uint32Array.from(
    numbers.flatMap((number) => Array.from({ length: 8 }, (_, i) => Number((number >> BigInt(32 * i)) & 0xffffffffn))),
  )
}
