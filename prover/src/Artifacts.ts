import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { FileName, Files } from './engine/Engine.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import type { Brand } from './protocol/Brand.ts'

/** A circuit's files that an engine asked for, each of the pinned hash. */
export type Artifacts<Name extends FileName = FileName> = Files<Name> & {
  readonly circuit: CircuitName
} & Brand<'Artifacts'>

/** Where artifacts come from: the build on disk (`ArtifactsNode.ts`), a web server (`ArtifactsFetch.ts`), a test. */
export type Source = <Name extends FileName>(circuit: CircuitName, needs: readonly Name[]) => Promise<Artifacts<Name>>

/** One file's bytes, whatever they are. */
export type Load = (circuit: CircuitName, file: FileName) => Promise<Uint8Array>

/**
 * Artifacts from their bytes.
 * @throws {WrongHashError} unless they are the pinned ones: with a foreign witness calculator a prover would hand out
 * its secrets, with a foreign key proofs that nobody takes.
 */
export function fromBytes<Name extends FileName>(circuit: CircuitName, files: Files<Name>): Artifacts<Name> {
  const entries = Object.entries(files) as [Name, Uint8Array][]
  const checked = entries.map(([file, bytes]) => [file, check(circuit, file, bytes)] as const)
  return { circuit, ...Object.fromEntries(checked) } as Artifacts<Name>
}

/**
 * A source that loads each file once and keeps it in memory (a large circuit's: 71 MB). A failure is not kept. One
 * loading serves all who wait, so no one of them can cancel it; a cancelled proof does not wait for it.
 * @param forget Told which file was not the pinned one.
 */
export function cached(load: Load, forget?: (circuit: CircuitName, file: FileName) => Promise<void>): Source {
  const loading = new Map<string, Promise<Uint8Array>>()
  const loadChecked = async (circuit: CircuitName, file: FileName) => {
    const bytes = await load(circuit, file)
    try {
      return check(circuit, file, bytes)
    } catch (cause) {
      await forget?.(circuit, file)
      throw cause
    }
  }
  const once = (circuit: CircuitName, file: FileName) => {
    const name = `${circuit}.${file}`
    const found = loading.get(name)
    if (found) return found
    const promise = loadChecked(circuit, file)
    loading.set(name, promise)
    promise.catch(() => loading.delete(name))
    return promise
  }
  return async <Name extends FileName>(circuit: CircuitName, needs: readonly Name[]) => {
    const files = await Promise.all(needs.map(async (file) => [file, await once(circuit, file)] as const))
    return { circuit, ...Object.fromEntries(files) } as Artifacts<Name>
  }
}

/** @throws {WrongHashError} */
function check(circuit: CircuitName, file: FileName, bytes: Uint8Array): Uint8Array {
  if (bytesToHex(sha256(bytes)) !== circuits[circuit].hashes[file]) throw new WrongHashError({ circuit, file })
  return view(bytes)
}

/** Node's Buffer slices without copying, which snarkjs does not expect. */
function view({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A file is not the one pinned for the circuit. */
export class WrongHashError extends Error {
  override readonly name = 'Artifacts.WrongHashError'
  readonly circuit: CircuitName
  readonly file: FileName
  constructor({ circuit, file }: { circuit: CircuitName; file: FileName }) {
    super(`The ${file} of circuit "${circuit}" is not the one this prover was built for (SHA-256 differs).`)
    this.circuit = circuit
    this.file = file
  }
}
