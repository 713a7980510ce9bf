import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as Content from './engine/Content.ts'
import type { FileName, Files } from './engine/Engine.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import type { Brand } from './protocol/Brand.ts'

/** A circuit's files that an engine asked for, each of the pinned hash. */
export type Artifacts<Name extends FileName = FileName> = Files<Name> & {
  readonly circuit: CircuitName
} & Brand<'Artifacts'>

/** Where artifacts come from: the build on disk (`ArtifactsNode.ts`), a web server (`ArtifactsFetch.ts`), a test. */
export type Source = <Name extends FileName>(circuit: CircuitName, needs: readonly Name[]) => Promise<Artifacts<Name>>

/** One file, whatever is in it. */
export type Load = (circuit: CircuitName, file: FileName) => Promise<Content.Content>

/**
 * A source that loads each file once, checks it, and keeps what it was given (bytes, a Blob, a path) for as long as that
 * can be read. A failure is not kept. One loading serves all who wait, so no one of them can cancel it; a cancelled proof does not wait for it.
 *
 * It throws {WrongHashError} unless a file is the pinned one: with a foreign solver or calculator a prover would hand out
 * its secrets, with a foreign key proofs that nobody takes.
 * @param forget Told which file was not the pinned one.
 */
export function cached(load: Load, forget?: (circuit: CircuitName, file: FileName) => Promise<void>): Source {
  const loading = new Map<string, Promise<Content.Content>>()
  const loadChecked = async (circuit: CircuitName, file: FileName) => {
    const content = await load(circuit, file)
    if ((await hashOf(content)) === circuits[circuit].hashes[file]) return content
    await forget?.(circuit, file)
    throw new WrongHashError({ circuit, file })
  }
  const once = async (circuit: CircuitName, file: FileName) => {
    const name = `${circuit}.${file}`
    const found = loading.get(name)
    if (found && (await Content.isReadable(await found))) return found
    if (found !== loading.get(name)) return once(circuit, file)
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

/** SHA-256 of a file, lower-case hex without 0x. */
export async function hashOf(content: Content.Content): Promise<string> {
  const hash = sha256.create()
  const file = await Content.open(content)
  const whole = { start: 0, length: file.length }
  await Content.readPieces(file, whole, 2 ** 18, (piece) => hash.update(piece)).finally(file.close)
  return bytesToHex(hash.digest())
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
