import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as ValueSet from '../protocol/ValueSet.ts'
import * as File from './File.ts'

/** Where the repository keeps its value sets. */
const ofRepository = join(import.meta.dirname, '../../../samples/value-sets')

/**
 * Every value set of a folder.
 * @throws {File.UnreadableError} {File.InvalidError} {ValueSet.DuplicateError}
 */
export function load(folder = ofRepository): ValueSet.Index {
  const sets = list(folder).map((name) => File.read(join(folder, name), ValueSet.parse))
  return ValueSet.index(sets)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    throw new File.UnreadableError({ path: folder, code: 'no such folder' })
  }
}
