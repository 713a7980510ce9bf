/**
 * The quotient's values: h with A B - C = h Z on the domain shifted by a root of twice its order, where Z is constant.
 * Source: J. Groth, "On the size of pairing-based non-interactive arguments", 2016; snarkjs 0.7.6, `groth16_prove.js`,
 * whose keys hold the points h is summed with in the basis of that shifted domain.
 */
import { fieldOrder } from '../generated/parameters.ts'
import { type Desk, FullDeskError } from './Additions.ts'
import * as Element from './Element.ts'
import { elementBytes, type Kernel } from './Kernel.ts'
import type { Key } from './Key.ts'

/** From the wires' scalars in memory to the quotient's, in memory too; the polynomials lie where sums do later. */
export function compute(kernel: Kernel, key: Key, desk: Desk): void {
  const { run, lanes } = kernel
  const { wires, domainSize, polynomials, rows } = key
  const [a, b, c, vectors] = [0, 1, 2, 3].map((i) => desk.sums + i * domainSize * elementBytes) as [
    number,
    number,
    number,
    number,
  ]
  if (vectors + domainSize * kernel.vecBytes > desk.end) throw new FullDeskError()
  // 1. Each wire as an element, not in Montgomery form.
  Element.write(kernel, desk.scratch, 1n, fieldOrder)
  run.frUnpack(polynomials.wires, key.scalars, desk.scratch, Math.ceil(wires / lanes))
  // 2. A w and B w, row by row; C w is their product wherever the constraints hold.
  run.frRows(rows.a.entries, rows.a.ends, domainSize, a)
  run.frRows(rows.b.entries, rows.b.ends, domainSize, b)
  run.frMultiply(c, a, b, domainSize / lanes)
  // 3. Each polynomial's values on the shifted domain, as many at a time as there are lanes.
  const all = [a, b, c]
  for (let i = 0; i < all.length; i += lanes) {
    const some = Array.from({ length: lanes }, (_, lane) => all[Math.min(i + lane, all.length - 1)] as number)
    run.frJoin(vectors, ...some, domainSize)
    run.frToCoefficients(vectors, domainSize, polynomials.inverseRoots)
    run.frScale(vectors, polynomials.shift, domainSize)
    run.frToValues(vectors, domainSize, polynomials.roots)
    run.frSplit(vectors, ...some, domainSize)
  }
  // 4. Their A B - C: the keys' points are divided by Z already.
  run.frQuotient(key.quotient, a, b, c, domainSize / lanes)
}
