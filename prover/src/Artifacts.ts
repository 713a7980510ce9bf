import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Files } from './engine/Engine.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import type { Brand } from './protocol/Brand.ts'

/** A circuit's witness calculator and proving key, each of the pinned hash. */
export type Artifacts = Files & { readonly circuit: CircuitName } & Brand<'Artifacts'>

/** Where artifacts come from: the build on disk (`ArtifactsNode.ts`), a web server (`ArtifactsFetch.ts`), a test. */
export type Source = (circuit: CircuitName) => Promise<Artifacts>

/**
 * Artifacts from their bytes.
 * @throws {WrongHashError} unless they are the pinned ones: with a foreign witness calculator a prover would hand out
 * its secrets, with a foreign key proofs that nobody takes.
 */
export function fromBytes(circuit: CircuitName, { wasm, zkey }: Files): Artifacts {
  const { hashes } = circuits[circuit]
  for (const [file, bytes] of Object.entries({ wasm, zkey }) as ['wasm' | 'zkey', Uint8Array][]) {
    if (bytesToHex(sha256(bytes)) !== hashes[file]) throw new WrongHashError({ circuit, file })
  }
  return { circuit, wasm: view(wasm), zkey: view(zkey) } as Artifacts
}

/**
 * A source that loads each circuit once and keeps it in memory (a large one: 75 MB). A failure is not kept. One loading
 * serves all who wait, so no one of them can cancel it; a cancelled proof does not wait for it.
 */
export function cached(load: Source): Source {
  const loading = new Map<CircuitName, Promise<Artifacts>>()
  return (circuit) => {
    const found = loading.get(circuit)
    if (found) return found
    const promise = load(circuit)
    loading.set(circuit, promise)
    promise.catch(() => loading.delete(circuit))
    return promise
  }
}

/** Node's Buffer slices without copying, which snarkjs does not expect. */
function view({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A file is not the one pinned for the circuit. */
export class WrongHashError extends Error {
  override readonly name = 'Artifacts.WrongHashError'
  readonly circuit: CircuitName
  readonly file: 'wasm' | 'zkey'
  constructor({ circuit, file }: { circuit: CircuitName; file: 'wasm' | 'zkey' }) {
    super(`The ${file} of circuit "${circuit}" is not the one this prover was built for (SHA-256 differs).`)
    this.circuit = circuit
    this.file = file
  }
}
