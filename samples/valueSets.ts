import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ValueSet from '../prover/src/protocol/ValueSet.ts'

const folder = join(import.meta.dirname, 'value-sets')

/** The value sets written for the sample policies, of every edition, by number. */
export function load(): ValueSet.ValueSet[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files
    .map((name) => ValueSet.parse(readFileSync(join(folder, name), 'utf8')))
    .sort((a, b) => a.number - b.number)
}
