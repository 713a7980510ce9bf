import { z } from 'zod'
import { parameters } from '../generated/parameters.ts'
import * as CodeSystem from './CodeSystem.ts'
import * as Day from './Day.ts'
import type { Codes, DayReference, Formula, OpenWindow, Policy, Role, ValueRange, Window } from './Policy.ts'
import * as Value from './Value.ts'

/** Characters of text, brackets within brackets, and formulas that are read at all. A circuit has 14 slots. */
export const longestText = 256 * 1024
export const deepest = 16
export const mostFormulas = 128

/**
 * Reads a policy file, which anyone may have written. Whether the circuits can say what it asks is the compiler's matter.
 * @throws {InvalidPolicyError} naming the first broken rule and its place.
 */
export function parse(text: string): Policy {
  if (text.length > longestText) refuse('$', `must have at most ${longestText} characters`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The engine's own message quotes the text.
    refuse('$', 'must be JSON')
  }
  checkNesting(text)
  const result = policySchema.safeParse(json)
  if (!result.success) {
    const [issue] = result.error.issues
    refuse(place(issue?.path ?? []), issue ? ruleOf(issue, issue.path, json) : 'must be a policy')
  }
  if (countFormulas(result.data.require) > mostFormulas) {
    refuse('require', `must have at most ${mostFormulas} formulas`)
  }
  return result.data
}

/**
 * The policy's one file: keys in the order of the type, two blanks a level, a line feed at the end.
 * @throws {InvalidPolicyError} for a policy that no file could hold.
 */
export function format(policy: Policy): string {
  return `${JSON.stringify(parse(JSON.stringify(policy)), null, 2)}\n`
}

/** Depth, and no key twice in an object: readers differ on which of the two counts. @param text Valid JSON. */
function checkNesting(text: string): void {
  const open: (Set<string> | undefined)[] = []
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[[\]{}]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > deepest) refuse('$', `must nest at most ${deepest} deep`)
    } else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key: string = JSON.parse(token.slice(0, -1))
      const keys = open.at(-1)
      if (key === '__proto__') refuse('$', 'must only have the keys of a policy')
      if (keys?.has(key)) refuse('$', 'must not have a key twice in one object')
      keys?.add(key)
    }
  }
}

function countFormulas(formula: Formula): number {
  if ('not' in formula) return 1 + countFormulas(formula.not)
  const children =
    'allOf' in formula ? formula.allOf : 'anyOf' in formula ? formula.anyOf : 'of' in formula ? formula.of : []
  return children.reduce((sum, child) => sum + countFormulas(child), 1)
}

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  return z
    .int({ error })
    .min(least, { error })
    .max(most, { error })
    .transform((number) => number + 0) // -0 is 0
}

const words = (longest: number) => {
  const error = `must be a text of 1 to ${longest} characters`
  return z
    .string({ error })
    .min(1, { error })
    .max(longest, { error })
    .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode' })
}

const pattern = (form: RegExp, error: string) => z.string({ error }).regex(form, { error })

/** A text that a reader of the protocol takes, so that it is read one way only. */
const readBy = (form: RegExp, read: (text: string) => unknown, error: string) =>
  pattern(form, error).refine((text) => succeeds(() => read(text)), { error })

const strict = <shape extends z.core.$ZodLooseShape>(shape: shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `must only have the keys ${Object.keys(shape).join(', ')}` : 'must be an object',
  })

const list = <schema extends z.ZodType>(schema: schema) => {
  const error = 'must be a list that is not empty'
  return z.array(schema, { error }).min(1, { error })
}

/** The object's kind is told by which of these keys it has; only that kind's rules are then spoken of. */
const byKey = <T>(kinds: Readonly<Record<string, z.ZodType<T>>>) =>
  z.unknown().transform((json, context): T => {
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    const keys = isObject ? Object.keys(kinds).filter((key) => Object.hasOwn(json, key)) : []
    const [key, ...others] = keys
    const schema = key === undefined || others.length > 0 ? undefined : kinds[key]
    if (!schema) {
      const rule =
        json === undefined
          ? 'is missing'
          : `must be an object with exactly one of the keys ${Object.keys(kinds).join(', ')}`
      context.addIssue({ code: 'custom', message: rule, input: undefined })
      return z.NEVER
    }
    const result = schema.safeParse(json)
    if (result.success) return result.data
    for (const { path, ...issue } of result.error.issues) {
      context.addIssue({ code: 'custom', message: ruleOf(issue, path, json), path: [...path], input: undefined })
    }
    return z.NEVER
  })

const valueSystems: readonly string[] = [CodeSystem.everSet, CodeSystem.activeSet]
const nameIn = <name extends string>(names: readonly name[], what: string) =>
  z.enum(names, { error: `must name a ${what}: ${names.join(', ')}` })

const role = nameIn(Object.keys(parameters.roles) as Role[], 'role')
const category = nameIn(Object.keys(parameters.categories) as CodeSystem.Category[], 'category')
const system = nameIn(
  (Object.keys(parameters.systems) as CodeSystem.CodeSystem[]).filter((name) => !valueSystems.includes(name)),
  'code system, not a value set',
)

/** Letters, digits and what codes are written with. Anything else upper-cases into them in surprising ways. */
const codeForm = /^[A-Za-z0-9./_-]{1,24}$/
const code = pattern(codeForm, 'must be a code')

/** Codes are read by the system named beside them. */
const ofSystem = <T extends { readonly system: CodeSystem.CodeSystem }>(
  key: keyof T & string,
  read: (system: CodeSystem.CodeSystem, text: string) => unknown,
  rule: string,
) =>
  z.check<T>(({ value, issues }) => {
    const text = value[key]
    if (typeof text !== 'string' || succeeds(() => read(value.system, text))) return
    issues.push({ code: 'custom', message: rule, path: [key], input: undefined })
  })

const coded = strict({ system, code }).check(ofSystem('code', CodeSystem.encode, 'must be a code of its system'))

const codes: z.ZodType<Codes> = byKey<Codes>({
  set: strict({
    category,
    set: pattern(/^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by "-"'),
    // False would read as "no longer active", which no set says.
    active: z.literal(true, { error: 'must be true or left out' }).exactOptional(),
  }),
  code: strict({ category, system, code }).check(ofSystem('code', CodeSystem.encode, 'must be a code of its system')),
  prefix: strict({ category, system, prefix: code }).check(
    ofSystem('prefix', CodeSystem.prefixed, 'must be a prefix of codes, of a system that has them'),
  ),
  from: strict({ category, system, from: code, to: code }).check(
    ofSystem('from', CodeSystem.encode, 'must be a code of its system'),
    ofSystem('to', CodeSystem.encode, 'must be a code of its system'),
  ),
})

const dayReference: z.ZodType<DayReference> = byKey<DayReference>({
  daysBeforeToday: strict({ daysBeforeToday: whole(0, Day.offset - 1) }),
  date: strict({
    date: readBy(/^\d{4}-\d{2}-\d{2}$/, Day.parse, 'must be a day, yyyy-mm-dd, from 1611 to 2328'),
  }),
})

const openWindow: z.ZodType<OpenWindow> = strict({ from: dayReference })
const window: z.ZodType<Window> = strict({
  from: dayReference.exactOptional(),
  to: dayReference.exactOptional(),
}).refine((ends) => ends.from !== undefined || ends.to !== undefined, { error: 'must have from or to' })

const bounded = <T extends { min?: unknown; max?: unknown }>() =>
  z.refine<T>(({ min, max }) => min !== undefined || max !== undefined, { error: 'must have min or max' })

const decimal = readBy(/^-?[0-9.eE+-]{1,150}$/, Value.ofDecimal, 'must be a decimal, as text, below 9.2e12 in size')
const decimalRange = strict({
  min: decimal.exactOptional(),
  max: decimal.exactOptional(),
  unit: pattern(/^[!-~]{1,40}$/, 'must be a unit as UCUM writes it'),
}).check(bounded())

const valueRange: z.ZodType<ValueRange> = byKey<ValueRange>({
  code: strict({ code: coded }),
  text: strict({
    text: readBy(
      /^(?=\S)[A-Za-z0-9./_ -]{1,24}(?<=\S)$/,
      Value.ofText,
      'must be at most 12 letters, digits, "-", "/" or "_"',
    ),
  }),
  unit: decimalRange,
})

/** Attributes a record can hold: its leaves less the sentinel. */
const mostAttributes = parameters.tree.arity ** parameters.tree.depth - 1
const count = whole(0, mostAttributes)
const years = whole(0, 150)

const formula: z.ZodType<Formula> = z.lazy(() => formulas)
const formulas = byKey<Formula>({
  allOf: strict({ allOf: list(formula) }),
  anyOf: strict({ anyOf: list(formula) }),
  atLeast: strict({ atLeast: whole(1, mostFormulas), of: list(formula) }).refine(
    ({ atLeast, of }) => atLeast <= of.length,
    { error: 'must be at most the length of its list', path: ['atLeast'] },
  ),
  not: strict({ not: formula }),
  any: strict({ any: codes, window: window.exactOptional(), value: valueRange.exactOptional() }),
  latest: strict({ latest: codes, window: openWindow.exactOptional(), value: valueRange }),
  none: strict({ none: codes, window: openWindow.exactOptional() }),
  count: strict({
    count: codes,
    window: openWindow.exactOptional(),
    range: strict({ min: count.exactOptional(), max: count.exactOptional() }).check(bounded()),
  }),
  average: strict({
    average: codes,
    window: openWindow.exactOptional(),
    value: decimalRange,
    minimumCount: whole(1, mostAttributes),
  }),
  age: strict({ age: strict({ min: years.exactOptional(), max: years.exactOptional() }).check(bounded()) }),
})

const policySchema: z.ZodType<Policy> = strict({
  medseal: z.literal('policy/1', { error: 'must be "policy/1"' }),
  name: words(200),
  source: words(2_000).exactOptional(),
  issuers: list(role).refine((roles) => new Set(roles).size === roles.length, { error: 'must not repeat a role' }),
  record: strict({
    maximumAgeDays: whole(0, Day.offset),
    completeFrom: dayReference.exactOptional(),
    setsEdition: whole(1, (1 << parameters.completeness.setsEdition) - 1).exactOptional(),
  }),
  blind: pattern(/^(?!0{32})[0-9a-f]{32}$/, 'must be 32 lower-case hexadecimal digits, not all 0').exactOptional(),
  require: formula,
})

function succeeds(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}

type Issue = { readonly code?: string | undefined; readonly message: string }

/** The issue's rule; what is missing is called so. */
function ruleOf({ code, message }: Issue, path: readonly PropertyKey[], json: unknown): string {
  const last = path.at(-1)
  if (code === 'custom' || last === undefined) return message
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], json)
  return typeof parent === 'object' && parent !== null && !Object.hasOwn(parent, last) ? 'is missing' : message
}

/** A path as the compiler writes it: require.allOf[0].any.code. */
function place(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text === '' ? '$' : text.replace(/^\./, '')
}

function refuse(path: string, rule: string): never {
  throw new InvalidPolicyError({ path, rule })
}

/** A policy file breaks a rule. What it says in that place is not repeated. */
export class InvalidPolicyError extends Error {
  override readonly name = 'PolicyFile.InvalidPolicyError'
  /** Place in the file, e.g. require.allOf[0].any.code; $ for the whole. */
  readonly path: string
  readonly rule: string
  constructor({ path, rule }: { path: string; rule: string }) {
    super(`Policy file: ${path} ${rule}.`)
    this.path = path
    this.rule = rule
  }
}
