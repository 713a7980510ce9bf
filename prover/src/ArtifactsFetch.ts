import * as Artifacts from './Artifacts.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'

/**
 * Artifacts from a web server: `<base>/<circuit>.wasm` and `<base>/<circuit>.zkey`, each circuit fetched once. The
 * pinned hash goes along as a query, so that caches along the way do not serve those of another version.
 * @param base URL of a folder.
 */
export function fromUrl(base: string | URL): Artifacts.Source {
  const folder = String(base).replace(/\/*$/, '/')
  return Artifacts.cached(async (circuit) => {
    const [wasm, zkey] = await Promise.all([load('wasm'), load('zkey')])
    return Artifacts.fromBytes(circuit, { wasm, zkey })

    async function load(file: 'wasm' | 'zkey'): Promise<Uint8Array> {
      const url = `${folder}${circuit}.${file}?sha256=${circuits[circuit].hashes[file]}`
      const response = await fetch(url)
      if (!response.ok) throw new UnavailableError({ circuit, file, status: response.status })
      return new Uint8Array(await response.arrayBuffer())
    }
  })
}

/** The server answers, but not with the file. */
export class UnavailableError extends Error {
  override readonly name = 'ArtifactsFetch.UnavailableError'
  constructor({ circuit, file, status }: { circuit: CircuitName; file: 'wasm' | 'zkey'; status: number }) {
    super(`The ${file} of circuit "${circuit}" cannot be had: the server answers ${status}.`)
  }
}
