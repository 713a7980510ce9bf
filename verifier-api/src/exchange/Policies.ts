import * as Eligibility from '@medseal/prover/protocol/Eligibility'
import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PolicyFile from '@medseal/prover/protocol/PolicyFile'
import * as PolicyFormula from '@medseal/prover/protocol/PolicyFormula'
import * as PolicySentences from '@medseal/prover/protocol/PolicySentences'
import * as PolicyText from '@medseal/prover/protocol/PolicyText'
import type * as ValueSet from '@medseal/prover/protocol/ValueSet'
import type { Selectable } from 'kysely'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import type * as Policy from '../resources/Policy.ts'
import type { Services } from '../Services.ts'
import type { Database } from '../storage/Database.ts'
import * as Word from './Word.ts'

export type Row = Selectable<Database['policies']>

/** @throws {ApiError} invalid-policy, with the place in the file and the rule. */
export function compile(text: string, valueSets: ValueSet.Index): PolicyCompiler.Compiled {
  try {
    const compiled = PolicyCompiler.compile(PolicyFile.parse(text), { valueSets })
    // Some circuit must be large enough.
    Eligibility.circuitFor(compiled.words)
    return compiled
  } catch (cause) {
    if (cause instanceof PolicyFile.InvalidPolicyError) throw invalid(cause.path, cause.rule)
    if (cause instanceof PolicyFormula.UnsayableError) throw invalid(cause.path, cause.reason)
    if (cause instanceof Eligibility.TooLargeError) throw invalid('require', 'it is too large for every circuit')
    throw cause
  }
}

/** What the compiler made of a policy. */
export function describe(compiled: PolicyCompiler.Compiled): Policy.Draft {
  const { policy, words, hash, predicates } = compiled
  return {
    hash: Word.of(hash),
    name: policy.name,
    policy: { ...policy },
    words: PolicyText.print(policy).trimEnd().split('\n'),
    circuit: Eligibility.circuitFor(words),
    needleNarrow: PolicyCompiler.needleNarrow(compiled).flatMap((slot) => {
      const predicate = predicates[slot]
      return predicate ? [PolicySentences.sentence(predicate)] : []
    }),
  }
}

/** Keeps a policy for a stakeholder. One hash is kept once: the text that came first stays. */
export async function keep(
  { database }: Pick<Services, 'database'>,
  stakeholderId: string,
  { policy, hash }: PolicyCompiler.Compiled,
): Promise<{ readonly row: Row; readonly isNew: boolean }> {
  const row: Row = {
    id: Id.create('policy'),
    stakeholder_id: stakeholderId,
    hash: Word.of(hash),
    name: policy.name,
    text: PolicyFile.format(policy),
    created_at: new Date(),
  }
  await database
    .insertInto('policies')
    .values(row)
    .onConflict((conflict) => conflict.columns(['stakeholder_id', 'hash']).doNothing())
    .execute()
  const kept = await database
    .selectFrom('policies')
    .selectAll()
    .where('stakeholder_id', '=', stakeholderId)
    .where('hash', '=', row.hash)
    .executeTakeFirstOrThrow()
  return { row: kept, isNew: kept.id === row.id }
}

/** The stakeholder's policies with these ids, in their order. @throws {ApiError} not-found for any other. */
export async function own(
  { database }: Pick<Services, 'database'>,
  stakeholderId: string,
  ids: readonly string[],
): Promise<readonly Row[]> {
  const rows = await database
    .selectFrom('policies')
    .selectAll()
    .where('stakeholder_id', '=', stakeholderId)
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return ids.map((id) => {
    const row = rows.find((each) => each.id === id)
    if (!row) throw new ApiError('not-found', { detail: 'There is no such policy of this stakeholder.' })
    return row
  })
}

export function resource(row: Row, valueSets: ValueSet.Index): Policy.Policy {
  return {
    id: row.id,
    object: 'policy',
    ...describe(compile(row.text, valueSets)),
    createdAt: row.created_at.toISOString(),
  }
}

function invalid(path: string, rule: string): ApiError {
  const isRoot = path === '$' || path === ''
  const field = isRoot ? 'policy' : `policy.${path}`
  return new ApiError('invalid-policy', { field, detail: `${isRoot ? 'The policy' : path}: ${rule}.` })
}
