/**
 * Writes every generated file: what circuits, contracts and TypeScript share is written once, in
 * `circuits/parameters.json` and in the circuits themselves, and reaches the rest from here.
 *
 * `--check` writes nothing, names the files that are not what would be written, and exits with 1 if there are any.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildCircuits, circuitNames } from './build.ts'
import { root } from './compile.ts'
import { buildContracts, haveContracts, readAbis } from './contracts.ts'
import * as Generated from './generated.ts'
import * as Parameters from './parameters.ts'
import * as SolidityVerifier from './solidityVerifier.ts'

/** Path from the root -> text. */
type Files = Readonly<Record<string, string>>

const folders = ['circuits/generated', 'contracts/generated', 'prover/src/generated']

/** Files that follow from `parameters.json` alone; circuits include them, so they come first. */
function fromParameters(): Files {
  return {
    'circuits/generated/parameters.circom': Parameters.toCircom(),
    'contracts/generated/Parameters.sol': Parameters.toSolidity(),
    'prover/src/generated/parameters.ts': Parameters.toTypeScript(),
  }
}

/** Files that follow from the built circuits and their keys. */
async function fromCircuits(): Promise<Files> {
  const built = await buildCircuits()
  const circuits = circuitNames.map((name) => ({
    name,
    built: built[name],
    key: JSON.parse(readFileSync(built[name].verificationKey, 'utf8')),
  }))
  const verifiers = circuits.map(({ name, built: { publicSignals }, key }) => [
    `contracts/generated/${SolidityVerifier.nameContract(name)}.sol`,
    SolidityVerifier.toSolidity({ kind: name, key, publicSignals, isDevelopment: true }),
  ])
  return {
    ...Object.fromEntries(verifiers),
    'contracts/generated/Signals.sol': Generated.toSolidity(circuits),
    'prover/src/generated/circuits.ts': Generated.toTypeScript(circuits),
  }
}

/** Files that follow from the compiled contracts, which include the generated ones: they come last. */
async function fromContracts(): Promise<Files> {
  if (!haveContracts()) return {}
  await buildContracts()
  return { 'prover/src/generated/abi.ts': Generated.toAbis(readAbis()) }
}

function isCurrent(path: string, text: string): boolean {
  const file = join(root, path)
  return existsSync(file) && readFileSync(file, 'utf8') === text
}

/** Writes only what differs, so that watchers and caches see no change where there is none. */
function write(files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    if (isCurrent(path, text)) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.error(`wrote ${path}`)
  }
}

/** Files in the generated folders that nothing generates any more. */
function listOrphans(generated: ReadonlySet<string>): readonly string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => !generated.has(path))
}

const checking = process.argv.includes('--check')
const generated = new Set<string>()
let isStale = false
for (const generate of [fromParameters, fromCircuits, fromContracts]) {
  const files = await generate()
  for (const path of Object.keys(files)) generated.add(path)
  if (!checking) write(files)
  // Told at once: a stale file may be what makes the next step fail.
  else for (const path of Object.keys(files)) if (!isCurrent(path, files[path] as string)) tellStale(path)
}
for (const path of listOrphans(generated)) {
  if (checking) tellStale(path)
  else console.error(`nothing generates ${path} any more: remove it`)
}
if (isStale) {
  console.error('Run `npm run generate` and commit what it writes.')
  process.exitCode = 1
}

function tellStale(path: string): void {
  isStale = true
  console.error(`stale: ${path}`)
}
