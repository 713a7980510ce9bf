import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../circuits/build/compile.ts'
import { buildContracts } from '../circuits/build/contracts.ts'
import type { ReadArtifact } from './deployment.ts'

/** Contracts of this checkout as the compiler gave them. Compiles what has changed when the first one is asked for. */
export function fromCheckout(): ReadArtifact {
  let built: Promise<ReadonlyMap<string, string>> | undefined
  return async (name) => {
    built ??= buildContracts().then(paths)
    const path = (await built).get(name)
    return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'))
  }
}

function paths(): ReadonlyMap<string, string> {
  const folder = join(root, '.cache/artifacts')
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return new Map(
    all.flatMap((path) => {
      const [, name] = /[/\\](\w+)\.sol[/\\]\1\.json$/.exec(path) ?? []
      return name === undefined ? [] : [[name, join(folder, path)] as const]
    }),
  )
}
