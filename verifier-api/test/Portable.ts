import { DefaultQueryCompiler } from 'kysely'

/**
 * What PostgreSQL takes and CockroachDB or YugabyteDB do not, or take and do otherwise: none of it may stand in our SQL.
 * pg-boss has its own for each of them (`backend`), which does not pass through here.
 */
const refused: Readonly<Record<string, RegExp>> = {
  'advisory locks': /\bpg_(try_)?advisory_/i,
  'triggers, rules and functions': /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?(trigger|rule|function|procedure)\b/i,
  'keys that the database makes':
    /\b(small|big)?serial\d?\b|\bgenerated\s+(always|by\s+default)\s+as\b|\bnextval\s*\(/i,
  'pages by offset': /\boffset\b/i,
  'telling and listening': /\b(listen|notify)\s|\bpg_notify\b/i,
  'locks of whole tables': /\block\s+table\b|\baccess\s+exclusive\b/i,
  'blocks of code': /\bdo\s+\$/i,
  extensions: /\bcreate\s+extension\b/i,
  'exclusion constraints': /\bexclude\s+using\b/i,
  'constraints that wait': /\bdeferrable\b|\bset\s+constraints\b/i,
  'places of rows': /\bctid\b|\bxmin\b/i,
  'tables that inherit': /\binherits\s*\(/i,
  'cursors of the database': /\bdeclare\s+\S+\s+(\w+\s+)*cursor\b|\bwhere\s+current\s+of\b/i,
  'temporary and unlogged tables': /\bcreate\s+(temp|temporary|unlogged)\b/i,
}

/** What of a statement is refused, by its name. */
export function refusalsOf(statement: string): string[] {
  // What is quoted is a name or a value, not a word of the language.
  const words = statement.replace(/"[^"]*"|'[^']*'/g, '""')
  return Object.entries(refused).flatMap(([name, pattern]) => (pattern.test(words) ? [name] : []))
}

/** Every statement that kysely compiled in this process since `watch`, once. */
export const seen = new Set<string>()

let watching = false

/** From now on a statement that is refused throws where it is compiled, whoever asked for it. */
export function watch(): void {
  if (watching) return
  watching = true
  const { compileQuery } = DefaultQueryCompiler.prototype
  DefaultQueryCompiler.prototype.compileQuery = function (...given) {
    const compiled = compileQuery.apply(this, given)
    seen.add(compiled.sql)
    const [what] = refusalsOf(compiled.sql)
    if (what !== undefined) throw new NotPortableError({ what })
    return compiled
  }
}

/** A statement that not every database of ours takes. */
export class NotPortableError extends Error {
  override readonly name = 'Portable.NotPortableError'
  constructor({ what }: { what: string }) {
    super(`SQL that CockroachDB or YugabyteDB does not take as PostgreSQL does: ${what}.`)
  }
}
