import * as ExitCode from './ExitCode.ts'

/** What a command has to say: data for programs, text for people, and how the process ends. */
export type Answer = {
  /** Anything JSON can say, and bigints, which are written as decimal strings. */
  readonly data: unknown
  readonly text: readonly string[]
  readonly exitCode?: number
}

/** Prints an answer on standard output: one of its two forms, and nothing else. */
export function print({ data, text }: Answer, { json }: { readonly json: boolean }): void {
  process.stdout.write(json ? `${stringify(data)}\n` : text.map((line) => `${line}\n`).join(''))
}

/** JSON with bigints as decimal strings, two blanks a level. */
export function stringify(data: unknown): string {
  return JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)
}

/** Something the caller should know that is no failure, on standard error. */
export function warn(message: string): void {
  process.stderr.write(`warning: ${message}\n`)
}

/**
 * Tells an error on standard error and gives the exit code. Of errors that are not Medseal's own only the name is told:
 * their messages may quote what was being read.
 */
export function fail(error: unknown, { debug = false }: { readonly debug?: boolean } = {}): number {
  const code = ExitCode.of(error)
  process.stderr.write(code === ExitCode.cancelled ? 'cancelled\n' : `error: ${describe(error)}\n`)
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return code
}

/** An error's name and, where it is Medseal's own, its message. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown (--debug tells more)'
  return isOwn(error) ? `${error.name}: ${error.message}` : `${error.name} (--debug tells more)`
}

/** Medseal's own errors are named Module.KindError, and never repeat a medical value or a secret. */
function isOwn({ name }: Error): boolean {
  return /^[A-Z]\w+\.[A-Z]\w+Error$/.test(name)
}

/** A table of two columns or more, the first ones padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
