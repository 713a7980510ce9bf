import { parameters } from '../generated/parameters.ts'
import * as Attribute from './Attribute.ts'
import * as Credential from './Credential.ts'
import * as Day from './Day.ts'
import * as Issuer from './Issuer.ts'
import type { Role } from './Policy.ts'
import type * as PolicyCompiler from './PolicyCompiler.ts'
import * as PolicyWords from './PolicyWords.ts'
import * as Record from './Record.ts'

/** What a policy makes of a record, on the patient's own device. Secret: refusal reasons never leave it. */
export type Outcome = {
  readonly met: boolean
  /** Rules of the policy's header that issuer or record break. */
  readonly obstacles: readonly Obstacle[]
  readonly slots: readonly Finding[]
  readonly clauses: readonly { readonly holds: boolean; readonly needed: number; readonly holding: number }[]
}

export type Obstacle =
  | 'issuer-role'
  | 'not-complete-for-category'
  | 'not-complete-for-system'
  | 'sets-edition'
  | 'complete-since'
  | 'record-too-old'
  | 'record-from-the-future'
  | 'credential-expired'

/** What one slot's predicate comes to, and the leaf that decides it: the one a proof opens. */
export type Finding = { readonly holds: boolean; readonly leaf: number }

export type Evidence = {
  readonly record: Record.Record
  readonly credential: Pick<Credential.Credential, 'complete' | 'asOf' | 'expires'>
  /** Roles the issuer tree gives the issuer. */
  readonly issuerRoles: readonly Role[]
  readonly today: Day.Day
}

/** Whether the record meets the policy today, and what each predicate and clause comes to. */
export function run({ words }: Pick<PolicyCompiler.Compiled, 'words'>, evidence: Evidence): Outcome {
  const obstacles = obstaclesOf(words.header, evidence)
  const slots = words.slots.map((_, i) => find(words, i, evidence))
  const clauses = words.clauses.map(({ threshold, mask }) => {
    const holding = slots.filter((slot, i) => slot.holds && (mask >> i) % 2 === 1).length
    return { holds: holding >= threshold, needed: threshold, holding }
  })
  return { met: obstacles.length === 0 && clauses.every((clause) => clause.holds), obstacles, slots, clauses }
}

function obstaclesOf(header: PolicyWords.Header, { credential, issuerRoles, today }: Evidence): Obstacle[] {
  const have = Credential.completenessFields(credential.complete)
  const todayField = Day.toField(today)
  const from = header.completeFromRelative ? todayField - BigInt(header.completeFrom) : BigInt(header.completeFrom)
  const broken: readonly (readonly [Obstacle, boolean])[] = [
    ['issuer-role', (header.roles & Issuer.rolesMask(issuerRoles)) === 0n],
    ['not-complete-for-category', (header.categories & ~have.categories) !== 0n],
    ['not-complete-for-system', (header.systems & ~have.systems) !== 0n],
    ['sets-edition', have.setsEdition < BigInt(header.setsEdition)],
    ['complete-since', Day.toField(credential.complete.since) > from],
    ['record-too-old', today - credential.asOf > header.maximumAgeDays],
    ['record-from-the-future', credential.asOf > today],
    ['credential-expired', credential.expires < today],
  ]
  return broken.flatMap(([obstacle, isBroken]) => (isBroken ? [obstacle] : []))
}

/** The predicate of one slot over the record: `Holds` of circuits/lib/predicate.circom, over all leaves at once. */
function find(words: PolicyWords.Words, i: number, evidence: Evidence): Finding {
  const slot = words.slots[i] ?? PolicyWords.unused
  const { record, today } = evidence
  const { kinds } = parameters
  const { start, end } = PolicyWords.keyRange(slot, today)
  const below = Record.indexBelow(record, start)
  const last = Record.indexBelow(record, end)
  switch (slot.kind) {
    case kinds.ANY: {
      for (let leaf = last; leaf > below; leaf--) {
        if (fits(slot, Record.leafAt(record, leaf), evidence)) return { holds: true, leaf }
      }
      return { holds: false, leaf: last }
    }
    case kinds.LATEST:
      return {
        holds: last > below && isComplete(words.header, slot) && fits(slot, Record.leafAt(record, last), evidence),
        leaf: last,
      }
    case kinds.NONE:
      return { holds: last === below && isComplete(words.header, slot), leaf: below }
    case kinds.COUNT:
    case kinds.AVERAGE: {
      const holds = isComplete(words.header, slot) && countAndSumFit(slot, record, below, last)
      return { holds, leaf: last }
    }
    default: {
      // A boundary: the last leaf before the range of the pair above, or any leaf where there is none.
      const above = words.slots[i + 1]
      const isBoundary = above !== undefined && PolicyWords.isPair(above)
      const leaf = isBoundary ? Record.indexBelow(record, PolicyWords.keyRange(above, today).start) : 0
      return { holds: false, leaf }
    }
  }
}

function isComplete(header: PolicyWords.Header, { category, system }: PolicyWords.Predicate): boolean {
  const bit = system >= 32 ? parameters.systemsFrom32Bit : system
  return ((header.categories >> BigInt(category)) & (header.systems >> BigInt(bit)) & 1n) === 1n
}

function fits(slot: PolicyWords.Predicate, leaf: Record.Leaf, { credential, today }: Evidence): boolean {
  const { partialDay, bounded, dayField } = Attribute.fieldsOf(leaf.key)
  const isLatest = slot.kind === parameters.kinds.LATEST
  if (dayField > Day.toField(credential.asOf)) return false
  if (partialDay && (slot.windowed || slot.ageLimited || isLatest)) return false
  if (slot.anyValue) return true
  const date = BigInt(Day.toDateNumber(today))
  const low = slot.ageLimited ? date - slot.valueLow : slot.valueLow
  const high = slot.age ? date - slot.valueHigh : slot.valueHigh
  return !bounded && leaf.value >= low && leaf.value <= high
}

function countAndSumFit(slot: PolicyWords.Predicate, record: Record.Record, below: number, last: number): boolean {
  const count = last - below
  const isAverage = slot.kind === parameters.kinds.AVERAGE
  if (count < slot.minimumCount + (isAverage ? 1 : 0) || count > slot.maximumCount) return false
  if (!isAverage && !slot.windowed) return true
  const prefix = (((BigInt(slot.category) << 8n) | BigInt(slot.system)) << 64n) | slot.codeLow
  const sumAt = (index: number) => {
    const leaf = Record.leafAt(record, index)
    return leaf.key >> 32n === prefix ? leaf.runningSum : 0n
  }
  const sum = sumAt(last) - sumAt(below)
  return sum >= slot.valueLow * BigInt(count) && sum <= slot.valueHigh * BigInt(count)
}
