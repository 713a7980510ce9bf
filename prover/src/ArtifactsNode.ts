import * as Artifacts from './Artifacts.ts'
import type { FileName } from './engine/Engine.ts'
import type { CircuitName } from './generated/circuits.ts'

/** Absolute paths of a circuit's files, as the build gives them. */
export type Paths = { readonly [file in FileName]: string }

/** Artifacts of a build on disk, which stay there. Node only. */
export function fromPaths(paths: { readonly [Name in CircuitName]?: Paths }): Artifacts.Source {
  return Artifacts.cached(async (circuit, file) => {
    const found = paths[circuit]
    if (!found) throw new NotBuiltError({ circuit })
    return { path: found[file] }
  })
}

/** Nobody said where the circuit's files are. */
export class NotBuiltError extends Error {
  override readonly name = 'ArtifactsNode.NotBuiltError'
  constructor({ circuit }: { circuit: CircuitName }) {
    super(`No files are known for circuit "${circuit}": build it (npm run build).`)
  }
}
