/** The contracts, compiled by Hardhat into `.cache/artifacts`, as the circuits' build and the tests want them: once. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root } from './compile.ts'

/**
 * Compiles where something has changed since the last time. Where nothing has, Hardhat is not even asked: two of it at
 * once get into each other's way.
 * @throws {FailedError} with the compiler's own words.
 */
export async function buildContracts(): Promise<void> {
  const sources = fingerprint()
  if (existsSync(artifacts) && existsSync(built) && readFileSync(built, 'utf8') === sources) return
  await compile()
  mkdirSync(dirname(built), { recursive: true })
  writeFileSync(built, sources)
}

const artifacts = join(root, '.cache/artifacts')
/** Of what the artifacts were last compiled from. */
const built = join(root, '.cache/contracts.sha256')

/** SHA-256 of all that the compiler's output depends on. */
function fingerprint(): string {
  const folder = join(root, 'contracts')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.sol'))
  const hash = createHash('sha256')
  for (const path of ['hardhat.config.ts', 'package-lock.json', ...sources.sort().map((path) => `contracts/${path}`)]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function compile(): Promise<void> {
  const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js')
  const child = spawn(process.execPath, [hardhat, 'build'], { cwd: root, env: { ...process.env, NO_COLOR: '1' } })
  let words = ''
  const listen = (chunk: Buffer) => {
    words += chunk
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => (code === 0 ? done() : fail(new FailedError(words))))
  })
}

/** Whether there is anything to compile. */
export function haveContracts(): boolean {
  return existsSync(join(root, 'hardhat.config.ts'))
}

/** ABI of every contract that can be deployed, by name. The generated verifiers, which share one, appear as `Verifier`. */
export function readAbis(): ReadonlyMap<string, unknown> {
  const folder = join(artifacts, 'contracts')
  const abis = new Map<string, unknown>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    // Contracts that only tests deploy are no part of the protocol.
    if (!/\.sol[/\\]\w+\.json$/.test(path) || /^test[/\\]/.test(path)) continue
    const { abi, bytecode } = JSON.parse(readFileSync(join(folder, path), 'utf8'))
    if (bytecode === '0x' || abi.length === 0) continue
    const name = basename(path, '.json')
    abis.set(name.startsWith('Verifier_') ? 'Verifier' : name, abi)
  }
  return abis
}

/** Hardhat refused the contracts. */
export class FailedError extends Error {
  override readonly name = 'Contracts.FailedError'
  constructor(words: string) {
    super(`The contracts could not be compiled:\n${words}`)
  }
}
