import { readFile } from 'node:fs/promises'
import * as Artifacts from './Artifacts.ts'
import type { CircuitName } from './generated/circuits.ts'

/** Absolute paths of a circuit's files, as the build gives them. */
export type Paths = { readonly wasm: string; readonly zkey: string }

/** Artifacts of a build on disk, each circuit read once. Node only. */
export function fromPaths(paths: { readonly [Name in CircuitName]?: Paths }): Artifacts.Source {
  return Artifacts.cached(async (circuit) => {
    const found = paths[circuit]
    if (!found) throw new NotBuiltError({ circuit })
    const [wasm, zkey] = await Promise.all([readFile(found.wasm), readFile(found.zkey)])
    return Artifacts.fromBytes(circuit, { wasm, zkey })
  })
}

/** Nobody said where the circuit's files are. */
export class NotBuiltError extends Error {
  override readonly name = 'ArtifactsNode.NotBuiltError'
  constructor({ circuit }: { circuit: CircuitName }) {
    super(`No files are known for circuit "${circuit}": build it (npm run build).`)
  }
}
