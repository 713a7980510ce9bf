import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Policy } from '../prover/src/protocol/Policy.ts'
import * as PolicyFile from '../prover/src/protocol/PolicyFile.ts'
import * as ValueSet from '../prover/src/protocol/ValueSet.ts'
import * as ValueSets from './valueSets.ts'

/** Names of the sample patients, as their files are called. */
export const patients = ['adela', 'bruno', 'clara', 'dorian', 'emeka', 'freya'] as const

/** The FHIR bundle of a sample patient. */
export function bundleOf(patient: string): string {
  return readFileSync(pathOf(`patients/${patient}.json`), 'utf8')
}

/** A sample policy's text, by file name without ending. */
export function policyText(name: string): string {
  return readFileSync(pathOf(`policies/${name}.json`), 'utf8')
}

/** A sample policy, by file name without ending. */
export function policyOf(name: string): Policy {
  return PolicyFile.parse(policyText(name))
}

/** The published value sets, ready to match and compile against. */
export function valueSets(): ValueSet.Index {
  return ValueSet.index(ValueSets.load())
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}
