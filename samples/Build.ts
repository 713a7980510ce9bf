import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { buildCircuits, type Progress } from '../circuits/build/build.ts'
import { fileNames } from '../prover/src/engine/Engine.ts'

// What has to be there before anything can start: each is built where its sources have changed, and kept in .cache.

const root = join(import.meta.dirname, '..')

/** Builds kept of the pages. */
const pagesKept = 3

/**
 * Circuits and keys in one folder, as a prover asks for them: <circuit>.solver, .zkey and .wasm.
 * @returns the folder.
 */
export async function circuits(onProgress?: (progress: Progress) => void): Promise<string> {
  const built = await buildCircuits(onProgress ? { onProgress } : {})
  const hashes = Object.values(built).map(({ hashes }) => fileNames.map((file) => hashes[file]).join())
  return once(join(root, '.cache/provers', digest(hashes)), (folder) => {
    for (const [name, paths] of Object.entries(built)) {
      // Links: the keys are large, and the build may remove its own when it makes others.
      for (const file of fileNames) linkSync(paths[file], join(folder, `${name}.${file}`))
    }
  })
}

/** @returns the folder of the built pages. */
export function pages(onBuild?: () => void): Promise<string> {
  const sources = [
    'web/src',
    'web/public',
    'prover/src',
    'samples/value-sets',
    'samples/policies',
    'verifier-api/src/resources',
  ]
  const single = ['web/index.html', 'web/vite.config.ts', 'package-lock.json']
  const kept = join(root, '.cache/pages')
  return once(join(kept, digest([...sources, ...single].flatMap(textsOf))), async (folder) => {
    onBuild?.()
    const { build } = await import('vite')
    const configFile = join(root, 'web/vite.config.ts')
    await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
    prune(kept)
  })
}

/** Puts what was built where it stays whatever is built later: a server in production is told one folder for good. */
export function deliver(built: string, to: string): void {
  const unfinished = `${to}.next`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(built, unfinished, { recursive: true })
  rmSync(to, { recursive: true, force: true })
  renameSync(unfinished, to)
}

/** What a chain was founded with: contracts and circuits of other sources do not fit it. */
export function fingerprint(): string {
  const sources = ['contracts', 'prover/src/generated'].flatMap(filesIn)
  return digest(sources.filter((path) => /\.sol$|generated/.test(path)).flatMap(textsOf))
}

/** The folder, filled as a whole or not at all: several processes may want it at once. */
async function once(folder: string, fill: (folder: string) => Promise<void> | void): Promise<string> {
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  try {
    await fill(unfinished)
    renameSync(unfinished, folder)
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true })
    // Somebody else has filled it meanwhile.
    if (!existsSync(folder)) throw cause
  }
  return folder
}

/** Removes all but the newest builds. */
function prune(kept: string): void {
  const builds = readdirSync(kept).map((name) => join(kept, name))
  const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  for (const old of builds.sort((a, b) => age(b) - age(a)).slice(pagesKept))
    rmSync(old, { recursive: true, force: true })
}

/** Paths and texts of a file, or of all in a folder. */
function textsOf(path: string): string[] {
  return filesIn(path).flatMap((file) => [file, readFileSync(join(root, file), 'utf8')])
}

function filesIn(path: string): string[] {
  const whole = join(root, path)
  if (statSync(whole).isFile()) return [path]
  const entries = readdirSync(whole, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

function digest(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length}:${text}`)
  return hash.digest('hex').slice(0, 16)
}
