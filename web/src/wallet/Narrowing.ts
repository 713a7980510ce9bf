import type * as CodeSystem from '@medseal/prover/protocol/CodeSystem'
import type { Codes, Predicate } from '@medseal/prover/protocol/Policy'
import type * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as Value from '@medseal/prover/protocol/Value'

/** What one proven request says for certain about one number of a patient's: a range, both ends inclusive. */
export type Known = {
  /** latest: of the last result. average: of the mean. any: of some result. age: in completed years. */
  readonly kind: 'latest' | 'average' | 'any' | 'age'
  readonly category: CodeSystem.Category
  /** What is measured, e.g. "LOINC 4548-4", or a value set's name; "age" for an age. */
  readonly subject: string
  /** The window as the policy has it: ranges over other stretches of time are of other numbers. */
  readonly window: string
  /** Decimals. */
  readonly min?: string
  readonly max?: string
  readonly unit: string
}

/** What answers to one recipient together say of one number, where that is more than any of them says. */
export type Narrowed = Known & {
  readonly answers: number
  /** So narrow that it all but tells the value: by the same measure by which a wallet refuses a single request. */
  readonly isNeedle: boolean
  /** No one number is in all of them: the value changed between the answers. */
  readonly isEmpty: boolean
}

/**
 * The ranges a met policy proves. Only of predicates that must hold for the policy to be met: of alternatives the
 * recipient does not learn which one held.
 */
export function knownBy({ words, predicates }: Pick<PolicyCompiler.Compiled, 'words' | 'predicates'>): Known[] {
  const certain = words.clauses.reduce((mask, { threshold, mask: slots }) => {
    return threshold === bitCount(slots) ? mask | slots : mask
  }, 0)
  return predicates.flatMap((predicate, slot) => {
    const known = predicate && (certain >> slot) & 1 ? knownOf(predicate) : undefined
    return known ? [known] : []
  })
}

/**
 * What one recipient's answers narrow down together.
 * @param answers What each answer made known to that recipient.
 */
export function narrowed(answers: readonly (readonly Known[])[]): Narrowed[] {
  const groups = new Map<string, Known[]>()
  for (const known of answers.flatMap(oncePerSubject)) {
    const name = JSON.stringify([known.kind, known.category, known.subject, known.window, known.unit])
    groups.set(name, [...(groups.get(name) ?? []), known])
  }
  return [...groups.values()].flatMap((group) => {
    const together = group.reduce(intersection)
    const isMore = group.every((one) => !isSame(one, together))
    return isMore ? [describe(together, group.length)] : []
  })
}

/** Several ranges of one number in one answer are one range of it. */
function oncePerSubject(answer: readonly Known[]): Known[] {
  const found = new Map<string, Known>()
  for (const known of answer) {
    const name = JSON.stringify([known.kind, known.category, known.subject, known.window, known.unit])
    const before = found.get(name)
    found.set(name, before ? intersection(before, known) : known)
  }
  return [...found.values()]
}

function describe(known: Known, answers: number): Narrowed {
  const { min, max } = known
  if (min === undefined || max === undefined) return { ...known, answers, isNeedle: false, isEmpty: false }
  const [low, high] = [scaled(min), scaled(max)]
  const larger = [low, high].map((n) => (n < 0n ? -n : n)).reduce((a, b) => (a > b ? a : b))
  const width = high - low
  const isNeedle = known.kind === 'age' ? width < 2n * scaled('1') : width * 20n < larger || width === 0n
  return { ...known, answers, isNeedle: width >= 0n && isNeedle, isEmpty: width < 0n }
}

function intersection(a: Known, b: Known): Known {
  const { min: _min, max: _max, ...subject } = a
  const min = pick(a.min, b.min, (one, other) => one > other)
  const max = pick(a.max, b.max, (one, other) => one < other)
  return { ...subject, ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
}

function pick(
  one: string | undefined,
  other: string | undefined,
  wins: (one: bigint, other: bigint) => boolean,
): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return wins(scaled(other), scaled(one)) ? other : one
}

function isSame(a: Known, b: Known): boolean {
  return isEqual(a.min, b.min) && isEqual(a.max, b.max)
}

function isEqual(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined ? a === b : scaled(a) === scaled(b)
}

/** Exact, in millionths. */
function scaled(decimal: string): bigint {
  return Value.ofDecimal(decimal) - Value.ofDecimal('0')
}

function knownOf(predicate: Predicate): Known | undefined {
  if ('age' in predicate) {
    const { min, max } = predicate.age
    return {
      kind: 'age',
      category: 'demographic',
      subject: 'age',
      window: '',
      unit: 'a',
      ...(min !== undefined && { min: String(min) }),
      ...(max !== undefined && { max: String(max) }),
    }
  }
  if (!('value' in predicate) || !predicate.value || !('unit' in predicate.value)) return undefined
  const kind = 'latest' in predicate ? 'latest' : 'average' in predicate ? 'average' : 'any'
  const codes = 'latest' in predicate ? predicate.latest : 'average' in predicate ? predicate.average : predicate.any
  const { min, max, unit } = predicate.value
  return {
    kind,
    category: codes.category,
    subject: subjectOf(codes),
    window: predicate.window ? JSON.stringify(predicate.window) : '',
    unit,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}

/** What codes are about, in one text. */
export function subjectOf(codes: Codes): string {
  if ('set' in codes) return codes.set
  if ('code' in codes) return `${codes.system} ${codes.code}`
  if ('prefix' in codes) return `${codes.system} ${codes.prefix}…`
  return `${codes.system} ${codes.from}–${codes.to}`
}

function bitCount(mask: number): number {
  let count = 0
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1
  return count
}
