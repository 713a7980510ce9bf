import * as Artifacts from './Artifacts.ts'
import type { FileName } from './engine/Engine.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'

/**
 * Artifacts from a web server: `<base>/<circuit>.zkey` and so on, each file fetched once. The pinned hash goes along as
 * a query, so that caches along the way do not serve those of another version.
 * @param base URL of a folder.
 */
export function fromUrl(base: string | URL): Artifacts.Source {
  const folder = String(base).replace(/\/*$/, '/')
  return Artifacts.cached(async (circuit, file) => {
    const response = await fetch(`${folder}${circuit}.${file}?sha256=${circuits[circuit].hashes[file]}`)
    if (!response.ok) throw new UnavailableError({ circuit, file, status: response.status })
    return response.blob()
  })
}

/** The server answers, but not with the file. */
export class UnavailableError extends Error {
  override readonly name = 'ArtifactsFetch.UnavailableError'
  constructor({ circuit, file, status }: { circuit: CircuitName; file: FileName; status: number }) {
    super(`The ${file} of circuit "${circuit}" cannot be had: the server answers ${status}.`)
  }
}
