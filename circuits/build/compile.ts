/**
 * circom, run once per version of a circuit: the output is kept under the hash of everything it was made from, so that
 * a second caller, a test or a later start only reads it.
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Repository root: circom2 reads nothing above its working directory, so it is always started from here. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Where `include "circomlib/circuits/..."` is looked for. */
const library = 'node_modules'

/** `O2` removes every linear constraint (what is proven); `O1` keeps them apart (what is analysed). */
export type Optimisation = 'O1' | 'O2'

/** A compiled circuit: absolute paths, all inside `folder`. */
export interface Compilation {
  readonly folder: string
  readonly r1cs: string
  readonly wasm: string
  readonly sym: string
}

export interface CompileOptions {
  readonly optimisation?: Optimisation
  /** Path of the main `.circom` file, where it is not `circuits/<name>.circom`. Must lie in the repository. */
  readonly source?: string
}

/**
 * Compiles `circuits/<name>.circom`, or finds the compilation made earlier from the same sources.
 * circom runs in a process of its own, so several calls may run side by side.
 * @throws {FailedError} with circom's own words.
 */
export async function compile(name: string, options: CompileOptions = {}): Promise<Compilation> {
  const compilation = locate(name, options)
  if (isComplete(compilation)) return compilation
  const temporary = `${compilation.folder}.${process.pid}.${randomBytes(4).toString('hex')}`
  mkdirSync(temporary, { recursive: true })
  try {
    await runCircom(sourceOf(name, options), temporary, [`--${options.optimisation ?? 'O2'}`, '--wasm'])
    const main = basename(sourceOf(name, options), '.circom')
    renameSync(join(temporary, `${main}.r1cs`), join(temporary, 'circuit.r1cs'))
    renameSync(join(temporary, `${main}.sym`), join(temporary, 'circuit.sym'))
    // circom adds a JavaScript witness calculator to the wasm; snarkjs brings its own.
    renameSync(join(temporary, `${main}_js`, `${main}.wasm`), join(temporary, 'circuit.wasm'))
    rmSync(join(temporary, `${main}_js`), { recursive: true })
    publish(temporary, compilation)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return compilation
}

/**
 * Compiles without simplifying anything (--O0), for whoever reads the constraints at once: they are not kept.
 * @throws {FailedError}
 */
export async function compilePlain<Read>(
  name: string,
  options: CompileOptions,
  read: (files: { readonly r1cs: string; readonly sym: string }) => Read,
): Promise<Read> {
  const temporary = `${locate(name, options).folder}.plain.${process.pid}.${randomBytes(4).toString('hex')}`
  mkdirSync(temporary, { recursive: true })
  try {
    await runCircom(sourceOf(name, options), temporary, ['--O0'])
    const file = (ending: string) => join(temporary, `${basename(sourceOf(name, options), '.circom')}.${ending}`)
    return read({ r1cs: file('r1cs'), sym: file('sym') })
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Where the compilation of the present sources is, or will be. Reads the sources, runs nothing. */
export function locate(name: string, options: CompileOptions = {}): Compilation {
  const folder = join(root, '.cache', 'circuits', name, hashSources(name, options))
  const file = (ending: string) => join(folder, `circuit.${ending}`)
  return { folder, r1cs: file('r1cs'), wasm: file('wasm'), sym: file('sym') }
}

/** Whether all output is there. Folders appear by one rename, so half a compilation is never seen. */
export function isComplete({ r1cs, wasm, sym }: Compilation): boolean {
  return [r1cs, wasm, sym].every((path) => existsSync(path))
}

/** Whether a module is what `node` was started with. (`import.meta.main` is newer than Node 22.) */
export function isCommand(url: string): boolean {
  const [, script] = process.argv
  return script !== undefined && existsSync(script) && realpathSync(script) === fileURLToPath(url)
}

/** SHA-256 over all transitively included sources, the compiler's version and its flags. Lower-case hex, 16 bytes of it. */
function hashSources(name: string, options: CompileOptions): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/circom2/package.json'), 'utf8'))
  const hash = createHash('sha256').update(`circom2 ${version} --${options.optimisation ?? 'O2'}\0`)
  for (const path of listSources(sourceOf(name, options))) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 32)
}

/** Absolute paths of `source` and of all it includes, sorted. */
function listSources(source: string): readonly string[] {
  const found = new Set<string>()
  const visit = (path: string) => {
    if (found.has(path)) return
    if (!existsSync(path)) throw new MissingSourceError(path)
    found.add(path)
    for (const [, included = ''] of readFileSync(path, 'utf8').matchAll(/^\s*include\s+"([^"]+)"/gm)) {
      const beside = resolve(dirname(path), included)
      visit(existsSync(beside) ? beside : resolve(root, library, included))
    }
  }
  visit(source)
  return [...found].sort()
}

function sourceOf(name: string, { source }: CompileOptions): string {
  return resolve(root, source ?? `circuits/${name}.circom`)
}

function runCircom(source: string, folder: string, wanted: readonly string[]): Promise<void> {
  const circom = join(root, 'node_modules/circom2/cli.js')
  const flags = [...wanted, '--r1cs', '--sym', '-l', library, '-o', relative(root, folder)]
  const child = spawn(process.execPath, [circom, relative(root, source), ...flags], { cwd: root })
  let words = ''
  const listen = (chunk: Buffer) => {
    words += chunk.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => (code === 0 ? done() : fail(new FailedError(source, words))))
  })
}

/** Moves a finished folder into place; where somebody was faster, theirs has the same content and stays. */
function publish(temporary: string, compilation: Compilation): void {
  try {
    renameSync(temporary, compilation.folder)
  } catch (error) {
    if (!isComplete(compilation)) throw error
  }
}

/** circom refused the circuit. */
export class FailedError extends Error {
  override readonly name = 'Compile.FailedError'
  constructor(source: string, words: string) {
    super(`circom could not compile ${relative(root, source)}:\n${words}`)
  }
}

/** A circuit, or a file it includes, does not exist. */
export class MissingSourceError extends Error {
  override readonly name = 'Compile.MissingSourceError'
  constructor(path: string) {
    super(`There is no ${relative(root, path)}.`)
  }
}
