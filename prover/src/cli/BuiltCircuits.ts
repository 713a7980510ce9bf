import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Artifacts from '../Artifacts.ts'
import * as ArtifactsNode from '../ArtifactsNode.ts'
import { type CircuitName, circuits } from '../generated/circuits.ts'

/** Where `npm run build` puts circuits: <name>/<hash of the sources>/circuit.wasm, .zkey and .json. */
const ofRepository = join(import.meta.dirname, '../../../.cache/circuits')

export const names = Object.keys(circuits) as readonly CircuitName[]

/** Artifacts of a folder: <circuit>.wasm and <circuit>.zkey, or the layout of the repository's build. */
export function source(folder?: string): Artifacts.Source {
  const found = names.flatMap((name) => {
    const paths = find(name, folder)
    return paths ? [[name, paths] as const] : []
  })
  return ArtifactsNode.fromPaths(Object.fromEntries(found))
}

/** Where a circuit's files are; undefined where there are none. Whether they are the pinned ones is for their reader. */
export function find(name: CircuitName, folder = ofRepository): ArtifactsNode.Paths | undefined {
  const flat = { wasm: join(folder, `${name}.wasm`), zkey: join(folder, `${name}.zkey`) }
  if (existsSync(flat.wasm) && existsSync(flat.zkey)) return flat
  const builds = existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : []
  const build = builds.find((hash) => isPinned(name, join(folder, name, hash)))
  if (build === undefined) return undefined
  const file = (ending: string) => join(folder, name, build, `circuit.${ending}`)
  return { wasm: file('wasm'), zkey: file('zkey') }
}

/** Several versions may have been built: the one this prover was generated from counts. */
function isPinned(name: CircuitName, build: string): boolean {
  const summary = join(build, 'circuit.json')
  if (!existsSync(summary)) return false
  const { hashes } = JSON.parse(readFileSync(summary, 'utf8'))
  return hashes.zkey === circuits[name].hashes.zkey && hashes.wasm === circuits[name].hashes.wasm
}
