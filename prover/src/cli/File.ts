import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as Form from '../files/Form.ts'
import * as Output from './Output.ts'

/**
 * Reads a text file and makes something of it. Errors of `parse` are told with the path they are about.
 * @throws {UnreadableError} {InvalidError}
 */
export function read<T>(path: string, parse: (text: string) => T): T {
  const text = readText(path)
  try {
    return parse(text)
  } catch (cause) {
    throw new InvalidError({ path, problem: Output.describe(cause), cause })
  }
}

/**
 * Reads a JSON file of one of these kinds, told by its tag.
 * @throws {UnreadableError} {InvalidError} naming the place and the rule, never what is written there.
 */
export function readJson<const Kinds extends readonly Form.Kind<unknown>[]>(
  path: string,
  kinds: Kinds,
): Form.Read<Kinds> {
  const text = readText(path)
  try {
    return Form.read(text, kinds)
  } catch (cause) {
    if (!(cause instanceof Form.BrokenError)) throw cause
    throw new InvalidError({ path, problem: cause.message })
  }
}

export type WriteOptions = {
  /** Replaces a file that is there; otherwise that is refused. */
  readonly force?: boolean | undefined
  /** Readable by its owner only. */
  readonly secret: boolean
}

/**
 * Writes a JSON file: whole or not at all.
 * @throws {ExistsError} {UnwritableError}
 */
export function writeJson(path: string, tag: string, fields: object, { force = false, secret }: WriteOptions): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, `${Form.write(tag, fields)}\n`, { mode: secret ? 0o600 : 0o644 })
    if (secret) chmodSync(temporary, 0o600)
    // A link is refused where there is a file, a rename would replace it.
    if (force) renameSync(temporary, path)
    else linkSync(temporary, path)
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw new ExistsError({ path })
    throw new UnwritableError({ path, code: codeOf(cause) })
  } finally {
    rmSync(temporary, { force: true })
  }
}

/**
 * Refuses a path that is taken, or in no folder, before work is put into what would be written there.
 * @throws {ExistsError} {UnwritableError}
 */
export function assertFree(
  path: string | undefined,
  { force = false }: { readonly force?: boolean | undefined },
): void {
  if (path === undefined) return
  if (!existsSync(dirname(path))) throw new UnwritableError({ path, code: 'ENOENT' })
  if (!force && existsSync(path)) throw new ExistsError({ path })
}

/** Whether others than its owner may read a file. Always false where files have no such permissions. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UnreadableError({ path, code: codeOf(cause) })
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
}

/** The file is not there, or must not be read. */
export class UnreadableError extends Error {
  override readonly name = 'File.UnreadableError'
  constructor({ path, code }: { path: string; code: string }) {
    super(`"${path}" cannot be read (${code}).`)
  }
}

/** The file is not what it should be. */
export class InvalidError extends Error {
  override readonly name = 'File.InvalidError'
  constructor({ path, problem, cause }: { path: string; problem: string; cause?: unknown }) {
    super(`"${path}": ${problem.replace(/\.$/, '')}.`, { cause })
  }
}

/** There is such a file already. */
export class ExistsError extends Error {
  override readonly name = 'File.ExistsError'
  constructor({ path }: { path: string }) {
    super(`"${path}" is there already: name another file, or say --force to replace it.`)
  }
}

/** The file cannot be written there. */
export class UnwritableError extends Error {
  override readonly name = 'File.UnwritableError'
  constructor({ path, code }: { path: string; code: string }) {
    super(`"${path}" cannot be written (${code}).`)
  }
}
