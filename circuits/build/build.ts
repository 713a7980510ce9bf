/**
 * Builds circuits and their development keys into `.cache/circuits/<name>/<hash>/`, for start, tests and generation
 * alike. As a command (`npm run build [name ...]`) it tells the phases on standard error.
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as SolverFile from '../../prover/src/engine/SolverFile.ts'
import circuitSizes from '../parameters.json' with { type: 'json' }
import * as Compile from './compile.ts'
import * as DevelopmentKey from './developmentKey.ts'
import * as R1cs from './r1cs.ts'
import * as Solver from './solver.ts'
import * as VerificationKey from './verificationKey.ts'

export type CircuitName = keyof typeof circuitSizes.circuits

/** Every circuit of `circuits/parameters.json`. */
export const circuitNames = Object.keys(circuitSizes.circuits) as readonly CircuitName[]

/** What `circuit.json` says about a built circuit; the last file written, so its presence means that all is there. */
export interface Summary {
  readonly keyVersion: number
  readonly solverVersion: number
  readonly constraints: number
  readonly domainLog2: number
  /** Names in the order of their positions. */
  readonly publicSignals: readonly string[]
  /** SHA-256, lower-case hex; of the verification key's canonical words (`verificationKey.ts`). */
  readonly hashes: {
    readonly wasm: string
    readonly solver: string
    readonly zkey: string
    readonly verificationKey: string
  }
}

/** A built circuit: absolute paths, and its summary. */
export interface BuiltCircuit extends Omit<Summary, 'keyVersion' | 'solverVersion'> {
  readonly r1cs: string
  readonly wasm: string
  readonly sym: string
  readonly solver: string
  readonly zkey: string
  readonly verificationKey: string
}

export interface Progress {
  readonly circuit: string
  readonly phase: 'compiled' | 'solved' | 'key made' | 'reused'
  /** Since this circuit's build began. */
  readonly seconds: number
}

export interface BuildOptions<Name extends string> {
  readonly names?: readonly Name[]
  readonly onProgress?: (progress: Progress) => void
}

/** Circuits built at the same time, each in a process of its own: the reference machine has two cores. */
const concurrency = 2

/** Builds kept of each circuit, its O1 compilations among them; a large one takes 150 MB. */
const buildsKept = 6

/** A lock older than this is taken for one whose owner died and whose process id went to somebody else. */
const lockLifetimeMilliseconds = 15 * 60_000

/**
 * Builds what is missing and tells where everything is. Any number of callers, in any number of processes, may ask at
 * once: one builds, the others wait for it.
 */
export async function buildCircuits<Name extends string = CircuitName>(
  options: BuildOptions<Name> = {},
): Promise<Record<Name, BuiltCircuit>> {
  const names = options.names ?? (circuitNames as readonly string[] as readonly Name[])
  const built = new Map<Name, BuiltCircuit>()
  const waiting = names.filter((name) => {
    const found = find(name)
    if (!found) return true
    built.set(name, found)
    options.onProgress?.({ circuit: name, phase: 'reused', seconds: 0 })
    return false
  })
  // The largest first, so that the small ones fill the time beside it.
  waiting.sort((left, right) => sizeOf(right) - sizeOf(left))
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await buildApart(name, options.onProgress)
      const found = find(name)
      if (!found) throw new ChangedError(name)
      built.set(name, found)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return Object.fromEntries(names.map((name) => [name, built.get(name)])) as Record<Name, BuiltCircuit>
}

/** The build of the present sources, where there is a complete one. */
export function find(name: string, options: Compile.CompileOptions = {}): BuiltCircuit | undefined {
  const compilation = Compile.locate(name, options)
  const summary = readSummary(compilation.folder)
  if (summary?.keyVersion !== DevelopmentKey.version || summary.solverVersion !== Solver.version) return undefined
  const { keyVersion: _, solverVersion: __, ...rest } = summary
  const { folder, ...paths } = compilation
  return {
    ...paths,
    solver: join(folder, 'circuit.solver'),
    zkey: join(folder, 'circuit.zkey'),
    verificationKey: join(folder, 'verification-key.json'),
    ...rest,
  }
}

/**
 * Builds one circuit in this process (circom still runs in its own), or waits for whoever is building it.
 * @param options.source For circuits that are not of this project's four: tests bring their own.
 */
export async function buildCircuit(
  name: string,
  { onProgress, ...options }: Compile.CompileOptions & Pick<BuildOptions<string>, 'onProgress'> = {},
): Promise<BuiltCircuit> {
  const began = performance.now()
  const tell = (phase: Progress['phase']) =>
    onProgress?.({ circuit: name, phase, seconds: (performance.now() - began) / 1000 })
  const { folder } = Compile.locate(name, options)
  mkdirSync(dirname(folder), { recursive: true })
  const release = await lock(`${folder}.lock`)
  try {
    const found = find(name, options)
    if (found) {
      tell('reused')
      return found
    }
    const { r1cs: path, wasm, sym } = await Compile.compile(name, options)
    tell('compiled')
    const r1cs = R1cs.read(path)
    const symbols = R1cs.readSymbols(sym)
    const solver = await Compile.compilePlain(name, options, (plain) =>
      SolverFile.write(
        Solver.derive({ r1cs: R1cs.read(plain.r1cs), symbols: R1cs.readSymbols(plain.sym) }, { r1cs, symbols }),
      ),
    )
    // What cannot be read is not to be pinned.
    SolverFile.read(solver)
    tell('solved')
    const { zkey, verificationKey, domainLog2 } = await DevelopmentKey.create(name, r1cs)
    const summary: Summary = {
      keyVersion: DevelopmentKey.version,
      solverVersion: Solver.version,
      constraints: r1cs.constraints,
      domainLog2,
      publicSignals: R1cs.namePublicSignals(r1cs, symbols),
      hashes: {
        wasm: sha256(readFileSync(wasm)),
        solver: sha256(solver),
        zkey: sha256(zkey),
        verificationKey: VerificationKey.hash(verificationKey),
      },
    }
    write(join(folder, 'circuit.solver'), solver)
    write(join(folder, 'circuit.zkey'), zkey)
    write(join(folder, 'verification-key.json'), `${JSON.stringify(verificationKey, null, 2)}\n`)
    write(join(folder, 'circuit.json'), `${JSON.stringify(summary, null, 2)}\n`)
    tell('key made')
    const made = find(name, options)
    if (!made) throw new ChangedError(name)
    prune(dirname(folder))
    return made
  } finally {
    release()
  }
}

/** Runs this module as a command for one circuit, so that making its key does not hold up the caller. */
function buildApart(name: string, onProgress: BuildOptions<string>['onProgress']): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--report', name], { cwd: Compile.root })
  let complaint = ''
  let line = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${line}${chunk}`.split('\n')
    line = lines.pop() ?? ''
    for (const text of lines) onProgress?.(JSON.parse(text))
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => (code === 0 ? done() : fail(new FailedError(name, complaint))))
  })
}

/**
 * Holds a lock file until the returned function is called. The file names its owner, so that a lock whose owner is gone
 * can be taken away; it is taken by a rename, which only one of several waiters can do.
 */
async function lock(path: string): Promise<() => void> {
  const owner = `${process.pid} ${randomBytes(8).toString('hex')}`
  for (;;) {
    try {
      writeFileSync(path, owner, { flag: 'wx' })
      return () => {
        if (readIfThere(path) === owner) rmSync(path, { force: true })
      }
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    if (isAbandoned(path)) {
      const aside = `${path}.${randomBytes(4).toString('hex')}`
      try {
        renameSync(path, aside)
        rmSync(aside, { force: true })
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error
      }
      continue
    }
    await new Promise((wake) => setTimeout(wake, 200))
  }
}

function isAbandoned(path: string): boolean {
  const pid = Number(readIfThere(path)?.split(' ')[0])
  // Not written yet, or gone in the meantime: look again.
  if (!Number.isInteger(pid) || pid <= 0) return ageOf(path) > 10_000
  if (ageOf(path) > lockLifetimeMilliseconds) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}

/** Milliseconds since a file was written; 0 where there is none. */
function ageOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs
}

/** Removes all but the newest builds of a circuit, and what interrupted ones have left. */
function prune(folder: string): void {
  const builds = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort((left, right) => ageOf(left) - ageOf(right))
  for (const build of builds.slice(buildsKept)) rmSync(build, { recursive: true, force: true })
}

/** Writes a file so that it is there whole or not at all. */
function write(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}

function readSummary(folder: string): Summary | undefined {
  const text = readIfThere(join(folder, 'circuit.json'))
  return text === undefined ? undefined : JSON.parse(text)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Slots of a circuit, as an estimate of how long it takes. */
function sizeOf(name: string): number {
  const size = (circuitSizes.circuits as Record<string, { slots?: number }>)[name]
  return size?.slots ?? 0
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** The process that built a circuit ended with an error. */
export class FailedError extends Error {
  override readonly name = 'Build.FailedError'
  constructor(circuit: string, complaint: string) {
    super(`Circuit "${circuit}" could not be built:\n${complaint}`)
  }
}

/** The sources changed while they were being built. */
export class ChangedError extends Error {
  override readonly name = 'Build.ChangedError'
  constructor(circuit: string) {
    super(`The sources of circuit "${circuit}" changed during its build; build again.`)
  }
}

if (Compile.isCommand(import.meta.url)) {
  const [first, ...rest] = process.argv.slice(2)
  if (first === '--report') {
    for (const name of rest) {
      await buildCircuit(name, { onProgress: (progress) => console.log(JSON.stringify(progress)) })
    }
  } else {
    const names = first === undefined ? circuitNames : [first, ...rest]
    const began = performance.now()
    const onProgress = ({ circuit, phase, seconds }: Progress) =>
      console.error(`${circuit.padEnd(14)} ${phase.padEnd(9)} ${seconds.toFixed(1).padStart(6)} s`)
    await buildCircuits<string>({ names, onProgress })
    console.error(
      `${'all'.padEnd(14)} ${'ready'.padEnd(9)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`,
    )
  }
}
