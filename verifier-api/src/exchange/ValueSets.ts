import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ValueSet from '@medseal/prover/protocol/ValueSet'

/** The editions that come with the project. */
const ofRepository = join(import.meta.dirname, '../../../samples/value-sets')

/**
 * Every value set of a folder, indexed: what policies are compiled against.
 * @throws {UnreadableError} {ValueSet.DuplicateError}
 */
export function load(folder = ofRepository): ValueSet.Index {
  return ValueSet.index(namesIn(folder).map((name) => read(join(folder, name))))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch (cause) {
    throw new UnreadableError({ path: folder, cause })
  }
}

function read(path: string): ValueSet.ValueSet {
  try {
    return ValueSet.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UnreadableError({ path, cause })
  }
}

/** The folder of value sets, or a file in it, cannot be read. */
export class UnreadableError extends Error {
  override readonly name = 'ValueSets.UnreadableError'
  constructor({ path, cause }: { path: string; cause: unknown }) {
    super(`No value sets can be read at ${path}.`, { cause })
  }
}
