import { parameters } from '../generated/parameters.ts'
import type * as DryRun from '../protocol/DryRun.ts'
import * as Eligibility from '../protocol/Eligibility.ts'
import * as PolicyCompiler from '../protocol/PolicyCompiler.ts'
import * as PolicyFile from '../protocol/PolicyFile.ts'
import * as PolicySentences from '../protocol/PolicySentences.ts'
import type * as ValueSet from '../protocol/ValueSet.ts'
import * as File from './File.ts'
import * as ValueSets from './ValueSets.ts'

/** A policy file, compiled. @throws {File.UnreadableError} {File.InvalidError} */
export function compile(path: string, valueSets: ValueSet.Index): PolicyCompiler.Compiled {
  return File.read(path, (text) => PolicyCompiler.compile(PolicyFile.parse(text), { valueSets }))
}

/** Policy files, compiled against the value sets of a folder. */
export function compileAll(paths: readonly string[], folder: string | undefined): PolicyCompiler.Compiled[] {
  const valueSets = ValueSets.load(folder)
  return paths.map((path) => compile(path, valueSets))
}

/** What the compiler made of a policy. */
export function describe(compiled: PolicyCompiler.Compiled) {
  const { policy, words, hash, predicates } = compiled
  const { header } = words
  return {
    name: policy.name,
    hash,
    circuit: Eligibility.circuitFor(words),
    slots: words.slots.length,
    clauses: words.clauses.length,
    predicates: predicates.flatMap((predicate, slot) =>
      predicate ? [{ slot, says: PolicySentences.sentence(predicate) }] : [],
    ),
    issuers: policy.issuers,
    needs: {
      maximumAgeDays: header.maximumAgeDays,
      categories: namesOf(header.categories, parameters.categories),
      systems: systemsOf(header.systems),
      setsEdition: header.setsEdition,
      completeFrom: completeFromOf(compiled),
    },
    /** Slots that a wallet refuses: meeting them tells the value. */
    needleNarrow: PolicyCompiler.needleNarrow(compiled),
  }
}

/** What a dry run found, predicate by predicate. For the patient's own eyes. */
export function outcomeOf({ predicates, words }: PolicyCompiler.Compiled, outcome: DryRun.Outcome) {
  const held = (mask: number) =>
    predicates.flatMap((predicate, slot) =>
      predicate && (mask >> slot) & 1 ? [PolicySentences.sentence(predicate)] : [],
    )
  return {
    met: outcome.met,
    obstacles: outcome.obstacles.map((obstacle) => ({ obstacle, means: meanings[obstacle] })),
    predicates: predicates.flatMap((predicate, slot) =>
      predicate
        ? [{ slot, holds: outcome.slots[slot]?.holds === true, says: PolicySentences.sentence(predicate) }]
        : [],
    ),
    clauses: outcome.clauses.map((clause, i) => ({ ...clause, of: held(words.clauses[i]?.mask ?? 0) })),
  }
}

const meanings: Readonly<Record<DryRun.Obstacle, string>> = {
  'issuer-role': 'the policy takes records of other issuers',
  'not-complete-for-category': 'the record is not complete for a category that the policy asks absence or counts of',
  'not-complete-for-system': 'the record is not complete in a code system that the policy asks absence or counts of',
  'sets-edition': 'the record was matched against too old an edition of the value sets',
  'complete-since': 'the record is not complete since long enough (record import --complete-since)',
  'record-too-old': 'the record is too old: ask its issuer for a new one',
  'record-from-the-future': 'the record is dated after today',
  'credential-expired': 'the credential has expired',
}

function completeFromOf({ words, policy }: PolicyCompiler.Compiled): string | null {
  const { categories, completeFromRelative, completeFrom } = words.header
  if (categories === 0n) return null
  const stated = policy.record.completeFrom
  if (completeFromRelative) return `${completeFrom} days before today`
  return stated && 'date' in stated ? stated.date : 'the earliest window'
}

function namesOf(mask: bigint, numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers).flatMap(([name, bit]) => ((mask >> BigInt(bit)) & 1n ? [name] : []))
}

function systemsOf(mask: bigint): string[] {
  const shared = parameters.systemsFrom32Bit
  const numbers = Object.entries(parameters.systems).map(
    ([name, { number }]) => [name, number >= 32 ? shared : number] as const,
  )
  return namesOf(mask, Object.fromEntries(numbers))
}
