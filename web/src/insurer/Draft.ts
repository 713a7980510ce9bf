/** A policy's JSON while it is being written: anything may be missing or wrong, the compiler judges. */
export type Json = { readonly [key: string]: unknown }

export const groups = ['allOf', 'anyOf', 'atLeast', 'not'] as const
export const predicates = ['any', 'latest', 'none', 'count', 'average', 'age'] as const
export type Kind = (typeof groups)[number] | (typeof predicates)[number]

/** What each kind of formula says, for those who choose one. */
export const titles: Readonly<Record<Kind, string>> = {
  allOf: 'All of these hold',
  anyOf: 'Any of these holds',
  atLeast: 'At least some of these hold',
  not: 'This does not hold',
  any: 'There is a fact',
  latest: 'The latest fact',
  none: 'There is no fact',
  count: 'Number of facts',
  average: 'Average of facts',
  age: 'Age',
}

export const blank: Json = {
  medseal: 'policy/1',
  name: 'New policy',
  issuers: ['hospital'],
  record: { maximumAgeDays: 30 },
  require: { allOf: [{ any: { category: 'condition', set: 'type-2-diabetes' } }] },
}

/** The one text that form and editor share. */
export function textOf(policy: unknown): string {
  return JSON.stringify(policy, null, 2)
}

/** The policy a text holds, as far as a form can show it; undefined where it is no JSON object. */
export function parse(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

/** What kind of formula this is; undefined where the form does not know it: then only the text shows it. */
export function kindOf(formula: Json): Kind | undefined {
  return [...groups, ...predicates].find((kind) => kind in formula)
}

/** The formulas a group holds. */
export function membersOf(formula: Json): readonly Json[] {
  const list = formula.allOf ?? formula.anyOf ?? formula.of ?? (formula.not === undefined ? [] : [formula.not])
  return Array.isArray(list) ? list.map((each) => objectOf(each) ?? {}) : []
}

/** The same group with other members. */
export function withMembers(formula: Json, members: readonly Json[]): Json {
  if ('not' in formula) return { not: members[0] ?? fresh('any') }
  const key = 'allOf' in formula ? 'allOf' : 'anyOf' in formula ? 'anyOf' : 'of'
  return { ...formula, [key]: members }
}

/** What a formula becomes as another kind: its members, codes, window and value stay where the new kind has them. */
export function turnInto(formula: Json, kind: Kind): Json {
  const isGroup = (groups as readonly string[]).includes(kind)
  const members = kindOf(formula) && membersOf(formula).length > 0 ? membersOf(formula) : [formula]
  if (isGroup) {
    if (kind === 'not') return { not: members[0] }
    return kind === 'atLeast' ? { atLeast: 1, of: members } : { [kind]: members }
  }
  const made = fresh(kind)
  const codes = codesOf(formula)
  if (!codes || kind === 'age') return made
  const { to, ...since } = objectOf(formula.window) ?? {}
  const window = kind === 'any' && to !== undefined ? { ...since, to } : since
  const value = objectOf(formula.value)
  const fits = value !== undefined && (kind !== 'average' || 'unit' in value)
  return {
    ...made,
    [kind]: codes,
    ...(Object.keys(window).length > 0 && { window }),
    ...((kind === 'any' || 'value' in made) && fits && { value }),
  }
}

/** Which facts a predicate is about. */
export function codesOf(formula: Json): Json | undefined {
  const kind = kindOf(formula)
  return kind === undefined || kind === 'age' ? undefined : objectOf(formula[kind])
}

export function fresh(kind: Kind): Json {
  const codes = { category: 'observation', system: 'LOINC', code: '4548-4' }
  const value = { min: '6.5', unit: '%' }
  switch (kind) {
    case 'allOf':
    case 'anyOf':
      return { [kind]: [fresh('any')] }
    case 'atLeast':
      return { atLeast: 1, of: [fresh('any')] }
    case 'not':
      return { not: fresh('any') }
    case 'any':
    case 'none':
      return { [kind]: { category: 'condition', set: 'type-2-diabetes' } }
    case 'latest':
      return { latest: codes, value }
    case 'count':
      return { count: codes, range: { min: 2 } }
    case 'average':
      return { average: codes, value, minimumCount: 2 }
    case 'age':
      return { age: { min: 18 } }
    default:
      return kind satisfies never
  }
}

/** A copy with one key set, or without it where there is nothing to set. */
export function withKey(object: Json, key: string, value: unknown): Json {
  const { [key]: _, ...others } = object
  return value === undefined || value === '' ? others : { ...object, [key]: value }
}

/** What a field for numbers shows. */
export function numberOr(value: unknown): number | '' {
  return typeof value === 'number' ? value : ''
}
