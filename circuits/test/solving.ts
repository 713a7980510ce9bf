/** A circuit's solver at work, for tests: a witness for an input, by the prover's arithmetic. */
import * as Kernel from '../../prover/src/engine/Kernel.ts'
import * as KernelCode from '../../prover/src/engine/KernelCode.ts'
import * as Solver from '../../prover/src/engine/Solver.ts'
import * as SolverFile from '../../prover/src/engine/SolverFile.ts'
import type { CircuitInput } from '../../prover/src/protocol/Eligibility.ts'

/** 32 bytes a wire, little-endian; undefined where no witness satisfies the circuit. */
export type Solve = (input: CircuitInput) => Uint8Array | undefined

/** @throws {SolverFile.FormatError} */
export async function of(bytes: Uint8Array, kind?: Kernel.Kind): Promise<Solve> {
  const code = await KernelCode.compile(kind ?? (await KernelCode.fastest()), { shared: false })
  const kernel = await Kernel.instantiate(code, Kernel.createMemory({ shared: false }))
  const allocate = Kernel.allocator(kernel, Kernel.freeFrom)
  const signals = SolverFile.readSignals(bytes)
  const file = SolverFile.read(bytes)
  const scratch = allocate(18 * kernel.vecBytes)
  const solver = Solver.lay(kernel, allocate, file, allocate(Solver.roomBytes(kernel, file)))
  const out = allocate(32 * (file.wires.length + kernel.lanes))
  return (input) => {
    const values = Solver.encode(signals, input)
    if (!values || !Solver.solve(kernel, solver, values, out, scratch)) return undefined
    return new Uint8Array(kernel.memory.buffer, out, 32 * file.wires.length).slice()
  }
}
