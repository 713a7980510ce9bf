/** The contracts, compiled by Hardhat into `.cache/artifacts`, as the circuits' build and the tests want them: once. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from './compile.ts'

/**
 * Compiles what has changed.
 * @throws {FailedError} with the compiler's own words.
 */
export function buildContracts(): Promise<void> {
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
  const folder = join(root, '.cache/artifacts/contracts')
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
